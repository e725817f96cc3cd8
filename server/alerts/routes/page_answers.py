"""What a page's own link may do, without signing in: see its alert, take it, pass it on. The token stands in the link's
fragment and comes in the body of a press; opening the link alone changes nothing."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.handlers.base import BaseRouteHandler
from msgspec import Meta

from server.access.attempts import begin_attempt
from server.access.guards import client_address, public
from server.alerts.model import State
from server.flow import page_answers as flow
from server.flow.page_answers import Holder, PageSeen, Press
from server.kit import errors
from server.kit.db import Database
from server.protocols.model import Tier

Token = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{24}$")]


class PageLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of the page's link."""

    token: Token


class PageAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same, and the alert's version as the caller sees it."""

    token: Token
    version: Annotated[int, Meta(ge=1)]


class PagePassingOn(PageAnswer, frozen=True, forbid_unknown_fields=True):
    """`step`: how often people had been called; 409 where they have been called since."""

    step: Annotated[int, Meta(ge=0)]


class PageShown(msgspec.Struct, frozen=True):
    """The alert without anything of its patient. `yours`: you hold it; `held_by`: who does. `language`: of
    whoever was paged."""

    reference: str
    tier: Tier
    state: State
    version: int
    step: int
    opened_at: datetime
    yours: bool
    held_by: str | None
    language: str


@post("/api/page", guards=[public], status_code=200)
async def see_page(data: PageLink, request: Request[Any, Any, Any], db: Database) -> PageShown:
    holder = await holder_of(db, data.token, request)
    async with db.begin(holder.actor) as tx:
        return shown(await flow.page_seen(tx, holder), holder)


@post("/api/page/acknowledge", guards=[public], status_code=200)
async def acknowledge_page(data: PageAnswer, request: Request[Any, Any, Any], db: Database) -> PageShown:
    return await answer(db, data.token, Press("acknowledge", data.version), request)


@post("/api/page/escalate", guards=[public], status_code=200)
async def escalate_page(data: PagePassingOn, request: Request[Any, Any, Any], db: Database) -> PageShown:
    """Pass it on: the next step of the plan fires now."""
    return await answer(db, data.token, Press("escalate", data.version, data.step), request)


async def holder_of(db: Database, token: str, request: Request[Any, Any, Any]) -> Holder:
    attempt = await begin_attempt(db, [("address", client_address(request))])
    holder = await flow.holder_of(db, token)
    await attempt.succeeded()
    return holder


async def answer(db: Database, token: str, press: Press, request: Request[Any, Any, Any]) -> PageShown:
    """The alert as it then is; 409 with the alert as it is when somebody was first."""
    holder = await holder_of(db, token, request)
    seen, done = await flow.page_answered(db, holder, press)
    if not done:
        raise errors.conflict(
            "Somebody has changed this alert. Look at it again.", current=msgspec.to_builtins(shown(seen, holder))
        )
    return shown(seen, holder)


def shown(seen: PageSeen, holder: Holder) -> PageShown:
    alert = seen.alert
    return PageShown(
        alert.reference, alert.tier, alert.state, alert.version, alert.step, alert.opened_at, seen.yours, seen.held_by,
        holder.language,
    )  # fmt: skip


HANDLERS: list[BaseRouteHandler] = [see_page, acknowledge_page, escalate_page]
