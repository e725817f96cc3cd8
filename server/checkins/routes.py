"""What the phone asks for: open and coming check-ins, one with its questions, and what a message's link opens."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.handlers.base import BaseRouteHandler
from msgspec import Meta

from server.access.attempts import begin_attempt
from server.access.guards import client_address, phone_only, public
from server.access.model import Phone, SealingKey
from server.checkins import queries
from server.checkins.model import LINKS_LAST
from server.checkins.queries import CheckIn
from server.checkins.restrictions import InForce
from server.flow.companion import may_still_answer
from server.flow.mine import mine
from server.flow.notifications import prompt_seen
from server.flow.pauses import pause_now
from server.flow.sealing import sealing_key
from server.flow.sessions import facts_of
from server.flow.situation import Situation, situation
from server.flow.wrong_person import wrong_person_told
from server.kit import audit, errors
from server.kit.actor import Actor
from server.kit.crypto import fingerprint
from server.kit.db import Database, Tx
from server.kit.tokens import SubmitGrant, seal_grant
from server.protocols.model import AskedOf, ProtocolVersion
from server.protocols.questionnaires import words_in
from server.protocols.rules import offset_hours, questionnaire_for
from server.responses.advice import private_notice
from server.responses.wording import local_words
from server.sessions.home import watched_until
from server.sessions.model import Session

TOO_OLD = "This link is used or too old. Ask your clinic for a new one."


class MyCheckIn(msgspec.Struct, frozen=True):
    """A line on the phone. Open from `opens_at` on, whether or not the prompt has gone out."""

    id: UUID
    key: str
    title: str
    state: str
    opens_at: datetime
    due_at: datetime
    closes_at: datetime


class MyRestriction(msgspec.Struct, frozen=True):
    """What not to do until `ends_at`; `after_sleep`: nor before having slept."""

    id: str
    text: str
    ends_at: datetime
    after_sleep: bool


class MyRest(msgspec.Struct, frozen=True):
    """The clinic has paused this patient's check-ins: none is asked before `until`, null: none at all."""

    until: datetime | None


class MyCheckIns(msgspec.Struct, frozen=True):
    """Open and coming ones; `now` is care time. `sealing`: what the phone seals waiting answers to. `restrictions`:
    what still applies after the latest session. `rest`: while the check-ins are paused; the coming ones are then those
    that are asked afterwards."""

    now: datetime
    items: list[MyCheckIn]
    sealing: SealingKey
    restrictions: list[MyRestriction]
    rest: MyRest | None


class CheckInToAnswer(MyCheckIn, frozen=True, kw_only=True):
    """One check-in with its questions, numbers and a token that can do nothing but answer it."""

    now: datetime
    questionnaire: dict[str, Any]
    submit_token: str
    help: Any
    private_notice: Any
    sealing: SealingKey


class LinkBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a message's link."""

    token: Annotated[str, Meta(min_length=8, max_length=200)]


class LinkOpened(CheckInToAnswer, frozen=True, kw_only=True):
    """The check-in that a link opens; without a bound phone the patient's birth year is asked before sending. Who is
    asked is the companion when the link went to the companion's phone: then there is nothing private in it."""

    needs_birth_year: bool
    language: str
    answered_by: AskedOf


def state_now(check_in: CheckIn, now: datetime) -> str:
    """Planned becomes open when its window starts."""
    return "open" if check_in.state == "planned" and check_in.opens_at <= now else check_in.state


@get("/api/my/check-ins", guards=[phone_only])
async def list_mine(phone: Phone, db: Database) -> MyCheckIns:
    async with db.begin(phone.actor) as tx:
        found = await mine(tx, phone.patient_id)
        pause = await pause_now(tx, phone.patient_id)
        items = [
            line(c, found.versions[c.id], found.language, tx.now) for c in found.check_ins
            if pause is None or c.opens_at <= tx.now or (pause.until is not None and c.closes_at > pause.until)
        ]  # fmt: skip
        rest = None if pause is None else MyRest(pause.until)
        await audit.record(tx, "check_ins.read", "patient", phone.patient_id, patient_id=phone.patient_id)
        waits = [_restriction(one, found.language) for one in found.restrictions]
        return MyCheckIns(tx.now, items, await sealing_key(tx), waits, rest)


def _restriction(one: InForce, language: str) -> MyRestriction:
    known = one.restriction
    return MyRestriction(known.id, words_in(known.text, language), one.ends_at, known.after_sleep)


def line(check_in: CheckIn, version: ProtocolVersion, language: str, now: datetime) -> MyCheckIn:
    """What every view of a check-in begins with, in the patient's language."""
    return MyCheckIn(
        check_in.id, check_in.key, words_in(version.step(check_in.key).title, language), state_now(check_in, now),
        check_in.opens_at, check_in.due_at, check_in.closes_at,
    )  # fmt: skip


@get("/api/my/check-ins/{check_in_id:uuid}", guards=[phone_only])
async def get_mine(check_in_id: UUID, phone: Phone, db: Database) -> CheckInToAnswer:
    async with db.begin(phone.actor) as tx:
        check_in = await queries.find(tx, check_in_id)
        if check_in is None or check_in.patient_id != phone.patient_id or check_in.asked_of != "patient":
            raise errors.not_found()
        await audit.record(tx, "check_in.read", "check_in", check_in_id, patient_id=phone.patient_id)
        seen = await situation(tx, phone.patient_id, check_in.id)
        return await to_answer(tx, check_in, seen, db.instance_key, phone.device_id)


@post("/api/my/link", guards=[public], status_code=200)
async def open_link(data: LinkBody, request: Request[Any, Any, Any], db: Database) -> LinkOpened:
    """One check-in for answering, nothing else. Unknown and used-up links look the same."""
    clinic_id, check_in_id = await found_by(data, request, db)
    async with db.begin(Actor("link", clinic_id)) as tx:
        check_in = await behind_link(tx, check_in_id)
        theirs = check_in.asked_of == "companion"
        await prompt_seen(tx, check_in_id, "opened")
        await audit.record(tx, "link.opened", "check_in", check_in_id, patient_id=check_in.patient_id)
        seen = await situation(tx, check_in.patient_id, check_in.id)
        opened = await to_answer(tx, check_in, seen, db.instance_key, None)
    return LinkOpened(
        **msgspec.structs.asdict(opened), needs_birth_year=not theirs, language=seen.place.language,
        answered_by=check_in.asked_of,
    )  # fmt: skip


@post("/api/my/link/not-for-me", guards=[public], status_code=204)
async def not_for_me(data: LinkBody, request: Request[Any, Any, Any], db: Database) -> None:
    """The message reached somebody else, who says so before anything is shown to them."""
    clinic_id, check_in_id = await found_by(data, request, db)
    async with db.begin(Actor("link", clinic_id)) as tx:
        await wrong_person_told(tx, await behind_link(tx, check_in_id))


async def found_by(data: LinkBody, request: Request[Any, Any, Any], db: Database) -> tuple[UUID, UUID]:
    """(clinic, check-in) of a link; 404 when unknown."""
    attempt = await begin_attempt(db, [("address", client_address(request))])
    found = await db.find_credential("link", fingerprint(data.token.encode()))
    if found is None:
        raise errors.Problem(404, TOO_OLD)
    await attempt.succeeded()
    return found


async def behind_link(tx: Tx, check_in_id: UUID) -> CheckIn:
    """The check-in, while its link opens it."""
    check_in = await queries.find(tx, check_in_id)
    if check_in is None or tx.now >= check_in.closes_at + LINKS_LAST:
        raise errors.Problem(404, TOO_OLD)
    if check_in.asked_of == "companion" and not await may_still_answer(tx, check_in):
        raise errors.Problem(404, TOO_OLD)
    return check_in


async def to_answer(
    tx: Tx, check_in: CheckIn, seen: Situation, instance_key: bytes, device_id: UUID | None
) -> CheckInToAnswer:
    """Questions in the patient's language, and a submit token that "ends with the window + 14 days"."""
    ends = check_in.closes_at + LINKS_LAST
    grant = SubmitGrant(tx.clinic_id, check_in.patient_id, check_in.id, device_id, int(ends.timestamp()))
    session = seen.session
    theirs = check_in.asked_of == "companion"
    facts = {} if session is None else {"setting": session.setting, "drug": session.drug, "route": session.route}
    asked = questionnaire_for(
        seen.version, check_in.questionnaire, seen.place.language,
        offset_hours=offset_hours(seen.version, check_in.key), session=facts,
        risk=() if session is None else tuple(session.risk_reasons), companion=theirs,
        words=None if session is None else _until(session, seen, tx.now),
    )  # fmt: skip
    # A companion's page has the emergency number and nothing that tells of anybody's thoughts (H8).
    card = msgspec.structs.replace(seen.place.help, crisis=()) if theirs else seen.place.help
    notice = None if theirs else msgspec.to_builtins(private_notice(seen.place))
    return CheckInToAnswer(
        **msgspec.structs.asdict(line(check_in, seen.version, seen.place.language, tx.now)), now=tx.now,
        questionnaire=asked, submit_token=seal_grant(instance_key, grant), help=msgspec.to_builtins(card),
        private_notice=notice, sealing=await sealing_key(tx),
    )  # fmt: skip


def _until(session: Session, seen: Situation, now: datetime) -> dict[str, str]:
    """Up to when a companion is asked to stay: four hours after a dose at home, else as the protocol says."""
    facts = facts_of(session)
    if facts.setting != "home":
        return {}
    return {"time": local_words(watched_until(facts.t0), seen.place.zone, now, seen.place.language)}


HANDLERS: list[BaseRouteHandler] = [list_mine, get_mine, open_link, not_for_me]
