"""A dangerous tap goes ahead of its form; a form that stops midway is urgent."""

from datetime import timedelta
from uuid import UUID

import msgspec

from server.access.model import Answering
from server.alerts import queries as alerts
from server.alerts.model import FlagSource
from server.checkins import queries as checkins
from server.flow.alerts import raise_from_flags
from server.flow.cover import with_cover
from server.flow.judged import Reply, alert_for, reply_to
from server.flow.planned import asked_by
from server.flow.sessions import facts_of, hours_since
from server.flow.situation import Situation, facts_before, own_check_in
from server.flow.ticking import each_due
from server.kit import audit, errors
from server.kit.actor import Actor
from server.kit.db import Database, Tx
from server.protocols.rules import offset_hours
from server.responses import queries
from server.responses.answers import check_answers
from server.responses.model import AnsweredBy, Facts
from server.responses.rules import judge, judge_stopped_midway
from server.responses.wire import SignalBody, answered_at, value_hash
from server.sessions import queries as sessions


async def signal_received(tx: Tx, seen: Situation, who: Answering, body: SignalBody) -> Reply:
    """ "Danger travels on tap" (safety, decision 1): judged at once; the form that follows joins the same alert. `tx`,
    `seen`: from `judging`."""
    check_in = own_check_in(seen, who)
    hashed = value_hash(tx.cipher, body.item, body.value)
    known = await queries.find_signal(tx, who.patient_id, body.response_id, body.item, hashed)
    if known is not None:
        return Reply(known, False)
    by: AnsweredBy = "companion" if check_in.asked_of == "companion" else body.answered_by
    answers = {body.item: body.value}
    offset = offset_hours(seen.version, check_in.key)
    questionnaire = seen.version.questionnaire(check_in.questionnaire)
    if found := check_answers(questionnaire, answers, by, offset, complete=False):
        wrong = "value" if any(item.id == body.item for item in questionnaire.items) else "item"
        raise errors.invalid(*((wrong, message) for _, message in found))
    so_far = await queries.list_signals(tx, who.patient_id, body.response_id)
    at = answered_at(body.at, body.sent_at, tx.now, check_in.opens_at)
    facts = await facts_before(tx, seen, body.response_id, {**so_far, **answers}, by, at, offset)
    judgement = judge(seen.version, msgspec.structs.replace(facts, partial=True))
    paged = await alert_for(tx, seen, judgement, body.response_id, at)
    reply = await with_cover(tx, seen.place, reply_to(body.response_id, judgement, seen, paged=paged))
    safety = any(hit.topic == "safety" for hit in judgement.flags)
    telling = safety or judgement.tier != "routine"
    follow_up = (
        tx.now + timedelta(minutes=seen.version.missed.midway_minutes) if telling and not seen.replayed else None
    )
    await queries.insert_signal(
        tx, response_id=body.response_id, patient_id=who.patient_id, session_id=check_in.session_id,
        check_in_id=check_in.id, item=body.item, value=body.value, value_hash=hashed, reply=reply, tier=judgement.tier,
        safety=safety,
        answered_at=at, answered_by=by, follow_up_at=follow_up,
    )  # fmt: skip
    await audit.record(tx, "signal.received", "check_in", check_in.id, patient_id=who.patient_id)
    return Reply(reply, True)


async def forms_stopped_midway(db: Database) -> int:
    """ "10 min without the rest = U" (safety, decision 1), unless a colleague has reached the patient about these
    answers, or sent help, and closed their alert by then."""
    async with db.begin(Actor("engine", None)) as tx:
        due = await queries.list_signals_due(tx, tx.now)

    async def work(tx: Tx, _: UUID, silent: queries.SilentSignal) -> None:
        await alerts.lock_patient(tx, silent.patient_id)
        await _stopped_midway(tx, silent)

    async def put_off(tx: Tx, _: UUID, silent: queries.SilentSignal) -> None:
        await queries.put_off_signals(tx, silent.patient_id, silent.response_id)

    return await each_due(db, "midway", [(s.clinic_id, s.check_in_id, s) for s in due], work, put_off)


async def _stopped_midway(tx: Tx, silent: queries.SilentSignal) -> None:
    if not await queries.settle_signals(tx, silent.patient_id, silent.response_id):
        return
    if await alerts.was_seen_to(tx, silent.response_id):
        return
    session = None if silent.session_id is None else await sessions.find(tx, silent.session_id)
    check_in = await checkins.find(tx, silent.check_in_id)
    assert check_in is not None
    version = (await asked_by(tx, [check_in]))[check_in.id]
    facts = Facts(
        questionnaire=check_in.questionnaire, offset_hours=offset_hours(version, check_in.key), partial=True,
        hours=None if session is None else hours_since(session, tx.now),
        session=None if session is None else facts_of(session),
        risk=() if session is None else tuple(session.risk_reasons), stopped_midway=True, safety_signal=silent.safety,
    )  # fmt: skip
    judgement = judge_stopped_midway(version, facts)
    source = FlagSource(
        patient_id=silent.patient_id, session_id=silent.session_id, check_in_id=silent.check_in_id,
        response_id=silent.response_id, at=tx.now,
    )  # fmt: skip
    await raise_from_flags(tx, judgement.flags, source, version.escalation, judgement.worsens)
    await audit.record(tx, "form.stopped_midway", "check_in", silent.check_in_id, patient_id=silent.patient_id)
