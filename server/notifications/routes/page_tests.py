"""Test pages: sent to a colleague, and what they have proven."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.handlers.base import BaseRouteHandler
from msgspec import Meta

from server.access.guards import staff_only
from server.access.model import CARE, EVERYBODY, Staff
from server.flow import page_tests as flow
from server.kit.db import Database, Tx
from server.notifications.model import Channel


class Way(msgspec.Struct, frozen=True):
    """A channel of a colleague. `state` is that of the latest test page, None: never tested. `verified_at`: when one
    was last said to have arrived."""

    channel: Channel
    sent_at: datetime | None = None
    state: str | None = None
    verified_at: datetime | None = None


class Pageable(msgspec.Struct, frozen=True):
    """A colleague and the channels on which they can be paged."""

    staff_id: UUID
    name: str
    ways: list[Way]


class Pageables(msgspec.Struct, frozen=True):
    items: list[Pageable]


class Arrived(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code that the test page carried."""

    code: Annotated[str, Meta(pattern="^[A-Z0-9]{8}$")]


class Verified(msgspec.Struct, frozen=True):
    channel: Channel


@get("/api/clinic/page-tests", guards=[staff_only(*EVERYBODY)])
async def get_page_tests(staff: Staff, db: Database) -> Pageables:
    """Everybody who may be paged, by name."""
    async with db.begin(staff.actor) as tx:
        return await shown(tx)


@post("/api/staff/{staff_id:uuid}/test-page", guards=[staff_only(*CARE)], status_code=202)
async def send_test_page(staff_id: UUID, staff: Staff, db: Database) -> Pageables:
    """On each channel of the colleague, at most every two minutes."""
    async with db.begin(staff.actor) as tx:
        await flow.test_page_sent(tx, staff, staff_id)
        return await shown(tx)


@post("/api/my-test-page", guards=[staff_only(*CARE)], status_code=200)
async def test_page_is_here(data: Arrived, staff: Staff, db: Database) -> Verified:
    """Pressed by the colleague who got it."""
    async with db.begin(staff.actor) as tx:
        return Verified(await flow.test_page_arrived(tx, staff, data.code))


async def shown(tx: Tx) -> Pageables:
    contacts = await flow.list_pageable(tx)
    tests = {(t.staff_id, t.channel): t for t in await flow.list_page_tests(tx, contacts)}
    items = [Pageable(c.id, c.name, []) for c in sorted(contacts, key=lambda c: c.name.casefold())]
    by_id = {item.staff_id: item for item in items}
    for address in flow.addresses_of(contacts):
        test = tests.get((address.staff_id, address.channel))
        way = Way(address.channel, test.sent_at, test.state, test.arrived_at) if test else Way(address.channel)
        by_id[address.staff_id].ways.append(way)
    return Pageables(items)


HANDLERS: list[BaseRouteHandler] = [get_page_tests, send_test_page, test_page_is_here]
