"""Quality indicators for those who lead the clinic."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from litestar import get
from litestar.handlers.base import BaseRouteHandler
from litestar.params import Parameter

from server.access.guards import staff_only
from server.access.model import LEAD, Staff
from server.kit import audit
from server.kit.db import Database
from server.sessions.model import Route, Setting
from server.timeline.indicators.model import Chosen, Indicator
from server.timeline.indicators.queries import load_facts
from server.timeline.indicators.rules import WEEKS, indicators


class Indicators(msgspec.Struct, frozen=True):
    """The last 28 days until `now`, and eight weeks as a trend."""

    now: datetime
    items: list[Indicator]


@get("/api/indicators", guards=[staff_only(*LEAD)])
async def get_indicators(
    staff: Staff,
    db: Database,
    route: Route | None = None,
    setting: Setting | None = None,
    language: Annotated[Literal["en", "es"] | None, Parameter()] = None,
    older: bool | None = None,
    first_sessions: bool | None = None,
) -> Indicators:
    """Q1 to Q14, for everybody or for one group. `older`: 65 or more; `first_sessions`: the first two of a patient."""
    chosen = Chosen(route=route, setting=setting, language=language, older=older, first_sessions=first_sessions)
    async with db.begin(staff.actor) as tx:
        facts = await load_facts(tx, tx.now - timedelta(weeks=WEEKS))
        await audit.record(tx, "indicators.read", "clinic", tx.clinic_id)
        now = tx.now
    return Indicators(now, list(await asyncio.to_thread(indicators, facts, chosen, now)))


HANDLERS: list[BaseRouteHandler] = [get_indicators]
