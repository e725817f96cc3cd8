"""Sign-ins and what they are checked against, in PostgreSQL. Times are machine time."""

from uuid import UUID

from server.access.model import PasswordOnFile, SignIn
from server.access.queries import insert_credential
from server.access.rules import SEEN_EVERY, STAFF_IDLE, STAFF_LONGEST
from server.kit.db import Tx

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
