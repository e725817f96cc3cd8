"""Bound phones as credentials: the cookie's device, and a submit token's."""

from datetime import datetime
from uuid import UUID

from server.access.model import Phone
from server.access.rules import PHONE_IDLE, PHONE_SEEN_EVERY
from server.kit.db import Database

# One round trip instead of four. The row of `here` is made first and the lateral part leans on it: a policy that was
# asked before the clinic is set would hide the device.
FIND_DEVICE = """
with here as materialized (
    select set_config('app.clinic_id', $1::uuid::text, true)::uuid as clinic_id, app_now() as now, wall_now() as wall
)
select here.now, here.wall, found.patient_id, found.last_seen_at
from here left join lateral (
    select d.patient_id, d.last_seen_at from devices d
    where d.clinic_id = here.clinic_id and d.id = $2 and d.revoked_at is null
      and d.last_seen_at > here.wall - $3::interval
    offset 0
) found on true
"""

MARK_DEVICE_SEEN = "update devices set last_seen_at = $3 where clinic_id = $1 and id = $2 and last_seen_at < $4"


async def find_phone(db: Database, clinic_id: UUID, device_id: UUID, request_id: UUID) -> tuple[Phone | None, datetime]:
    """The phone if it is still bound, and care time; notes at most each 10 minutes that it was seen."""
    row = await db.one(FIND_DEVICE, clinic_id, device_id, PHONE_IDLE)
    if row["patient_id"] is None:
        return None, row["now"]
    phone = Phone(clinic_id, row["patient_id"], device_id, request_id)
    if row["last_seen_at"] < row["wall"] - PHONE_SEEN_EVERY:
        async with db.begin(phone.actor) as tx:
            await tx.run(MARK_DEVICE_SEEN, clinic_id, device_id, tx.wall, tx.wall - PHONE_SEEN_EVERY)
    return phone, row["now"]
