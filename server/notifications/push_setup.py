"""The instance's signing keys for web push, made and rotated by the owner of the tables."""

from typing import Any

from server.kit.crypto import wrap
from server.kit.ids import uuid7
from server.notifications.push_keys import new_pair

LOCK = "select pg_advisory_xact_lock(hashtextextended('push keys', 0))"

HAS_KEY = "select exists (select from push_keys where retired_at is null)"

INSERT_KEY = "insert into push_keys (id, public_key, private_enc, created_at) values ($1, $2, $3, wall_now())"

RETIRE_ALL_BUT_TWO = """
update push_keys set retired_at = wall_now()
where retired_at is null
  and id not in (select id from push_keys where retired_at is null order by created_at desc, id desc limit 2)
"""

RETIRE_THEIR_SUBSCRIPTIONS = """
update push_subscriptions set retired_at = wall_now(), retired_for = 'key_rotated'
where retired_at is null and push_key_id in (select id from push_keys where retired_at is not null)
"""


async def ensure_push_key(conn: Any, instance_key: bytes) -> bool:
    """Make the first key pair unless there is one; whether it was made. Several at once make one."""
    async with conn.transaction():
        await conn.execute(LOCK)
        if await conn.fetchval(HAS_KEY):
            return False
        await _insert(conn, instance_key)
        return True


async def rotate_push_keys(conn: Any, instance_key: bytes) -> int:
    """A new pair for new subscriptions. The one before stays good for the phones that have it; an older one ends.
    Returns how many phones lost their subscription by that: each makes a new one when its app is opened."""
    async with conn.transaction():
        await conn.execute(LOCK)
        await _insert(conn, instance_key)
        await conn.execute(RETIRE_ALL_BUT_TWO)
        done: str = await conn.execute(RETIRE_THEIR_SUBSCRIPTIONS)
        return int(done.rsplit(" ", 1)[-1])


async def _insert(conn: Any, instance_key: bytes) -> None:
    (private, public), key_id = new_pair(), uuid7()
    await conn.execute(INSERT_KEY, key_id, public, wrap(instance_key, key_id, 0, private))
