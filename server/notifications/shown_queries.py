"""SQL of what phones have shown: their receipts, and prompts that a push service took and no phone showed."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.kit.db import Tx

# For a push the phone's receipt is the proof of delivery; one under a lease is on its way to its provider right now.
MARK_SEEN = """
update notifications
set shown_at = coalesce(shown_at, $3), opened_at = case when $4 then coalesce(opened_at, $3) else opened_at end,
    state = case when state = 'sent' and channels[channel_index + 1] = 'push' then 'delivered' else state end,
    delivered_at = case when state = 'sent' and channels[channel_index + 1] = 'push' then $3 else delivered_at end
where clinic_id = $1 and check_in_id = $2 and kind = 'prompt'
  and (state in ('sent', 'delivered')
       or (state = 'queued' and lease_token is not null and channels[channel_index + 1] = 'push'))
"""

UNSHOWN_DUE = """
select clinic_id, id, patient_id from notifications
where fallback_at <= $1 and state = 'sent' and shown_at is null order by fallback_at limit 200
"""

LOCK_UNSHOWN = """
select id, patient_id, check_in_id, priority, expires_at from notifications
where clinic_id = $1 and id = $2 and fallback_at <= $3 and state = 'sent' and shown_at is null for update
"""

FALL_BACK = """
update notifications set state = 'queued', next_attempt_at = $3, channel_index = channel_index + 1, attempts = 0,
    provider_ref = null, last_error = 'not_shown', fallback_at = null, attempted_at = null
where clinic_id = $1 and id = $2 and state = 'sent' and channel_index + 1 < cardinality(channels)
"""

SET_FALLBACK = "update notifications set fallback_at = $3 where clinic_id = $1 and id = $2"


class Unshown(msgspec.Struct, frozen=True):
    """A prompt that its push service took and no phone has shown in time."""

    id: UUID
    patient_id: UUID
    check_in_id: UUID
    priority: int
    expires_at: datetime


async def list_unshown_due(tx: Tx) -> list[tuple[UUID, UUID, UUID]]:
    """(clinic, notification, patient) of prompts, across clinics, that should have been shown by now."""
    return [(row["clinic_id"], row["id"], row["patient_id"]) for row in await tx.all(UNSHOWN_DUE, tx.now)]


async def lock_unshown(tx: Tx, notification_id: UUID) -> Unshown | None:
    """Such a prompt, held until the transaction ends; None when it was shown meanwhile, or another worker has it."""
    row = await tx.one(LOCK_UNSHOWN, tx.clinic_id, notification_id, tx.now)
    return None if row is None else Unshown(**row)


async def fall_back(tx: Tx, notification_id: UUID) -> bool:
    """On to the next channel, now."""
    return await tx.run(FALL_BACK, tx.clinic_id, notification_id, tx.wall) == 1


async def set_fallback(tx: Tx, notification_id: UUID, at: datetime | None) -> None:
    """Look again at `at` (care time); None: never."""
    await tx.run(SET_FALLBACK, tx.clinic_id, notification_id, at)


async def mark_seen(tx: Tx, check_in_id: UUID, opened: bool) -> None:
    """The phone showed a prompt of this check-in, or its link was opened; the first time counts."""
    await tx.run(MARK_SEEN, tx.clinic_id, check_in_id, tx.now, opened)
