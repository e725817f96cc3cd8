"""Answers in: a finished form, one dangerous tap, an unprompted report; and what became of it."""

from typing import Any, TypeVar, cast
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post, put
from litestar.handlers.base import BaseRouteHandler

from server.access.attempts import begin_attempt
from server.access.guards import answering, claiming, phone_only
from server.access.model import Answering, Claim, Phone, SealingKey
from server.flow.judged import Reply
from server.flow.progress import Status, born_in, response_progress
from server.flow.responses import report_submitted
from server.flow.sealing import opened, sealing_key
from server.flow.signals import signal_received
from server.flow.situation import judging, situation
from server.flow.together import Together
from server.kit import audit, errors
from server.kit.actor import Actor
from server.kit.db import Database
from server.kit.http import convert_strictly
from server.protocols.rules import questionnaire_for
from server.responses.wire import ReportBody, ResponseBody, Sealed, SealedReport, SignalBody

AppRequest = Request[Any, Any, Any]
Body = TypeVar("Body", ResponseBody, SignalBody, ReportBody)


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to do now, most important first. `alert.state`: paged or none.

    `birth_year_fits`: by a link with a year only. False: stored, but it ends the check-in only when it is sent again
    under the same id with the right year; `too_many_tries`: no year is looked at any more for a quarter of an hour.
    """

    response_id: UUID
    advice: list[dict[str, Any]]
    alert: dict[str, str]
    birth_year_fits: bool | None = None
    too_many_tries: bool = False


class ReportForm(msgspec.Struct, frozen=True):
    """The questions of an unprompted report; every one may be skipped. `patient_id`: whose report it will be."""

    questionnaire: dict[str, Any]
    help: dict[str, Any]
    sealing: SealingKey
    patient_id: UUID


class Checked(msgspec.Struct, frozen=True):
    """What a birth year is worth. `fits` None: there was none to look at."""

    fits: bool | None = None
    too_many: bool = False


NOT_ASKED = Checked()


def told(reply: Reply, year: Checked = NOT_ASKED) -> Response[Told]:
    """201 the first time, 200 with the same body ever after."""
    headers = {} if reply.first else {"idempotent-replayed": "true"}
    body = msgspec.convert(reply.body, Told)
    body = msgspec.structs.replace(body, birth_year_fits=year.fits, too_many_tries=year.too_many)
    return Response(body, status_code=201 if reply.first else 200, headers=headers)


@put("/api/my/check-ins/{check_in_id:uuid}/response", guards=[claiming])
async def submit(check_in_id: UUID, data: ResponseBody, request: AppRequest) -> Response[Told]:
    """Never locked out, never refused for its time; stored, judged and alerted when this answers 2xx."""
    return await submitted(check_in_id, data, claim_to(check_in_id, request), request)


@put("/api/my/check-ins/{check_in_id:uuid}/sealed-response", guards=[claiming])
async def submit_sealed(check_in_id: UUID, data: Sealed, request: AppRequest) -> Response[Told]:
    """The same from the phone's store, where it lay sealed to the clinic."""
    claim = claim_to(check_in_id, request)
    body = await opened_as(ResponseBody, data, claim.who.actor, request.app.state.db)
    return await submitted(check_in_id, body, claim, request)


async def submitted(check_in_id: UUID, data: ResponseBody, claim: Claim, request: AppRequest) -> Response[Told]:
    together: Together = request.app.state.together
    by_link = claim.who.via == "link"
    year = await look_at_birth_year(request.app.state.db, claim.who, data.birth_year) if by_link else NOT_ASKED
    verified = not by_link or year.fits is True
    return told(await together.submit(claim, check_in_id, data, verified=verified), year)


@post("/api/my/check-ins/{check_in_id:uuid}/signals", guards=[claiming], status_code=202)
async def signal(check_in_id: UUID, data: SignalBody, request: AppRequest) -> Told:
    """A dangerous answer, ahead of its form. A link is enough: anyone may raise (safety, decision 24)."""
    return await signalled(check_in_id, data, claim_to(check_in_id, request), request.app.state.db)


@post("/api/my/check-ins/{check_in_id:uuid}/sealed-signals", guards=[claiming], status_code=202)
async def signal_sealed(check_in_id: UUID, data: Sealed, request: AppRequest) -> Told:
    """The same, sealed."""
    claim, db = claim_to(check_in_id, request), request.app.state.db
    return await signalled(check_in_id, await opened_as(SignalBody, data, claim.who.actor, db), claim, db)


async def signalled(check_in_id: UUID, data: SignalBody, claim: Claim, db: Database) -> Told:
    async with judging(db, claim, check_in_id, data.response_id) as (tx, seen):
        reply = await signal_received(tx, seen, claim.who, data)
    return msgspec.convert(reply.body, Told)


def claim_to(check_in_id: UUID, request: AppRequest) -> Claim:
    """Taken from the request itself: injecting two things costs an answer as much as judging it. A token opens one
    check-in; any other does not exist for it."""
    claim = cast(Claim, request.state.who)
    if claim.who.check_in_id not in (None, check_in_id):
        raise errors.not_found()
    return claim


@get("/api/my/report-form", guards=[phone_only])
async def report_form(phone: Phone, db: Database) -> ReportForm:
    async with db.begin(phone.actor) as tx:
        seen = await situation(tx, phone.patient_id, None)
        await audit.record(tx, "report_form.read", "patient", phone.patient_id, patient_id=phone.patient_id)
        sealing = await sealing_key(tx)
    asked = questionnaire_for(seen.version, seen.version.report_questionnaire, seen.place.language)
    return ReportForm(asked, msgspec.to_builtins(seen.place.help), sealing, phone.patient_id)


@post("/api/my/reports", guards=[phone_only])
async def report(data: ReportBody, phone: Phone, db: Database) -> Response[Told]:
    return await reported(data, phone, db)


@post("/api/my/sealed-reports", guards=[phone_only])
async def report_sealed(data: SealedReport, phone: Phone, db: Database) -> Response[Told]:
    """The same, sealed. What somebody else left on this phone is not this patient's: 404, nothing stored."""
    if data.patient_id != phone.patient_id:
        raise errors.not_found()
    return await reported(await opened_as(ReportBody, data, phone.actor, db), phone, db)


async def reported(data: ReportBody, phone: Phone, db: Database) -> Response[Told]:
    async with judging(db, Claim(phone.answering), None, data.response_id) as (tx, seen):
        reply = await report_submitted(tx, seen, data)
    return told(reply)


@get("/api/my/status/{response_id:uuid}", guards=[answering])
async def status(response_id: UUID, answering: Answering, db: Database) -> Status:
    """Whether a nurse was called, or has opened it."""
    async with db.begin(answering.actor) as tx:
        found = await response_progress(tx, answering, response_id)
        await audit.record(tx, "status.read", "response", response_id, patient_id=answering.patient_id)
        return found


async def opened_as(kind: type[Body], data: Sealed, actor: Actor, db: Database) -> Body:
    """The body that was sealed, checked as strictly as one that comes openly."""
    async with db.begin(actor) as tx:
        document = await opened(tx, data)
    body: Body = convert_strictly(document, kind)
    return body


async def look_at_birth_year(db: Database, answering: Answering, given: int | None) -> Checked:
    """ "Link-only answering asks the birth year" (safety, decision 24): five tries in 15 minutes. Nothing is refused
    for it: an answer without the right year may raise an alert but clears nothing."""
    if given is None:
        return NOT_ASKED
    try:
        attempt = await begin_attempt(db, [("invitation", f"birth {answering.check_in_id}")])
    except errors.Problem as problem:
        if problem.status != 429:
            raise
        return Checked(fits=False, too_many=True)
    async with db.begin(answering.actor) as tx:
        fits = await born_in(tx, answering.patient_id, given)
    if fits:
        await attempt.succeeded()
    return Checked(fits)


HANDLERS: list[BaseRouteHandler] = [
    submit, submit_sealed, signal, signal_sealed, report_form, report, report_sealed, status
]  # fmt: skip
