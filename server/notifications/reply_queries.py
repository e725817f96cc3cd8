"""SQL of texts that were sent to us, and of numbers that want none."""

from collections.abc import Collection
from uuid import UUID

from server.kit.db import Tx

LIST_CLINIC_IDS = "select list_clinic_ids() as clinic_id"

# Whoever is second finds the reply of the first, or, when that one died on the way, takes its place.
RECEIVE = """
insert into texts_received as known (provider_ref, at) values ($1, $2)
on conflict (provider_ref) do update set at = excluded.at
where known.reply is null and known.at < excluded.at - interval '30 seconds'
"""
# Whoever it is handed over to next takes its place at once.
RELEASE = "update texts_received set at = at - interval '1 minute' where provider_ref = $1 and reply is null"
GET_REPLY = "select reply from texts_received where provider_ref = $1"
SET_REPLY = "update texts_received set reply = $2 where provider_ref = $1"
FORGET = "delete from texts_received where at < $1::timestamptz - interval '7 days'"

STOP = "insert into stopped_texts (clinic_id, phone_hmac, at) values ($1, $2, $3) on conflict do nothing"
START = "delete from stopped_texts where clinic_id = $1 and phone_hmac = $2"

WAITING = """
clinic_id = $1 and staff_id = any($2::uuid[]) and state = 'queued' and lease_token is null
  and channels[channel_index + 1] = 'sms'
"""
LIST_WAITING = f"select distinct alert_id from notifications where {WAITING} and alert_id is not null"

# Pages by text that wait go on at once: their channel has no address any more. No row of an alert that is not locked.
HURRY_PAGES = f"""
update notifications set next_attempt_at = $3 where {WAITING} and (alert_id is null or alert_id = any($4::uuid[]))
"""


async def list_clinic_ids(tx: Tx) -> list[UUID]:
    """All clinics but the watcher's own."""
    return [row["clinic_id"] for row in await tx.all(LIST_CLINIC_IDS)]


async def receive(tx: Tx, provider_ref: str) -> bool:
    """False when this text was here before."""
    return await tx.run(RECEIVE, provider_ref, tx.wall) == 1


async def get_reply(tx: Tx, provider_ref: str) -> str | None:
    """What was said to it, "" for nothing; None while that is not known yet."""
    row = await tx.one(GET_REPLY, provider_ref)
    return None if row is None else row["reply"]


async def release(tx: Tx, provider_ref: str) -> None:
    """Nothing could be done about it: handed over again, it is as if it had not been here."""
    await tx.run(RELEASE, provider_ref)


async def set_reply(tx: Tx, provider_ref: str, reply: str | None) -> None:
    """None: nothing is said."""
    await tx.run(SET_REPLY, provider_ref, reply or "")


async def forget(tx: Tx) -> None:
    """Texts of a week ago: no provider hands one over so late."""
    await tx.run(FORGET, tx.wall)


async def stop(tx: Tx, phone: str) -> bool:
    """No more texts to this number; False when that was known."""
    return await tx.run(STOP, tx.clinic_id, tx.cipher.lookup(phone), tx.now) == 1


async def start(tx: Tx, phone: str) -> bool:
    """Texts again; False when they were never stopped."""
    return await tx.run(START, tx.clinic_id, tx.cipher.lookup(phone)) == 1


async def list_waiting(tx: Tx, staff_ids: Collection[UUID]) -> set[UUID]:
    """Alerts that texts to these colleagues wait to tell of."""
    return {row["alert_id"] for row in await tx.all(LIST_WAITING, tx.clinic_id, list(staff_ids))}


async def hurry_pages(tx: Tx, staff_ids: Collection[UUID], alert_ids: Collection[UUID]) -> None:
    """Texts to these colleagues that wait are tried now: about these alerts, and about none."""
    await tx.run(HURRY_PAGES, tx.clinic_id, list(staff_ids), tx.wall, list(alert_ids))
