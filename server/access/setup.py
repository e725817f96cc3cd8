"""Making a clinic and its first people: run by the operator as the database's owner, not over HTTP."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import msgspec

from server.access import queries
from server.access.model import Hours, Role
from server.access.passwords import LONGEST, SHORTEST, hash_password
from server.access.secrets import email_hash
from server.kit import audit
from server.kit.contacts import is_country, is_zone, parse_email, parse_phone
from server.kit.crypto import Cipher, unwrap, wrap
from server.kit.db import BEGIN, LIST_KEYS, Actor, Tx
from server.kit.ids import uuid7
from server.protocols.builtin import load_builtin
from server.protocols.queries import insert_version

INSERT_CLINIC = """
insert into clinics (clinic_id, name, time_zone, country, language, phone, hours, demo, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

INSERT_KEY = "insert into clinic_keys (clinic_id, key_id, wrapped, created_at) values ($1, 1, $2, $3)"

LIST_CLINICS = "select clinic_id, name from clinics order by created_at, clinic_id"

GET_CLINIC_LANGUAGE = "select language, country from clinics where clinic_id = $1"

DEFAULT_HOURS = Hours([1, 2, 3, 4, 5], "08:00", "18:00")


class SetupError(Exception):
    """Something asked for cannot be made; the message says what to give instead."""


async def create_clinic(
    conn: Any, instance_key: bytes, *, name: str, time_zone: str, country: str, language: str, hours: Hours,
    phone: str | None, lead_name: str, lead_email: str, lead_phone: str, password: str, demo: bool = False,
) -> UUID:  # fmt: skip
    """A clinic with its data key, built-in protocols, and its lead: an admin, alone on the call list.

    `conn`: an asyncpg connection as owner. Raises SetupError. All or nothing.
    """
    country = country.strip().upper()
    if not name.strip() or not is_zone(time_zone) or not is_country(country) or language not in ("en", "es"):
        raise SetupError("Give a name, an IANA time zone such as Europe/Madrid, a country such as ES, and en or es.")
    clinic_phone = None if phone is None else _phone(phone, country)
    clinic_id, key = uuid7(), os.urandom(32)
    async with _transaction(conn, clinic_id, Cipher(clinic_id, {1: key})) as tx:
        document = msgspec.to_builtins(hours)
        await tx.run(
            INSERT_CLINIC, clinic_id, name.strip(), time_zone, country, language, clinic_phone, document, demo, tx.now
        )
        await tx.run(INSERT_KEY, clinic_id, wrap(instance_key, clinic_id, 1, key), tx.wall)
        await audit.record(tx, "clinic_created", "clinic", clinic_id)
        await store_protocols(tx)
        lead = await _add_staff(
            tx, instance_key, lead_name, lead_email, _phone(lead_phone, country), "admin", language, password
        )
        await queries.replace_call_list(tx, [lead])
    return clinic_id


async def create_staff(
    conn: Any, instance_key: bytes, *, clinic_id: UUID, name: str, email: str, phone: str | None, role: Role,
    password: str, language: str | None = None,
) -> UUID:  # fmt: skip
    """A colleague, not yet on the call list. Raises SetupError, or Problem 409 when the e-mail is in use."""
    clinic = await conn.fetchrow(GET_CLINIC_LANGUAGE, clinic_id)
    if clinic is None:
        raise SetupError("There is no such clinic.")
    keys = {r["key_id"]: unwrap(instance_key, clinic_id, r["key_id"], r["wrapped"])
            for r in await conn.fetch(LIST_KEYS, clinic_id)}  # fmt: skip
    number = None if phone is None else _phone(phone, clinic["country"])
    async with _transaction(conn, clinic_id, Cipher(clinic_id, keys)) as tx:
        return await _add_staff(
            tx, instance_key, name, email, number, role, language or clinic["language"], password
        )  # fmt: skip


async def store_protocols(tx: Tx) -> None:
    """Give a clinic the built-in protocol versions it does not have yet, unsigned."""
    for version in load_builtin():
        await insert_version(tx, version)


async def list_clinics(conn: Any) -> list[tuple[UUID, str]]:
    """(id, name) of every clinic on this instance, oldest first."""
    return [(row["clinic_id"], row["name"]) for row in await conn.fetch(LIST_CLINICS)]


async def _add_staff(
    tx: Tx, instance_key: bytes, name: str, email: str, phone: str | None, role: Role, language: str, password: str
) -> UUID:
    address = parse_email(email)
    if not name.strip() or address is None:
        raise SetupError("Give a name and an e-mail address.")
    if not SHORTEST <= len(password) <= LONGEST:
        raise SetupError(f"A password has {SHORTEST} to {LONGEST} characters.")
    staff_id = uuid7()
    await queries.insert_staff(
        tx, staff_id, name=name.strip(), email=address, phone=phone, role=role, language=language,
        password_hash=await hash_password(password), email_hash=email_hash(instance_key, address),
    )  # fmt: skip
    await audit.record(tx, "staff_added", "staff", staff_id, detail={"role": role})
    return staff_id


def _phone(text: str, country: str) -> str:
    phone = parse_phone(text, country)
    if phone is None:
        raise SetupError(f"Is not a phone number that {country} can call: {text}")
    return phone


@asynccontextmanager
async def _transaction(conn: Any, clinic_id: UUID, cipher: Cipher) -> AsyncIterator[Tx]:
    """A transaction of the owner in one clinic, whose keys may be made in it."""
    await conn.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=lambda v: msgspec.json.encode(v).decode(), decoder=msgspec.json.decode
    )
    async with conn.transaction():
        row = await conn.fetchrow(BEGIN, str(clinic_id))
        yield Tx(conn, Actor("system", clinic_id), row["now"], row["wall"], cipher)
