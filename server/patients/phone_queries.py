"""Invitations and the phones they bind, in PostgreSQL. Times are machine time."""

from typing import Literal
from uuid import UUID

from server.kit import errors
from server.kit.db import Tx
from server.kit.ids import uuid7
from server.patients.model import Device, Invitation
from server.patients.rules import INVITATION_LASTS

REVOKE_INVITATIONS = """
with revoked as (
    update invitations set revoked_at = $3
    where clinic_id = $1 and patient_id = $2 and used_at is null and revoked_at is null returning id
)
delete from credential_lookup where clinic_id = $1 and kind in ('invitation', 'invitation_code')
  and subject_id in (select id from revoked)
"""

INSERT_INVITATION = """
with made as (
    insert into invitations (clinic_id, id, patient_id, created_at, expires_at, created_by)
    values ($1, $2, $3, $4, $5, $6) returning id
)
insert into credential_lookup (clinic_id, kind, hash, subject_id)
select $1, l.kind, l.hash, $2
from made, (values ('invitation', $7::bytea), ('invitation_code', $8::bytea)) as l (kind, hash)
"""

FIND_INVITATION = (
    "select id, patient_id, expires_at, used_at, revoked_at from invitations where clinic_id = $1 and id = $2"
)

LOCK_INVITATION = FIND_INVITATION + " for no key update"

USE_INVITATION = """
with used as (update invitations set used_at = $3 where clinic_id = $1 and id = $2 returning id)
delete from credential_lookup where clinic_id = $1 and kind in ('invitation', 'invitation_code')
  and subject_id in (select id from used)
"""

LIST_DEVICES = """
select id, label, bound_at, last_seen_at from devices
where clinic_id = $1 and patient_id = $2 and revoked_at is null order by bound_at desc, id
"""

INSERT_DEVICE = """
with bound as (
    insert into devices (clinic_id, id, patient_id, label, bound_at, last_seen_at) values ($1, $2, $3, $4, $5, $5)
    returning id
)
insert into credential_lookup (clinic_id, kind, hash, subject_id) select $1, 'patient_cookie', $6, id from bound
"""

REVOKE_DEVICE = """
with revoked as (
    update devices set revoked_at = $4
    where clinic_id = $1 and patient_id = $2 and id = $3 and revoked_at is null returning id
),
silent as (
    update push_subscriptions set retired_at = $4, retired_for = $5
    where clinic_id = $1 and device_id in (select id from revoked)
      and (retired_at is null or retired_for = 'switched_off')
)
delete from credential_lookup where clinic_id = $1 and kind = 'patient_cookie'
  and subject_id in (select id from revoked)
"""

REVOKE_DEVICES = """
with revoked as (
    update devices set revoked_at = $3 where clinic_id = $1 and patient_id = $2 and revoked_at is null returning id
),
silent as (
    update push_subscriptions set retired_at = $3, retired_for = 'revoked'
    where clinic_id = $1 and device_id in (select id from revoked)
      and (retired_at is null or retired_for = 'switched_off')
)
delete from credential_lookup where clinic_id = $1 and kind = 'patient_cookie'
  and subject_id in (select id from revoked)
"""


async def replace_invitation(tx: Tx, patient_id: UUID, token_hash: bytes, code_hash: bytes) -> Invitation:
    """A fresh invitation; older ones of the patient stop working."""
    await tx.run(REVOKE_INVITATIONS, tx.clinic_id, patient_id, tx.wall)
    made = Invitation(uuid7(), patient_id, tx.wall + INVITATION_LASTS, None, None)
    await tx.run(
        INSERT_INVITATION, tx.clinic_id, made.id, patient_id, tx.wall, made.expires_at, tx.actor.id,
        token_hash, code_hash,
    )  # fmt: skip
    return made


async def find_invitation(tx: Tx, invitation_id: UUID) -> Invitation | None:
    """An invitation, used or not."""
    row = await tx.one(FIND_INVITATION, tx.clinic_id, invitation_id)
    return None if row is None else Invitation(**row)


async def lock_invitation(tx: Tx, invitation_id: UUID) -> Invitation | None:
    """An invitation, held until the transaction ends: of two phones that open it at once, one waits and then loses."""
    row = await tx.one(LOCK_INVITATION, tx.clinic_id, invitation_id)
    return None if row is None else Invitation(**row)


async def use_invitation(tx: Tx, invitation_id: UUID) -> None:
    """Its link and code lead nowhere from this commit on."""
    await tx.run(USE_INVITATION, tx.clinic_id, invitation_id, tx.wall)


async def list_devices(tx: Tx, patient_id: UUID) -> list[Device]:
    """Bound phones, the newest first."""
    return [Device(**row) for row in await tx.all(LIST_DEVICES, tx.clinic_id, patient_id)]


async def insert_device(tx: Tx, patient_id: UUID, label: str, token_hash: bytes) -> UUID:
    """Bind a phone by its cookie's hash."""
    device_id = uuid7()
    await tx.run(INSERT_DEVICE, tx.clinic_id, device_id, patient_id, label, tx.wall, token_hash)
    return device_id


async def revoke_device(
    tx: Tx, patient_id: UUID, device_id: UUID, reason: Literal["revoked", "signed_out"] = "revoked"
) -> None:
    """This phone's cookie leads nowhere, and no notification goes there, from this commit on; 404 when it is not a
    bound phone of the patient."""
    if not await tx.run(REVOKE_DEVICE, tx.clinic_id, patient_id, device_id, tx.wall, reason):
        raise errors.not_found()


async def revoke_devices(tx: Tx, patient_id: UUID) -> None:
    """No phone of the patient is bound any more, and none gets notifications."""
    await tx.run(REVOKE_DEVICES, tx.clinic_id, patient_id, tx.wall)
