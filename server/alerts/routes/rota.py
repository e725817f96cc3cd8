"""Who is on call now and next; the rota, and changes to it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.handlers.base import BaseRouteHandler
from litestar.params import QueryParameter

from server.access.guards import staff_only
from server.access.model import CARE, EVERYBODY, Staff
from server.alerts.change_wire import ChangeBody, SwapBody, change_of, swap_of
from server.alerts.rota_model import Line
from server.alerts.rota_wire import RotaBody, rota_faults
from server.alerts.routes.rota_shown import RotaShown, fit_colleagues, shown
from server.flow import rota as flow
from server.flow.on_call import cover_now, list_colleagues
from server.kit import errors
from server.kit.db import Database


class OnCallNow(msgspec.Struct, frozen=True):
    """`now`: names in groups, the first group is called first; empty: nobody is on call. `by_rota` False: the first of
    the call list, at any hour. `next_at`: when somebody else, or somebody again, is on call."""

    by_rota: bool
    now: list[list[str]]
    until: datetime | None
    next_at: datetime | None
    next: list[list[str]]


@get("/api/clinic/on-call", guards=[staff_only(*EVERYBODY)])
async def get_on_call(staff: Staff, db: Database) -> OnCallNow:
    """Now and next."""
    async with db.begin(staff.actor) as tx:
        cover = await cover_now(tx)
        names = {one.id: one.name for one in await list_colleagues(tx)}

    def named(line: Line) -> list[list[str]]:
        return [[names[who] for who in group] for group in line]

    return OnCallNow(cover.by_rota, named(cover.now), cover.until, cover.next_at, named(cover.next))


@get("/api/clinic/rota", guards=[staff_only(*EVERYBODY)])
async def get_rota(staff: Staff, db: Database, days: Annotated[int, QueryParameter(ge=1, le=62)] = 14) -> RotaShown:
    """The rota with so many days to come."""
    async with db.begin(staff.actor) as tx:
        return await shown(tx, days)


@put("/api/clinic/rota", guards=[staff_only("admin")])
async def put_rota(data: RotaBody, staff: Staff, db: Database) -> RotaShown:
    """Replace layers and coverage; changes stay. The next step of every alert goes by it. 409 when stale."""
    async with db.begin(staff.actor) as tx:
        if found := list(rota_faults(data, await fit_colleagues(tx))):
            raise errors.invalid(*found)
        layers, coverage = [each.value() for each in data.layers], [each.value() for each in data.coverage]
        await flow.layers_changed(tx, data.version, layers, coverage)
        return await shown(tx)


@post("/api/clinic/rota/changes", guards=[staff_only(*CARE)], status_code=201)
async def add_change(data: ChangeBody, staff: Staff, db: Database) -> RotaShown:
    """Somebody stands in for a colleague, or is on call instead of everybody. Only admins put others on call."""
    async with db.begin(staff.actor) as tx:
        named = {one.id for one in await list_colleagues(tx)}
        await flow.change_made(tx, staff, [change_of(data, await fit_colleagues(tx), named, tx.now)])
        return await shown(tx)


@post("/api/clinic/rota/swaps", guards=[staff_only("admin")], status_code=201)
async def add_swap(data: SwapBody, staff: Staff, db: Database) -> RotaShown:
    """Two colleagues take each other's duty."""
    async with db.begin(staff.actor) as tx:
        await flow.swap_made(tx, staff, swap_of(data, await fit_colleagues(tx), tx.now))
        return await shown(tx)


@delete("/api/clinic/rota/changes/{change_id:uuid}", guards=[staff_only(*CARE)], status_code=200)
async def take_back(change_id: UUID, staff: Staff, db: Database) -> RotaShown:
    """As if it had not been made; a swap as a whole."""
    async with db.begin(staff.actor) as tx:
        await flow.change_taken_back(tx, staff, change_id)
        return await shown(tx)


HANDLERS: list[BaseRouteHandler] = [get_on_call, get_rota, put_rota, add_change, add_swap, take_back]
