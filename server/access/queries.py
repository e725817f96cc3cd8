"""The clinic, its staff and how they are reached, in PostgreSQL."""

from datetime import datetime
from typing import cast
from uuid import UUID

import asyncpg
import msgspec

from server.access.model import Clinic, Role, StaffContact, StaffRow, hours_of
from server.kit import errors
from server.kit.contacts import mask_phone
from server.kit.db import Tx

GET_CLINIC = """
select clinic_id, name, time_zone, country, language, phone, hours, demo from clinics where clinic_id = $1
"""


INSERT_CREDENTIAL = "insert into credential_lookup (clinic_id, kind, hash, subject_id) values ($1, $2, $3, $4)"


GET_STAFF_NAME = "select name_enc from staff where clinic_id = $1 and id = $2"

LIST_STAFF = """
select s.id, s.role, s.name_enc, s.email_enc, s.phone_enc, s.disabled_at is not null as disabled,
  c.position is not null as on_call_list
from staff s left join call_list c on c.clinic_id = s.clinic_id and c.staff_id = s.id
where s.clinic_id = $1
"""

LIST_REACHABLE = """
select s.id, s.role, s.language, s.name_enc, s.email_enc, s.phone_enc, c.position
from staff s left join call_list c on c.clinic_id = s.clinic_id and c.staff_id = s.id
where s.clinic_id = $1 and s.disabled_at is null
order by c.position nulls last, s.id
"""

LIST_STOPPED = "select phone_hmac from stopped_texts where clinic_id = $1"

INSERT_STAFF = """
insert into staff (clinic_id, id, role, language, name_enc, email_enc, phone_enc, password_hash, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

HOLD_ENABLED = "select id from staff where clinic_id = $1 and id = $2 and disabled_at is null for share"

LOCK_ADMINS = """
select id from staff where clinic_id = $1 and role = 'admin' and disabled_at is null order by id for no key update
"""

LOCK_STAFF = "select id, role, disabled_at from staff where clinic_id = $1 and id = $2 for no key update"

UPDATE_STAFF = """
update staff set role = $3, phone_enc = coalesce($4, phone_enc), disabled_at = $5 where clinic_id = $1 and id = $2
"""

FORGET_EMAIL = "delete from credential_lookup where clinic_id = $1 and kind = 'staff_email' and subject_id = $2"

UPDATE_LANGUAGE = "update staff set language = $3 where clinic_id = $1 and id = $2"

UPDATE_EMAIL = "update staff set email_enc = $3 where clinic_id = $1 and id = $2"


async def get_clinic(tx: Tx) -> Clinic:
    """The transaction's clinic."""
    row = await tx.one(GET_CLINIC, tx.clinic_id)
    if row is None:
        raise errors.not_found()
    return Clinic(
        row["clinic_id"], row["name"], row["time_zone"], row["country"], row["language"], row["phone"],
        hours_of(row["hours"]), row["demo"],
    )  # fmt: skip


async def insert_credential(tx: Tx, kind: str, hashed: bytes, subject_id: UUID) -> None:
    """Make a secret's hash lead to its subject; 409 when the hash is taken, in whichever clinic."""
    try:
        await tx.run(INSERT_CREDENTIAL, tx.clinic_id, kind, hashed, subject_id)
    except asyncpg.UniqueViolationError as error:
        raise errors.conflict("This e-mail cannot be used. Take another one.") from error


async def get_staff_name(tx: Tx, staff_id: UUID) -> str:
    """A colleague's name."""
    row = await tx.one(GET_STAFF_NAME, tx.clinic_id, staff_id)
    if row is None:
        raise errors.not_found()
    return tx.open_contact("staff.name", staff_id, row["name_enc"]) or ""


async def list_staff(tx: Tx) -> list[StaffRow]:
    """Everybody of the clinic, disabled ones too, by name."""
    rows = [
        StaffRow(
            row["id"], tx.open_contact("staff.name", row["id"], row["name_enc"]) or "", row["role"],
            tx.open_contact("staff.email", row["id"], row["email_enc"]) or "",
            mask_phone(phone) if (phone := tx.open_contact("staff.phone", row["id"], row["phone_enc"])) else None,
            row["disabled"], row["on_call_list"],
        )
        for row in await tx.all(LIST_STAFF, tx.clinic_id)
    ]  # fmt: skip
    return sorted(rows, key=lambda s: (s.name.casefold(), s.id))


async def list_reachable(tx: Tx) -> list[StaffContact]:
    """Enabled colleagues, those on the call list first and in its order. Works in the web's and the worker's role.

    What cannot be read of one of them counts as absent (their name is then empty), and so does a number that wants no
    texts any more.
    """
    stopped = {row["phone_hmac"] for row in await tx.all(LIST_STOPPED, tx.clinic_id)}
    contacts = await _list_contacts(tx)
    if not stopped:
        return contacts
    return [
        msgspec.structs.replace(c, phone=None) if c.phone and tx.cipher.lookup(c.phone) in stopped else c
        for c in contacts
    ]


async def list_by_phone(tx: Tx, phone: str) -> list[StaffContact]:
    """Enabled colleagues with this number, whether or not it wants texts."""
    return [contact for contact in await _list_contacts(tx) if contact.phone == phone]


async def _list_contacts(tx: Tx) -> list[StaffContact]:
    return [
        StaffContact(
            row["id"], row["role"], tx.open_contact("staff.name", row["id"], row["name_enc"]) or "", row["language"],
            tx.open_contact("staff.email", row["id"], row["email_enc"]),
            tx.open_contact("staff.phone", row["id"], row["phone_enc"]), row["position"],
        )
        for row in await tx.all(LIST_REACHABLE, tx.clinic_id)
    ]  # fmt: skip


async def insert_staff(
    tx: Tx, staff_id: UUID, *, name: str, email: str, phone: str | None, role: Role, language: str,
    password_hash: str, email_hash: bytes,
) -> None:  # fmt: skip
    """A new colleague; 409 when the e-mail is in use anywhere on this instance."""
    await insert_credential(tx, "staff_email", email_hash, staff_id)
    seal = tx.cipher
    await tx.run(
        INSERT_STAFF, tx.clinic_id, staff_id, role, language, seal.seal("staff.name", staff_id, name),
        seal.seal("staff.email", staff_id, email), seal.seal_if("staff.phone", staff_id, phone), password_hash, tx.wall,
    )  # fmt: skip


async def lock_admins(tx: Tx) -> set[UUID]:
    """The enabled admins, locked: two of them cannot remove each other at the same moment."""
    return {row["id"] for row in await tx.all(LOCK_ADMINS, tx.clinic_id)}


async def lock_staff(tx: Tx, staff_id: UUID) -> tuple[Role, datetime | None]:
    """Role and when disabled, locked; 404 when unknown."""
    row = await tx.one(LOCK_STAFF, tx.clinic_id, staff_id)
    if row is None:
        raise errors.not_found()
    return cast(Role, row["role"]), row["disabled_at"]


async def update_staff(tx: Tx, staff_id: UUID, role: Role, phone: str | None, disabled_at: datetime | None) -> None:
    """Store a colleague's role, phone (None keeps it) and whether they are disabled."""
    sealed = tx.cipher.seal_if("staff.phone", staff_id, phone)
    await tx.run(UPDATE_STAFF, tx.clinic_id, staff_id, role, sealed, disabled_at)


async def move_email(tx: Tx, staff_id: UUID, email: str, email_hash: bytes) -> None:
    """A colleague signs in and is written to with another e-mail; 409 when it is in use anywhere on this instance."""
    await tx.run(FORGET_EMAIL, tx.clinic_id, staff_id)
    await insert_credential(tx, "staff_email", email_hash, staff_id)
    await tx.run(UPDATE_EMAIL, tx.clinic_id, staff_id, tx.cipher.seal("staff.email", staff_id, email))


async def update_language(tx: Tx, staff_id: UUID, language: str) -> None:
    """What a colleague's screens and messages speak."""
    await tx.run(UPDATE_LANGUAGE, tx.clinic_id, staff_id, language)


async def hold_enabled(tx: Tx, staff_id: UUID) -> bool:
    """Whether a colleague is enabled, and stays so until the transaction ends."""
    return await tx.one(HOLD_ENABLED, tx.clinic_id, staff_id) is not None
