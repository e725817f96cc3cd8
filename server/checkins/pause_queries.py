"""SQL of check-ins whose patient is paused."""

from uuid import UUID

from server.kit.db import Tx

PAUSE_ALL = """
update check_ins set state = 'paused', reason = $3, reason_before = reason, next_action_at = null
where clinic_id = $1 and patient_id = $2 and state in ('planned', 'open')
"""

# What the pause has put off is looked at now, what it had ended for good is asked while its window is not over.
GO_ON = """
update check_ins set
    state = case when state <> 'paused' then state when actions_done > 0 then 'open' else 'planned' end,
    reason = case when state = 'paused' then reason_before else reason end, next_action_at = greatest(due_at, $3)
where clinic_id = $1 and patient_id = $2 and closes_at > $3
  and (state = 'paused' or (state in ('planned', 'open') and next_action_at > $3 and due_at <= $3))
"""

UNASK = """
update check_ins set actions_done = 0, next_action_at = case when state = 'paused' then null else $3::timestamptz end
where clinic_id = $1 and id = any($2::uuid[]) and state in ('planned', 'open', 'paused')
"""


async def unask(tx: Tx, check_in_ids: list[UUID]) -> None:
    """Their prompts never left: they are asked from the start when the pause is over. Looked at now."""
    await tx.run(UNASK, tx.clinic_id, check_in_ids, tx.now)


async def pause_all(tx: Tx, patient_id: UUID, reason: str) -> None:
    """None of this patient's is asked any more."""
    await tx.run(PAUSE_ALL, tx.clinic_id, patient_id, reason)


async def go_on(tx: Tx, patient_id: UUID) -> None:
    """The pause is over: the patient's lock is the caller's."""
    await tx.run(GO_ON, tx.clinic_id, patient_id, tx.now)
