"""What a colleague does with an alert: acknowledge, follow up, pass on, close. One winner each time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from server.access import queries as access
from server.access.model import Staff
from server.alerts import queries
from server.alerts.model import Standing
from server.alerts.rules import (
    NO_ANSWER,
    REVIEW_DEFAULT,
    before_rising,
    may_close,
    pass_on,
    reach_by,
    remind_at,
)
from server.flow.alerts import close_for
from server.flow.paging import calendar_of, page_people
from server.kit import audit, errors
from server.kit.db import Tx
from server.notifications import queries as outbox


async def alert_acknowledged(tx: Tx, staff_id: UUID, alert_id: UUID, version: int, via: str | None = None) -> None:
    """One winner: the others get 409 with the alert as it is now. Unsent pages are cancelled. `via`: by the page's link
    or a text, instead of on the screen."""
    standing, patient_id = await held_now(tx, staff_id, alert_id, version, ("open",))
    due = reach_by(standing.plan, standing.triggered_at, tx.now, await calendar_of(tx))
    await queries.acknowledge(tx, alert_id, staff_id, remind_at(standing.plan, tx.now, due))
    await outbox.cancel_for_alert(tx, alert_id)
    await queries.insert_event(tx, alert_id, "acknowledged", staff_id=staff_id, detail=_how(via))
    await audit.record(tx, "alert.acknowledged", "alert", alert_id, patient_id=patient_id, detail=_how(via))


async def alert_followed_up(
    tx: Tx, staff: Staff, alert_id: UUID, version: int, note: str | None, reached: bool, review_at: datetime | None
) -> None:
    """Reached or noted: review by `review_at` (default 24 h), then it opens again. With neither, nobody answered:
    "No answer (starts a 15 min clock)" (safety, section 3)."""
    review_at = review_at or tx.now + REVIEW_DEFAULT
    if not tx.now < review_at <= tx.now + timedelta(days=14):
        raise errors.invalid(("review_at", "Must be within the next 14 days."))
    if not reached and not (note and note.strip()):
        review_at = min(review_at, tx.now + NO_ANSWER)
    standing, patient_id = await held_now(tx, staff.id, alert_id, version, ("open", "acknowledged", "in_follow_up"))
    look_at = review_at if reached else before_rising(standing, "in_follow_up", review_at, tx.now)
    await queries.follow_up(tx, alert_id, staff.id, tx.now if reached else None, review_at, look_at)
    await outbox.cancel_for_alert(tx, alert_id)
    kind = "reached" if reached else "noted"
    await queries.insert_event(tx, alert_id, kind, staff_id=staff.id, note=note)
    await audit.record(tx, f"alert.{kind}", "alert", alert_id, patient_id=patient_id)


async def alert_passed_on(
    tx: Tx, staff_id: UUID, alert_id: UUID, version: int, step: int, via: str | None = None
) -> None:
    """The next step of the plan fires now, once for all who saw the alert as it was: Stale when people have been called
    since. Whoever takes it at the same moment is not too late for it. Passing on what one holds opens the alert
    again."""
    standing, patient_id = await held_now(tx, staff_id, alert_id, version, ("open", "acknowledged", "in_follow_up"))
    if standing.step != step:
        raise Stale(alert_id)
    triggered_at = standing.triggered_at
    if standing.state != "open":
        await queries.restart(tx, alert_id, standing.tier, standing.escalation, list(standing.topics))
        step, triggered_at = 1, tx.now
    await outbox.cancel_for_alert(tx, alert_id)
    await queries.insert_event(tx, alert_id, "passed_on", staff_id=staff_id, detail=_how(via))
    standing = msgspec.structs.replace(standing, step=step, state="open", triggered_at=triggered_at)
    await page_people(tx, standing, pass_on(standing, await calendar_of(tx), tx.now), apart_from=staff_id)
    await audit.record(tx, "alert.passed_on", "alert", alert_id, patient_id=patient_id, detail=_how(via))


async def alert_closed(
    tx: Tx,
    staff: Staff,
    alert_id: UUID,
    version: int,
    *,
    outcome: str,
    harm: str | None,
    useful: str | None,
    note: str | None,
) -> None:
    """Closed with what came of it."""
    standing, patient_id = await held_now(tx, staff.id, alert_id, version, ("open", "acknowledged", "in_follow_up"))
    if reason := may_close(standing.tier, outcome):
        raise errors.invalid(("outcome", reason))
    await close_for(tx, alert_id, staff.id, outcome, harm, useful)
    await queries.insert_event(tx, alert_id, "closed", staff_id=staff.id, note=note, detail={"outcome": outcome})
    await audit.record(tx, "alert.closed", "alert", alert_id, patient_id=patient_id, detail={"outcome": outcome})


def _how(via: str | None) -> dict[str, str]:
    return {} if via is None else {"via": via}


async def held_now(
    tx: Tx, staff_id: UUID, alert_id: UUID, version: int, states: Sequence[str]
) -> tuple[Standing, UUID]:
    """The alert under its lock, if it is as the caller saw it; 404 or Stale otherwise. A colleague who is being
    disabled at this moment takes nothing any more: their own row is locked before the patient's."""
    if not await access.hold_enabled(tx, staff_id):
        raise errors.signed_out()
    patient_id = await queries.find_patient(tx, alert_id)
    if patient_id is None:
        raise errors.not_found()
    await queries.lock_patient(tx, patient_id)
    found = await queries.get_standing(tx, alert_id)
    if found is None or found[0].version != version or found[0].state not in states:
        raise Stale(alert_id)
    return found[0], patient_id


class Stale(Exception):
    """The alert has moved on since the caller saw it."""

    def __init__(self, alert_id: UUID) -> None:
        super().__init__("stale")
        self.alert_id = alert_id
