"""SQL of the outbox for many messages at once: prompts put in, hand-overs recorded, what was not begun given back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.kit.ids import uuid7s
from server.notifications.messages import Template
from server.notifications.model import Channel


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt for the outbox; it expires when its check-in closes. The same `dedupe_key` never twice."""

    template: Template
    priority: int
    check_in_id: UUID
    channels: tuple[Channel, ...]
    dedupe_key: str


class HandedOver(msgspec.Struct, frozen=True):
    """A message that its provider took; `fallback_at` (care time): when the next channel is tried if not shown."""

    id: UUID
    channel: Channel
    provider_ref: str | None
    fallback_at: datetime | None


# Each goes to the patient of its check-in, which is one of this clinic: no foreign key says so again.
ENQUEUE_PROMPTS = """
insert into notifications (clinic_id, id, kind, template, priority, to_kind, patient_id, check_in_id, dedupe_key,
                           channels, state, next_attempt_at, created_at, expires_at)
select $1, u.id, 'prompt', u.template, u.priority, 'patient', c.patient_id, c.id, u.dedupe_key,
       string_to_array(u.channels, ' '), 'queued', $2, $3, c.closes_at
from unnest($4::uuid[], $5::text[], $6::int[], $7::uuid[], $8::text[], $9::text[])
     as u (id, template, priority, check_in_id, dedupe_key, channels),
     lateral (select i.id, i.patient_id, i.closes_at from check_ins i
              where i.clinic_id = $1 and i.id = u.check_in_id limit 1) c
on conflict (clinic_id, dedupe_key) do nothing
"""

# In one order, so that two who add the same ones take turns.
ADD_CREDENTIALS = """
insert into credential_lookup (clinic_id, kind, hash, subject_id)
select $1, $2, u.hash, u.subject_id from unnest($3::bytea[], $4::uuid[]) as u (hash, subject_id) order by u.hash
on conflict (kind, hash) do nothing
"""

# Both wait for no row: whoever holds one may hold a patient too, and would wait for another row of these. Found row by
# row (`lateral`, `limit`) and reached by `ctid`: with old statistics the planner would read all messages of the clinic.
MARK_MANY_SENT = """
with held as materialized (
    select n.id, n.place, u.attempt_id, u.channel, u.provider_ref, u.fallback_at
    from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::timestamptz[])
         as u (id, attempt_id, channel, provider_ref, fallback_at),
         lateral (select h.id, h.ctid as place from notifications h
                  where h.clinic_id = $1 and h.id = u.id and h.lease_token = $2 and h.state = 'queued'
                  limit 1 for no key update skip locked) n),
tried as (
    insert into attempts (clinic_id, id, notification_id, channel, at, result, provider_ref)
    select $1, h.attempt_id, h.id, h.channel, $8, 'accepted', h.provider_ref from held h)
update notifications n set state = case when n.shown_at is null then 'sent' else 'delivered' end,
    delivered_at = n.shown_at, next_attempt_at = null, lease_token = null, lease_until = null, last_error = null,
    attempts = n.attempts + 1, provider_ref = h.provider_ref, sent_at = $8, fallback_at = h.fallback_at
from held h where n.ctid = any(array(select place from held)) and n.ctid = h.place
returning n.id
"""

# What was tried before stays known: a copy may be out there.
GIVE_BACK = """
with held as materialized (
    select n.place, u.at
    from unnest($3::uuid[], $4::timestamptz[]) as u (id, at),
         lateral (select q.ctid as place from notifications q
                  where q.clinic_id = $1 and q.id = u.id and q.lease_token = $2 and q.state = 'queued'
                  limit 1 for no key update skip locked) n)
update notifications n set next_attempt_at = h.at, lease_token = null, lease_until = null,
    last_error = coalesce($5, n.last_error)
from held h where n.ctid = any(array(select place from held)) and n.ctid = h.place
returning n.id
"""


async def enqueue_prompts(tx: Tx, prompts: Sequence[Prompt]) -> None:
    """Put prompts to patients in the outbox; those that are there already stay as they are."""
    await tx.run(
        ENQUEUE_PROMPTS, tx.clinic_id, tx.wall, tx.now, uuid7s(len(prompts)), [p.template for p in prompts],
        [p.priority for p in prompts], [p.check_in_id for p in prompts], [p.dedupe_key for p in prompts],
        [" ".join(p.channels) for p in prompts],
    )  # fmt: skip


async def add_credentials(tx: Tx, kind: str, secrets: Sequence[tuple[bytes, UUID]]) -> None:
    """Let secrets that leave the box, each as its hash, lead back to their rows."""
    await tx.run(ADD_CREDENTIALS, tx.clinic_id, kind, [hashed for hashed, _ in secrets], [row for _, row in secrets])


async def mark_many_sent(tx: Tx, lease_token: UUID, taken: Sequence[HandedOver]) -> set[UUID]:
    """The providers took these of one claim: an attempt each, and no more tries. Returns those that are recorded: left
    out are rows whose lease was lost, and rows that somebody holds at this moment."""
    rows = await tx.all(
        MARK_MANY_SENT, tx.clinic_id, lease_token, [h.id for h in taken], uuid7s(len(taken)),
        [h.channel for h in taken], [h.provider_ref for h in taken], [h.fallback_at for h in taken], tx.now,
    )  # fmt: skip
    return {row["id"] for row in rows}


async def give_back(tx: Tx, lease_token: UUID, again: Mapping[UUID, datetime], error: str | None = None) -> set[UUID]:
    """These of one claim did not go: any worker may take them at those instants (machine time), and nothing counts as
    tried. `error`: why, if there is a reason. Returns those that are recorded, as `mark_many_sent` does."""
    rows = await tx.all(GIVE_BACK, tx.clinic_id, lease_token, list(again), list(again.values()), error)
    return {row["id"] for row in rows}
