"""Answers in: a finished form, one dangerous tap, an unprompted report; and what became of it."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post, put
from litestar.handlers.base import BaseRouteHandler

from server.access.attempts import begin_attempt
from server.access.guards import answering, phone_only
from server.access.model import Answering, Phone
from server.flow.judged import Reply
from server.flow.progress import Status, born_in, response_progress
from server.flow.responses import report_submitted, response_submitted
from server.flow.signals import signal_received
from server.flow.situation import situation
from server.kit import audit, errors
from server.kit.db import Database
from server.protocols.rules import questionnaire_for
from server.responses.wire import ReportBody, ResponseBody, SignalBody


class Told(msgspec.Struct, frozen=True):
    """What to do now, most important first. `alert.state`: paged or none."""

    response_id: UUID
    advice: list[dict[str, Any]]
    alert: dict[str, str]


class ReportForm(msgspec.Struct, frozen=True):
    """The questions of an unprompted report; every one may be skipped."""

    questionnaire: dict[str, Any]
    help: dict[str, Any]


def told(reply: Reply) -> Response[Told]:
    """201 the first time, 200 with the same body ever after."""
    headers = {} if reply.first else {"idempotent-replayed": "true"}
    return Response(msgspec.convert(reply.body, Told), status_code=201 if reply.first else 200, headers=headers)


@put("/api/my/check-ins/{check_in_id:uuid}/response", guards=[answering])
async def submit(check_in_id: UUID, data: ResponseBody, answering: Answering, db: Database) -> Response[Told]:
    """Never locked out, never refused for its time; stored, judged and alerted when this answers 2xx."""
    only_this(answering, check_in_id)
    verified = answering.via != "link" or await birth_year_fits(db, answering, data.birth_year)
    async with db.begin(answering.actor) as tx:
        return told(await response_submitted(tx, answering, check_in_id, data, verified=verified))


@post("/api/my/check-ins/{check_in_id:uuid}/signals", guards=[answering], status_code=202)
async def signal(check_in_id: UUID, data: SignalBody, answering: Answering, db: Database) -> Told:
    """A dangerous answer, ahead of its form. A link is enough: anyone may raise (safety, decision 24)."""
    only_this(answering, check_in_id)
    async with db.begin(answering.actor) as tx:
        reply = await signal_received(tx, answering, check_in_id, data)
    return msgspec.convert(reply.body, Told)


@get("/api/my/report-form", guards=[phone_only])
async def report_form(phone: Phone, db: Database) -> ReportForm:
    async with db.begin(phone.actor) as tx:
        seen = await situation(tx, phone.patient_id, None)
        await audit.record(tx, "report_form.read", "patient", phone.patient_id, patient_id=phone.patient_id)
    asked = questionnaire_for(seen.version, seen.version.report_questionnaire, seen.place.language)
    return ReportForm(asked, msgspec.to_builtins(seen.place.help))


@post("/api/my/reports", guards=[phone_only])
async def report(data: ReportBody, phone: Phone, db: Database) -> Response[Told]:
    async with db.begin(phone.actor) as tx:
        return told(await report_submitted(tx, phone, data))


@get("/api/my/status/{response_id:uuid}", guards=[answering])
async def status(response_id: UUID, answering: Answering, db: Database) -> Status:
    """Whether a nurse was called, or has opened it."""
    async with db.begin(answering.actor) as tx:
        found = await response_progress(tx, answering, response_id)
        await audit.record(tx, "status.read", "response", response_id, patient_id=answering.patient_id)
        return found


def only_this(answering: Answering, check_in_id: UUID) -> None:
    """A token opens one check-in; any other does not exist for it."""
    if answering.check_in_id not in (None, check_in_id):
        raise errors.not_found()


async def birth_year_fits(db: Database, answering: Answering, given: int | None) -> bool:
    """ "Link-only answering asks the birth year" (safety, decision 24). A wrong one is asked again, five times in 15
    minutes; sending without one is always possible: such an answer may raise an alert but clears nothing."""
    if given is None:
        return False
    attempt = await begin_attempt(db, [("invitation", f"birth {answering.check_in_id}")])
    async with db.begin(answering.actor) as tx:
        fits = await born_in(tx, answering.patient_id, given)
    if not fits:
        raise errors.invalid(("birth_year", "Does not fit. Check the year and try again."))
    await attempt.succeeded()
    return True


HANDLERS: list[BaseRouteHandler] = [submit, signal, report_form, report, status]
