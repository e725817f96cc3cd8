"""Raise, climb, acknowledge, follow up, pass on, close. Every function runs under the patient's lock."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog

from server.access import queries as access
from server.access.model import CARE, Staff, StaffContact
from server.alerts import queries
from server.alerts.calendar import Calendar
from server.alerts.model import Append, Later, Open, Page, Reopen, Restart, Standing, Worsen
from server.alerts.rules import (
    REVIEW_DEFAULT,
    may_close,
    next_step,
    on_flags,
    own_copy,
    pass_on,
    place_on_list,
    reached_due,
    recipients,
    reference,
)
from server.kit import audit, errors
from server.kit.actor import Actor
from server.kit.db import AWAY, Database, Tx
from server.notifications import queries as outbox
from server.notifications.rules import channel_order
from server.protocols.model import Escalation, Tier, Worsening
from server.responses.model import FlagHit

log = structlog.get_logger()

PRIORITY: dict[str, int] = {"emergency": 0, "urgent": 1, "same_day": 2}
NOBODY_PAUSE = timedelta(minutes=1)
PAGE_TEMPLATES = {"first": "page", "again": "page_again", "everybody": "page_everybody", "handed_back": "handed_back"}


async def raise_from_flags(
    tx: Tx,
    hits: Sequence[FlagHit],
    flag_ids: Sequence[UUID],
    *,
    patient_id: UUID,
    session_id: UUID | None,
    response_id: UUID | None,
    escalation: Escalation,
    worsens: Sequence[Worsening] = (),
) -> UUID | None:
    """Open, extend or restart the episode's alert and put its first pages in the outbox. None: nothing to alert.

    The lock (`lock_patient`) is the caller's.
    """
    standing = await queries.find_standing(tx, patient_id, session_id)
    decision = on_flags(standing, [hit.tier for hit in hits], response_id)
    if decision is None:
        return None
    escalation = own_copy(standing.escalation if standing else None, escalation, hits, worsens)
    topics = sorted({hit.topic for hit in hits if hit.tier != "routine"} | set(standing.topics if standing else ()))
    match decision:
        case Open(tier):
            alert_id = await _open(tx, patient_id, session_id, tier, escalation, topics)
        case Restart(tier):
            assert standing is not None
            alert_id = standing.id
            await outbox.cancel_for_alert(tx, alert_id)
            await queries.restart(tx, alert_id, tier, escalation, topics)
            await queries.insert_event(tx, alert_id, "restarted", detail={"tier": tier})
        case Append():
            assert standing is not None
            alert_id = standing.id
            await queries.append(tx, alert_id, topics, escalation)
            await queries.insert_event(tx, alert_id, "flag_added")
    await queries.attach_flags(tx, list(flag_ids), alert_id)
    if not isinstance(decision, Append):
        await climb(tx, alert_id)
    await audit.record(tx, f"alert.{type(decision).__name__.lower()}", "alert", alert_id, patient_id=patient_id)
    return alert_id


async def _open(
    tx: Tx, patient_id: UUID, session_id: UUID | None, tier: Tier, escalation: Escalation, topics: list[str]
) -> UUID:
    while True:
        code = reference(os.urandom(5))
        alert_id = await queries.insert_alert(tx, code, patient_id, session_id, tier, escalation, topics)
        if alert_id is not None:
            await queries.insert_event(tx, alert_id, "raised", detail={"tier": tier})
            return alert_id


async def climb(tx: Tx, alert_id: UUID, manner: str | None = None) -> None:
    """Do what the alert needs now; a repeat finds nothing due. Ends with `next_action_at` in the future.

    `manner`: how the page is worded, instead of by its step.
    """
    calendar = await calendar_of(tx)
    for _ in range(4):
        found = await queries.get_standing(tx, alert_id)
        if found is None:
            return
        standing, _, _ = found
        decision = next_step(standing, calendar, tx.now)
        match decision:
            case Page():
                await _page(tx, standing, decision, manner)
                return
            case Later(next_at):
                await queries.set_step(tx, alert_id, standing.step, next_at, exhausted=False)
                return
            case Reopen(reason):
                await _start_over(tx, standing, standing.tier, reason)
            case Worsen(to):
                await _start_over(tx, standing, to, "waited_too_long")


async def _start_over(tx: Tx, standing: Standing, tier: Tier, reason: str) -> None:
    await outbox.cancel_for_alert(tx, standing.id)
    await queries.restart(tx, standing.id, tier, standing.escalation, list(standing.topics))
    await queries.insert_event(tx, standing.id, "reopened", detail={"reason": reason, "tier": tier})
    await audit.record(tx, "alert.reopened", "alert", standing.id, detail={"reason": reason})


async def _page(
    tx: Tx, standing: Standing, page: Page, manner: str | None = None, apart_from: UUID | None = None
) -> None:
    """Resolve the people now, put one page each in the outbox, move on. Nobody: an incident, and again in a minute."""
    contacts = {c.id: c for c in await access.list_reachable(tx) if c.role in CARE}
    called = [c.id for c in sorted(contacts.values(), key=lambda c: c.position or 0) if c.position is not None]
    leads = [c.id for c in contacts.values() if c.role == "admin"]
    everybody = called + [c for c in contacts if c not in called]
    place = place_on_list(standing.plan, page.step - 1)
    people = recipients(page.who, place, called, leads, everybody, apart_from)
    paged = [person for person in people if await _page_one(tx, standing, page, contacts[person], manner)]
    next_at = page.next_at
    if not paged:
        next_at = min(page.next_at, tx.now + NOBODY_PAUSE)
        log.error("nobody_reachable", clinic=str(tx.clinic_id), alert=str(standing.id))
    await queries.set_step(tx, standing.id, page.step, next_at, page.exhausted)
    kind = "paged" if paged else "nobody_reachable"
    await queries.insert_event(tx, standing.id, kind, detail={"staff": [str(p) for p in paged], "who": list(page.who)})


async def _page_one(tx: Tx, standing: Standing, page: Page, contact: StaffContact, manner: str | None) -> bool:
    reach = {"sms": contact.phone, "email": contact.email}
    channels = channel_order([c for c in ("sms", "email") if reach[c]])
    if not channels:
        return False
    if page.digest:
        template, key = "digest", f"digest:{contact.id}:{tx.now:%Y-%m-%d}"
    else:
        by_step = "everybody" if page.exhausted else "first" if page.step <= 1 else "again"
        template = PAGE_TEMPLATES[manner or by_step]
        key = f"page:{standing.id}:{tx.now.isoformat()}:{contact.id}"
    await outbox.enqueue(
        tx, kind="page", template=template, priority=PRIORITY[standing.tier], channels=channels, dedupe_key=key,
        expires_at=max(page.next_at, tx.now + timedelta(minutes=5)), staff_id=contact.id,
        alert_id=None if page.digest else standing.id,
    )  # fmt: skip
    return True


async def alerts_due(db: Database) -> int:
    """Every alert with a deadline behind it takes its next step; one that fails harms no other."""
    async with db.begin(Actor("engine", None)) as tx:
        due = await queries.list_due(tx, tx.now)
    for clinic_id, alert_id, patient_id in due:
        try:
            async with db.begin(Actor("engine", clinic_id)) as tx:
                await queries.lock_patient(tx, patient_id)
                await climb(tx, alert_id)
        except AWAY:
            raise
        except Exception as error:
            log.error("climb_failed", alert=str(alert_id), error=type(error).__name__)
    return len(due)


async def calendar_of(tx: Tx) -> Calendar:
    """The clinic's working hours."""
    clinic = await access.get_clinic(tx)
    return Calendar(clinic.time_zone, clinic.hours)


async def alert_acknowledged(tx: Tx, staff: Staff, alert_id: UUID, version: int) -> None:
    """One winner: the others get 409 with the alert as it is now. Unsent pages are cancelled."""
    standing, patient_id = await _held_now(tx, alert_id, version, ("open",))
    due = reached_due(standing.plan, tx.now, await calendar_of(tx))
    await queries.acknowledge(tx, alert_id, staff.id, due)
    await outbox.cancel_for_alert(tx, alert_id)
    await queries.insert_event(tx, alert_id, "acknowledged", staff_id=staff.id)
    await audit.record(tx, "alert.acknowledged", "alert", alert_id, patient_id=patient_id)


async def alert_followed_up(
    tx: Tx, staff: Staff, alert_id: UUID, version: int, note: str | None, reached: bool, review_at: datetime | None
) -> None:
    """Reached or noted: review by `review_at` (default 24 h), then it opens again."""
    review_at = review_at or tx.now + REVIEW_DEFAULT
    if not tx.now < review_at <= tx.now + timedelta(days=14):
        raise errors.invalid(("review_at", "Must be within the next 14 days."))
    _, patient_id = await _held_now(tx, alert_id, version, ("open", "acknowledged", "in_follow_up"))
    await queries.follow_up(tx, alert_id, staff.id, tx.now if reached else None, review_at)
    await outbox.cancel_for_alert(tx, alert_id)
    kind = "reached" if reached else "noted"
    await queries.insert_event(tx, alert_id, kind, staff_id=staff.id, note=note)
    await audit.record(tx, f"alert.{kind}", "alert", alert_id, patient_id=patient_id)


async def alert_passed_on(tx: Tx, staff: Staff, alert_id: UUID, version: int) -> None:
    """The next step of the plan fires now. Passing on what one holds opens the alert again."""
    standing, patient_id = await _held_now(tx, alert_id, version, ("open", "acknowledged", "in_follow_up"))
    step = standing.step
    if standing.state != "open":
        await queries.restart(tx, alert_id, standing.tier, standing.escalation, list(standing.topics))
        step = 1
    await outbox.cancel_for_alert(tx, alert_id)
    await queries.insert_event(tx, alert_id, "passed_on", staff_id=staff.id)
    standing = msgspec.structs.replace(standing, step=step)
    await _page(tx, standing, pass_on(standing, await calendar_of(tx), tx.now), apart_from=staff.id)
    await audit.record(tx, "alert.passed_on", "alert", alert_id, patient_id=patient_id)


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
    standing, patient_id = await _held_now(tx, alert_id, version, ("open", "acknowledged", "in_follow_up"))
    if reason := may_close(standing.tier, standing.reached_at is not None, outcome):
        raise errors.invalid(("outcome", reason))
    await _close(tx, alert_id, staff.id, outcome, harm, useful)
    await queries.insert_event(tx, alert_id, "closed", staff_id=staff.id, note=note, detail={"outcome": outcome})
    await audit.record(tx, "alert.closed", "alert", alert_id, patient_id=patient_id, detail={"outcome": outcome})


async def close_answered_late(tx: Tx, patient_id: UUID, session_id: UUID | None) -> UUID | None:
    """ "A clear answer from a bound patient or companion before acknowledgement closes a *missed* alert as
    `answered_late_clear`" (safety, decision 23)."""
    standing = await queries.find_standing(tx, patient_id, session_id)
    if standing is None or standing.state != "open" or not standing.missed_only:
        return None
    await _close(tx, standing.id, None, "answered_late_clear", None, None)
    await queries.insert_event(tx, standing.id, "closed", detail={"outcome": "answered_late_clear"})
    await audit.record(tx, "alert.closed", "alert", standing.id, patient_id=patient_id)
    return standing.id


async def _close(
    tx: Tx, alert_id: UUID, staff_id: UUID | None, outcome: str, harm: str | None, useful: str | None
) -> None:
    await queries.close(tx, alert_id, staff_id, outcome, harm, useful)
    await outbox.cancel_for_alert(tx, alert_id)


async def staff_left(tx: Tx, staff_id: UUID) -> None:
    """A disabled colleague's alerts are handed back: open again from step 0."""
    for alert_id, patient_id in await queries.list_held(tx, staff_id):
        await queries.lock_patient(tx, patient_id)
        found = await queries.get_standing(tx, alert_id)
        if found is not None:
            await _start_over(tx, found[0], found[0].tier, "handed_back")
            await climb(tx, alert_id, "handed_back")


async def lock_alert(tx: Tx, alert_id: UUID | None) -> None:
    """The lock of the alert's patient. Taken before any row of its pages, or two transactions could wait for each
    other: who acts on an alert holds it while they cancel its pages."""
    patient_id = None if alert_id is None else await queries.find_patient(tx, alert_id)
    if patient_id is not None:
        await queries.lock_patient(tx, patient_id)


async def hurry(tx: Tx, alert_id: UUID) -> None:
    """A page could not be sent: the alert moves on at once, unless everybody has been called already. The caller
    holds the lock."""
    found = await queries.get_standing(tx, alert_id)
    if found is not None and found[0].state == "open" and not found[0].exhausted:
        await queries.set_step(tx, alert_id, found[0].step, tx.now, exhausted=False)
        await queries.insert_event(tx, alert_id, "page_failed")


async def _held_now(tx: Tx, alert_id: UUID, version: int, states: Sequence[str]) -> tuple[Standing, UUID]:
    """The alert under its lock, if it is as the caller saw it; 404 or Stale otherwise."""
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
