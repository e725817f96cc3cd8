"""An alert is raised, climbs, is handed back. Every function runs under the patient's lock."""

import os
from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from server.alerts import queries
from server.alerts.model import Append, FlagSource, Later, Open, Page, Remind, Reopen, Restart, Standing, Worsen
from server.alerts.rules import (
    UNREACHED,
    hastened,
    next_step,
    on_flags,
    own_copy,
    reference,
    since_the_answer,
    without_worsening,
    worsening_at,
)
from server.flow.paging import calendar_of, page_people, remind_holder
from server.flow.ticking import each_due
from server.kit import audit
from server.kit.actor import Actor
from server.kit.db import Database, Tx
from server.notifications import queries as outbox
from server.protocols.model import Escalation, Tier, Worsening
from server.responses.model import FlagHit


async def raise_from_flags(
    tx: Tx, hits: Sequence[FlagHit], source: FlagSource, escalation: Escalation, worsens: Sequence[Worsening]
) -> UUID | None:
    """Store the flags; open, extend or restart the episode's alert and put its first pages in the outbox. None:
    nothing to alert.

    The lock (`lock_patient`) is the caller's.
    """
    if not hits:
        return None
    patient_id, session_id, response_id = source.patient_id, source.session_id, source.response_id
    standing = await queries.find_standing(tx, patient_id, session_id)
    decision = on_flags(standing, [hit.tier for hit in hits], response_id)
    if decision is None:
        await queries.insert_flags(tx, hits, source, None)
        return None
    if standing is not None and isinstance(decision, Append):
        worsens = since_the_answer(standing, worsens, tx.now)
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
            await _hasten(tx, alert_id, hits)
    await queries.insert_flags(tx, hits, source, alert_id)
    if not isinstance(decision, Append):
        await climb(tx, alert_id)
    await audit.record(tx, f"alert.{type(decision).__name__.lower()}", "alert", alert_id, patient_id=patient_id)
    return alert_id


async def _hasten(tx: Tx, alert_id: UUID, hits: Sequence[FlagHit]) -> None:
    """An added flag may leave less time than the climb has planned."""
    found = await queries.get_standing(tx, alert_id)
    assert found is not None
    at = hastened(found[0], hits, await calendar_of(tx), tx.now)
    if at is not None:
        await queries.set_step(tx, alert_id, found[0].step, at, found[0].exhausted)
        await climb(tx, alert_id)


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
                await page_people(tx, standing, decision, manner)
                return
            case Later(next_at):
                if next_at != standing.next_action_at:
                    await queries.set_step(tx, alert_id, standing.step, next_at, standing.exhausted)
                return
            case Remind(next_at):
                await remind_holder(tx, standing, next_at)
                return
            case Reopen(reason):
                await _start_over(tx, standing, standing.tier, reason)
            case Worsen(to, escalation, unreached):
                risen = msgspec.structs.replace(standing, escalation=escalation)
                await _start_over(tx, risen, to, UNREACHED if unreached else "waited_too_long")


async def _start_over(tx: Tx, standing: Standing, tier: Tier, reason: str) -> None:
    await outbox.cancel_for_alert(tx, standing.id)
    topics = sorted({*standing.topics, *((UNREACHED,) if reason == UNREACHED else ())})
    await queries.restart(tx, standing.id, tier, standing.escalation, topics)
    await queries.insert_event(tx, standing.id, "reopened", detail={"reason": reason, "tier": tier})
    patient_id = await queries.find_patient(tx, standing.id)
    await audit.record(tx, "alert.reopened", "alert", standing.id, patient_id=patient_id, detail={"reason": reason})


async def alerts_due(db: Database) -> int:
    """Every alert with a deadline behind it takes its next step; one that fails harms no other."""
    async with db.begin(Actor("engine", None)) as tx:
        due = await queries.list_due(tx, tx.now)

    async def work(tx: Tx, alert_id: UUID, patient_id: UUID) -> None:
        await queries.lock_patient(tx, patient_id)
        await climb(tx, alert_id)

    async def put_off(tx: Tx, alert_id: UUID, _: UUID) -> None:
        await queries.put_off(tx, alert_id)

    return await each_due(db, "climb", due, work, put_off)


async def answered_late(tx: Tx, patient_id: UUID, session_id: UUID | None, *, may_close: bool) -> UUID | None:
    """ "A clear answer from a bound patient or companion before acknowledgement closes a *missed* alert as
    `answered_late_clear` (never for a home dose before T0+4 h)" (safety, decision 23): once no check-in that it is
    about is silent any more. Where it may not close, or somebody holds it already, it stays with
    them and no longer rises by itself."""
    standing = await queries.find_standing(tx, patient_id, session_id)
    if standing is None or not standing.missed_only:
        return None
    if not await queries.all_answered(tx, standing.id):
        return None
    if standing.state != "open" and worsening_at(standing) is None:
        return None
    if standing.state != "open" or not may_close:
        await queries.append(tx, standing.id, list(standing.topics), without_worsening(standing.escalation))
        await queries.insert_event(tx, standing.id, "answered_late")
        await audit.record(tx, "alert.answered_late", "alert", standing.id, patient_id=patient_id)
        return None
    await close_for(tx, standing.id, None, "answered_late_clear", None, None)
    await queries.insert_event(tx, standing.id, "closed", detail={"outcome": "answered_late_clear"})
    await audit.record(tx, "alert.closed", "alert", standing.id, patient_id=patient_id)
    return standing.id


async def rise_settled(tx: Tx, patient_id: UUID, session_id: UUID | None, settled: Sequence[Worsening]) -> None:
    """A whole form has shown that the episode's alert need not rise by itself: a tap went ahead of it that could not
    say whether an adult is there."""
    standing = await queries.find_standing(tx, patient_id, session_id) if settled else None
    if standing is None:
        return
    escalation = without_worsening(standing.escalation, settled)
    if escalation != standing.escalation:
        await queries.append(tx, standing.id, list(standing.topics), escalation)
        await queries.insert_event(tx, standing.id, "adult_confirmed")
        await audit.record(tx, "alert.adult_confirmed", "alert", standing.id, patient_id=patient_id)


async def close_for(
    tx: Tx, alert_id: UUID, staff_id: UUID | None, outcome: str, harm: str | None, useful: str | None
) -> None:
    await queries.close(tx, alert_id, staff_id, outcome, harm, useful)
    await outbox.cancel_for_alert(tx, alert_id)


async def staff_left(tx: Tx, staff_id: UUID) -> None:
    """A disabled colleague's alerts are handed back: open again from step 0."""
    for alert_id, patient_id in await queries.list_held(tx, staff_id):
        await queries.lock_patient(tx, patient_id)
        found = await queries.get_standing(tx, alert_id)
        if found is not None and found[0].held_by == staff_id:
            await _start_over(tx, found[0], found[0].tier, "handed_back")
            await climb(tx, alert_id, "handed_back")


async def lock_alert(tx: Tx, alert_id: UUID | None) -> None:
    """The lock of the alert's patient. Taken before any row of its pages, or two transactions could wait for each
    other: who acts on an alert holds it while they cancel its pages."""
    patient_id = None if alert_id is None else await queries.find_patient(tx, alert_id)
    if patient_id is not None:
        await queries.lock_patient(tx, patient_id)


async def lock_alerts(tx: Tx, alert_ids: Collection[UUID]) -> None:
    """The same for several, in the one order of all who lock several."""
    found = [await queries.find_patient(tx, alert_id) for alert_id in alert_ids]
    for patient_id in sorted({patient_id for patient_id in found if patient_id is not None}):
        await queries.lock_patient(tx, patient_id)


async def hurry(tx: Tx, alert_id: UUID) -> None:
    """A page could not be sent: the alert moves on at once, unless everybody has been called already. The caller
    holds the lock."""
    found = await queries.get_standing(tx, alert_id)
    if found is not None and found[0].state == "open" and not found[0].exhausted:
        await queries.set_step(tx, alert_id, found[0].step, tx.now, exhausted=False)
        await queries.insert_event(tx, alert_id, "page_failed")
