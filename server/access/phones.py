"""Bound phones as credentials: the cookie's device, and a submit token's."""

from uuid import UUID

from server.access.model import Phone
from server.access.rules import PHONE_IDLE, PHONE_SEEN_EVERY
from server.kit.db import Tx

FIND_DEVICE = """
select id, patient_id, last_seen_at from devices
where clinic_id = $1 and id = $2 and revoked_at is null and last_seen_at > $3
"""

MARK_DEVICE_SEEN = "update devices set last_seen_at = $3 where clinic_id = $1 and id = $2 and last_seen_at < $4"


async def find_phone(tx: Tx, device_id: UUID, request_id: UUID) -> Phone | None:
    """The phone if it is still bound; notes at most each 10 minutes that it was seen."""
    row = await tx.one(FIND_DEVICE, tx.clinic_id, device_id, tx.wall - PHONE_IDLE)
    if row is None:
        return None
    if row["last_seen_at"] < tx.wall - PHONE_SEEN_EVERY:
        await tx.run(MARK_DEVICE_SEEN, tx.clinic_id, device_id, tx.wall, tx.wall - PHONE_SEEN_EVERY)
    return Phone(tx.clinic_id, row["patient_id"], row["id"], request_id)
