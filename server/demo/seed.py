"""The demo clinic, made once: its people, three patients with weeks behind them, one whose treatment is to come."""

import asyncio
import logging
from typing import Any

import asyncpg

from server.access.model import NewClinic, Role
from server.access.secrets import email_hash
from server.access.setup import DEFAULT_HOURS, create_staff, list_clinics
from server.demo.clock import Hands, hands_on_clock
from server.demo.pages import PASSWORD
from server.demo.people import ZONE
from server.demo.story import first_day, live_through
from server.flow.clinics import create_clinic
from server.kit import crypto
from server.settings import Settings

LENA = "lena@demo.example"
COLLEAGUES: tuple[tuple[str, str, str, Role], ...] = (
    ("Nora Berg", "nora@demo.example", "+15555550101", "nurse"),
    ("Omar Haddad", "omar@demo.example", "+15555550102", "clinician"),
)

HAS_PATIENT = "select exists (select from patients)"

IS_BEHIND = "select care_offset < interval '0' from app_clock"

SET_BACK = "update app_clock set care_offset = $1 - wall_now()"

CATCH_UP = "update app_clock set care_offset = interval '0' where care_offset < interval '0'"

GET_MACHINE_TIME = "select wall_now()"

FIND_EMAIL = "select exists (select from credential_lookup where kind = 'staff_email' and hash = $1)"


def main(settings: Settings) -> None:
    """`python -m server seed`; does what is missing, nothing when all is there."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    asyncio.run(seed(settings))


async def seed(settings: Settings) -> None:
    """Make the clinic, then let the real thing run through three weeks; an interrupted run is brought to today."""
    await _make_people(settings)
    async with hands_on_clock(settings) as hands:
        if not await hands.conn.fetchval(HAS_PATIENT):
            _say("Living through three weeks of three patients ...")
            present = await hands.conn.fetchval(GET_MACHINE_TIME)
            start = first_day(present)
            await hands.conn.execute(SET_BACK, start)
            await live_through(settings, hands, start, present)
        if await hands.conn.fetchval(IS_BEHIND):
            await _return_to_the_present(hands)


async def _make_people(settings: Settings) -> None:
    key = crypto.load_key(settings.key_file)
    conn = await asyncpg.connect(settings.database_owner_url or settings.database_url, timeout=10)
    try:
        clinics = await list_clinics(conn)
        if not clinics:
            _say("Making the demo clinic ...")
            await create_clinic(conn, key, _harbor())
            clinics = await list_clinics(conn)
        for name, email, phone, role in COLLEAGUES:
            if not await conn.fetchval(FIND_EMAIL, email_hash(key, email)):
                await create_staff(
                    conn, key, clinic_id=clinics[0][0], name=name, email=email, phone=phone, role=role,
                    password=PASSWORD,
                )  # fmt: skip
    finally:
        await conn.close()


def _harbor() -> NewClinic:
    return NewClinic(
        name="Harbor Clinic", time_zone=ZONE, country="US", language="en", hours=DEFAULT_HOURS, phone="+15555550100",
        lead_name="Lena Fischer", lead_email=LENA, lead_phone="+15555550103", password=PASSWORD, demo=True,
    )  # fmt: skip


async def _return_to_the_present(hands: Hands) -> None:
    present: Any = await hands.conn.fetchval(GET_MACHINE_TIME)
    await hands.walk_to(present)
    await hands.conn.execute(CATCH_UP)


def _say(text: str) -> None:
    print(text, flush=True)
