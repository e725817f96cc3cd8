"""A text sent back: a colleague takes an alert or passes it on; anybody ends texts to their number."""

from uuid import UUID

import structlog

from server.access import queries as access
from server.access.model import CARE, StaffContact
from server.alerts import answer_queries
from server.alerts import queries as alerts
from server.alerts.answer_queries import Paged
from server.flow.alerts import hurry, lock_alerts
from server.flow.handling import Stale
from server.flow.incidents import incidents_over, tell_incident
from server.flow.page_answers import Act, Press, act_on
from server.kit import audit, errors
from server.kit.actor import Actor
from server.kit.db import Database, Tx
from server.notifications import reply_queries as queries
from server.notifications.messages import TIERS
from server.notifications.model import Language
from server.notifications.replies import TO_ANYBODY, Reply, read_reply, say
from server.patients import queries as patients

log = structlog.get_logger()

ANYBODY = Actor("system", None)


async def text_received(db: Database, sender: str, body: str, provider_ref: str) -> str | None:
    """What to say to it, None for nothing. The same text handed over twice is answered twice and counts once; one that
    failed is done when it is handed over again, and 503 until it is."""
    async with db.begin(ANYBODY) as tx:
        first = await queries.receive(tx, provider_ref)
        known = None if first else await queries.get_reply(tx, provider_ref)
        clinics = await queries.list_clinic_ids(tx) if first else []
    if not first:
        if known is None:
            raise errors.not_done_yet()
        return known or None
    try:
        reply = await _answered(db, clinics, sender, read_reply(body))
    except Exception:
        async with db.begin(ANYBODY) as tx:
            await queries.release(tx, provider_ref)
        raise
    async with db.begin(ANYBODY) as tx:
        await queries.set_reply(tx, provider_ref, reply)
    return reply


async def _answered(db: Database, clinics: list[UUID], sender: str, reply: Reply) -> str | None:
    colleagues = [found for clinic in clinics for found in await _colleagues(db, clinic, sender)]
    if reply.word in ("stop", "start"):
        for clinic in clinics:
            async with db.begin(Actor("system", clinic)) as tx:
                await _stop_or_start(tx, sender, reply)
        return None
    if not colleagues:
        return TO_ANYBODY
    if reply.word == "unknown":
        return say("help", _language(colleagues[0][1]))
    return await _acted(db, colleagues, reply)


async def _colleagues(db: Database, clinic: UUID, sender: str) -> list[tuple[UUID, StaffContact]]:
    async with db.begin(Actor("system", clinic)) as tx:
        found = await access.list_by_phone(tx, sender)
    return [(clinic, contact) for contact in found if contact.role in CARE]


async def _stop_or_start(tx: Tx, phone: str, reply: Reply) -> None:
    if reply.word == "stop":
        await texts_stopped(tx, phone)
    elif await queries.start(tx, phone):
        staff = await access.list_by_phone(tx, phone)
        await incidents_over(tx, [("texts_stopped", f":{contact.id}") for contact in staff])
        await audit.record(tx, "texts.started", "clinic", tx.clinic_id)


async def texts_stopped(tx: Tx, phone: str, alert_id: UUID | None = None) -> None:
    """No more texts to this number, whoever has it. A patient's messages go on by other channels, and the clinic sees
    it; a companion is not asked any more; a colleague's is an incident, their pages that wait go on at once, and the
    alerts they were paged about move on. `alert_id`: another one that the caller is about to lock."""
    if not await queries.stop(tx, phone):
        return
    staff = await access.list_by_phone(tx, phone)
    patient_ids = await patients.list_by_phone(tx, phone)
    staff_ids = [contact.id for contact in staff]
    paged = [one for staff_id in staff_ids for one in await answer_queries.list_paged(tx, staff_id)]
    moving = {one.id for one in paged if one.state == "open"}
    touched = moving | await queries.list_waiting(tx, staff_ids)
    await lock_alerts(tx, touched if alert_id is None else touched | {alert_id})
    for patient_id in patient_ids:
        await audit.record(tx, "texts.stopped", "patient", patient_id, patient_id=patient_id)
    for contact in staff:
        log.error("texts_stopped", clinic=str(tx.clinic_id), staff=str(contact.id))
        await audit.record(tx, "texts.stopped", "staff", contact.id)
        await tell_incident(tx, "texts_stopped", cause=f":{contact.id}")
    if not (staff or patient_ids):
        await audit.record(tx, "texts.stopped", "clinic", tx.clinic_id)
    for one in moving:
        await hurry(tx, one)
    await queries.hurry_pages(tx, staff_ids, touched)


async def _acted(db: Database, colleagues: list[tuple[UUID, StaffContact]], reply: Reply) -> str:
    """On the one alert that is meant, at the clinic where they were paged about it."""
    meant: list[tuple[UUID, StaffContact, Paged]] = []
    for clinic, contact in colleagues:
        async with db.begin(Actor("system", clinic)) as tx:
            paged = await answer_queries.list_paged(tx, contact.id)
        meant += [(clinic, contact, one) for one in paged if _is_meant(one, reply)]
    language = _language(colleagues[0][1])
    # Sender numbers can be forged: only the code, which the page alone carries, takes an alert out of the climb.
    if reply.word == "take" and reply.code is None:
        return say("which", language)
    if len(meant) != 1:
        return say("which" if meant else "none", language)
    clinic, contact, alert = meant[0]
    tier = TIERS[language][alert.tier]  # type: ignore[index]
    if alert.state == "closed":
        return say("closed", language, alert.reference)
    if reply.word == "take" and alert.acknowledged_by == contact.id:
        return say("taken", language, alert.reference, tier)
    if alert.acknowledged_by not in (None, contact.id):
        return say("held", language, alert.reference)
    if reply.word == "pass" and alert.acknowledged_by is None and alert.moved_on:
        return say("passed", language, alert.reference)
    actor = Actor("staff", clinic, contact.id)
    if not alert.is_told:
        async with db.begin(actor) as tx:
            await alerts.insert_event(tx, alert.id, "told_by_text", staff_id=contact.id)
        return say("changed", language, alert.reference, tier)
    try:
        async with db.begin(actor) as tx:
            act: Act = "acknowledge" if reply.word == "take" else "escalate"
            await act_on(tx, contact.id, alert.id, Press(act, alert.version, alert.step), "text")
    except Stale:
        # A colleague was first by a moment: what they did decides.
        return await _acted(db, colleagues, reply)
    return say("taken" if reply.word == "take" else "passed", language, alert.reference, tier)


def _is_meant(alert: Paged, reply: Reply) -> bool:
    return alert.state != "closed" if reply.code is None else alert.reference.startswith(reply.code)


def _language(contact: StaffContact) -> Language:
    return "es" if contact.language == "es" else "en"
