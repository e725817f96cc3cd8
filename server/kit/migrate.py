"""Plain SQL files, applied in order, forward only; what was applied is never changed afterwards."""

import hashlib
import importlib.resources
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

import asyncpg
import msgspec

ROLES = ("afterglow_web", "afterglow_engine")
LOCK = "select pg_advisory_xact_lock(7236142097)"
LIMITS = "select set_config('lock_timeout', '10s', true), set_config('search_path', 'public', true)"
CREATE_TABLE = "create table if not exists schema_migrations (name text primary key, checksum text not null)"
LIST_APPLIED = "select name, checksum from schema_migrations order by name"
INSERT_APPLIED = "insert into schema_migrations (name, checksum) values ($1, $2)"
FIND_ROLE = "select 1 from pg_roles where rolname = $1"
MAY_TAKE_ROLE = "select pg_has_role(session_user, $1::name, $2)"


class MigrationError(Exception):
    """The database cannot be brought up to date; the message names the file or role and says why."""


class Migration(msgspec.Struct, frozen=True):
    """One file of migrations/; the name orders it, the checksum is SHA-256 of its text."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


async def migrate(owner_url: str, folder: Path | None = None) -> list[str]:
    """Apply what is missing and return the names applied. Several at once are safe: each file waits for one lock."""
    files = read_migrations(folder or _migrations_folder())
    conn = await asyncpg.connect(owner_url, timeout=10)
    applied: list[str] = []
    try:
        while name := await _apply_next(conn, files):
            applied.append(name)
    finally:
        await conn.close()
    return applied


def read_migrations(folder: Traversable) -> list[Migration]:
    """All files in order."""
    files = [f for f in folder.iterdir() if f.name.endswith(".sql")]
    return [Migration(f.name, f.read_text(encoding="utf-8")) for f in sorted(files, key=lambda f: f.name)]


def all_migrations() -> list[Migration]:
    """Those of this version."""
    return read_migrations(_migrations_folder())


def pending(files: Sequence[Migration], applied: Mapping[str, str]) -> list[Migration]:
    """What is to be applied; MigrationError when the files do not continue what was applied (name -> checksum)."""
    known = {file.name: file for file in files}
    for name, checksum in applied.items():
        if name not in known:
            raise MigrationError(
                f"{name} was applied to this database, but this version of Afterglow does not have it."
            )
        if known[name].checksum != checksum:
            raise MigrationError(f"{name} was changed after it was applied. Restore it and add a new file instead.")
    missing = [file for file in files if file.name not in applied]
    if missing and applied and missing[0].name < max(applied):
        raise MigrationError(f"{missing[0].name} comes before {max(applied)}, which was applied already. Rename it.")
    return missing


async def _apply_next(conn: asyncpg.Connection, files: Sequence[Migration]) -> str | None:
    """Apply the first missing file in a transaction of its own, under the lock; None when there is none."""
    async with conn.transaction():
        await conn.execute(LOCK)
        await conn.execute(LIMITS)
        await conn.execute(CREATE_TABLE)
        missing = pending(files, {row["name"]: row["checksum"] for row in await conn.fetch(LIST_APPLIED)})
        if not missing:
            return None
        await ensure_roles(conn)
        try:
            await conn.execute(missing[0].sql)
        except asyncpg.PostgresError as error:
            raise MigrationError(f"{missing[0].name}: {error.args[0]}") from error
        await conn.execute(INSERT_APPLIED, missing[0].name, missing[0].checksum)
        return missing[0].name


async def ensure_roles(conn: asyncpg.Connection) -> None:
    """The roles that grants and policies name are there; MigrationError when they cannot be made."""
    for role in ROLES:
        await _ensure_role(conn, role)


async def _ensure_role(conn: asyncpg.Connection, role: str) -> None:
    """The role exists, and the session may take it where it can arrange that: one DSN then serves all processes."""
    if await conn.fetchval(FIND_ROLE, role) is None:
        try:
            async with conn.transaction():
                await conn.execute(f"create role {role} nologin")
        except asyncpg.InsufficientPrivilegeError as error:
            raise MigrationError(
                f"The role {role} is missing and this database user may not create it. "
                f"As an administrator run: create role {role} nologin; grant {role} to the user of DATABASE_URL."
            ) from error
    privilege = "SET" if conn.get_server_version().major >= 16 else "MEMBER"
    if not await conn.fetchval(MAY_TAKE_ROLE, role, privilege):
        try:
            async with conn.transaction():
                await conn.execute(f"grant {role} to session_user")
        except asyncpg.InsufficientPrivilegeError:
            # Roles with sign-ins of their own need no grant; a pool that has to take the role says so itself.
            return


def _migrations_folder() -> Traversable:
    """In a clone beside the package, in an installed wheel inside it."""
    beside = Path(__file__).parents[2] / "migrations"
    return beside if beside.is_dir() else importlib.resources.files("server") / "migrations"
