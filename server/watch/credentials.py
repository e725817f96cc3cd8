"""What the watcher signs in with, and the clinic that it plays in: made by the operator, as the database's owner."""

import asyncio
import os
import secrets
from pathlib import Path
from typing import Any

import msgspec

from server.access.model import NewClinic
from server.access.secrets import email_hash
from server.access.setup import DEFAULT_HOURS, create_staff
from server.commands import CommandError, owner
from server.flow.clinics import clinic_in_making
from server.notifications.channels.watcher import WATCHERS_DOMAIN
from server.settings import Settings

NAME = "Watcher"
IS_KNOWN = "select exists (select from credential_lookup where kind = 'staff_email' and hash = $1)"
FIND_WATCHERS_CLINIC = "select clinic_id from clinics where watch"
MARK_CLINIC = "update clinics set watch = true where clinic_id = $1"
BEGIN_WATCH = "insert into proven_page (watched_since) values ($1) on conflict do nothing"


class Credentials(msgspec.Struct, frozen=True):
    """One admin of the watcher's clinic."""

    email: str
    password: str


def read_credentials(file: Path) -> Credentials:
    """CommandError when there are none."""
    found = _read(file)
    if found is None:
        raise CommandError(f"{file} holds no watcher's sign-in: make one with create-watcher.")
    return found


def _read(file: Path) -> Credentials | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Credentials)
    except (OSError, msgspec.MsgspecError):
        return None


async def run_create_watcher(settings: Settings) -> int:
    """Make the watcher's clinic and its sign-in, unless both are there."""
    file = file_of(settings)
    async with owner(settings) as (conn, key):
        made = await ensure_watcher(conn, key, file)
    print(f"{'Made' if made else 'There is'} the watcher's sign-in {file}. Start the watcher with: watch")
    return 0


async def ensure_watcher(conn: Any, key: bytes, file: Path) -> bool:
    """A clinic for the watcher, with one admin whom nothing but the watcher's mailbox reaches. Whether any was made."""
    there = await asyncio.to_thread(_read, file)
    if there is not None and await conn.fetchval(IS_KNOWN, email_hash(key, there.email)):
        return False
    mine = Credentials(f"{secrets.token_hex(8)}@{WATCHERS_DOMAIN}", secrets.token_urlsafe(24))
    clinic_id = await conn.fetchval(FIND_WATCHERS_CLINIC)
    if clinic_id is not None:
        await create_staff(
            conn, key, clinic_id=clinic_id, name=NAME, email=mine.email, phone=None, role="admin",
            password=mine.password,
        )  # fmt: skip
    else:
        wanted = NewClinic(
            name=NAME, time_zone="UTC", country="US", language="en", hours=DEFAULT_HOURS, phone=None, lead_name=NAME,
            lead_email=mine.email, lead_phone=None, password=mine.password,
        )  # fmt: skip
        async with clinic_in_making(conn, key, wanted) as tx:
            await tx.run(MARK_CLINIC, tx.clinic_id)
            await tx.run(BEGIN_WATCH, tx.wall)
    await asyncio.to_thread(_write, file, mine)
    return True


def file_of(settings: Settings) -> Path:
    """Where the sign-in lies."""
    return settings.watch_file or settings.data / "watch.json"


def _write(file: Path, mine: Credentials) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(msgspec.json.encode(mine))
