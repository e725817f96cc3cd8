"""Turning care time forward, from due instant to due instant: the engine finishes each before the next comes."""

from datetime import datetime, timedelta
from typing import Any

from server.worker import Engine, drain

GET_NOW = "select app_now()"

MOVE_TO = "update app_clock set care_offset = $1::timestamptz - wall_now()"

NEXT_DUE = """
select min(at) from (
    select min(next_action_at) as at from check_ins where next_action_at is not null
    union all select min(next_action_at) from alerts where state <> 'closed'
    union all select min(follow_up_at) from signals where follow_up_at is not null
) due
"""

MOST_STEPS = 20_000


async def turn(owner: Any, engine: Engine, by: timedelta) -> datetime:
    """Move care time on by `by`; returns the new now. `owner`: a connection as owner, the only role that may."""
    target: datetime = await owner.fetchval(GET_NOW) + by
    await drain(engine)
    for _ in range(MOST_STEPS):
        due = await owner.fetchval(NEXT_DUE)
        if due is None or due > target:
            break
        if due > await owner.fetchval(GET_NOW):
            await owner.execute(MOVE_TO, due)
        await drain(engine)
    if target > await owner.fetchval(GET_NOW):
        await owner.execute(MOVE_TO, target)
    await drain(engine)
    now: datetime = await owner.fetchval(GET_NOW)
    return now
