"""The patient's own step: open the invitation, press one button, and this phone is bound."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
import structlog
from litestar import Request, Response, post

from server.access.attempts import begin_attempt
from server.access.callers import phone_if_bound
from server.access.cookies import phone_cookie
from server.access.guards import client_address, public, request_id
from server.access.model import Phone
from server.access.secrets import code_hash
from server.flow.push import phone_handed_over
from server.kit import audit, errors
from server.kit.db import Actor, Database, Tx
from server.kit.errors import Problem
from server.kit.tokens import new_token, token_hash
from server.patients import phone_queries, queries, rules
from server.patients.model import Invitation, Patient
from server.patients.routes.my import MyPage, my_page

log = structlog.get_logger()


class EnrolmentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The link's token, or the code with the date of birth; `replace` signs out the phone bound before."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=40)] | None = None
    date_of_birth: date | None = None
    replace: bool = False


@post("/api/enrolment", guards=[public], status_code=200)
async def enrol_phone(request: Request[Any, Any, Any], data: EnrolmentBody, db: Database) -> Response[MyPage]:
    """Bind this phone. 404 when used, expired, revoked, unknown or the date of birth differs: one text for all."""
    _require_one(data)
    attempt = await begin_attempt(db, [("address", client_address(request))])
    found = await _find(db, data)
    if found is None:
        raise _used_up()
    if data.code is not None:
        await attempt.count("invitation", str(found[1]))
    token = new_token()
    before = await phone_if_bound(request)
    label = rules.device_label(request.headers.get("user-agent", ""))
    try:
        page = await _bind(db, found, data, label, token, request_id(request))
    except Problem as problem:
        if problem.status == 409:
            await attempt.succeeded()
        raise
    await attempt.succeeded()
    await _hand_over(db, before, page.patient.id)
    return Response(page, cookies=[phone_cookie(token)])


async def _hand_over(db: Database, before: Phone | None, patient_id: UUID) -> None:
    """The phone was somebody else's: what the clinic sends them must not show on it any more."""
    if before is None or before.patient_id == patient_id:
        return
    try:
        async with db.begin(before.actor) as tx:
            await phone_handed_over(tx, before)
    except Exception as error:
        # The phone is bound by now: a notification too many is better than a patient whose invitation is used up.
        log.error("hand_over_failed", error=type(error).__name__)


async def _bind(
    db: Database, found: tuple[UUID, UUID], data: EnrolmentBody, label: str, token: str, request: UUID
) -> MyPage:
    """Use up the invitation and bind the phone, or refuse without using it up."""
    clinic_id, invitation_id = found
    async with db.begin(Actor("system", clinic_id)) as tx:
        seen = await phone_queries.find_invitation(tx, invitation_id)
    patient_id = None if seen is None else seen.patient_id
    async with db.begin(Actor("patient", clinic_id, patient_id, request)) as tx:
        invitation = await phone_queries.lock_invitation(tx, invitation_id)
        if invitation is None or not rules.is_usable(invitation, tx.wall):
            raise _used_up()
        patient = await queries.get_patient(tx, invitation.patient_id)
        if data.code is not None and data.date_of_birth != patient.date_of_birth:
            raise _used_up()
        await _replace_phone(tx, patient, invitation, data.replace)
        device_id = await phone_queries.insert_device(tx, patient.id, label, token_hash(token))
        await audit.record(tx, "device_bound", "device", device_id, patient_id=patient.id)
        return await my_page(tx, patient.id)


async def _replace_phone(tx: Tx, patient: Patient, invitation: Invitation, replace: bool) -> None:
    if patient.devices and not replace:
        raise Problem(409, "Another phone is in use. Use this one instead?", kind="already_bound")
    await phone_queries.revoke_devices(tx, patient.id)
    await phone_queries.use_invitation(tx, invitation.id)


async def _find(db: Database, data: EnrolmentBody) -> tuple[UUID, UUID] | None:
    if data.token is not None:
        return await db.find_credential("invitation", token_hash(data.token))
    return await db.find_credential("invitation_code", code_hash(db.instance_key, data.code or ""))


def _require_one(data: EnrolmentBody) -> None:
    if (data.token is None) == (data.code is None):
        raise errors.invalid(("token", "Send the link's token, or the code with the date of birth."))
    if data.code is not None and data.date_of_birth is None:
        raise errors.invalid(("date_of_birth", "Is missing."))


def _used_up() -> Problem:
    return Problem(404, "This link is used or too old. Ask your clinic for a new one.", kind="invitation_used_up")


HANDLERS = [enrol_phone]
