"""What a bound phone knows about its owner, and how it signs itself out."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, delete, get, patch

from server.access.cookies import PATIENT_COOKIE, removed
from server.access.guards import phone_only
from server.access.model import Phone
from server.flow.cover import off_duty
from server.flow.progress import Attention, attention
from server.kit import audit
from server.kit.db import Database, Tx
from server.patients import phone_queries, queries, rules
from server.patients.help import Help, country_of_zone, help_for
from server.patients.model import Brief, Language


class ClinicBrief(msgspec.Struct, frozen=True):
    """The clinic as the phone shows it."""

    name: str
    phone: str | None
    hours_text: str


class MyPage(msgspec.Struct, frozen=True):
    """The patient's start: who, which clinic, which numbers help; `attention` while somebody is being called. `now` is
    care time."""

    patient: Brief
    clinic: ClinicBrief
    help: Help
    now: datetime
    attention: Attention | None = None


@get("/api/my", guards=[phone_only])
async def get_my(phone: Phone, db: Database) -> MyPage:
    """The phone's owner."""
    async with db.begin(phone.actor) as tx:
        await audit.record(tx, "my_read", "patient", phone.patient_id, patient_id=phone.patient_id)
        return await my_page(tx, phone.patient_id)


class MyChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What patients change themselves: the language of questions, advice and messages."""

    language: Language


@patch("/api/my", guards=[phone_only])
async def change_my(phone: Phone, data: MyChange, db: Database) -> MyPage:
    async with db.begin(phone.actor) as tx:
        await queries.set_language(tx, phone.patient_id, data.language)
        await audit.record(tx, "my_changed", "patient", phone.patient_id, patient_id=phone.patient_id)
        return await my_page(tx, phone.patient_id)


@delete("/api/my/device", guards=[phone_only])
async def sign_out_phone(phone: Phone, db: Database) -> Response[None]:
    """This phone is no longer bound."""
    async with db.begin(phone.actor) as tx:
        await phone_queries.revoke_device(tx, phone.patient_id, phone.device_id, "signed_out")
        await audit.record(tx, "device_signed_out", "device", phone.device_id, patient_id=phone.patient_id)
    return Response(None, status_code=204, cookies=[removed(PATIENT_COOKIE)])


async def my_page(tx: Tx, patient_id: UUID) -> MyPage:
    """Everything the phone keeps for its start screen and for help without a network."""
    brief, clinic = await queries.get_brief(tx, patient_id), await queries.get_clinic(tx)
    hours = rules.hours_text(clinic.days, clinic.opens, clinic.closes, brief.language)
    off = await off_duty(tx)
    if off is not None:
        hours += rules.off_duty_text(off.words(tx.now, brief.language), brief.language)
    return MyPage(
        brief,
        ClinicBrief(clinic.name, clinic.phone, hours),
        help_for(country_of_zone(brief.time_zone), clinic.phone, brief.language),
        tx.now,
        await attention(tx, patient_id),
    )


HANDLERS = [get_my, change_my, sign_out_phone]
