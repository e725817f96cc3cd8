"""An answer arrives: stored, judged, alerted, audited in one transaction; a dangerous tap goes ahead of its form."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog

from server.access import queries as access
from server.access.model import Answering, Phone
from server.alerts import queries as alerts
from server.checkins import queries as checkins
from server.checkins.queries import CheckIn
from server.checkins.rules import recheck
from server.flow.alerts import calendar_of, close_answered_late, raise_from_flags
from server.flow.sessions import facts_of, hours_between
from server.kit import audit, errors
from server.kit.actor import Actor
from server.kit.db import AWAY, Database, Tx
from server.kit.ids import uuid7
from server.notifications import queries as outbox
from server.patients import queries as patients
from server.patients.help import country_of_zone, help_for
from server.patients.model import Patient
from server.protocols import queries as protocols
from server.protocols.model import ProtocolVersion
from server.protocols.rules import choose, offset_hours
from server.responses import queries
from server.responses.advice import Place, advice
from server.responses.answers import check_answers
from server.responses.model import Answers, Cover, Facts, Judgement
from server.responses.rules import judge, judge_stopped_midway
from server.responses.wire import ReportBody, ResponseBody, SignalBody, answered_at, body_hash, storable, value_hash
from server.responses.wording import local_words
from server.sessions import queries as sessions
from server.sessions.model import Session

log = structlog.get_logger()

EARLIEST = timedelta(days=30)
EARLY_SLACK = timedelta(hours=6)
GRACE = timedelta(days=14)
WRONG_PERSON = "who.not_me"


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer is judged against."""

    patient: Patient
    version: ProtocolVersion
    session: Session | None
    check_in: CheckIn | None
    place: Place


class Reply(msgspec.Struct, frozen=True):
    """What the phone is told; `first` False when this answer was here already."""

    body: dict[str, Any]
    first: bool


async def response_submitted(
    tx: Tx, who: Answering, check_in_id: UUID, body: ResponseBody, *, verified: bool = True
) -> Reply:
    """Store once by the phone's own id, judge, alert. Never refused for being late, early, second or unexpected; one
    with gaps is kept too (never clear): what it holds may be what matters.

    Not `verified`: sent by a link without the birth year. It raises what it must and leaves the check-in open:
    "only a bound phone or a named adult companion may clear" (safety, decision 24).
    """
    await alerts.lock_patient(tx, who.patient_id)
    if (stored := await _replay(tx, who.patient_id, body)) is not None:
        return stored
    check_in = await _own_check_in(tx, who.patient_id, check_in_id)
    seen = await situation(tx, who.patient_id, check_in)
    questionnaire = seen.version.questionnaire(check_in.questionnaire)
    offset = offset_hours(seen.version, check_in.key)
    found = check_answers(questionnaire, body.answers, body.answered_by, offset, complete=False)
    if found or not body.answers:
        raise errors.invalid(*(found or [("answers", "Has no answer.")]))
    at = answered_at(body.completed_at, body.sent_at, tx.now, check_in.opens_at)
    facts = await _facts(tx, seen, body.response_id, body.answers, body.answered_by, at, offset)
    judgement = judge(seen.version, facts)
    if not verified:
        judgement = msgspec.structs.replace(judgement, clear=False)
    unexpected = check_in.state in ("cancelled", "paused", "answered")
    late = check_in.state == "missed" or at >= check_in.closes_at
    reply = await _store(tx, who.via, seen, body, judgement, at, body.answered_by, late=late, unexpected=unexpected)
    if verified or judgement.tier != "routine":
        await checkins.mark_answered(tx, check_in.id, at)
        await outbox.cancel_for_check_ins(tx, [check_in.id])
    await _recheck(tx, seen, judgement)
    if any(hit.rule == WRONG_PERSON for hit in judgement.flags):
        await patients.stop_messages(tx, who.patient_id)
    if judgement.clear and who.via != "link":
        await close_answered_late(tx, who.patient_id, check_in.session_id)
    await audit.record(tx, "response.submitted", "check_in", check_in.id, patient_id=who.patient_id)
    return Reply(reply, True)


async def report_submitted(tx: Tx, phone: Phone, body: ReportBody) -> Reply:
    """ "I feel unwell now": judged like an answer, without a check-in."""
    await alerts.lock_patient(tx, phone.patient_id)
    if (stored := await _replay(tx, phone.patient_id, body)) is not None:
        return stored
    seen = await situation(tx, phone.patient_id, None)
    questionnaire = seen.version.questionnaire(seen.version.report_questionnaire)
    if found := check_answers(questionnaire, body.answers, "patient", None, complete=False):
        raise errors.invalid(*found)
    at = answered_at(body.completed_at, body.sent_at, tx.now, tx.now - EARLIEST)
    facts = await _facts(tx, seen, body.response_id, body.answers, "patient", at, None)
    facts = msgspec.structs.replace(facts, partial=True, text=bool(body.text), call_me=body.call_me)
    judgement = judge(seen.version, facts)
    reply = await _store(tx, "phone", seen, body, judgement, at, "patient", late=False, unexpected=False)
    await audit.record(tx, "report.submitted", "patient", phone.patient_id, patient_id=phone.patient_id)
    return Reply(reply, True)


async def signal_received(tx: Tx, who: Answering, check_in_id: UUID, body: SignalBody) -> Reply:
    """ "Danger travels on tap" (safety, decision 1): judged at once; the form that follows joins the same alert."""
    await alerts.lock_patient(tx, who.patient_id)
    hashed = value_hash(body.item, body.value)
    known = await queries.find_signal(tx, who.patient_id, body.response_id, body.item, hashed)
    if known is not None:
        return Reply(known, False)
    check_in = await _own_check_in(tx, who.patient_id, check_in_id)
    seen = await situation(tx, who.patient_id, check_in)
    answers = {body.item: body.value}
    offset = offset_hours(seen.version, check_in.key)
    questionnaire = seen.version.questionnaire(check_in.questionnaire)
    if found := check_answers(questionnaire, answers, body.answered_by, offset, complete=False):
        raise errors.invalid(*found)
    so_far = await queries.list_signals(tx, who.patient_id, body.response_id)
    at = answered_at(body.at, body.sent_at, tx.now, check_in.opens_at)
    facts = await _facts(tx, seen, body.response_id, {**so_far, **answers}, body.answered_by, at, offset)
    judgement = judge(seen.version, msgspec.structs.replace(facts, partial=True))
    reply = _reply(body.response_id, judgement, seen, paged=False)
    finished = await queries.find(tx, who.patient_id, body.response_id)
    follow_up = None if finished else tx.now + timedelta(minutes=seen.version.missed.midway_minutes)
    await queries.insert_signal(
        tx, response_id=body.response_id, patient_id=who.patient_id, session_id=check_in.session_id,
        check_in_id=check_in.id, item=body.item, value=body.value, value_hash=hashed, reply=reply, tier=judgement.tier,
        safety=any(hit.topic == "safety" for hit in judgement.flags),
        answered_at=at, follow_up_at=follow_up,
    )  # fmt: skip
    await _alert(tx, seen, judgement, body.response_id, at)
    await audit.record(tx, "signal.received", "check_in", check_in.id, patient_id=who.patient_id)
    return Reply(reply, True)


async def forms_stopped_midway(db: Database) -> int:
    """ "10 min without the rest = U" (safety, decision 1)."""
    async with db.begin(Actor("engine", None)) as tx:
        due = await queries.list_signals_due(tx, tx.now)
    for silent in due:
        try:
            async with db.begin(Actor("engine", silent.clinic_id)) as tx:
                await alerts.lock_patient(tx, silent.patient_id)
                await _stopped_midway(tx, silent)
        except AWAY:
            raise
        except Exception as error:
            log.error("midway_failed", check_in=str(silent.check_in_id), error=type(error).__name__)
    return len(due)


async def _stopped_midway(tx: Tx, silent: queries.SilentSignal) -> None:
    if not await queries.settle_signals(tx, silent.patient_id, silent.response_id):
        return
    session = await sessions.find(tx, silent.session_id)
    check_in = await checkins.find(tx, silent.check_in_id)
    assert session is not None
    assert check_in is not None
    version = await protocols.get_version(tx, session.protocol_key, session.protocol_version)
    facts = Facts(
        questionnaire=check_in.questionnaire, hours=hours_between(session.ended_at, tx.now), session=facts_of(session),
        offset_hours=offset_hours(version, check_in.key), risk=tuple(session.risk_reasons), partial=True,
        stopped_midway=True, safety_signal=silent.safety,
    )  # fmt: skip
    judgement = judge_stopped_midway(version, facts)
    flag_ids = await alerts.insert_flags(
        tx, judgement.flags, patient_id=silent.patient_id, session_id=silent.session_id,
        check_in_id=silent.check_in_id, response_id=silent.response_id, at=tx.now,
    )  # fmt: skip
    await raise_from_flags(
        tx, judgement.flags, flag_ids, patient_id=silent.patient_id, session_id=silent.session_id,
        response_id=silent.response_id, escalation=version.escalation, worsens=judgement.worsens,
    )  # fmt: skip
    await audit.record(tx, "form.stopped_midway", "check_in", silent.check_in_id, patient_id=silent.patient_id)


async def situation(tx: Tx, patient_id: UUID, check_in: CheckIn | None) -> Situation:
    """Patient, session, protocol version and cover at this moment. Without a check-in: the latest session."""
    patient = await patients.get_patient(tx, patient_id)
    session = await (
        sessions.find_latest(tx, patient_id) if check_in is None else sessions.find(tx, check_in.session_id)
    )
    if session is None:
        version = choose([p.document for p in await protocols.list_latest(tx)], "iv", "clinic")
    else:
        version = await protocols.get_version(tx, session.protocol_key, session.protocol_version)
    return Situation(
        patient=patient, version=version, session=session, check_in=check_in, place=await place_of(tx, patient)
    )


async def place_of(tx: Tx, patient: Patient) -> Place:
    """Which numbers help, and who can look at an answer now."""
    clinic = await access.get_clinic(tx)
    calendar = await calendar_of(tx)
    reachable = [c for c in await access.list_reachable(tx) if c.phone or c.email]
    opens = local_words(calendar.next_open(tx.now), calendar.zone, tx.now, patient.language)
    return Place(
        help=help_for(country_of_zone(patient.time_zone), clinic.phone, patient.language),
        cover=Cover(on_duty=calendar.is_open(tx.now), pageable=bool(reachable), next_open=opens),
        language=patient.language, zone=patient.time_zone, now=tx.now,
    )  # fmt: skip


async def _replay(tx: Tx, patient_id: UUID, body: ResponseBody | ReportBody) -> Reply | None:
    stored = await queries.find(tx, patient_id, body.response_id)
    if stored is None:
        return None
    if stored.body_hash != body_hash(body):
        raise errors.conflict("Other answers were sent under this id. Send these under a new one.")
    return Reply(stored.reply, False)


async def _own_check_in(tx: Tx, patient_id: UUID, check_in_id: UUID) -> CheckIn:
    check_in = await checkins.find(tx, check_in_id)
    if check_in is None or check_in.patient_id != patient_id:
        raise errors.not_found()
    return check_in


async def _facts(
    tx: Tx, seen: Situation, response_id: UUID, answers: Answers, answered_by: str, at: datetime, offset: float | None
) -> Facts:
    """Everything the rules may look at, as it was before this answer."""
    session, check_in = seen.session, seen.check_in
    earlier = [] if session is None else await queries.list_earlier(tx, session.id, response_id)
    before = None if session is None or check_in is None else await sessions.find_previous(tx, session)
    own_last: Mapping[str, Any] = {}
    if before is not None and check_in is not None:
        same = [e for e in await queries.list_earlier(tx, before.id, response_id) if e.check_in_key == check_in.key]
        own_last = same[0].answers if same else {}
    last: dict[str, Any] = {}
    for response in reversed(earlier):
        last.update(response.answers)
    return Facts(
        questionnaire=seen.version.report_questionnaire if check_in is None else check_in.questionnaire,
        answers=answers, answered_by="companion" if answered_by == "companion" else "patient",
        hours=None if session is None else hours_between(session.ended_at, at), offset_hours=offset,
        session=None if session is None else facts_of(session),
        risk=() if session is None else tuple(session.risk_reasons), companion=seen.patient.companion is not None,
        last=last, own_last_session=own_last, last_clear=earlier[0].clear if earlier else None,
    )  # fmt: skip


async def _store(
    tx: Tx, via: str, seen: Situation, body: ResponseBody | ReportBody, judgement: Judgement, at: datetime,
    answered_by: str, *, late: bool, unexpected: bool,
) -> dict[str, Any]:  # fmt: skip
    """Response, flags, alert with its first page: one transaction with the caller's."""
    row_id = uuid7()
    session, check_in = seen.session, seen.check_in
    paged = await _alert(tx, seen, judgement, body.response_id, at)
    reply = _reply(body.response_id, judgement, seen, paged=paged, benefit=body.answers.get("d_change") == "same")
    await queries.insert(
        tx, row_id, response_id=body.response_id, patient_id=seen.patient.id,
        session_id=session.id if session else None, check_in_id=check_in.id if check_in else None,
        questionnaire=check_in.questionnaire if check_in else seen.version.report_questionnaire,
        body_hash=body_hash(body), answers=body.answers, text=getattr(body, "text", None), reply=reply,
        answered_by=answered_by, via=via, started_at=storable(body.started_at),
        completed_at=storable(body.completed_at), answered_at=at,
        hours=hours_between(session.ended_at, at) if session else None, late=late, unexpected=unexpected,
        tier=judgement.tier, clear=judgement.clear, scores=judgement.scores,
    )  # fmt: skip
    await queries.settle_signals(tx, seen.patient.id, body.response_id)
    return reply


async def _alert(tx: Tx, seen: Situation, judgement: Judgement, response_id: UUID, at: datetime) -> bool:
    """Store the flags, those of an earlier tap of the same form once only, and raise what they call for."""
    known = await alerts.list_rules_of(tx, seen.patient.id, response_id)
    fresh = tuple(hit for hit in judgement.flags if (hit.rule, hit.tier) not in known)
    session_id = seen.session.id if seen.session else None
    flag_ids = await alerts.insert_flags(
        tx, fresh, patient_id=seen.patient.id, session_id=session_id,
        check_in_id=seen.check_in.id if seen.check_in else None, response_id=response_id, at=at,
    )  # fmt: skip
    raised = await raise_from_flags(
        tx, fresh, flag_ids, patient_id=seen.patient.id, session_id=session_id, response_id=response_id,
        escalation=seen.version.escalation, worsens=judgement.worsens,
    )  # fmt: skip
    return raised is not None


async def _recheck(tx: Tx, seen: Situation, judgement: Judgement) -> None:
    """The extra check-in that a rule asks for after an answer that is not yet well."""
    if seen.session is None or seen.check_in is None:
        return
    keys = [c.key for c in await checkins.list_of_session(tx, seen.session.id)]
    extra = recheck(seen.version, judgement.reask_minutes, seen.check_in.key, keys, tx.now)
    if extra is not None:
        await checkins.insert_many(tx, seen.patient.id, seen.session.id, [extra])


def _reply(
    response_id: UUID, judgement: Judgement, seen: Situation, *, paged: bool, benefit: bool = False
) -> dict[str, Any]:
    told = advice(judgement, seen.version, seen.place, benefit)
    state = "paged" if paged and judgement.tier in ("urgent", "emergency") else "none"
    return {"response_id": str(response_id), "advice": msgspec.to_builtins(told), "alert": {"state": state}}
