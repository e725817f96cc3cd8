"""Making a clinic and its first people: run by the operator as the database's owner, not over HTTP."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import msgspec

from server.access import call_list_queries, queries
from server.access.model import Hours, NewClinic, Role
from server.access.passwords import LONGEST, SHORTEST, hash_password
from server.access.sealing_queries import PRIVATE
from server.access.secrets import email_hash
from server.kit import audit
from server.kit.contacts import is_country, is_zone, parse_email, parse_phone
from server.kit.crypto import Cipher, unwrap, wrap
from server.kit.db import BEGIN, LIST_KEYS, Actor, Tx
from server.kit.ids import uuid7
from server.kit.sealing import new_pair

INSERT_CLINIC = """
insert into clinics (clinic_id, name, time_zone, country, language, phone, hours, demo, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

INSERT_KEY = "insert into clinic_keys (clinic_id, key_id, wrapped, created_at) values ($1, 1, $2, $3)"

FIND_ADMIN = """
select id from staff where clinic_id = $1 and role = 'admin' and disabled_at is null order by created_at, id limit 1
"""

INSERT_SEALING_KEY = """
insert into clinic_sealing_keys (clinic_id, key_id, public_key, private_enc, created_at) values ($1, 1, $2, $3, $4)
on conflict do nothing
"""

LIST_WITHOUT_SEALING_KEY = """
select clinic_id from clinics c
where not exists (select from clinic_sealing_keys k where k.clinic_id = c.clinic_id)
"""

LIST_CLINICS = "select clinic_id, name from clinics where not watch order by created_at, clinic_id"
LIST_ALL_CLINICS = "select clinic_id, name from clinics order by created_at, clinic_id"

GET_CLINIC_LANGUAGE = "select language, country from clinics where clinic_id = $1"

WORDS = ("en", "es")
DEFAULT_HOURS = Hours((1, 2, 3, 4, 5), "08:00", "18:00")


class SetupError(Exception):
    """Something asked for cannot be made; the message says what to give instead."""


@asynccontextmanager
async def new_clinic(conn: Any, instance_key: bytes, wanted: NewClinic) -> AsyncIterator[Tx]:
    """The transaction in which a clinic came to be, with its data key and its lead alone on the call list.

    `conn`: an asyncpg connection as owner. Raises SetupError. All or nothing.
    """
    country = wanted.country.strip().upper()
    if not (wanted.name.strip() and is_zone(wanted.time_zone) and is_country(country)) or wanted.language not in WORDS:
        raise SetupError("Give a name, an IANA time zone such as Europe/Madrid, a country such as ES, and en or es.")
    phone = None if wanted.phone is None else _phone(wanted.phone, country)
    lead_phone = None if wanted.lead_phone is None else _phone(wanted.lead_phone, country)
    language = wanted.language
    clinic_id, key = uuid7(), os.urandom(32)
    async with _transaction(conn, Actor("system", clinic_id), Cipher(clinic_id, {1: key})) as tx:
        await tx.run(
            INSERT_CLINIC, clinic_id, wanted.name.strip(), wanted.time_zone, country, language, phone,
            msgspec.to_builtins(wanted.hours), wanted.demo, tx.now,
        )  # fmt: skip
        await tx.run(INSERT_KEY, clinic_id, wrap(instance_key, clinic_id, 1, key), tx.wall)
        await _add_sealing_key(tx)
        await audit.record(tx, "clinic_created", "clinic", clinic_id)
        lead = await _add_staff(
            tx, instance_key, wanted.lead_name, wanted.lead_email, lead_phone, "admin", language, wanted.password
        )
        await call_list_queries.replace_call_list(tx, [lead])
        yield tx


async def create_staff(
    conn: Any, instance_key: bytes, *, clinic_id: UUID, name: str, email: str, phone: str | None, role: Role,
    password: str, language: str | None = None,
) -> UUID:  # fmt: skip
    """A colleague, not yet on the call list. Raises SetupError, or Problem 409 when the e-mail is in use."""
    clinic = await conn.fetchrow(GET_CLINIC_LANGUAGE, clinic_id)
    if clinic is None:
        raise SetupError("There is no such clinic.")
    number = None if phone is None else _phone(phone, clinic["country"])
    async with clinic_transaction(conn, instance_key, clinic_id) as tx:
        return await _add_staff(
            tx, instance_key, name, email, number, role, language or clinic["language"], password
        )  # fmt: skip


async def find_admin(tx: Tx) -> UUID:
    """The clinic's first admin who is not disabled: in whose name the operator records."""
    row = await tx.one(FIND_ADMIN, tx.clinic_id)
    if row is None:
        raise SetupError("The clinic has no admin: make one with create-staff.")
    found: UUID = row["id"]
    return found


async def complete_clinics(conn: Any, instance_key: bytes) -> None:
    """Give clinics made by an earlier version what later ones begin with. Repeats change nothing."""
    for row in await conn.fetch(LIST_WITHOUT_SEALING_KEY):
        clinic_id = row["clinic_id"]
        async with clinic_transaction(conn, instance_key, clinic_id) as tx:
            await _add_sealing_key(tx)


async def list_clinics(conn: Any) -> list[tuple[UUID, str]]:
    """(id, name) of every clinic on this instance, oldest first; not of the one that the watcher plays in."""
    return [(row["clinic_id"], row["name"]) for row in await conn.fetch(LIST_CLINICS)]


async def list_all_clinics(conn: Any) -> list[tuple[UUID, str]]:
    """The watcher's too."""
    return [(row["clinic_id"], row["name"]) for row in await conn.fetch(LIST_ALL_CLINICS)]


async def _add_sealing_key(tx: Tx) -> None:
    pair = new_pair()
    private = tx.cipher.seal(PRIVATE, tx.clinic_id, pair.private)
    await tx.run(INSERT_SEALING_KEY, tx.clinic_id, pair.public, private, tx.wall)


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
async def clinic_transaction(
    conn: Any, instance_key: bytes, clinic_id: UUID, staff_id: UUID | None = None
) -> AsyncIterator[Tx]:
    """A transaction of the operator in one clinic, over a connection as owner; in this colleague's name if any."""
    rows = await conn.fetch(LIST_KEYS, clinic_id)
    keys = {r["key_id"]: unwrap(instance_key, clinic_id, r["key_id"], r["wrapped"]) for r in rows}
    async with _transaction(conn, Actor("system", clinic_id, staff_id), Cipher(clinic_id, keys)) as tx:
        yield tx


@asynccontextmanager
async def _transaction(conn: Any, actor: Actor, cipher: Cipher) -> AsyncIterator[Tx]:
    """A transaction of the owner in one clinic, whose keys may be made in it."""
    await conn.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=lambda v: msgspec.json.encode(v).decode(), decoder=msgspec.json.decode
    )
    async with conn.transaction():
        row = await conn.fetchrow(BEGIN, str(actor.clinic_id))
        yield Tx(conn, actor, row["now"], row["wall"], cipher)
