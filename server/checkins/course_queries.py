"""SQL of the course's check-ins: read whole, worked out anew, what changed is stored."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from server.checkins.model import CourseCheckIn, SessionFacts
from server.checkins.queries import COLUMNS, CheckIn, insert_plans
from server.kit.db import Tx
from server.protocols.model import Phase

LIST_COURSE_SESSIONS = """
select id, patient_id, ended_at, protocol_key, protocol_version, cancelled_at is not null as cancelled,
       drug, route, setting, indication, number, phase
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

ADD_TO_FOLLOW = """
insert into plans_to_follow (clinic_id, patient_id, due_at) select $1, u.id, $3 from unnest($2::uuid[]) as u (id)
on conflict (clinic_id, patient_id) do nothing
"""

LIST_TO_FOLLOW = "select clinic_id, patient_id from plans_to_follow where due_at <= $1 order by due_at limit 500"

PUT_OFF_FOLLOW = "update plans_to_follow set due_at = $3 where clinic_id = $1 and patient_id = $2"

END_FOLLOW = "delete from plans_to_follow where clinic_id = $1 and patient_id = $2"


class SessionOfCourse(msgspec.Struct, frozen=True):
    """A session, its protocol version, and whether it was taken back."""

    id: UUID
    patient_id: UUID
    ended_at: datetime
    protocol_key: str
    protocol_version: int
    cancelled: bool
    drug: str
    route: str
    setting: str
    indication: str
    number: int
    phase: Phase

    @property
    def facts(self) -> SessionFacts:
        """What a step's limits look at."""
        return SessionFacts(
            drug=self.drug, route=self.route, setting=self.setting, indication=self.indication, number=self.number,
            phase=self.phase, ended_at=self.ended_at,
        )  # fmt: skip


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


async def add_to_follow(tx: Tx, patient_ids: Sequence[UUID]) -> None:
    """What these patients were asked before has to follow new sessions, as soon as this is committed."""
    await tx.run(ADD_TO_FOLLOW, tx.clinic_id, list(patient_ids), tx.wall)


async def list_to_follow(tx: Tx) -> list[tuple[UUID, UUID, UUID]]:
    """(clinic, patient, patient) of all clinics, the longest waiting first."""
    return [(r["clinic_id"], r["patient_id"], r["patient_id"]) for r in await tx.all(LIST_TO_FOLLOW, tx.wall)]


async def put_off_follow(tx: Tx, patient_id: UUID, until: datetime) -> None:
    await tx.run(PUT_OFF_FOLLOW, tx.clinic_id, patient_id, until)


async def end_follow(tx: Tx, patient_id: UUID) -> None:
    """It is done, with this commit."""
    await tx.run(END_FOLLOW, tx.clinic_id, patient_id)
