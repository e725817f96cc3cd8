"""SQL of the form before a session: one check-in of a visit, shown on the phone and asked of nobody by message."""

from datetime import datetime
from uuid import UUID

from server.checkins.model import PlannedCheckIn
from server.kit.db import Tx
from server.kit.ids import uuid7

# Its prompt is behind it from the start: what comes next is the end of its window.
INSERT = """
insert into check_ins (clinic_id, id, patient_id, visit_id, protocol_key, protocol_version, key, questionnaire, state,
    opens_at, due_at, closes_at, actions_done, next_action_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $9, $10, 1, $10)
"""

ANSWERED = """
update check_ins set state = 'answered', next_action_at = null, answered_at = $3
where clinic_id = $1 and id = $2 and visit_id is not null and state in ('planned', 'open', 'missed')
returning id
"""

NOT_NEEDED = """
update check_ins set state = 'cancelled', reason = 'not_needed', next_action_at = null
where clinic_id = $1 and visit_id = $2 and state in ('planned', 'open')
"""


async def insert(tx: Tx, patient_id: UUID, visit_id: UUID, pinned: tuple[str, int], planned: PlannedCheckIn) -> None:
    """A visit has one."""
    await tx.run(
        INSERT, tx.clinic_id, uuid7(), patient_id, visit_id, *pinned, planned.key, planned.questionnaire,
        planned.opens_at, planned.closes_at,
    )  # fmt: skip


async def answered(tx: Tx, check_in_id: UUID, at: datetime) -> bool:
    """False when it was over already."""
    return await tx.one(ANSWERED, tx.clinic_id, check_in_id, at) is not None


async def not_needed(tx: Tx, visit_id: UUID) -> None:
    """The phone shows it no longer; an answer that is on its way is taken all the same."""
    await tx.run(NOT_NEEDED, tx.clinic_id, visit_id)
