"""The queue, live; acknowledge, reach, pass on, close."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.handlers.base import BaseRouteHandler
from litestar.params import QueryParameter
from litestar.response import ServerSentEvent
from msgspec import Meta

from server.access.guards import staff_only
from server.access.model import CARE, EVERYBODY, Staff
from server.alerts.feed import AlertFeed
from server.alerts.model import State
from server.alerts.outcomes import Harm, Outcome, Useful
from server.alerts.routes.stream import events
from server.flow import handling as flow
from server.kit import audit, errors
from server.kit.db import Database, Tx
from server.timeline import alerts as timeline
from server.timeline.alerts import AlertShown

Note = Annotated[str, Meta(max_length=4000)]
Version = Annotated[int, Meta(ge=1)]
Step = Annotated[int, Meta(ge=0)]


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The alert's version as the caller sees it; a stale one gets 409 with the alert as it is."""

    version: Version


class PassingOn(Seen, frozen=True, forbid_unknown_fields=True):
    """`step`: how often people had been called; 409 where they have been called since."""

    step: Step


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


class AlertList(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of the queue; `next` goes into `after`."""

    items: list[AlertShown]
    next: UUID | None = None


class Choices(msgspec.Struct, frozen=True):
    """What a closing may say."""

    outcomes: tuple[str, ...]
    harms: tuple[str, ...]
    useful: tuple[str, ...]


@get("/api/alerts", guards=[staff_only(*EVERYBODY)])
async def list_alerts(
    staff: Staff,
    db: Database,
    wanted: Annotated[State | None, QueryParameter(name="state")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
    after: UUID | None = None,
) -> AlertList:
    """`state=open` is exactly open; without it, all that are not closed. Most severe first."""
    async with db.begin(staff.actor) as tx:
        items, more = await timeline.list_alerts(tx, wanted, staff.language, limit, after)
        await audit.record(tx, "alerts.read", "clinic", staff.clinic_id, detail={"count": len(items)})
    return AlertList(items, more)


@get("/api/alerts/outcomes", guards=[staff_only(*EVERYBODY)], sync_to_thread=False)
def list_outcomes() -> Choices:
    return Choices(Outcome.__args__, Harm.__args__, Useful.__args__)  # type: ignore[attr-defined]


@get("/api/alerts/{alert_id:uuid}", guards=[staff_only(*EVERYBODY)])
async def get_alert(alert_id: UUID, staff: Staff, db: Database) -> AlertShown:
    async with db.begin(staff.actor) as tx:
        alert = await timeline.get_alert(tx, alert_id, staff.language, timeline.ALL_EVENTS)
        await audit.record(tx, "alert.read", "alert", alert_id, patient_id=alert.patient_id)
    return alert


async def change(
    db: Database, staff: Staff, alert_id: UUID, act: Callable[[Tx], Coroutine[Any, Any, None]]
) -> AlertShown:
    """Do it and show the alert as it then is; 409 with the current alert when somebody was first."""
    try:
        async with db.begin(staff.actor) as tx:
            await act(tx)
            return await timeline.get_alert(tx, alert_id, staff.language)
    except flow.Stale:
        async with db.begin(staff.actor) as tx:
            current = await timeline.get_alert(tx, alert_id, staff.language)
            await audit.record(tx, "alert.read", "alert", alert_id, patient_id=current.patient_id)
        raise errors.conflict(
            "Somebody has changed this alert. Look at it again.", current=msgspec.to_builtins(current)
        ) from None


@post("/api/alerts/{alert_id:uuid}/acknowledge", guards=[staff_only(*CARE)], status_code=200)
async def acknowledge(alert_id: UUID, data: Seen, staff: Staff, db: Database) -> AlertShown:
    return await change(db, staff, alert_id, lambda tx: flow.alert_acknowledged(tx, staff.id, alert_id, data.version))


@post("/api/alerts/{alert_id:uuid}/escalate", guards=[staff_only(*CARE)], status_code=200)
async def escalate(alert_id: UUID, data: PassingOn, staff: Staff, db: Database) -> AlertShown:
    """Pass it on: the next step of the plan fires now."""
    return await change(
        db, staff, alert_id, lambda tx: flow.alert_passed_on(tx, staff.id, alert_id, data.version, data.step)
    )


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
    return ServerSentEvent(events(staff, db, feed), retry_duration=2000)


HANDLERS: list[BaseRouteHandler] = [
    list_alerts, list_outcomes, get_alert, acknowledge, escalate, follow_up, close, stream,
]  # fmt: skip
