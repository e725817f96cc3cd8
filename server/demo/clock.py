"""Turning the demo's clock: from due instant to due instant, the engine finishing each, so that nothing is skipped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from server.kit.clock import monotonic
from server.notifications.channels import close as close_channels
from server.settings import Settings
from server.worker import Engine, drain, open_engine

GET_NOW = "select app_now()"

MOVE_TO = "update app_clock set care_offset = care_offset + greatest($1 - app_now(), interval '0')"

NEXT_INSTANT = """
select min(due.at) from (
    select min(next_action_at) as at from check_ins where next_action_at > $1 and next_action_at <= $2
    union all
    select min(next_action_at) from alerts where next_action_at > $1 and next_action_at <= $2
    union all
    select min(follow_up_at) from signals where follow_up_at > $1 and follow_up_at <= $2
    union all
    select min(fallback_at) from notifications
    where fallback_at > $1 and fallback_at <= $2 and state = 'sent' and shown_at is null
) due
"""

IS_UNFINISHED = """
select exists (select from check_ins where next_action_at <= app_now())
    or exists (select from alerts where state <> 'closed' and next_action_at <= app_now())
    or exists (select from signals where follow_up_at <= app_now())
    or exists (select from notifications where fallback_at <= app_now() and state = 'sent' and shown_at is null)
    or exists (select from notifications where state = 'queued' and next_attempt_at <= wall_now())
"""

IS_SENDING = "select exists (select from notifications where state = 'queued' and lease_until > wall_now())"

ONE_AT_A_TIME = "select pg_advisory_lock(hashtextextended('demo clock', 0))"

ROUNDS = 20
SENDING_PATIENCE_S = 5.0
LONGEST_TURN_S = 280.0


@asynccontextmanager
async def hands_on_clock(settings: Settings) -> AsyncIterator["Hands"]:
    """A connection as owner, who alone may set the clock, and an engine of our own. One turn at a time."""
    url = settings.database_owner_url or settings.database_url
    conn = await asyncpg.connect(url, timeout=5, statement_cache_size=0)
    try:
        await conn.execute(ONE_AT_A_TIME)
        engine = await open_engine(settings)
        try:
            yield Hands(conn, engine)
        finally:
            await close_channels(engine.senders)
            await engine.db.close()
    except (asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        raise ConnectionError("the database went away during the turn") from error
    finally:
        await conn.close()


class Hands:
    """Moves care time forward; machine time goes on by itself."""

    def __init__(self, conn: Any, engine: Engine) -> None:
        self.conn = conn
        self.engine = engine

    async def now(self) -> datetime:
        """Care time."""
        now: datetime = await self.conn.fetchval(GET_NOW)
        return now

    async def turn(self, amount: timedelta) -> datetime:
        """Go that far, or as far as a few minutes of work allow: then the rest is another turn. Returns care time."""
        target = await self.now() + amount
        await self.walk_to(target, monotonic() + LONGEST_TURN_S)
        return await self.now()

    async def walk_to(self, target: datetime, until: float | None = None) -> None:
        """Stop at each instant when something is due, and at the target. `until`: monotonic seconds to give up at."""
        await self._settle()
        while (due := await self.conn.fetchval(NEXT_INSTANT, await self.now(), target)) is not None:
            if until is not None and monotonic() > until:
                return
            await self.conn.execute(MOVE_TO, due)
            await self._settle()
        await self.conn.execute(MOVE_TO, target)
        await self._settle()

    async def _settle(self) -> None:
        """Until nothing is due and no other worker is in the middle of sending. What stays due is not waited for."""
        patience = monotonic() + SENDING_PATIENCE_S
        for _ in range(ROUNDS):
            while await self.conn.fetchval(IS_SENDING) and monotonic() < patience:
                await asyncio.sleep(0.01)
            if not await self.conn.fetchval(IS_UNFINISHED):
                return
            await drain(self.engine, rounds=1)
