"""The pool and the one way to open a transaction: clinic set, care time and machine time read, nothing left behind."""

import asyncio
from collections.abc import AsyncIterator, Collection, Hashable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog

from server.kit.actor import Actor as Actor
from server.kit.crypto import Cipher, Tampered, unwrap
from server.kit.listening import KEEPALIVE

log = structlog.get_logger()

BEGIN = """
select set_config('app.clinic_id', $1, true), app_now() as now, wall_now() as wall
"""
IN_INDEX_ORDER = "select set_config('enable_sort', 'off', true)"


def patient_lock(clinic: str, patient: str) -> str:
    """The key of a patient's lock, as SQL, from expressions for the two ids as text."""
    return f"hashtextextended({clinic} || {patient}, 1)"


LIST_KEYS = "select key_id, wrapped from clinic_keys where clinic_id = $1"
GET_ROLE = "select rolsuper or rolbypassrls as unbound from pg_roles where rolname = current_user"


def _under_lock(clinic_id: UUID, patient_id: UUID) -> str:
    """Statements that wait for the patient's lock. UUIDs, never text of somebody's: they take no parameters."""
    return f"""
        select set_config('app.clinic_id', '{clinic_id}', true),
            set_config('plan_cache_mode', 'force_generic_plan', true);
        select pg_advisory_xact_lock({patient_lock(f"'{clinic_id}'", f"'{patient_id}'")})"""


def _for_many(clinic_id: UUID, patient_ids: Collection[UUID]) -> str:
    """Statements that try all these locks and keep in `app.locked` whose they got."""
    patients = ",".join(str(patient_id) for patient_id in patient_ids)
    return f"""
        select set_config('app.clinic_id', '{clinic_id}', true), set_config('lock_timeout', '200ms', true),
            set_config('plan_cache_mode', 'force_generic_plan', true);
        select set_config('app.locked', (
            select string_agg(patient, ' ') from unnest('{{{patients}}}'::text[]) as asked (patient)
            where pg_try_advisory_xact_lock({patient_lock(f"'{clinic_id}'", "patient")})), true)"""


def _clinic_of(actor: Actor) -> UUID:
    if actor.clinic_id is None:
        raise LookupError("this transaction is not bound to a clinic")
    return actor.clinic_id


LOCK_S = 3
"""Somebody else's work on a patient is waited for so long: a tick goes on with the others, a phone tries again."""

AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    # No room on its disk or in memory, no connection left.
    asyncpg.InsufficientResourcesError,
)


class NotCommitted(Exception):
    """The transaction ended without an error, but PostgreSQL rolled it back: nothing of it is stored."""


class UnboundRole(Exception):
    """The process would run as a role that row-level security does not bind."""


class Tx:
    """One open transaction: `now` is care time, `wall` machine time, `cipher` the clinic's keys, `unchanging` what was
    read from this database before and never changes in it."""

    def __init__(
        self,
        conn: Any,
        actor: Actor,
        now: datetime,
        wall: datetime,
        cipher: Cipher | None,
        unchanging: dict[Hashable, Any] | None = None,
    ) -> None:
        self.conn = conn
        self.actor = actor
        self.now = now
        self.wall = wall
        self.unchanging = {} if unchanging is None else unchanging
        self._cipher = cipher

    @property
    def clinic_id(self) -> UUID:
        return _clinic_of(self.actor)

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[None]:
        """A part whose failure, told to the caller, undoes only itself."""
        await self.conn.execute("savepoint apart")
        try:
            yield
        except BaseException:
            if not self.conn.is_closed():
                await self.conn.execute("rollback to savepoint apart")
            raise
        await self.conn.execute("release savepoint apart")

    @property
    def cipher(self) -> Cipher:
        if self._cipher is None:
            raise LookupError("this transaction is not bound to a clinic")
        return self._cipher

    def open_contact(self, field: str, row: UUID, sealed: bytes | None) -> str | None:
        """A name or address; None when there is none, or when it cannot be read: that is said in the log, and one
        damaged row must not keep the others from being reached."""
        try:
            return self.cipher.open_if(field, row, sealed)
        except Tampered:
            log.error("contact_unreadable", field=field, clinic=str(self.clinic_id), id=str(row))
            return None

    async def read_in_index_order(self) -> None:
        """For the claims of this transaction: take the first rows of an index, however few the planner believes there
        are. In a burst it would read and sort all that is due, batch after batch."""
        await self.conn.execute(IN_INDEX_ORDER)

    async def one(self, sql: str, *args: Any) -> asyncpg.Record | None:
        row: asyncpg.Record | None = await self.conn.fetchrow(sql, *args)
        return row

    async def all(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self.conn.fetch(sql, *args)
        return rows

    async def run(self, sql: str, *args: Any) -> int:
        """Execute; the number of rows touched."""
        tag: str = await self.conn.execute(sql, *args)
        last = tag.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else 0


class Database:
    """A pool in one role. Every acquire and command has a time-out; no reset query runs, since all state is local.

    `settings`: statements that set up each transaction; empty when every connection keeps its settings.
    """

    def __init__(self, pool: Any, instance_key: bytes, settings: str) -> None:
        self.pool = pool
        self.instance_key = instance_key
        self._settings = settings
        self._ciphers: dict[UUID, Cipher] = {}
        self._unchanging: dict[Hashable, Any] = {}

    @classmethod
    async def open(
        cls,
        url: str,
        role: str | None,
        instance_key: bytes,
        *,
        pooled: bool = False,
        size: int = 10,
        statement_s: int = 5,
    ) -> "Database":
        """Connect. `role`: taken at connect when one DSN serves all processes; None when the DSN has its own."""
        settings = {
            "statement_timeout": str(statement_s * 1000),
            "lock_timeout": str(LOCK_S * 1000),
            "idle_in_transaction_session_timeout": "30000",
            # Plans are made once for a connection: one made while a table was small must not read all of it for ever.
            "enable_seqscan": "off",
            # What that makes dear on paper would be compiled first, for longer than it runs.
            "jit": "off",
        }
        if role:
            settings["role"] = role

        async def keep(_: Any) -> None:
            """No reset query: all state is transaction-local."""

        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
            command_timeout=statement_s + 5,
            timeout=5,
            server_settings={"application_name": "afterglow"} | ({} if pooled else KEEPALIVE | settings),
            statement_cache_size=0 if pooled else 200,
            init=_codecs,
            reset=keep,
        )
        database = cls(pool, instance_key, _for_transaction(settings) if pooled else "")
        await database._refuse_unbound()
        return database

    async def close(self) -> None:
        try:
            await asyncio.wait_for(self.pool.close(), 3)
        except TimeoutError:
            self.pool.terminate()

    async def one(self, sql: str, *args: Any) -> asyncpg.Record:
        """The one row of a statement that is a transaction of its own and sets its clinic itself."""
        async with self._alone() as conn:
            row: asyncpg.Record = await conn.fetchrow(sql, *args)
            return row

    async def find_credential(self, kind: str, hashed: bytes) -> tuple[UUID, UUID] | None:
        """(clinic, subject) behind a secret's hash, before the clinic is known."""
        async with self._alone() as conn:
            row = await conn.fetchrow(
                "select clinic_id, subject_id from find_credential($1, $2)",
                kind,
                hashed,
            )
        return None if row is None else (row["clinic_id"], row["subject_id"])

    @asynccontextmanager
    async def begin(self, actor: Actor) -> AsyncIterator[Tx]:
        """One transaction under the actor's clinic: commits at the end, rolls back on any error. NotCommitted when a
        statement failed inside and nobody was told."""
        clinic = "" if actor.clinic_id is None else str(actor.clinic_id)
        async with self._connection() as conn, _committed(conn, f"begin; {self._settings}"):
            row = await conn.fetchrow(BEGIN, clinic)
            cipher = None if actor.clinic_id is None else await self._cipher(conn, actor.clinic_id)
            yield Tx(conn, actor, row["now"], row["wall"], cipher, self._unchanging)

    @asynccontextmanager
    async def begin_under_lock(
        self, actor: Actor, patient_id: UUID, first: str, *args: Any
    ) -> AsyncIterator[tuple[Tx, asyncpg.Record]]:
        """The same under the patient's lock, with the row of its first statement: two round trips instead of five.

        `first` has the clinic before `args` and gives `now` and `wall` too; what it sees is as of when the lock is
        held. LookupError when it finds nothing.
        """
        opening = _under_lock(_clinic_of(actor), patient_id)
        async with self._opened(actor, opening, first, *args) as (tx, rows):
            yield tx, rows[0]

    @asynccontextmanager
    async def begin_for_many(
        self, actor: Actor, patient_ids: Collection[UUID], first: str, *args: Any
    ) -> AsyncIterator[tuple[Tx, list[asyncpg.Record]]]:
        """The same for many patients, with all rows of the first statement. Nobody's lock is waited for: the setting
        `app.locked` names the patients whom nobody else had locked, and only these may be written about.

        Its statements take lists, for which PostgreSQL would make a new plan each time: that costs more than they do.
        """
        opening = _for_many(_clinic_of(actor), patient_ids)
        async with self._opened(actor, opening, first, *args) as (tx, rows):
            yield tx, rows

    @asynccontextmanager
    async def _opened(
        self, actor: Actor, opening: str, first: str, *args: Any
    ) -> AsyncIterator[tuple[Tx, list[asyncpg.Record]]]:
        clinic_id = _clinic_of(actor)
        async with self._connection() as conn, _committed(conn, f"begin; {self._settings} {opening}"):
            rows = await conn.fetch(first, clinic_id, *args)
            if not rows:
                raise LookupError("there is nothing to begin with")
            cipher = await self._cipher(conn, clinic_id)
            yield Tx(conn, actor, rows[0]["now"], rows[0]["wall"], cipher, self._unchanging), rows

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[Any]:
        """For one statement. A pooler may hand each message outside a transaction to another connection."""
        async with self._connection() as conn:
            if not self._settings:
                yield conn
                return
            async with _committed(conn, f"begin; {self._settings}"):
                yield conn

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        try:
            async with self.pool.acquire(timeout=5) as conn:
                yield conn
        except (asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            if not _means_away(error):
                raise
            raise ConnectionError("the database connection was lost") from error

    async def _cipher(self, conn: Any, clinic_id: UUID) -> Cipher:
        cipher = self._ciphers.get(clinic_id)
        if cipher is None:
            rows = await conn.fetch(LIST_KEYS, clinic_id)
            if not rows:
                raise LookupError("unknown clinic")
            keys = {r["key_id"]: unwrap(self.instance_key, clinic_id, r["key_id"], r["wrapped"]) for r in rows}
            cipher = self._ciphers[clinic_id] = Cipher(clinic_id, keys)
        return cipher

    async def _refuse_unbound(self) -> None:
        async with self._alone() as conn:
            row = await conn.fetchrow(GET_ROLE)
        if row is None or row["unbound"]:
            await self.pool.close()
            raise UnboundRole(
                "Refusing to start: the database role is a superuser or bypasses row-level security. "
                "Use afterglow_web and afterglow_engine, or a role that may take them."
            )


@asynccontextmanager
async def _committed(conn: Any, opening: str) -> AsyncIterator[None]:
    try:
        await conn.execute(opening)
        yield
    except BaseException:
        if not conn.is_closed():
            await conn.execute("rollback")
        raise
    if await conn.execute("commit") != "COMMIT":
        raise NotCommitted("a statement failed and its error was not told")


def _means_away(error: Exception) -> bool:
    """The driver says "closed" with the same class as "wrong number of arguments": only the first is "away". And a
    server that ends the connection in the very moment of a statement confuses the driver's own state."""
    return not isinstance(error, asyncpg.InterfaceError) or "clos" in str(error)


def _for_transaction(settings: Mapping[str, str]) -> str:
    """The same for one transaction: what is set for a connection of a pooler, the next one who gets it would find."""
    return "select " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items()) + ";"


async def _codecs(conn: Any) -> None:
    async with conn.transaction():
        await conn.set_type_codec(
            "jsonb",
            schema="pg_catalog",
            encoder=lambda v: msgspec.json.encode(v).decode(),
            decoder=msgspec.json.decode,
        )
