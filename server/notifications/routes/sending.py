"""The hold on sending after a restore."""

from datetime import datetime

import msgspec
from litestar import get, post
from litestar.handlers.base import BaseRouteHandler

from server.access.guards import staff_only
from server.access.model import Staff
from server.flow.sending import sending_started
from server.kit.db import Database
from server.notifications import hold_queries
from server.notifications.hold_queries import Waiting


class Sending(msgspec.Struct, frozen=True):
    """Since when nothing is sent (machine time; null: it is), and what is waiting, by kind."""

    held_since: datetime | None
    waiting: list[Waiting]


@get("/api/clinic/sending", guards=[staff_only("admin")])
async def get_sending(staff: Staff, db: Database) -> Sending:
    """What is in flight: to be looked at before sending starts again after a restore."""
    async with db.begin(staff.actor) as tx:
        return Sending(await hold_queries.find_hold(tx), await hold_queries.list_waiting(tx))


@post("/api/clinic/sending/start", guards=[staff_only("admin")], status_code=200)
async def start_sending(staff: Staff, db: Database) -> Sending:
    """Let messages leave again; of several prompts for one check-in only the last. Pressed twice it does nothing."""
    async with db.begin(staff.actor) as tx:
        await sending_started(tx)
        return Sending(await hold_queries.find_hold(tx), await hold_queries.list_waiting(tx))


HANDLERS: list[BaseRouteHandler] = [get_sending, start_sending]
