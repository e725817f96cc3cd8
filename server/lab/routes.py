"""Trying a protocol version before it is signed: on the clinic's own answers, or on made-up patients."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import post
from litestar.handlers.base import BaseRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import ServerSentEvent, ServerSentEventMessage
from msgspec import Meta

from server.access.guards import staff_only
from server.access.model import LEAD, Staff
from server.flow.trying import draft_to_try, require_treated, tried_on_made_up, tried_on_stored, versions_to_try
from server.kit.db import Database
from server.lab.model import Over, Progress, Report
from server.protocols.model import ProtocolVersion

NAMES: dict[type[Progress | Report], str] = {Progress: "progress", Report: "report"}


class LabBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`days` back, or of made-up treatment; `patients`, `seed`: of the made-up ones. `language`: of the screen,
    where it is not the colleague's own."""

    over: Over = "stored"
    days: Annotated[int, Meta(ge=1, le=365)] = 28
    patients: Annotated[int, Meta(ge=1, le=200)] = 50
    seed: Annotated[int, Meta(ge=0, le=1_000_000)] = 1
    language: Literal["en", "es"] | None = None


LAB: dict[str, Any] = {
    "guards": [staff_only(*LEAD)],
    "status_code": 200,
    "responses": {
        200: ResponseSpec(
            Report, generate_examples=False, media_type="text/event-stream", description="The last event."
        )
    },
}


@post("/api/protocols/{key:str}/{version:int}/lab", **LAB)
async def try_version(
    key: str, version: int, staff: Staff, db: Database, data: LabBody | None = None
) -> ServerSentEvent:
    """What this version would make of answers that are there: events `progress` `{done, of}`, at the end `report`. A
    stream that ends without a report was cut off. 404 when the clinic has no such version."""
    async with db.begin(staff.actor) as tx:
        tried, in_use = await versions_to_try(tx, key, version)
    return _try(db, staff, tried, in_use, data or LabBody())


@post("/api/protocols/drafts/{draft_id:uuid}/lab", **LAB)
async def try_draft(draft_id: UUID, staff: Staff, db: Database, data: LabBody | None = None) -> ServerSentEvent:
    """The same for a draft as it stands; beside it the version in use. 422 with every fault while it has any."""
    async with db.begin(staff.actor) as tx:
        tried, in_use = await draft_to_try(tx, draft_id, staff.language)
    return _try(db, staff, tried, in_use, data or LabBody())


def _try(db: Database, staff: Staff, tried: ProtocolVersion, in_use: ProtocolVersion, body: LabBody) -> ServerSentEvent:
    staff = msgspec.structs.replace(staff, language=body.language or staff.language)
    if body.over == "stored":
        return ServerSentEvent(_events(tried_on_stored(db, staff, tried, in_use, body.days)))
    require_treated(tried)
    steps = tried_on_made_up(db, staff, tried, in_use, count=body.patients, days=body.days, seed=body.seed)
    return ServerSentEvent(_events(steps))


async def _events(steps: AsyncIterator[Progress | Report]) -> AsyncIterator[ServerSentEventMessage]:
    async for step in steps:
        yield ServerSentEventMessage(data=msgspec.json.encode(step).decode(), event=NAMES[type(step)])


HANDLERS: list[BaseRouteHandler] = [try_version, try_draft]
