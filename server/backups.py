"""A backup is a dump and what must be true of it; a restore checks that, and holds sending until somebody looked."""

import asyncio
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import asyncpg
import msgspec

from server.commands import CommandError, owner_url
from server.kit.crypto import KeyFileError, load_key, unwrap
from server.kit.dumps import Programs, Source, dump, find_programs, restore
from server.kit.migrate import all_migrations, ensure_roles, migrate
from server.settings import Settings

FORMAT = 1
ABOUT, DUMP = "afterglow.json", "database.dump"
# The restore itself fills it.
NOT_COMPARED = ("sending_holds", "credential_lookup")

LIST_TABLES = """
select relname::text as name from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname
"""
LIST_APPLIED = "select name from schema_migrations order by name"
COUNT_OTHERS = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and usename is not null
"""
LIST_WRAPPED = "select clinic_id, key_id, wrapped from clinic_keys"
EXPORT = "select pg_export_snapshot() as snapshot, wall_now() as made_at, current_setting('server_version') as postgres"

EMPTY = """
do $$
declare found record;
begin
    for found in select c.oid::regclass as name from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    loop execute format('drop table %s cascade', found.name); end loop;
    for found in select p.oid::regprocedure as name from pg_proc p
        where p.pronamespace = 'public'::regnamespace
          and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    loop execute format('drop routine %s cascade', found.name); end loop;
end $$;
"""
# A dump's script begins with an empty search path and with row policies off.
HOLD = """
set local row_security = on;
set local search_path = public;
insert into sending_holds (clinic_id, held_at) select clinic_id, wall_now() from clinics
on conflict (clinic_id) do update set held_at = excluded.held_at;
"""
# The hold is set already: the next start need not find out by itself. What the watcher plays reaches nobody.
ARRIVE = "select hold_when_restored()"
FREE_WATCHER = "delete from sending_holds where clinic_id in (select clinic_id from clinics where watch)"
# Who was sent away since the backup would be let in again: sign-ins and invitations are made anew. Phones stay bound,
# because a patient who cannot answer is in more danger than one whose lost phone must be removed a second time.
END_SECRETS = """
with ended as (update staff_sign_ins set ended_at = wall_now() where ended_at is null), revoked as (
    update invitations set revoked_at = wall_now() where used_at is null and revoked_at is null
)
delete from credential_lookup where kind in ('staff_cookie', 'invitation', 'invitation_code');
"""

KEY_APART = (
    "The key file is not in it: {key}\n"
    "Keep a copy of the key file in another place. Without it nobody can read names, answers and notes again."
)
HELD = (
    "Sending is held: no prompt and no page leaves until an admin of each clinic has looked at what is waiting and "
    "pressed Start sending, on the team page under Settings."
)

BACK_AGAIN = (
    "Everybody signs in again, and open invitations are void. Colleagues disabled and phones removed since {made_at} "
    "are back: disable and remove them again before you start sending."
)


class About(msgspec.Struct, frozen=True):
    """What is true of a backup: the rows of each table, and which migrations it is from."""

    format: int
    made_at: str
    postgres: str
    migrations: list[str]
    rows: dict[str, int]


async def run_backup(settings: Settings, file: Path) -> int:
    """Dump the whole database into one file, with the number of rows of each table as of the same instant."""
    if await asyncio.to_thread(file.exists):
        raise CommandError(f"{file} is there already. Name a file that is not.")
    async with owner_url(settings) as url:
        conn = await asyncpg.connect(url, timeout=10)
        try:
            programs = find_programs(conn.get_server_version().major)
            async with conn.transaction(isolation="repeatable_read", readonly=True):
                about, snapshot = await _describe(conn)
                await asyncio.to_thread(_write, file, about, programs, url, snapshot)
        finally:
            await conn.close()
    rows, tables = sum(about.rows.values()), len(about.rows)
    print(f"{file} holds {rows:,} rows of {tables} tables, as of {about.made_at}.")
    print(KEY_APART.format(key=settings.key_file))
    return 0


async def run_restore(settings: Settings, file: Path, force: bool) -> int:
    """Bring a backup back into an empty database, compare the rows of each table, hold sending. 1 when rows differ."""
    source = _Backup(file)
    about = await asyncio.to_thread(source.check)
    _refuse_newer(about)
    async with owner_url(settings) as url:
        conn = await asyncpg.connect(url, timeout=10)
        try:
            await _refuse_unfit(conn, force)
            await ensure_roles(conn)
            major = conn.get_server_version().major
            before = EMPTY if force else ""
            await asyncio.to_thread(restore, find_programs(major), url, source, before, HOLD + END_SECRETS, major)
            different = _differences(about.rows, await count_rows(conn))
            await migrate(url)
            await conn.execute(ARRIVE)
            await conn.execute(FREE_WATCHER)
            fits = await _key_fits(conn, settings.key_file)
        finally:
            await conn.close()
    if different:
        print("\n".join(["The rows are not those of the backup:", *different]))
        return 1
    rows, tables = sum(about.rows.values()), len(about.rows)
    print(f"Restored {rows:,} rows of {tables} tables from {about.made_at}; every table has as many as the backup.")
    print(HELD)
    print(BACK_AGAIN.format(made_at=about.made_at))
    if not fits:
        print(f"The key file {settings.key_file} does not open this data. Put the one that belongs to it there.")
    return 0


IS_BLIND = """
select exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    and row_security_active(c.oid) and not pg_has_role(current_user, c.relowner, 'member'))
"""


async def count_rows(conn: Any) -> dict[str, int]:
    """Rows of every table."""
    tables = [row["name"] for row in await conn.fetch(LIST_TABLES)]
    return {name: await conn.fetchval(f'select count(*) from public."{name}"') for name in tables}


async def _describe(conn: Any) -> tuple[About, str]:
    if await conn.fetchval(IS_BLIND):
        raise CommandError("This database user does not see every row: back up as the owner of the tables.")
    rows = await count_rows(conn)
    if "schema_migrations" not in rows:
        raise CommandError("There is nothing to back up: the database is empty.")
    row = await conn.fetchrow(EXPORT)
    applied = [r["name"] for r in await conn.fetch(LIST_APPLIED)]
    made_at = row["made_at"].strftime("%Y-%m-%d %H:%M:%S UTC")
    return About(FORMAT, made_at, row["postgres"], applied, rows), row["snapshot"]


def _write(file: Path, about: About, programs: Programs, url: str, snapshot: str) -> None:
    """Complete or not at all: the file gets its name only when everything is in it and on the disk."""
    part = file.with_name(f"{file.name}.part")
    try:
        # Neither through a link nor over what another backup is writing.
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise CommandError(
            f"{part} is there: another backup is being written, or one was cut off. Remove it."
        ) from error
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(ABOUT, msgspec.json.format(msgspec.json.encode(about)))
                with archive.open(DUMP, "w", force_zip64=True) as out:
                    dump(programs, url, snapshot, out)
            stream.flush()
            os.fsync(stream.fileno())
        # Fails where a rename would overwrite.
        os.link(part, file)
        _sync_folder(file.parent)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """The name is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Backup(Source):
    """A backup file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def check(self) -> About:
        """What it says of itself; CommandError when it is damaged or not a backup."""
        try:
            with zipfile.ZipFile(self._file) as archive:
                damaged = archive.testzip()
                about = msgspec.json.decode(archive.read(ABOUT), type=About)
        except OSError as error:
            raise CommandError(f"{self._file} cannot be read: {error.strerror}.") from error
        except (zipfile.BadZipFile, KeyError, msgspec.MsgspecError) as error:
            raise CommandError(f"{self._file} is not a backup of Afterglow, or not all of one.") from error
        if damaged is not None or about.format != FORMAT:
            raise CommandError(f"{self._file} is damaged, or from another version of Afterglow.")
        return about

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        with zipfile.ZipFile(self._file) as archive, archive.open(DUMP) as content:
            yield content


def _refuse_newer(about: About) -> None:
    unknown = set(about.migrations) - {migration.name for migration in all_migrations()}
    if unknown:
        raise CommandError("The backup is from a newer version of Afterglow: install that one first.")


async def _refuse_unfit(conn: Any, force: bool) -> None:
    if await conn.fetchval(COUNT_OTHERS):
        raise CommandError("Something is connected to this database. Stop Afterglow first, on every host.")
    if not force and await conn.fetch(LIST_TABLES):
        raise CommandError(
            "The database is not empty. Restore into an empty one, or add --force: it throws away all that is there."
        )


def _differences(wanted: dict[str, int], found: dict[str, int]) -> list[str]:
    return [
        f"  {name}: {found.get(name, 0):,} instead of {rows:,}"
        for name, rows in wanted.items()
        if name not in NOT_COMPARED and found.get(name) != rows
    ]


async def _key_fits(conn: Any, key_file: Path) -> bool:
    try:
        key = load_key(key_file)
        for row in await conn.fetch(LIST_WRAPPED):
            unwrap(key, row["clinic_id"], row["key_id"], row["wrapped"])
    except KeyFileError:
        return False
    return True
