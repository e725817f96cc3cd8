"""The queue, live; acknowledge, reach, pass on, close."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.handlers.base import BaseRouteHandler
from litestar.params import QueryParameter
from litestar.response import ServerSentEvent, ServerSentEventMessage
from msgspec import Meta

from server.access.guards import staff_only, still_signed_in
from server.access.model import CARE, EVERYBODY, Staff
from server.alerts.feed import AlertFeed, Subscription
from server.alerts.model import Harm, Outcome, State, Useful
from server.flow import alerts as flow
from server.kit import audit, errors
from server.kit.db import Database, Tx
from server.timeline import alerts as timeline
from server.timeline.alerts import AlertShown

BEAT_S = 15
Note = Annotated[str, Meta(max_length=4000)]
Version = Annotated[int, Meta(ge=1)]


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The alert's version as the caller sees it; a stale one gets 409 with the alert as it is."""

    version: Version


class FollowUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The patient was reached, or there is something to note; looked at again by `review_at`."""

    version: Version
    note: Note | None = None
    reached: bool = False
    review_at: Annotated[datetime, Meta(tz=True)] | None = None


class Closing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came of it; `useful` feeds the review of the rules."""

    version: Version
    outcome: Outcome
    harm: Harm | None = None
    useful: Useful | None = None
    note: Note | None = None


class AlertList(msgspec.Struct, frozen=True):
    items: list[AlertShown]


class Choices(msgspec.Struct, frozen=True):
    """What a closing may say."""

    outcomes: tuple[str, ...]
    harms: tuple[str, ...]
    useful: tuple[str, ...]


@get("/api/alerts", guards=[staff_only(*EVERYBODY)])
async def list_alerts(
    staff: Staff, db: Database, wanted: Annotated[State | None, QueryParameter(name="state")] = None
) -> AlertList:
    """`state=open` is exactly open; without it, all that are not closed. Most severe first."""
    async with db.begin(staff.actor) as tx:
        items = await timeline.list_alerts(tx, wanted)
        await audit.record(tx, "alerts.read", "clinic", staff.clinic_id, detail={"count": len(items)})
    return AlertList(items)


@get("/api/alerts/outcomes", guards=[staff_only(*EVERYBODY)], sync_to_thread=False)
def list_outcomes() -> Choices:
    return Choices(Outcome.__args__, Harm.__args__, Useful.__args__)  # type: ignore[attr-defined]


@get("/api/alerts/{alert_id:uuid}", guards=[staff_only(*EVERYBODY)])
async def get_alert(alert_id: UUID, staff: Staff, db: Database) -> AlertShown:
    async with db.begin(staff.actor) as tx:
        alert = await timeline.get_alert(tx, alert_id)
        await audit.record(tx, "alert.read", "alert", alert_id, patient_id=alert.patient_id)
    return alert


async def change(
    db: Database, staff: Staff, alert_id: UUID, act: Callable[[Tx], Coroutine[Any, Any, None]]
) -> AlertShown:
    """Do it and show the alert as it then is; 409 with the current alert when somebody was first."""
    try:
        async with db.begin(staff.actor) as tx:
            await act(tx)
            return await timeline.get_alert(tx, alert_id)
    except flow.Stale:
        async with db.begin(staff.actor) as tx:
            current = await timeline.get_alert(tx, alert_id)
            await audit.record(tx, "alert.read", "alert", alert_id, patient_id=current.patient_id)
        raise errors.conflict(
            "Somebody has changed this alert. Look at it again.", current=msgspec.to_builtins(current)
        ) from None


@post("/api/alerts/{alert_id:uuid}/acknowledge", guards=[staff_only(*CARE)], status_code=200)
async def acknowledge(alert_id: UUID, data: Seen, staff: Staff, db: Database) -> AlertShown:
    return await change(db, staff, alert_id, lambda tx: flow.alert_acknowledged(tx, staff, alert_id, data.version))


@post("/api/alerts/{alert_id:uuid}/escalate", guards=[staff_only(*CARE)], status_code=200)
async def escalate(alert_id: UUID, data: Seen, staff: Staff, db: Database) -> AlertShown:
    """Pass it on: the next step of the plan fires now."""
    return await change(db, staff, alert_id, lambda tx: flow.alert_passed_on(tx, staff, alert_id, data.version))


@post("/api/alerts/{alert_id:uuid}/follow-up", guards=[staff_only(*CARE)], status_code=200)
async def follow_up(alert_id: UUID, data: FollowUp, staff: Staff, db: Database) -> AlertShown:
    return await change(
        db,
        staff,
        alert_id,
        lambda tx: flow.alert_followed_up(tx, staff, alert_id, data.version, data.note, data.reached, data.review_at),
    )


@post("/api/alerts/{alert_id:uuid}/close", guards=[staff_only(*CARE)], status_code=200)
async def close(alert_id: UUID, data: Closing, staff: Staff, db: Database) -> AlertShown:
    return await change(
        db,
        staff,
        alert_id,
        lambda tx: flow.alert_closed(
            tx, staff, alert_id, data.version, outcome=data.outcome, harm=data.harm, useful=data.useful, note=data.note
        ),
    )


@get("/api/alerts/stream", guards=[staff_only(*EVERYBODY)])
async def stream(staff: Staff, db: Database, feed: AlertFeed) -> ServerSentEvent:
    """Current alerts on connect, then each change. Ends when the sign-in does."""
    return ServerSentEvent(_events(staff, db, feed), retry_duration=2000)


async def _events(staff: Staff, db: Database, feed: AlertFeed) -> AsyncIterator[ServerSentEventMessage]:
    with feed.subscribe(staff.clinic_id) as screen:
        async for message in _all_current(staff, db):
            yield message
        yield _event("ready", {})
        while not screen.ended:
            change_ = await _next(screen)
            if screen.ended or not await still_signed_in(db, staff):
                return
            if change_ is _NOTHING:
                yield _event("beat", {"now": await _now(staff, db)})
            elif change_ is None:
                # Changes may have been missed, closings among them: the screen keeps only what comes now.
                yield _event("reload", {})
                async for message in _all_current(staff, db):
                    yield message
                yield _event("ready", {})
            else:
                assert isinstance(change_, UUID)
                yield await _one(staff, db, change_)


_NOTHING = object()


async def _next(screen: Subscription) -> object:
    try:
        return await asyncio.wait_for(screen.changes.get(), BEAT_S)
    except TimeoutError:
        return _NOTHING


async def _all_current(staff: Staff, db: Database) -> AsyncIterator[ServerSentEventMessage]:
    async with db.begin(staff.actor) as tx:
        items = await timeline.list_alerts(tx, None)
        await audit.record(tx, "alerts.streamed", "clinic", staff.clinic_id, detail={"count": len(items)})
    for alert in items:
        yield _event("alert", alert)


async def _one(staff: Staff, db: Database, alert_id: UUID) -> ServerSentEventMessage:
    async with db.begin(staff.actor) as tx:
        alert = await timeline.get_alert(tx, alert_id)
        await audit.record(tx, "alert.streamed", "alert", alert_id, patient_id=alert.patient_id)
    return _event("alert", alert)


async def _now(staff: Staff, db: Database) -> datetime:
    async with db.begin(staff.actor) as tx:
        return tx.now


def _event(name: str, data: Any) -> ServerSentEventMessage:
    return ServerSentEventMessage(data=msgspec.json.encode(data).decode(), event=name)


HANDLERS: list[BaseRouteHandler] = [
    list_alerts, list_outcomes, get_alert, acknowledge, escalate, follow_up, close, stream,
]  # fmt: skip
