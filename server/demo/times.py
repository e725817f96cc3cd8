"""Both times, as the database has them: messages show care time, the provider's own records machine time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
GET_TIMES = "select app_now() as care, wall_now() as machine"


class Times(msgspec.Struct, frozen=True):
    """One reading."""

    care: datetime
    machine: datetime


Clock = Callable[[], Awaitable[Times]]


class NoTime(Exception):
    """The database cannot be asked for the time."""


class DatabaseClock:
    """Asks over one connection, which it opens again when it is lost."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._conn: Any = None
        self._lock = asyncio.Lock()

    async def read(self) -> Times:
        """The time now; a lost connection is tried once more, then NoTime."""
        async with self._lock:
            try:
                return await self._ask()
            except LOST:
                self._drop()
            try:
                return await self._ask()
            except LOST as error:
                self._drop()
                raise NoTime from error

    async def close(self) -> None:
        """Leave the database."""
        self._drop()

    async def _ask(self) -> Times:
        if self._conn is None:
            self._conn = await asyncpg.connect(self._dsn, timeout=5, command_timeout=5, statement_cache_size=0)
        row = await self._conn.fetchrow(GET_TIMES)
        return Times(row["care"], row["machine"])

    def _drop(self) -> None:
        if self._conn is not None:
            self._conn.terminate()
        self._conn = None
