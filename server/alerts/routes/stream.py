"""The live queue: current alerts on connect, then each change, a beat in between; over with the sign-in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
from litestar.response import ServerSentEventMessage

from server.access.guards import still_signed_in
from server.access.model import Staff
from server.alerts.feed import AlertFeed, Subscription
from server.kit import audit
from server.kit.db import AWAY, Database
from server.timeline import alerts as timeline

LOOK_S = 0.8
LOOKS_PER_BEAT = 6
NOTHING = object()


async def events(staff: Staff, db: Database, feed: AlertFeed) -> AsyncIterator[ServerSentEventMessage]:
    """Whether the sign-in still holds is asked at each turn: "disabling ends their sign-ins within a second". Without a
    database the stream ends, and the screen connects again."""
    with feed.subscribe(staff.clinic_id) as screen, suppress(*AWAY):
        async for message in _all_current(staff, db):
            yield message
        looks = 0
        while not screen.ended:
            change = await _next(screen)
            if screen.ended or not await still_signed_in(db, staff):
                return
            looks += 1
            if isinstance(change, UUID):
                yield await _one(staff, db, change)
            elif change is None:
                # Changes may have been missed, closings among them: the screen keeps only what comes now.
                yield _event("reload", {})
                async for message in _all_current(staff, db):
                    yield message
            elif looks >= LOOKS_PER_BEAT:
                looks = 0
                yield await _beat(staff, db)


async def _next(screen: Subscription) -> object:
    try:
        return await asyncio.wait_for(screen.changes.get(), LOOK_S)
    except TimeoutError:
        return NOTHING


async def _all_current(staff: Staff, db: Database) -> AsyncIterator[ServerSentEventMessage]:
    async with db.begin(staff.actor) as tx:
        items, _ = await timeline.list_alerts(tx, None, staff.language)
        await audit.record(tx, "alerts.streamed", "clinic", staff.clinic_id, detail={"count": len(items)})
    for alert in items:
        yield _event("alert", alert)
    yield _event("ready", {})


async def _one(staff: Staff, db: Database, alert_id: UUID) -> ServerSentEventMessage:
    async with db.begin(staff.actor) as tx:
        alert = await timeline.get_alert(tx, alert_id, staff.language)
        await audit.record(tx, "alert.streamed", "alert", alert_id, patient_id=alert.patient_id)
    return _event("alert", alert)


async def _beat(staff: Staff, db: Database) -> ServerSentEventMessage:
    async with db.begin(staff.actor) as tx:
        return _event("beat", {"now": tx.now})


def _event(name: str, data: Any) -> ServerSentEventMessage:
    return ServerSentEventMessage(data=msgspec.json.encode(data).decode(), event=name)
