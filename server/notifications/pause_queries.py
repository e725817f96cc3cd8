"""SQL of messages whose patient is paused."""

from uuid import UUID

from server.kit.db import Tx

# Pages about their alerts go to staff and are none of these.
WITHDRAW = """
update notifications n set state = 'cancelled', next_attempt_at = null, lease_token = null, lease_until = null
where n.clinic_id = $1 and n.state = 'queued' and n.to_kind in ('patient', 'companion') and n.id = any(array(
    select m.id from check_ins c join notifications m on m.clinic_id = c.clinic_id and m.check_in_id = c.id
    where c.clinic_id = $1 and c.patient_id = $2
    union select m.id from notifications m
    where m.clinic_id = $1 and m.patient_id = $2 and m.check_in_id is null and m.alert_id is null))
"""


async def withdraw(tx: Tx, patient_id: UUID) -> None:
    """What has not left for this patient or their companion stays here."""
    await tx.run(WITHDRAW, tx.clinic_id, patient_id)
