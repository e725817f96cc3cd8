"""The instance's signing keys for web push, made and rotated by the owner of the tables."""

from typing import Any

from server.kit.crypto import KeyFileError, unwrap, wrap
from server.kit.ids import uuid7
from server.notifications.push_keys import new_pair

LOCK = "select pg_advisory_xact_lock(hashtextextended('push keys', 0))"

FIND_CURRENT = """
select id, private_enc, exists (select from push_subscriptions) as in_use
from push_keys where retired_at is null order by created_at desc, id desc limit 1
"""

RETIRE_ALL = "update push_keys set retired_at = wall_now() where retired_at is null"

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
    """Make the first key pair unless there is one; whether it was made. Several at once make one. A pair that another
    key file sealed, and that no phone ever used, is replaced; KeyFileError when phones do."""
    async with conn.transaction():
        await conn.execute(LOCK)
        current = await conn.fetchrow(FIND_CURRENT)
        if current is not None and _opens(instance_key, current):
            return False
        await conn.execute(RETIRE_ALL)
        await _insert(conn, instance_key)
        return True


def _opens(instance_key: bytes, current: Any) -> bool:
    try:
        unwrap(instance_key, current["id"], 0, current["private_enc"])
    except KeyFileError:
        if current["in_use"]:
            raise
        return False
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
