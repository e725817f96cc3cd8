"""SQL of the course's check-ins: read whole, worked out anew, what changed is stored."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from server.checkins.model import CourseCheckIn
from server.checkins.queries import COLUMNS, CheckIn, insert_plans
from server.kit.db import Tx

LIST_COURSE_SESSIONS = """
select id, patient_id, ended_at, protocol_key, protocol_version, cancelled_at is not null as cancelled
from treatment_sessions where clinic_id = $1 and patient_id = any($2::uuid[]) order by ended_at, id
"""

LIST_OF_PATIENTS = COLUMNS + " where c.clinic_id = $1 and c.patient_id = any($2::uuid[]) order by c.due_at, c.id"

UPDATE_COURSE = """
update check_ins c set session_id = u.session_id, questionnaire = u.questionnaire, state = u.state, reason = u.reason,
       opens_at = u.opens_at, due_at = u.due_at, closes_at = u.closes_at,
       next_action_at = case when u.state not in ('planned', 'open') then null
                             when c.state = u.state and c.due_at = u.due_at then c.next_action_at else u.due_at end
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[],
            $9::timestamptz[])
     as u (id, session_id, questionnaire, state, reason, opens_at, due_at, closes_at)
where c.clinic_id = $1 and c.id = u.id
"""


class SessionOfCourse(msgspec.Struct, frozen=True):
    """A session, its protocol version, and whether it was taken back."""

    id: UUID
    patient_id: UUID
    ended_at: datetime
    protocol_key: str
    protocol_version: int
    cancelled: bool


async def list_course_sessions(tx: Tx, patient_ids: Sequence[UUID]) -> list[SessionOfCourse]:
    """All sessions of these patients, by their ends."""
    rows = await tx.all(LIST_COURSE_SESSIONS, tx.clinic_id, list(patient_ids))
    return [msgspec.convert(dict(r), SessionOfCourse) for r in rows]


async def list_of_patients(tx: Tx, patient_ids: Sequence[UUID]) -> list[CheckIn]:
    """Every check-in of these patients, of sessions and of courses, by when it is due."""
    rows = await tx.all(LIST_OF_PATIENTS, tx.clinic_id, list(patient_ids))
    return [msgspec.convert(dict(r), CheckIn) for r in rows]


async def store(tx: Tx, changed: Sequence[tuple[UUID, CourseCheckIn]]) -> None:
    """(patient, check-in): insert those without an id, update the others. The patients' locks are the caller's."""
    await insert_plans(tx, [(patient_id, c.session_id, c.check_in) for patient_id, c in changed if c.id is None])
    known = [c for _, c in changed if c.id is not None]
    if known:
        planned = [c.check_in for c in known]
        await tx.run(
            UPDATE_COURSE, tx.clinic_id, [c.id for c in known], [c.session_id for c in known],
            [p.questionnaire for p in planned], [p.state for p in planned], [p.reason for p in planned],
            [p.opens_at for p in planned], [p.due_at for p in planned], [p.closes_at for p in planned],
        )  # fmt: skip
