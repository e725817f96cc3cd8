"""Sending is held for a clinic after a restore, until one of its admins has seen what is waiting."""

from datetime import datetime

import msgspec

from server.kit.db import Tx


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of one kind that are waiting to be sent. `ended`: too old by now, they end without being sent."""

    kind: str
    count: int
    ended: int
    oldest_at: datetime
    newest_at: datetime


FIND_HOLD = "select held_at from sending_holds where clinic_id = $1"

RELEASE = "delete from sending_holds where clinic_id = $1"

LIST_WAITING = """
select kind, count(*) as count, count(*) filter (where expires_at <= $2) as ended, min(created_at) as oldest_at,
       max(created_at) as newest_at
from notifications where clinic_id = $1 and state = 'queued' group by kind order by kind
"""

# What was due while sending was held would arrive as a burst: of each check-in only the last prompt is sent.
CANCEL_OVERTAKEN = """
update notifications n set state = 'cancelled', next_attempt_at = null, lease_token = null, lease_until = null
where n.clinic_id = $1 and n.kind = 'prompt' and n.state = 'queued'
  and exists (select from notifications l where l.clinic_id = n.clinic_id and l.check_in_id = n.check_in_id
              and l.kind = 'prompt' and l.state = 'queued' and (l.created_at, l.id) > (n.created_at, n.id))
"""

# They were held, not forgotten: nobody is to be told that no sender takes them.
MAKE_DUE_NOW = """
update notifications set next_attempt_at = $2 where clinic_id = $1 and state = 'queued' and next_attempt_at < $2
"""


async def find_hold(tx: Tx) -> datetime | None:
    """Since when (machine time) the clinic's sending is held; None when it is not."""
    row = await tx.one(FIND_HOLD, tx.clinic_id)
    return None if row is None else row["held_at"]


async def list_waiting(tx: Tx) -> list[Waiting]:
    """What would be sent, by kind."""
    return [msgspec.convert(dict(r), Waiting) for r in await tx.all(LIST_WAITING, tx.clinic_id, tx.now)]


async def release(tx: Tx) -> bool:
    """Let messages leave again; False when they were not held."""
    if await tx.run(RELEASE, tx.clinic_id) == 0:
        return False
    await tx.run(CANCEL_OVERTAKEN, tx.clinic_id)
    await tx.run(MAKE_DUE_NOW, tx.clinic_id, tx.wall)
    return True
