"""The one-off commands: each opens the database that is set, or the embedded one whether it runs already or not."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from server import ask
from server.access.model import NewClinic
from server.access.setup import clinic_transaction, create_staff, find_admin, list_all_clinics, list_clinics
from server.flow.clinics import bring_up_to_date, create_clinic
from server.flow.imports import file_imported, place_of_files
from server.interop.rules import Unreadable, read_sessions
from server.kit.audit import verify
from server.kit.crypto import load_key, make_key_file
from server.kit.embedded import AlreadyRunning, EmbeddedPostgres
from server.kit.errors import Problem
from server.kit.migrate import migrate
from server.notifications.push_setup import ensure_push_key, rotate_push_keys
from server.settings import Settings

MOST_ROWS = 1_000_000


class CommandError(Exception):
    """A command cannot do what was asked; the message says why."""


class ClinicFlags(msgspec.Struct, frozen=True):
    """What was given on the command line of create-clinic; the rest is asked."""

    name: str | None = None
    zone: str | None = None
    country: str | None = None
    language: str | None = None
    hours: str | None = None
    phone: str | None = None
    lead_name: str | None = None
    lead_email: str | None = None
    lead_phone: str | None = None
    password_file: Path | None = None


class StaffFlags(msgspec.Struct, frozen=True):
    """What was given on the command line of create-staff; the rest is asked."""

    clinic: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    role: str | None = None
    password_file: Path | None = None


def run(command: Coroutine[Any, Any, int]) -> int:
    """Run one of the commands below; the exit code."""
    return asyncio.run(command)


async def run_migrate(settings: Settings) -> int:
    """Bring the database up to date, make the keys that phones need for notifications, and say what was done."""
    async with owner_url(settings) as url:
        done = await migrate(url)
        if await _complete(url, settings):
            done.append("Made the keys for notifications.")
    print("\n".join(done) if done else "Nothing to do: the database is up to date.")
    return 0


async def run_rotate_push_keys(settings: Settings) -> int:
    """New signing keys for notifications; the ones before stay good until the next rotation."""
    async with owner(settings) as (conn, key):
        lost = await rotate_push_keys(conn, key)
    print("Made new keys for notifications. Phones change to them one by one, whenever their app is opened.")
    if lost:
        print(f"{lost} phones still had the keys before the last ones: they get texts until their app is opened.")
    return 0


async def run_create_clinic(settings: Settings, flags: ClinicFlags) -> int:
    """Ask what is missing, then make the clinic and its lead."""
    name = ask.settle("--name", "Name of the clinic", flags.name, ask.read_text)
    zone = ask.settle("--zone", "Time zone", flags.zone, ask.read_zone, ask.machine_zone())
    country = ask.settle("--country", "Country (two letters)", flags.country, ask.read_country)
    language = ask.settle("--language", "Language (en or es)", flags.language or "en", ask.read_language)
    hours = ask.settle("--hours", "Working hours", flags.hours, ask.read_hours, "Mon-Fri 08:00-18:00")
    read_phone = ask.read_phone(country)
    phone = ask.settle("--phone", "Phone that patients call", flags.phone, read_phone)
    lead_name = ask.settle("--lead-name", "Name of the clinic's lead", flags.lead_name, ask.read_text)
    lead_email = ask.settle("--lead-email", "Their e-mail, to sign in with", flags.lead_email, ask.read_email)
    lead_phone = ask.settle("--lead-phone", "Their mobile phone, for pages", flags.lead_phone, read_phone)
    password, made = ask.settle_password(flags.password_file, lead_name)
    async with owner(settings) as (conn, key):
        wanted = NewClinic(
            name=name, time_zone=zone, country=country, language=language, hours=hours, phone=phone,
            lead_name=lead_name, lead_email=lead_email, lead_phone=lead_phone, password=password,
        )  # fmt: skip
        await create_clinic(conn, key, wanted)
    print(f"{name} is ready. {lead_name} is its admin and the first on the call list; add a second person to it.")
    _tell_sign_in(settings, lead_email, password, made)
    return 0


async def run_create_staff(settings: Settings, flags: StaffFlags) -> int:
    """Ask what is missing, then make the colleague."""
    async with owner(settings) as (conn, key):
        clinic_id = choose_clinic(await list_clinics(conn), flags.clinic)
        name = ask.settle("--name", "Name", flags.name, ask.read_text)
        email = ask.settle("--email", "E-mail, to sign in with", flags.email, ask.read_email)
        role = ask.settle("--role", "Role (admin, clinician, nurse, viewer)", flags.role, ask.read_role)
        phone = ask.settle("--phone", "Mobile phone, for pages", flags.phone, ask.read_text)
        password, made = ask.settle_password(flags.password_file, name)
        await create_staff(
            conn, key, clinic_id=clinic_id, name=name, email=email, phone=phone, role=role, password=password
        )
    print(f"{name} can sign in as {role}.")
    _tell_sign_in(settings, email, password, made)
    return 0


async def run_import_sessions(settings: Settings, file: Path, clinic: str | None) -> int:
    """Import a CSV file of sessions, all of them or none; 1 when something in it is wrong."""
    content = await asyncio.to_thread(_read_file, file)
    async with owner(settings) as (conn, key):
        clinic_id = choose_clinic(await list_clinics(conn), clinic)
        async with clinic_transaction(conn, key, clinic_id) as tx:
            place = await place_of_files(tx)
            admin = await find_admin(tx)
        try:
            sheet = read_sessions(content, place, MOST_ROWS)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        print(f"Read {len(sheet.rows):,} rows.", flush=True)
        try:
            begin = partial(clinic_transaction, conn, key, clinic_id, admin)
            done = await file_imported(begin, sheet, partial(_tell_stored, len(sheet.rows)))
        except Problem as problem:
            if not problem.errors:
                raise CommandError(problem.title) from problem
            return _tell_wrong([(error.field, error.message) for error in problem.errors])
    late = f", {done.cancelled_late:,} were over before they were recorded" if done.cancelled_late else ""
    print(
        "\n".join(
            [f"Imported {done.sessions:,} sessions: {done.planned:,} check-ins are planned{late}.", *done.warnings]
        )
    )
    return 0


def _read_file(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def _tell_stored(total: int, stored: int) -> None:
    print(f"{stored:,} of {total:,} ...", flush=True)


def _tell_wrong(wrong: Sequence[tuple[str, str]]) -> int:
    print("\n".join(["Nothing was imported:", *(f"  {place}: {message}" for place, message in wrong)]), file=sys.stderr)
    return 1


async def run_audit_verify(settings: Settings) -> int:
    """Walk every clinic's audit chain; 1 when one is broken."""
    clinics = broken_chains = 0
    async with owner(settings, make=False) as (conn, _):
        for clinic_id, _name in await list_all_clinics(conn):
            checked, broken = await verify(conn, clinic_id)
            verdict = "unbroken" if broken is None else f"BROKEN at row {broken}"
            print(f"clinic {clinic_id}: {checked} sealed rows, {verdict}")
            broken_chains += broken is not None
            clinics += 1
    if not clinics:
        print("There is no clinic yet: nothing to verify.")
    return 1 if broken_chains else 0


@contextlib.asynccontextmanager
async def owner_url(settings: Settings, make: bool = True) -> AsyncIterator[str]:
    """The DSN of the tables' owner, usable inside the block. `make`: also where there is no database yet."""
    given = settings.database_owner_url or settings.database_url
    if given is not None:
        yield given
        return
    database = EmbeddedPostgres(settings.data)
    if not make and not (settings.data / "postgres").is_dir():
        where = f"There is no Afterglow in {settings.data}."
        raise CommandError(f"{where} Set AFTERGLOW_DATA; a demo lies in its folder demo.")
    async with contextlib.AsyncExitStack() as held:
        try:
            await held.enter_async_context(database.running())
        except AlreadyRunning:
            await database.wait_ready(10)
        yield database.owner_url


@contextlib.asynccontextmanager
async def owner(settings: Settings, make: bool = True) -> AsyncIterator[tuple[Any, bytes]]:
    """A connection as owner to the migrated database, and the instance key."""
    async with owner_url(settings, make) as url:
        await migrate(url)
        conn = await asyncpg.connect(url, timeout=10)
        try:
            if not settings.key_file.exists() and not await list_all_clinics(conn):
                make_key_file(settings.key_file)
            await conn.set_type_codec("jsonb", schema="pg_catalog", encoder=_encode_json, decoder=msgspec.json.decode)
            key = load_key(settings.key_file)
            await bring_up_to_date(conn, key)
            await ensure_push_key(conn, key)
            yield conn, key
        finally:
            await conn.close()


async def _complete(url: str, settings: Settings) -> bool:
    """What needs the key file, as far as it is there: without any clinic it may still be to come. Whether keys for
    notifications were made."""
    conn = await asyncpg.connect(url, timeout=10)
    try:
        if not settings.key_file.exists() and not await list_all_clinics(conn):
            return False
        key = load_key(settings.key_file)
        await bring_up_to_date(conn, key)
        return await ensure_push_key(conn, key)
    finally:
        await conn.close()


def _encode_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def choose_clinic(clinics: list[tuple[UUID, str]], wanted: str | None) -> UUID:
    """The clinic of that name or id, or the only one."""
    fitting = [key for key, name in clinics if wanted is None or wanted in (str(key), name)]
    if len(fitting) == 1:
        return fitting[0]
    if not clinics:
        raise CommandError("There is no clinic yet: make one with create-clinic.")
    raise CommandError("Say which clinic with --clinic: " + ", ".join(f"{name} ({key})" for key, name in clinics))


def _tell_sign_in(settings: Settings, email: str, password: str, made: bool) -> None:
    print(f"Sign in at {settings.url}/team as {email}.")
    if made:
        print(f"Password, shown this once: {password}")
