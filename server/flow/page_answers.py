"""A page is answered from the page itself: by its link, without signing in, for this alert and this person only."""

import hmac
from typing import Literal
from uuid import UUID

import msgspec

from server.access import queries as access
from server.access.model import CARE
from server.alerts import answer_queries as queries
from server.alerts.answer_queries import Paged, page_token
from server.flow.handling import Stale, alert_acknowledged, alert_passed_on
from server.kit import audit, errors
from server.kit.actor import Actor
from server.kit.db import Database, Tx
from server.kit.tokens import token_hash

Act = Literal["acknowledge", "escalate"]
Via = Literal["link", "text"]


class Press(msgspec.Struct, frozen=True):
    """What is wanted of the alert, and how it was seen: its version, and how often people had been called."""

    act: Act
    version: int
    step: int = 0


class Holder(msgspec.Struct, frozen=True):
    """Who was paged, once their link has proven to be theirs."""

    clinic_id: UUID
    staff_id: UUID
    alert_id: UUID
    language: str

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.clinic_id, self.staff_id)


class PageSeen(msgspec.Struct, frozen=True):
    """The alert as its page's link shows it: nothing of the patient. `yours`: whoever looks holds it; `held_by`: the
    colleague who does."""

    alert: Paged
    yours: bool
    held_by: str | None


async def holder_of(db: Database, token: str) -> Holder:
    """404 for a link that is not ours, or of somebody who is not paged about alerts any more."""
    found = await db.find_credential("page", token_hash(token))
    if found is None:
        raise errors.not_found()
    clinic_id, alert_id = found
    async with db.begin(Actor("link", clinic_id)) as tx:
        for contact in await access.list_reachable(tx):
            theirs = hmac.compare_digest(page_token(tx, alert_id, contact.id).encode(), token.encode())
            if theirs and contact.role in CARE:
                return Holder(clinic_id, contact.id, alert_id, contact.language)
    raise errors.not_found()


async def page_seen(tx: Tx, holder: Holder) -> PageSeen:
    """The alert as it is; 404 once the link has expired."""
    paged = await queries.list_paged(tx, holder.staff_id)
    alert = next((one for one in paged if one.id == holder.alert_id), None)
    if alert is None:
        raise errors.not_found()
    name = None if alert.acknowledged_by is None else await access.get_staff_name(tx, alert.acknowledged_by)
    await audit.record(tx, "alert.read", "alert", alert.id, patient_id=alert.patient_id, detail={"via": "link"})
    return PageSeen(alert, alert.acknowledged_by == holder.staff_id, name)


async def page_answered(db: Database, holder: Holder, press: Press) -> tuple[PageSeen, bool]:
    """The alert as it then is, and whether it was done: False when somebody was first."""
    try:
        async with db.begin(holder.actor) as tx:
            await page_seen(tx, holder)
            await act_on(tx, holder.staff_id, holder.alert_id, press, "link")
            return await page_seen(tx, holder), True
    except Stale:
        async with db.begin(holder.actor) as tx:
            return await page_seen(tx, holder), False


async def act_on(tx: Tx, staff_id: UUID, alert_id: UUID, press: Press, via: Via) -> None:
    """Take it or pass it on; Stale when it is not as they saw it, or when somebody else has it: a page's answer takes
    nothing out of a colleague's hands."""
    if press.act == "acknowledge":
        await alert_acknowledged(tx, staff_id, alert_id, press.version, via)
        return
    paged = {one.id: one for one in await queries.list_paged(tx, staff_id)}.get(alert_id)
    if paged is None or paged.acknowledged_by not in (None, staff_id):
        raise Stale(alert_id)
    await alert_passed_on(tx, staff_id, alert_id, press.version, press.step, via)
