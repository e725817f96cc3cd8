"""SQL of team channels: rooms that hear about alerts beside the people who are paged. Addresses are ciphertext."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.kit.ids import uuid7, uuid7s
from server.notifications.messages import Template
from server.notifications.model import Hears, Language

LIMIT = 10
URL = "team_channels.url"


class TeamChannel(msgspec.Struct, frozen=True, kw_only=True):
    """A channel as an admin sees it; `service` and `host` are all that is shown of its address. The latest message
    there: when it was written, its state, what its service said if it refused it, and whether it was a test."""

    id: UUID
    name: str
    service: str
    host: str | None
    language: Language
    hears: list[Hears]
    added_at: datetime
    last_at: datetime | None = None
    last_state: str | None = None
    last_error: str | None = None
    last_was_test: bool | None = None


class TeamAddress(msgspec.Struct, frozen=True):
    """Where to post, and in which language."""

    url: str
    language: Language


# At most LIMIT, whoever adds at the same moment: the clinic's row is held.
HOLD_CLINIC = "select from clinics where clinic_id = $1 for no key update"

COUNT = "select count(*) as count from team_channels where clinic_id = $1 and removed_at is null"

INSERT = """
insert into team_channels (clinic_id, id, name, service, host, url_enc, language, hears, added_at, added_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""

LIST = """
select t.id, t.name, t.service, t.host, t.language, t.hears, t.added_at,
       n.created_at as last_at, n.state as last_state, n.last_error, n.template = 'channel_test' as last_was_test
from team_channels t
left join lateral (select m.created_at, m.state, m.last_error, m.template from notifications m
                   where m.clinic_id = t.clinic_id and m.team_channel_id = t.id and m.state <> 'cancelled'
                   order by m.created_at desc, m.id desc limit 1) n on true
where t.clinic_id = $1 and t.removed_at is null order by t.added_at, t.id
"""

UPDATE = """
update team_channels set name = coalesce($3, name), hears = coalesce($4, hears)
where clinic_id = $1 and id = $2 and removed_at is null
"""

REMOVE = """
update team_channels set removed_at = $3, url_enc = null where clinic_id = $1 and id = $2 and removed_at is null
"""

CANCEL_TO = """
update notifications set state = 'cancelled', next_attempt_at = null, lease_token = null, lease_until = null
where clinic_id = $1 and team_channel_id = $2 and state = 'queued'
"""

LIST_ADDRESSES = """
select id, url_enc, language from team_channels
where clinic_id = $1 and id = any($2::uuid[]) and removed_at is null
"""

HAS_RECENT_TEST = """
select from notifications
where clinic_id = $1 and team_channel_id = $2 and template = 'channel_test' and created_at > $3 limit 1
"""

# Two presses at once take turns: the second sees the test of the first.
HOLD_CHANNEL = "select from team_channels where clinic_id = $1 and id = $2 for no key update"

POST = """
insert into notifications (clinic_id, id, kind, template, params, priority, to_kind, team_channel_id, alert_id,
                           dedupe_key, channels, state, next_attempt_at, created_at, expires_at)
select $1, ($2::uuid[])[t.nth], $3, $4, $5, $6, 'team', t.id, $7, $8 || ':' || t.id, '{team}', 'queued', $9, $10, $11
from (select id, hears, row_number() over (order by id) as nth from team_channels
      where clinic_id = $1 and removed_at is null and ($12::text is null or $12 = any(hears))
        and ($13::uuid is null or id = $13)) t
on conflict (clinic_id, dedupe_key) do nothing
"""


async def add(
    tx: Tx, *, name: str, service: str, host: str | None, url: str, language: Language, hears: list[Hears], by: UUID
) -> UUID | None:
    """None when the clinic has as many as it may have."""
    await tx.one(HOLD_CLINIC, tx.clinic_id)
    row = await tx.one(COUNT, tx.clinic_id)
    if row is None or row["count"] >= LIMIT:
        return None
    channel_id = uuid7()
    sealed = tx.cipher.seal(URL, channel_id, url)
    await tx.run(
        INSERT, tx.clinic_id, channel_id, name, service, host, sealed, language, list(hears), tx.now, by
    )  # fmt: skip
    return channel_id


async def list_channels(tx: Tx) -> list[TeamChannel]:
    return [TeamChannel(**dict(row)) for row in await tx.all(LIST, tx.clinic_id)]


async def update(tx: Tx, channel_id: UUID, name: str | None, hears: list[Hears] | None) -> bool:
    """What is None stays. False when there is no such channel."""
    return await tx.run(UPDATE, tx.clinic_id, channel_id, name, hears) == 1


async def remove(tx: Tx, channel_id: UUID) -> bool:
    """Its address is gone with this, and what waited for it; False when there is no such channel."""
    if await tx.run(REMOVE, tx.clinic_id, channel_id, tx.now) == 0:
        return False
    await tx.run(CANCEL_TO, tx.clinic_id, channel_id)
    return True


async def has_recent_test(tx: Tx, channel_id: UUID, since: datetime) -> bool:
    """Whether a test was posted there after `since`; until the transaction ends nobody else posts one."""
    await tx.one(HOLD_CHANNEL, tx.clinic_id, channel_id)
    return await tx.one(HAS_RECENT_TEST, tx.clinic_id, channel_id, since) is not None


async def list_addresses(tx: Tx, channel_ids: Collection[UUID]) -> dict[UUID, TeamAddress]:
    """Of those that are still there. Works in the worker's role."""
    rows = await tx.all(LIST_ADDRESSES, tx.clinic_id, list(channel_ids))
    return {r["id"]: TeamAddress(tx.cipher.open(URL, r["id"], r["url_enc"]), r["language"]) for r in rows}


async def post(
    tx: Tx,
    *,
    template: Template | str,
    priority: int,
    dedupe_key: str,
    expires_at: datetime,
    hears: Hears | None = None,
    only: UUID | None = None,
    alert_id: UUID | None = None,
    params: dict[str, Any] | None = None,
) -> int:
    """One message to each channel that `hears` this, or to one `only`; how many. With `params` it is a notice of the
    system's own, else it is about alerts. The same `dedupe_key` never twice to one channel."""
    kind = "post" if params is None else "notice"
    return await tx.run(
        POST, tx.clinic_id, uuid7s(LIMIT), kind, template, params or {}, priority, alert_id, dedupe_key, tx.wall,
        tx.now, expires_at, hears, only,
    )  # fmt: skip
