"""The demo's own addresses: what the simulated phones got, and the clock. Absent anywhere else."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

import httpx
import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.handlers.base import BaseRouteHandler
from litestar.params import Parameter

from server import pages
from server.access.guards import demo_only
from server.demo.clock import hands_on_clock
from server.demo.relay import fetch_messages
from server.flow.text_replies import text_received
from server.kit.actor import Actor
from server.kit.db import Database
from server.kit.errors import Problem
from server.settings import Settings

LONGEST_TURN_HOURS = 168


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far to turn the clock."""

    hours: Annotated[float, msgspec.Meta(gt=0, le=LONGEST_TURN_HOURS)]


class Clock(msgspec.Struct, frozen=True):
    """Care time."""

    now: datetime


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text that somebody of the demo sends to the clinic's number."""

    sender: Annotated[str, msgspec.Meta(pattern=r"^\+[0-9]{7,15}$")]
    body: Annotated[str, msgspec.Meta(min_length=1, max_length=160)]


class Answer(msgspec.Struct, frozen=True):
    """What the number says to it, None for nothing."""

    reply: str | None


@get("/demo", guards=[demo_only], include_in_schema=False, sync_to_thread=False)
def demo_page(request: Request[Any, Any, Any]) -> Response[Any]:
    """The phone's messages and the clock."""
    return pages.page("demo.html", request)


@get("/demo/messages", guards=[demo_only], include_in_schema=False)
async def list_messages(settings: Settings, limit: Annotated[int, Parameter(ge=1, le=5000)] = 100) -> Response[bytes]:
    """What arrived at every simulated phone and mailbox, newest first."""
    try:
        messages = await fetch_messages(settings, limit)
    except httpx.HTTPError as error:
        raise Problem(503, "The simulated phones are not answering. Try again in a moment.", retry_after=2) from error
    return Response(messages, media_type=MediaType.JSON)


@get("/demo/clock", guards=[demo_only], include_in_schema=False)
async def get_clock(db: Database) -> Clock:
    """Care time now."""
    async with db.begin(Actor("system", None)) as tx:
        return Clock(tx.now)


@post("/demo/clock", guards=[demo_only], include_in_schema=False, status_code=200)
async def turn_clock(data: Turn, settings: Settings) -> Clock:
    """Turn it forward; answers when everything on the way has happened."""
    async with hands_on_clock(settings) as hands:
        return Clock(await hands.turn(timedelta(hours=data.hours)))


@post("/demo/texts", guards=[demo_only], include_in_schema=False, status_code=200)
async def send_text(data: Text, db: Database) -> Answer:
    """Done as if the provider had handed it over."""
    return Answer(await text_received(db, data.sender, data.body, f"demo-{uuid4()}"))


HANDLERS: list[BaseRouteHandler] = [demo_page, list_messages, get_clock, turn_clock, send_text]
