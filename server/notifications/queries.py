"""SQL of the outbox. Leases and back-off run in machine time (`wall`), expiry in care time (`now`)."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.kit.ids import uuid7
from server.notifications.model import Channel, Lane


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed notification. `lease_token` fences the result; `crashes` counts leases that ran out; `claimed_at` is
    machine time."""

    clinic_id: UUID
    id: UUID
    kind: str
    to_kind: str
    template: str
    params: dict[str, Any]
    priority: int
    patient_id: UUID | None
    staff_id: UUID | None
    check_in_id: UUID | None
    alert_id: UUID | None
    team_channel_id: UUID | None
    channels: list[Channel]
    channel_index: int
    attempts: int
    crashes: int
    expires_at: datetime
    created_at: datetime
    lease_token: UUID
    attempted_at: datetime | None
    claimed_at: datetime


CLAIMED = """
returning n.clinic_id, n.id, n.kind, n.to_kind, n.template, n.params, n.priority, n.patient_id, n.staff_id, n.check_in_id, n.alert_id,
          n.team_channel_id, n.channels, n.channel_index, n.attempts, n.crashes, n.expires_at, n.created_at, n.lease_token,
          n.attempted_at, $2::timestamptz as claimed_at
"""

# A list made once, so that rows are still read in the order of the index.
NOT_HELD = " and clinic_id <> all (array(select h.clinic_id from sending_holds h))"

# Urgent pages have a way of their own (`rules.is_urgent`): no number of slow prompts stands before them.
LANES: dict[Lane, str] = {
    "pages": " and kind <> 'prompt' and priority <= 1",
    "rest": " and (kind = 'prompt' or priority > 1)",
}


def _claim(crashed: str, lane: str, limit: str, counted: str = "") -> str:
    return f"""
update notifications n
set lease_token = $1, lease_until = $2 + interval '30 seconds', next_attempt_at = $2 + interval '30 seconds'{counted}
from (select clinic_id, id from notifications
      where state = 'queued' and next_attempt_at <= $2 and {crashed}{lane}{NOT_HELD}
      order by priority, next_attempt_at limit {limit} for update skip locked) due
where n.clinic_id = due.clinic_id and n.id = due.id
{CLAIMED}"""


# Locks what it takes, skips what another worker holds; a repeat after the lease finds the same rows again.
CLAIM = {lane: _claim("lease_token is null", which, "$3") for lane, which in LANES.items()}

# The isolation lane: a lease that ran out means a sender died; such rows go one at a time, so that poison takes no neighbour with it.
CLAIM_ALONE = {
    lane: _claim("lease_token is not null", which, "1", ", crashes = n.crashes + 1") for lane, which in LANES.items()
}

ENQUEUE = """
insert into notifications (clinic_id, id, kind, template, params, priority, to_kind, patient_id, staff_id, check_in_id, alert_id,
                           dedupe_key, channels, state, next_attempt_at, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'queued', $14, $15, $16)
on conflict (clinic_id, dedupe_key) do nothing
"""

# The phone's own receipt may overtake the worker's record of the hand-over.
MARK_SENT = """
update notifications set state = case when shown_at is null then 'sent' else 'delivered' end, delivered_at = shown_at,
    next_attempt_at = null, lease_token = null, lease_until = null, attempts = attempts + 1,
    provider_ref = $4, sent_at = $5, last_error = null, fallback_at = $6
where clinic_id = $1 and id = $2 and lease_token = $3 and state = 'queued'
"""

MARK_RETRY = """
update notifications set next_attempt_at = $4, lease_token = null, lease_until = null, attempts = $5, channel_index = $6,
    last_error = $7, attempted_at = $8
where clinic_id = $1 and id = $2 and lease_token = $3 and state = 'queued'
"""

MARK_ENDED = """
update notifications set state = $4, next_attempt_at = null, lease_token = null, lease_until = null, attempts = attempts + 1,
    last_error = $5
where clinic_id = $1 and id = $2 and lease_token = $3 and state = 'queued'
"""

INSERT_ATTEMPT = """
insert into attempts (clinic_id, id, notification_id, channel, at, result, error, provider_ref)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""

CANCEL_FOR_CHECK_IN = """
update notifications set state = 'cancelled', next_attempt_at = null, lease_token = null, lease_until = null
where clinic_id = $1 and check_in_id = any($2::uuid[]) and kind = 'prompt' and state = 'queued'
"""

CANCEL_FOR_ALERT = """
update notifications set state = 'cancelled', next_attempt_at = null, lease_token = null, lease_until = null
where clinic_id = $1 and alert_id = $2 and state = 'queued'
"""

# To whom it was told, people and rooms. In no lock's way: who holds one of them is about to free it.
FORGET_INCIDENTS = """
update notifications set dedupe_key = dedupe_key || ':over:' || id where clinic_id = $1 and id = any(array(
    select n.id from notifications n where n.clinic_id = $1 and n.dedupe_key = any(array(
        select k.key || ':' || t.id from unnest($2::text[]) as k (key),
            (select s.id from staff s where s.clinic_id = $1
             union all select c.id from team_channels c where c.clinic_id = $1) t))
    for no key update skip locked))
"""

ADD_CREDENTIAL = """
insert into credential_lookup (clinic_id, kind, hash, subject_id) values ($1, $2, $3, $4) on conflict (kind, hash) do nothing
"""

END_COMPANION_LINKS = """
delete from credential_lookup where clinic_id = $1 and kind = 'link' and subject_id in (
  select id from check_ins where clinic_id = $1 and patient_id = $2 and asked_of = 'companion'
)
"""

# A report may overtake the worker's own record of the hand-over: then the row is still queued under a lease.
MARK_DELIVERED = """
update notifications
set state = 'delivered', delivered_at = $3, sent_at = coalesce(sent_at, $3), next_attempt_at = null, lease_token = null, lease_until = null
where clinic_id = $1 and id = $2 and (state in ('sent', 'failed') or (state = 'queued' and lease_token is not null))
"""

# Reports come twice and late: one about a channel that the message has left says nothing about the one it is on.
REQUEUE_NEXT = """
update notifications set state = 'queued', next_attempt_at = $3, channel_index = channel_index + 1, attempts = 0, last_error = $4,
    lease_token = null, lease_until = null, provider_ref = null
where clinic_id = $1 and id = $2 and (state = 'sent' or (state = 'queued' and lease_token is not null))
  and channels[channel_index + 1] = $5 and channel_index + 1 < cardinality(channels)
"""

MARK_UNDELIVERED = """
update notifications set state = 'failed', next_attempt_at = null, last_error = $3, lease_token = null, lease_until = null
where clinic_id = $1 and id = $2 and (state = 'sent' or (state = 'queued' and lease_token is not null))
  and channels[channel_index + 1] = $4 and channel_index + 1 = cardinality(channels)
returning kind, alert_id, staff_id
"""

HAS_BESIDE = "select from notifications where clinic_id = $1 and dedupe_key = $2"

WAS_PAGED = "select from notifications where clinic_id = $1 and alert_id = $2 and staff_id = $3 limit 1"

FIND_ALERT = "select alert_id from notifications where clinic_id = $1 and id = $2"

IS_KNOWN = "select from notifications where clinic_id = $1 and id = $2"

COUNT_DUE = (
    "select count(*) as due from notifications where state = 'queued' and kind = 'page' and next_attempt_at <= $1"
    + NOT_HELD
)


async def claim(tx: Tx, token: UUID, limit: int, lane: Lane) -> list[Queued]:
    """Take due messages, best priority first: `limit` that nobody tried to send and died, plus one that somebody did.
    `lane`: urgent pages, or everything else."""
    await tx.read_in_index_order()
    rows = await tx.all(CLAIM[lane], token, tx.wall, limit)
    rows += await tx.all(CLAIM_ALONE[lane], token, tx.wall)
    return [Queued(**row) for row in rows]


async def enqueue(
    tx: Tx,
    *,
    kind: str,
    template: str,
    priority: int,
    channels: tuple[Channel, ...],
    dedupe_key: str,
    expires_at: datetime,
    patient_id: UUID | None = None,
    staff_id: UUID | None = None,
    check_in_id: UUID | None = None,
    alert_id: UUID | None = None,
    params: dict[str, Any] | None = None,
    to_companion: bool = False,
) -> bool:
    """Put one message to one person in the outbox; False when the same one (`dedupe_key`) is there already.
    `patient_id` with `to_companion`: to that patient's companion."""
    to_kind = "staff" if staff_id is not None else "companion" if to_companion else "patient"
    return await tx.run(
        ENQUEUE, tx.clinic_id, uuid7(), kind, template, params or {}, priority, to_kind, patient_id, staff_id, check_in_id,
        alert_id, dedupe_key, list(channels), tx.wall, tx.now, expires_at,
    ) == 1  # fmt: skip


async def mark_sent(tx: Tx, sent: Queued, provider_ref: str | None, fallback_at: datetime | None = None) -> bool:
    """The provider took it; `fallback_at` (care time): when the next channel is tried unless a phone has shown it.
    False when the lease was lost: another worker has it."""
    touched = await tx.run(MARK_SENT, tx.clinic_id, sent.id, sent.lease_token, provider_ref, tx.now, fallback_at)
    return touched == 1


async def mark_retry(
    tx: Tx, sent: Queued, at: datetime, attempts: int, channel_index: int, error: str | None, tried_at: datetime | None
) -> bool:
    """Try again at `at` (machine time). `tried_at`: since then a copy may be out there on this channel. False when the
    lease was lost, or nobody wants it any more."""
    given = (sent.id, sent.lease_token, at, attempts, channel_index, error, tried_at)
    return await tx.run(MARK_RETRY, tx.clinic_id, *given) == 1


async def mark_ended(tx: Tx, sent: Queued, state: str, error: str | None) -> bool:
    """No more tries: failed, expired, cancelled or parked. False when the lease was lost."""
    return await tx.run(MARK_ENDED, tx.clinic_id, sent.id, sent.lease_token, state, error) == 1


async def insert_attempt(
    tx: Tx, sent: Queued, channel: Channel, result: str, error: str | None, provider_ref: str | None
) -> None:
    await tx.run(INSERT_ATTEMPT, tx.clinic_id, uuid7(), sent.id, channel, tx.now, result, error, provider_ref)


async def end_companion_links(tx: Tx, patient_id: UUID) -> None:
    """Links that were sent to a companion open nothing any more, unless the same check-in is asked about again: later
    messages bring back its link."""
    await tx.run(END_COMPANION_LINKS, tx.clinic_id, patient_id)


async def cancel_for_check_ins(tx: Tx, check_in_ids: list[UUID]) -> None:
    """Unsent prompts of check-ins that need no asking any more."""
    await tx.run(CANCEL_FOR_CHECK_IN, tx.clinic_id, check_in_ids)


async def cancel_for_alert(tx: Tx, alert_id: UUID) -> None:
    """Unsent pages of an alert that somebody has."""
    await tx.run(CANCEL_FOR_ALERT, tx.clinic_id, alert_id)


async def forget_incidents(tx: Tx, keys: list[str]) -> None:
    """What was told under these keys may be told again."""
    await tx.run(FORGET_INCIDENTS, tx.clinic_id, keys)


async def add_credential(tx: Tx, kind: str, hashed: bytes, subject_id: UUID) -> None:
    """Let a secret that leaves the box lead back to its row."""
    await tx.run(ADD_CREDENTIAL, tx.clinic_id, kind, hashed, subject_id)


async def mark_delivered(tx: Tx, notification_id: UUID) -> bool:
    """The provider has proof. It follows even a "failed", and nothing follows it."""
    return await tx.run(MARK_DELIVERED, tx.clinic_id, notification_id, tx.now) == 1


async def requeue_next(tx: Tx, notification_id: UUID, channel: Channel, error: str | None) -> bool:
    """A message that was taken on this channel but not delivered goes on to its next one; False when there is none."""
    return await tx.run(REQUEUE_NEXT, tx.clinic_id, notification_id, tx.wall, error, channel) == 1


async def mark_undelivered(
    tx: Tx, notification_id: UUID, channel: Channel, error: str | None
) -> tuple[str, UUID | None, UUID | None] | None:
    """Not delivered on its last channel: (kind, alert, colleague). None when it is not on this channel any more."""
    row = await tx.one(MARK_UNDELIVERED, tx.clinic_id, notification_id, error, channel)
    return None if row is None else (row["kind"], row["alert_id"], row["staff_id"])


async def count_due(tx: Tx, since: datetime) -> int:
    """Pages, across clinics, that are due since then (machine time) or longer."""
    row = await tx.one(COUNT_DUE, since)
    return 0 if row is None else int(row["due"])


async def was_paged(tx: Tx, alert_id: UUID, staff_id: UUID) -> bool:
    """Whether this colleague has been called about this alert before."""
    return await tx.one(WAS_PAGED, tx.clinic_id, alert_id, staff_id) is not None


async def is_known(tx: Tx, notification_id: UUID) -> bool:
    """Whether it is a message of this clinic."""
    return await tx.one(IS_KNOWN, tx.clinic_id, notification_id) is not None


async def find_alert(tx: Tx, notification_id: UUID) -> UUID | None:
    """The alert that a message pages about."""
    row = await tx.one(FIND_ALERT, tx.clinic_id, notification_id)
    return None if row is None else row["alert_id"]


async def has_beside(tx: Tx, sent: Queued) -> bool:
    """Whether the next channel was started beside this one."""
    return await tx.one(HAS_BESIDE, tx.clinic_id, beside_key(sent)) is not None


def beside_key(sent: Queued) -> str:
    """Names the copy that goes out on the remaining channels while this one goes on trying."""
    return f"beside:{sent.id}:{sent.channels[sent.channel_index + 1]}"
