"""The team's channels, for admins: added, changed, tested, removed. An address is written, never read."""

import asyncio
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, patch, post
from litestar.handlers.base import BaseRouteHandler
from msgspec import Meta

from server.access.callers import settings_of
from server.access.guards import staff_only
from server.access.model import Staff
from server.flow import team_channels as flow
from server.kit import errors
from server.kit.db import Database, Tx
from server.kit.http import StrictRequest
from server.notifications import team_queries
from server.notifications.channels.team_address import Unusable, read_address
from server.notifications.model import Hears, Language
from server.notifications.team_queries import TeamChannel

Name = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"\S")]
Heard = Annotated[list[Hears], Meta(min_length=1, max_length=4)]


class NewTeamChannel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`url`: as the service gives it out, or as apprise writes it. `language`: of what is posted there."""

    name: Name
    url: Annotated[str, Meta(min_length=1, max_length=2000)]
    hears: Heard
    language: Language = "en"


class TeamChannelChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is left out stays."""

    name: Name | None = None
    hears: Heard | None = None


class TeamChannels(msgspec.Struct, frozen=True):
    items: list[TeamChannel]


@get("/api/clinic/team-channels", guards=[staff_only("admin")])
async def get_team_channels(staff: Staff, db: Database) -> TeamChannels:
    """All that are there, the oldest first, with what became of the latest message to each."""
    async with db.begin(staff.actor) as tx:
        return await _shown(tx)


@post("/api/clinic/team-channels", guards=[staff_only("admin")], status_code=201)
async def add_team_channel(
    data: NewTeamChannel, staff: Staff, db: Database, request: StrictRequest
) -> TeamChannels:  # fmt: skip
    """422 for an address that nothing may be sent to."""
    private = settings_of(request).team_channels_private
    try:
        address = await asyncio.to_thread(read_address, data.url, private=private)
    except Unusable as refusal:
        raise errors.invalid(("url", refusal.args[0])) from None
    async with db.begin(staff.actor) as tx:
        await flow.channel_added(tx, staff, data.name.strip(), address, data.language, _once(data.hears))
        return await _shown(tx)


@patch("/api/clinic/team-channels/{channel_id:uuid}", guards=[staff_only("admin")])
async def change_team_channel(channel_id: UUID, data: TeamChannelChange, staff: Staff, db: Database) -> TeamChannels:
    """Its name, what it hears. For another address add another channel."""
    async with db.begin(staff.actor) as tx:
        hears = None if data.hears is None else _once(data.hears)
        await flow.channel_changed(tx, channel_id, data.name and data.name.strip(), hears)
        return await _shown(tx)


@delete("/api/clinic/team-channels/{channel_id:uuid}", guards=[staff_only("admin")], status_code=200)
async def remove_team_channel(channel_id: UUID, staff: Staff, db: Database) -> TeamChannels:
    """Its address is forgotten."""
    async with db.begin(staff.actor) as tx:
        await flow.channel_removed(tx, channel_id)
        return await _shown(tx)


@post("/api/clinic/team-channels/{channel_id:uuid}/test", guards=[staff_only("admin")], status_code=202)
async def check_team_channel(channel_id: UUID, staff: Staff, db: Database) -> TeamChannels:
    """What became of it shows in the list."""
    async with db.begin(staff.actor) as tx:
        await flow.channel_tested(tx, channel_id)
        return await _shown(tx)


async def _shown(tx: Tx) -> TeamChannels:
    return TeamChannels(await team_queries.list_channels(tx))


def _once(hears: list[Hears]) -> list[Hears]:
    return list(dict.fromkeys(hears))


HANDLERS: list[BaseRouteHandler] = [
    get_team_channels, add_team_channel, change_team_channel, remove_team_channel, check_team_channel,
]  # fmt: skip
