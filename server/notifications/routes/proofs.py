"""The last proven page: told by the watcher, shown to everybody on the team."""

from datetime import timedelta
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.handlers.base import BaseRouteHandler

from server.access.guards import staff_only
from server.access.model import EVERYBODY, Staff
from server.kit import errors
from server.kit.db import Database
from server.notifications import proof_queries

RED_AFTER = timedelta(minutes=10)


class Proof(msgspec.Struct, frozen=True):
    """`watched`: the instance has a watcher. `minutes` since it last saw a page arrive, null: never. `red`: too long
    ago, counted from when the watch began when there never was one; or `held`: this clinic's sending is held, so that
    the watcher's page, which is another clinic's, proves nothing of it."""

    watched: bool
    minutes: int | None
    red: bool
    held: bool = False


class Proven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The alert whose page arrived."""

    alert_id: UUID


@get("/api/clinic/proof", guards=[staff_only(*EVERYBODY)])
async def get_proof(staff: Staff, db: Database) -> Proof:
    """Whether pages are known to arrive."""
    async with db.begin(staff.actor) as tx:
        found = await proof_queries.find_proof(tx)
        if found is None:
            return Proof(False, None, False)
        since, proven_at, held_at = found
        age = tx.wall - (proven_at or since)
        minutes = None if proven_at is None else int(age.total_seconds() // 60)
        return Proof(True, minutes, age > RED_AFTER or held_at is not None, held_at is not None)


@post("/api/watch/proof", guards=[staff_only("admin")], status_code=204)
async def prove(data: Proven, staff: Staff, db: Database) -> None:
    """For the watcher alone: 404 for any other clinic, and while the page is not out and acknowledged."""
    async with db.begin(staff.actor) as tx:
        if not await proof_queries.store_proof(tx, data.alert_id):
            raise errors.not_found()


HANDLERS: list[BaseRouteHandler] = [get_proof, prove]
