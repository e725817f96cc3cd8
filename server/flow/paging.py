"""Who is called about an alert, resolved when the step fires: one page each."""

from datetime import date, datetime, timedelta
from uuid import UUID

import structlog

from server.access import queries as access
from server.access.model import StaffContact
from server.alerts import queries
from server.alerts.answer_queries import page_token
from server.alerts.calendar import Calendar
from server.alerts.model import Page, Standing
from server.alerts.rules import (
    place_on_list,
    recipients,
)
from server.flow.incidents import incidents_over, tell_incident
from server.flow.on_call import Turn, turn_now
from server.flow.team_channels import post_page
from server.kit.db import Tx
from server.kit.tokens import token_hash
from server.notifications import queries as outbox
from server.notifications.messages import Incident
from server.notifications.rules import ways_to

log = structlog.get_logger()

PRIORITY: dict[str, int] = {"emergency": 0, "urgent": 1, "same_day": 2}
NOBODY_PAUSE = timedelta(minutes=1)
PAGE_TEMPLATES = {"first": "page", "again": "page_again", "everybody": "page_everybody", "handed_back": "handed_back"}


async def page_people(
    tx: Tx, standing: Standing, page: Page, manner: str | None = None, apart_from: UUID | None = None
) -> None:
    """Resolve the people now, put one page each in the outbox, move on. Who cannot be paged is passed over at once, a
    step that is left with nobody calls everybody; nobody at all: again in a minute. Each of these is an incident."""
    everybody = await access.list_reachable(tx)
    contacts = {c.id: c for c in everybody if c.pageable}
    turn = await turn_now(tx, everybody, in_advance=page.digest)
    if turn.gap:
        log.error("nobody_on_call", clinic=str(tx.clinic_id), alert=str(standing.id))
        await tell_incident(tx, "nobody_on_call")
    if turn.line:
        await incidents_over(tx, _over(turn))
    for who in turn.passed_over:
        log.error("on_call_unreachable", clinic=str(tx.clinic_id), alert=str(standing.id), staff=str(who))
        await tell_incident(tx, "on_call_unreachable", cause=f":{who}")
    leads = [c.id for c in contacts.values() if c.role == "admin"]
    place = place_on_list(standing.plan, page.step - 1)
    people = recipients(page.who, place, turn.line, leads, list(contacts), apart_from)
    today = (await calendar_of(tx)).day_of(tx.now)
    for person in people:
        await _page_one(tx, standing, page, contacts[person], manner, today)
    await _tell_rooms(tx, standing, page, manner, today)
    next_at = page.next_at
    if not people:
        next_at = min(page.next_at, tx.now + NOBODY_PAUSE)
        log.error("nobody_reachable", clinic=str(tx.clinic_id), alert=str(standing.id))
        await tell_incident(tx, "nobody_on_call")
    await queries.set_step(tx, standing.id, page.step, next_at, page.exhausted)
    kind = "paged" if people else "nobody_reachable"
    await queries.insert_event(tx, standing.id, kind, detail={"staff": [str(p) for p in people], "who": list(page.who)})


def _over(turn: Turn) -> list[tuple[Incident, str]]:
    """What is as it should be while these are on call."""
    reachable: list[tuple[Incident, str]] = [("on_call_unreachable", f":{who}") for group in turn.line for who in group]
    return reachable if turn.gap else [("nobody_on_call", ""), *reachable]


async def _page_one(
    tx: Tx, standing: Standing, page: Page, contact: StaffContact, manner: str | None, today: date
) -> None:
    channels = ways_to(contact.phone, contact.email)
    if page.digest:
        template, key = "digest", f"digest:{contact.id}:{today}"
    else:
        template = PAGE_TEMPLATES[manner or await _manner(tx, standing, page, contact.id)]
        key = f"page:{standing.id}:{tx.now.isoformat()}:{contact.id}"
    await outbox.enqueue(
        tx, kind="page", template=template, priority=PRIORITY[standing.tier], channels=channels, dedupe_key=key,
        expires_at=max(page.next_at, tx.now + timedelta(minutes=5)), staff_id=contact.id,
        alert_id=None if page.digest else standing.id,
    )  # fmt: skip
    if not page.digest:
        await outbox.add_credential(tx, "page", token_hash(page_token(tx, standing.id, contact.id)), standing.id)


async def remind_holder(tx: Tx, standing: Standing, next_at: datetime) -> None:
    """Ask whoever holds the alert, and nobody else, whether they have reached the patient."""
    holder = next((c for c in await access.list_reachable(tx) if c.id == standing.held_by and c.pageable), None)
    if holder is not None:
        await outbox.enqueue(
            tx, kind="page", template="not_reached", priority=PRIORITY[standing.tier], staff_id=holder.id,
            alert_id=standing.id, channels=ways_to(holder.phone, holder.email), expires_at=next_at,
            dedupe_key=f"not_reached:{standing.id}:{standing.acknowledged_at}",
        )  # fmt: skip
    await queries.set_step(tx, standing.id, standing.step, next_at, standing.exhausted)
    await queries.insert_event(tx, standing.id, "reminded", staff_id=standing.held_by)


async def _tell_rooms(tx: Tx, standing: Standing, page: Page, manner: str | None, today: date) -> None:
    """Beside the people and never instead of them: who was paged is counted without these."""
    said = manner or ("everybody" if "everybody" in page.who else "first" if page.step <= 1 else "again")
    template = "digest" if page.digest else PAGE_TEMPLATES[said]
    await post_page(tx, standing, page, template, today)


async def _manner(tx: Tx, standing: Standing, page: Page, staff_id: UUID) -> str:
    if "everybody" in page.who:
        return "everybody"
    return "again" if await outbox.was_paged(tx, standing.id, staff_id) else "first"


async def calendar_of(tx: Tx) -> Calendar:
    """The clinic's working hours."""
    clinic = await access.get_clinic(tx)
    return Calendar(clinic.time_zone, clinic.hours)
