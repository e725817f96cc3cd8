"""Phones that take web push, in PostgreSQL: addresses and keys are ciphertext bound to their row. Machine time."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from server.kit.crypto import unwrap
from server.kit.db import Tx
from server.kit.ids import uuid7

RETIRED_STAYS = timedelta(days=30)

Retired = Literal["gone", "unseen", "replaced", "switched_off"]

GET_CURRENT_KEY = """
select public_key from push_keys where retired_at is null order by created_at desc, id desc limit 1
"""

FIND_KEY = "select id from push_keys where public_key = $1 and retired_at is null"

LOCK_DEVICE = "select from devices where clinic_id = $1 and id = $2 for no key update"

FIND_OF_DEVICE = """
select id, endpoint_hmac, retired_for from push_subscriptions
where clinic_id = $1 and device_id = $2 order by retired_at is not null, created_at desc limit 1
"""

RETIRE_OTHERS = """
update push_subscriptions set retired_at = $4, retired_for = 'replaced'
where clinic_id = $1 and retired_at is null
  and (device_id = $2 and endpoint_hmac <> $3 or device_id <> $2 and endpoint_hmac = $3)
"""

# Switched on again: there is nothing left to remember.
FORGIVE = """
update push_subscriptions set retired_for = 'replaced'
where clinic_id = $1 and device_id = $2 and retired_for = 'switched_off'
"""

INSERT = """
insert into push_subscriptions (clinic_id, id, patient_id, device_id, push_key_id, endpoint_hmac, endpoint_enc,
                                p256dh_enc, auth_enc, created_at, last_seen_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
"""

UPDATE = """
update push_subscriptions set push_key_id = $3, p256dh_enc = $4, auth_enc = $5, last_seen_at = $6
where clinic_id = $1 and id = $2
"""

RETIRE = """
update push_subscriptions set retired_at = $3, retired_for = $4 where clinic_id = $1 and id = $2 and retired_at is null
"""

RETIRE_OF_DEVICE = """
update push_subscriptions set retired_at = $3, retired_for = 'switched_off'
where clinic_id = $1 and device_id = $2 and retired_at is null
"""

RETIRE_HANDED_OVER = """
update push_subscriptions set retired_at = $3, retired_for = 'signed_out'
where clinic_id = $1 and device_id = $2 and (retired_at is null or retired_for = 'switched_off')
"""

LIST_SUBSCRIBED = """
select distinct patient_id from push_subscriptions
where clinic_id = $1 and patient_id = any($2::uuid[]) and retired_at is null
"""

LIST_LIVE = """
select u.message_id, l.* from unnest($2::uuid[], $3::uuid[], $4::uuid[]) as u (message_id, patient_id, device_id),
    lateral (
        select s.id, s.endpoint_enc, s.p256dh_enc, s.auth_enc, s.push_key_id, k.private_enc
        from push_subscriptions s join push_keys k on k.id = s.push_key_id
        where s.clinic_id = $1 and s.patient_id = u.patient_id and s.retired_at is null
          and (u.device_id is null or s.device_id = u.device_id)
        order by s.last_seen_at desc limit 1) l
"""

COUNT_UNSHOWN = """
update push_subscriptions set unshown = unshown + 1
where clinic_id = $1 and patient_id = $2 and retired_at is null returning id, unshown
"""

MARK_ALIVE = """
update push_subscriptions s set unshown = 0 from check_ins c
where c.clinic_id = $1 and c.id = $2 and s.clinic_id = $1 and s.patient_id = c.patient_id and s.unshown > 0
  and s.retired_at is null
"""

# What its owner switched off is remembered while the phone is theirs, or they would be asked again and again.
FORGET_RETIRED = "delete from push_subscriptions where retired_at < $1 and retired_for <> 'switched_off'"

HAS_ANSWERED = "select from check_ins where clinic_id = $1 and patient_id = $2 and state = 'answered' limit 1"


class Known(msgspec.Struct, frozen=True):
    """A phone's last subscription; `retired_for` None while it is live."""

    id: UUID
    endpoint_hmac: bytes
    retired_for: str | None


class Opened(msgspec.Struct, frozen=True):
    """A live subscription in clear, with the private key that it trusts."""

    id: UUID
    endpoint: str
    p256dh: str
    auth: str
    private_key: bytes


async def get_current_key(tx: Tx) -> str | None:
    """The public key that phones subscribe to; None before `migrate` has made one."""
    row = await tx.one(GET_CURRENT_KEY)
    return None if row is None else row["public_key"]


async def find_key(tx: Tx, public_key: str) -> UUID | None:
    """A key of ours that is still good."""
    row = await tx.one(FIND_KEY, public_key)
    return None if row is None else row["id"]


async def lock_device(tx: Tx, device_id: UUID) -> None:
    """Hold the phone until the transaction ends: two starts of its app take turns."""
    await tx.one(LOCK_DEVICE, tx.clinic_id, device_id)


async def find_of_device(tx: Tx, device_id: UUID) -> Known | None:
    """The live subscription of a phone, else its last one."""
    row = await tx.one(FIND_OF_DEVICE, tx.clinic_id, device_id)
    return None if row is None else Known(**row)


async def keep(
    tx: Tx, patient_id: UUID, device_id: UUID, key_id: UUID, endpoint: str, p256dh: str, auth: str
) -> tuple[UUID, bool]:
    """This is where the phone is reached from now on: (id, whether it is new). Any other subscription of the phone
    ends, and this one on any other phone. The caller holds the device."""
    hashed, known = tx.cipher.lookup(endpoint), await find_of_device(tx, device_id)
    same = known is not None and known.retired_for is None and known.endpoint_hmac == hashed
    row_id = known.id if known is not None and same else uuid7()
    await tx.run(RETIRE_OTHERS, tx.clinic_id, device_id, hashed, tx.wall)
    sealed_p256dh = tx.cipher.seal("push_subscriptions.p256dh", row_id, p256dh)
    sealed_auth = tx.cipher.seal("push_subscriptions.auth", row_id, auth)
    if same:
        await tx.run(UPDATE, tx.clinic_id, row_id, key_id, sealed_p256dh, sealed_auth, tx.wall)
    else:
        await tx.run(FORGIVE, tx.clinic_id, device_id)
        sealed_endpoint = tx.cipher.seal("push_subscriptions.endpoint", row_id, endpoint)
        await tx.run(
            INSERT, tx.clinic_id, row_id, patient_id, device_id, key_id, hashed, sealed_endpoint, sealed_p256dh,
            sealed_auth, tx.wall,
        )  # fmt: skip
    return row_id, not same


async def retire(tx: Tx, subscription_id: UUID, reason: Retired) -> None:
    """Nothing is sent there any more."""
    await tx.run(RETIRE, tx.clinic_id, subscription_id, tx.wall, reason)


async def switch_off(tx: Tx, device_id: UUID) -> None:
    """The phone's owner wants no notifications on it."""
    await tx.run(RETIRE_OF_DEVICE, tx.clinic_id, device_id, tx.wall)


async def retire_handed_over(tx: Tx, device_id: UUID) -> None:
    """The phone is somebody else's now: nothing is sent there, and nothing of it is remembered for long."""
    await tx.run(RETIRE_HANDED_OVER, tx.clinic_id, device_id, tx.wall)


async def list_subscribed(tx: Tx, patient_ids: Collection[UUID]) -> set[UUID]:
    """Those of the patients who have a phone that takes web push."""
    return {row["patient_id"] for row in await tx.all(LIST_SUBSCRIBED, tx.clinic_id, list(patient_ids))}


async def list_live(
    tx: Tx, instance_key: bytes, wanted: Sequence[tuple[UUID, UUID, UUID | None]]
) -> dict[UUID, Opened]:
    """Where the patient (or this phone of theirs) of each (message, patient, phone) is reached, the phone seen last
    first; by message. For the worker's role: the web's may not read private keys."""
    rows = await tx.all(LIST_LIVE, tx.clinic_id, [w[0] for w in wanted], [w[1] for w in wanted], [w[2] for w in wanted])
    live = {row["message_id"]: _open(tx, instance_key, row) for row in rows}
    return {message_id: opened for message_id, opened in live.items() if opened is not None}


def _open(tx: Tx, instance_key: bytes, row: asyncpg.Record) -> Opened | None:
    opened = [
        tx.open_contact(f"push_subscriptions.{name}", row["id"], row[f"{name}_enc"])
        for name in ("endpoint", "p256dh", "auth")
    ]
    endpoint, p256dh, auth = opened
    if endpoint is None or p256dh is None or auth is None:
        return None
    return Opened(row["id"], endpoint, p256dh, auth, unwrap(instance_key, row["push_key_id"], 0, row["private_enc"]))


async def count_unshown(tx: Tx, patient_id: UUID) -> list[tuple[UUID, int]]:
    """One more push that was not shown: (subscription, how many in a row)."""
    return [(row["id"], row["unshown"]) for row in await tx.all(COUNT_UNSHOWN, tx.clinic_id, patient_id)]


async def mark_alive(tx: Tx, check_in_id: UUID) -> None:
    """The patient's phone showed a push about this check-in."""
    await tx.run(MARK_ALIVE, tx.clinic_id, check_in_id)


async def has_answered(tx: Tx, patient_id: UUID) -> bool:
    """Whether the patient has finished a check-in: before that nobody is asked for permission."""
    return await tx.one(HAS_ANSWERED, tx.clinic_id, patient_id) is not None


async def forget_retired(tx: Tx) -> int:
    """Delete what was retired a month ago, of all clinics; how many."""
    return await tx.run(FORGET_RETIRED, tx.wall - RETIRED_STAYS)
