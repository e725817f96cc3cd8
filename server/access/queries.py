"""Staff, sign-ins and the call list in PostgreSQL. Times of sign-ins are machine time."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

import asyncpg

from server.access.model import Clinic, PasswordOnFile, Role, SignIn, StaffContact, StaffRow, hours_of
from server.access.rules import SEEN_EVERY, STAFF_IDLE, STAFF_LONGEST
from server.kit import errors
from server.kit.db import Tx

GET_CLINIC = """
select clinic_id, name, time_zone, country, language, phone, hours, demo from clinics where clinic_id = $1
"""

FIND_SIGN_IN = """
select i.id, i.staff_id, s.role, s.language
from staff_sign_ins i join staff s on s.clinic_id = i.clinic_id and s.id = i.staff_id
where i.clinic_id = $1 and i.id = $2 and i.ended_at is null and s.disabled_at is null
  and i.started_at > $3 and i.last_seen_at > $4
"""

MARK_SEEN = "update staff_sign_ins set last_seen_at = $3 where clinic_id = $1 and id = $2 and last_seen_at < $4"

INSERT_SIGN_IN = """
insert into staff_sign_ins (clinic_id, id, staff_id, token_hash, started_at, last_seen_at)
values ($1, $2, $3, $4, $5, $5)
"""

INSERT_CREDENTIAL = "insert into credential_lookup (clinic_id, kind, hash, subject_id) values ($1, $2, $3, $4)"

END_SIGN_IN = """
with ended as (
    update staff_sign_ins set ended_at = $3 where clinic_id = $1 and id = $2 and ended_at is null returning id
)
delete from credential_lookup where clinic_id = $1 and kind = 'staff_cookie' and subject_id = $2
"""

END_SIGN_INS = """
with ended as (
    update staff_sign_ins set ended_at = $3 where clinic_id = $1 and staff_id = $2 and ended_at is null returning id
)
delete from credential_lookup where clinic_id = $1 and kind = 'staff_cookie' and subject_id in (select id from ended)
"""

FIND_PASSWORD = "select id, password_hash, disabled_at is null as enabled from staff where clinic_id = $1 and id = $2"

UPDATE_PASSWORD_HASH = "update staff set password_hash = $3 where clinic_id = $1 and id = $2"

GET_STAFF_NAME = "select name_enc from staff where clinic_id = $1 and id = $2"

LIST_STAFF = """
select s.id, s.role, s.name_enc, s.email_enc, s.disabled_at is not null as disabled,
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

INSERT_STAFF = """
insert into staff (clinic_id, id, role, language, name_enc, email_enc, phone_enc, password_hash, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

LOCK_ADMINS = """
select id from staff where clinic_id = $1 and role = 'admin' and disabled_at is null order by id for update
"""

LOCK_STAFF = "select id, role, disabled_at from staff where clinic_id = $1 and id = $2 for update"

UPDATE_STAFF = """
update staff set role = $3, phone_enc = coalesce($4, phone_enc), disabled_at = $5 where clinic_id = $1 and id = $2
"""

LOCK_CALL_LIST = "select pg_advisory_xact_lock(hashtextextended('call list' || $1::text, 0))"

CLEAR_CALL_LIST = "delete from call_list where clinic_id = $1"

INSERT_CALL_LIST = """
insert into call_list (clinic_id, position, staff_id)
select $1, l.position, l.staff_id from unnest($2::uuid[]) with ordinality as l (staff_id, position)
"""

LEAVE_CALL_LIST = "delete from call_list where clinic_id = $1 and staff_id = $2"


async def get_clinic(tx: Tx) -> Clinic:
    """The transaction's clinic."""
    row = await tx.one(GET_CLINIC, tx.clinic_id)
    if row is None:
        raise errors.not_found()
    return Clinic(
        row["clinic_id"], row["name"], row["time_zone"], row["country"], row["language"], row["phone"],
        hours_of(row["hours"]), row["demo"],
    )  # fmt: skip


async def find_sign_in(tx: Tx, sign_in_id: UUID) -> SignIn | None:
    """The sign-in if it has neither ended nor run out and its owner is not disabled."""
    row = await tx.one(FIND_SIGN_IN, tx.clinic_id, sign_in_id, tx.wall - STAFF_LONGEST, tx.wall - STAFF_IDLE)
    return None if row is None else SignIn(row["id"], row["staff_id"], row["role"], row["language"])


async def mark_seen(tx: Tx, sign_in_id: UUID) -> None:
    """Note that somebody is there; written at most each 30 seconds."""
    await tx.run(MARK_SEEN, tx.clinic_id, sign_in_id, tx.wall, tx.wall - SEEN_EVERY)


async def insert_sign_in(tx: Tx, sign_in_id: UUID, staff_id: UUID, token_hash: bytes) -> None:
    """A new sign-in and the way from its cookie to it."""
    await tx.run(INSERT_SIGN_IN, tx.clinic_id, sign_in_id, staff_id, token_hash, tx.wall)
    await insert_credential(tx, "staff_cookie", token_hash, sign_in_id)


async def insert_credential(tx: Tx, kind: str, hashed: bytes, subject_id: UUID) -> None:
    """Make a secret's hash lead to its subject; 409 when the hash is taken, in whichever clinic."""
    try:
        await tx.run(INSERT_CREDENTIAL, tx.clinic_id, kind, hashed, subject_id)
    except asyncpg.UniqueViolationError as error:
        raise errors.conflict("This e-mail cannot be used. Take another one.") from error


async def end_sign_in(tx: Tx, sign_in_id: UUID) -> None:
    """The cookie leads nowhere from this commit on."""
    await tx.run(END_SIGN_IN, tx.clinic_id, sign_in_id, tx.wall)


async def end_sign_ins(tx: Tx, staff_id: UUID) -> None:
    """End every sign-in of a colleague."""
    await tx.run(END_SIGN_INS, tx.clinic_id, staff_id, tx.wall)


async def find_password(tx: Tx, staff_id: UUID) -> PasswordOnFile | None:
    """What a sign-in is checked against."""
    row = await tx.one(FIND_PASSWORD, tx.clinic_id, staff_id)
    return None if row is None else PasswordOnFile(row["id"], row["password_hash"], row["enabled"])


async def update_password_hash(tx: Tx, staff_id: UUID, password_hash: str) -> None:
    """Store the same password under stronger parameters."""
    await tx.run(UPDATE_PASSWORD_HASH, tx.clinic_id, staff_id, password_hash)


async def get_staff_name(tx: Tx, staff_id: UUID) -> str:
    """A colleague's name."""
    row = await tx.one(GET_STAFF_NAME, tx.clinic_id, staff_id)
    if row is None:
        raise errors.not_found()
    return tx.cipher.open("staff.name", staff_id, row["name_enc"])


async def list_staff(tx: Tx) -> list[StaffRow]:
    """Everybody of the clinic, disabled ones too, by name."""
    rows = [
        StaffRow(
            row["id"], tx.cipher.open("staff.name", row["id"], row["name_enc"]), row["role"],
            tx.cipher.open("staff.email", row["id"], row["email_enc"]), row["disabled"], row["on_call_list"],
        )
        for row in await tx.all(LIST_STAFF, tx.clinic_id)
    ]  # fmt: skip
    return sorted(rows, key=lambda s: (s.name.casefold(), s.id))


async def list_reachable(tx: Tx) -> list[StaffContact]:
    """Enabled colleagues, those on the call list first and in its order. Works in the web's and the worker's role."""
    return [
        StaffContact(
            row["id"], row["role"], tx.cipher.open("staff.name", row["id"], row["name_enc"]), row["language"],
            tx.cipher.open("staff.email", row["id"], row["email_enc"]),
            tx.cipher.open_if("staff.phone", row["id"], row["phone_enc"]), row["position"],
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


async def replace_call_list(tx: Tx, staff_ids: Sequence[UUID]) -> None:
    """Store the order in which people are paged, the first is on call."""
    await tx.one(LOCK_CALL_LIST, str(tx.clinic_id))
    await tx.run(CLEAR_CALL_LIST, tx.clinic_id)
    await tx.run(INSERT_CALL_LIST, tx.clinic_id, list(staff_ids))


async def leave_call_list(tx: Tx, staff_id: UUID) -> None:
    """Nobody pages this colleague from the next step on."""
    await tx.run(LEAVE_CALL_LIST, tx.clinic_id, staff_id)
