"""Where a simulation takes place: a PostgreSQL with nobody's records in it, and a clinic made for it."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from server.access.call_list_queries import replace_call_list
from server.access.model import NewClinic, Staff
from server.access.setup import DEFAULT_HOURS, SetupError, clinic_transaction, create_staff, list_all_clinics
from server.flow.clinics import create_clinic
from server.kit.db import Database
from server.kit.embedded import EmbeddedPostgres
from server.kit.ids import uuid7
from server.kit.migrate import migrate
from server.kit.tokens import new_token
from server.notifications.channels import Providers
from server.notifications.channels.base import Sender
from server.notifications.model import Channel, Message, Outcome
from server.simulation.people import HOME_ZONE
from server.worker import Engine

NOT_EMPTY = (
    "This database has clinics in it. A simulation needs one of its own: leave DATABASE_URL out, or make another."
)
ORIGIN = "https://simulated.invalid"
SET_CLOCK = "update app_clock set care_offset = $1 - wall_now()"
COLLEAGUES = (("Nurse", "nurse"), ("Clinician", "clinician"))


class Nobody(Sender):
    """Takes every message and sends none."""

    def __init__(self) -> None:
        self.taken = 0

    async def send(self, message: Message) -> Outcome:
        self.taken += 1
        return Outcome("accepted", provider_ref=str(message.id))

    async def close(self) -> None:
        return


class Place(msgspec.Struct, frozen=True):
    """A clinic made for this run. `owner`: may set the clock and look at everything."""

    owner: Any
    web: Database
    engine: Engine
    staff: Staff
    nobody: Nobody


@asynccontextmanager
async def place(folder: Path, database_url: str | None, begins: datetime) -> AsyncIterator[Place]:
    """A fresh PostgreSQL in the folder, or the empty database named; its clock stands at `begins`. SetupError when
    there are clinics in it."""
    async with AsyncExitStack() as held:
        urls, roles = await _urls(held, folder, database_url)
        await _refuse_records(urls[0])
        await migrate(urls[0])
        owner = await asyncpg.connect(urls[0], timeout=10)
        held.push_async_callback(owner.close)
        key = os.urandom(32)
        await owner.execute(SET_CLOCK, begins)
        clinic_id = await create_clinic(owner, key, _clinic())
        staff = await _staff(owner, key, clinic_id)
        web = await Database.open(urls[1], roles[0], key, size=6, statement_s=60)
        held.push_async_callback(web.close)
        engine = await Database.open(urls[2], roles[1], key, size=6, statement_s=60)
        held.push_async_callback(engine.close)
        nobody = Nobody()
        ways: tuple[Channel, ...] = ("push", "sms", "email")
        yield Place(owner, web, Engine(engine, Providers(dict.fromkeys(ways, nobody)), ORIGIN), staff, nobody)


async def _urls(
    held: AsyncExitStack, folder: Path, database_url: str | None
) -> tuple[tuple[str, str, str], tuple[str | None, str | None]]:
    if database_url is not None:
        return (database_url,) * 3, ("afterglow_web", "afterglow_engine")
    server = EmbeddedPostgres(folder)
    await held.enter_async_context(server.running())
    return (server.owner_url, server.web_url, server.engine_url), (None, None)


async def _refuse_records(url: str) -> None:
    conn = await asyncpg.connect(url, timeout=10)
    try:
        made = await conn.fetchval("select to_regclass('clinics') is not null")
        if made and await list_all_clinics(conn):
            raise SetupError(NOT_EMPTY)
    finally:
        await conn.close()


def _clinic() -> NewClinic:
    return NewClinic(
        name="Made-up clinic", time_zone=HOME_ZONE, country="ES", language="en", hours=DEFAULT_HOURS,
        phone="+34910000000", lead_name="Lead", lead_email="lead@simulated.invalid", lead_phone="+34600000001",
        password=new_token(), demo=True,
    )  # fmt: skip


async def _staff(owner: Any, key: bytes, clinic_id: UUID) -> Staff:
    """Three who can be paged, all on the call list; the nurse, who does the work."""
    made = [
        await create_staff(
            owner, key, clinic_id=clinic_id, name=name, email=f"{role}@simulated.invalid",
            phone=f"+3460000000{number}", role=role, password=new_token(),  # type: ignore[arg-type]
        )
        for number, (name, role) in enumerate(COLLEAGUES, start=2)
    ]  # fmt: skip
    lead = await owner.fetchval("select id from staff where clinic_id = $1 and role = 'admin'", clinic_id)
    async with clinic_transaction(owner, key, clinic_id) as tx:
        await replace_call_list(tx, [*made, lead])
    return Staff(clinic_id, made[0], "nurse", "en", uuid7(), uuid7())
