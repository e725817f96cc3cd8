"""An answer arrives: stored, judged, alerted, audited in one transaction; a dangerous tap goes ahead of its form."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from server.access.model import Answering
from server.alerts import queries as alerts
from server.checkins import queries as checkins
from server.checkins.queries import CheckIn
from server.checkins.rules import recheck
from server.flow.alerts import answered_late, rise_settled
from server.flow.before import form_before_given
from server.flow.companion import ask_after_rest, may_still_answer
from server.flow.cover import with_cover
from server.flow.home import is_watched
from server.flow.judged import Reply, alert_for, reply_to
from server.flow.sessions import facts_of, hours_since
from server.flow.situation import Situation, facts_at, facts_before, own_check_in
from server.flow.situation_queries import Storable, end, store
from server.kit import audit, errors
from server.kit.actor import Actor
from server.kit.db import Tx
from server.patients import queries as patients
from server.protocols.rules import offset_hours
from server.responses import queries
from server.responses.answers import check_answers, is_whole
from server.responses.model import AnsweredBy, Judgement
from server.responses.rules import WRONG_PERSON, ends_check_in, judge, looks_at_own_sessions
from server.responses.wire import ReportBody, ResponseBody, answered_at, body_hash, within_reach

EARLIEST = timedelta(days=30)


async def response_submitted(
    tx: Tx, seen: Situation, who: Answering, body: ResponseBody, *, verified: bool = True
) -> Reply:
    """Store once by the phone's own id, judge, alert. Never refused for being late, early, second or unexpected; one
    with gaps is kept too (never clear): what it holds may be what matters.

    Not `verified`: sent by a link without the birth year. It raises what it must and leaves the check-in open:
    "only a bound phone or a named adult companion may clear" (safety, decision 24). Sent again with the year, it ends
    the check-in. The companion is known by the link that only their own phone was sent.

    `tx`, `seen`: from `judging`.
    """
    check_in = own_check_in(seen, who)
    if (stored := await _replay(tx, seen, body)) is not None:
        if verified and stored.check_in_id == check_in.id:
            await _verified_now(tx, check_in, seen, body, stored)
        return Reply(stored.reply, False)
    theirs = check_in.asked_of == "companion"
    known = verified if not theirs else await may_still_answer(tx, check_in)
    given = _given(tx, seen, check_in, body)
    facts = await facts_before(tx, seen, body.response_id, body.answers, given.by, given.at, given.offset)
    judgement = judge(seen.version, facts)
    if not known:
        judgement = msgspec.structs.replace(judgement, clear=False)
    rules = [hit.rule for hit in judgement.flags]
    ends = ends_check_in(judgement.tier, rules, whole=judgement.whole, verified=known)
    told = await _told(tx, seen, body, judgement, given.at)
    await store(tx, [_storable(tx, who.actor, who.device_id, who.via, seen, body, judgement, given, told, ends=ends)])
    if check_in.visit_id is not None:
        await form_before_given(tx, check_in, body.answers, given.at, whole=judgement.whole, ends=ends)
    await _recheck(tx, seen, judgement)
    if WRONG_PERSON in rules:
        await patients.stop_messages(tx, who.patient_id)
    if known and (theirs or who.via != "link"):
        await rise_settled(tx, who.patient_id, check_in.session_id, judgement.settled)
    if seen.alerted and judgement.clear and (theirs or who.via != "link"):
        watched = seen.session is not None and is_watched(facts_of(seen.session), tx.now)
        await answered_late(tx, who.patient_id, check_in.session_id, may_close=not watched)
    return Reply(told, True)


def everyday_response(tx: Tx, seen: Situation, who: Answering, body: ResponseBody) -> Storable | None:
    """The answer of most days, with its reply: it changes nothing but itself and its check-in, so that storing it is
    all. None for any other, which goes the whole way: `response_submitted`. A Problem when it cannot be judged."""
    check_in = own_check_in(seen, who)
    concerns_others = check_in.asked_of == "companion" or seen.replayed or seen.flagged or seen.alerted
    repeats = seen.version.step(check_in.key).repeat is not None
    looks_back = repeats or looks_at_own_sessions(seen.version, check_in.questionnaire)
    if who.via == "link" or concerns_others or check_in.visit_id is not None or looks_back:
        return None
    given = _given(tx, seen, check_in, body)
    judgement = judge(seen.version, facts_at(tx, seen, body.answers, given.by, given.at, given.offset))
    asks_again = judgement.reask_minutes is not None or judgement.reask_companion_minutes is not None
    if judgement.flags or asks_again:
        return None
    ends = ends_check_in(judgement.tier, [], whole=judgement.whole, verified=True)
    told = _reply(seen, body, judgement, paged=False)
    return _storable(tx, who.actor, who.device_id, who.via, seen, body, judgement, given, told, ends=ends)


class _Given(msgspec.Struct, frozen=True):
    """An answer as it came: by whom, when (our clock), to a form asked at `offset` hours."""

    by: AnsweredBy
    at: datetime
    offset: float | None
    late: bool
    unexpected: bool


def _given(tx: Tx, seen: Situation, check_in: CheckIn, body: ResponseBody) -> _Given:
    """A Problem for answers that cannot be judged."""
    by: AnsweredBy = "companion" if check_in.asked_of == "companion" else body.answered_by
    questionnaire = seen.version.questionnaire(check_in.questionnaire)
    offset = offset_hours(seen.version, check_in.key)
    found = check_answers(questionnaire, body.answers, by, offset, complete=False)
    if found or not body.answers:
        raise errors.invalid(*(found or [("answers", "Has no answer.")]))
    at = answered_at(body.completed_at, body.sent_at, tx.now, check_in.opens_at)
    return _Given(
        by, at, offset,
        late=check_in.state == "missed" or at >= check_in.closes_at,
        unexpected=check_in.state in ("cancelled", "paused", "answered"),
    )  # fmt: skip


async def _verified_now(tx: Tx, check_in: CheckIn, seen: Situation, body: ResponseBody, stored: queries.Stored) -> None:
    """The same answer came again, now from somebody who knows the birth year."""
    patient_id = seen.patient.id
    offset = offset_hours(seen.version, check_in.key)
    whole = is_whole(seen.version.questionnaire(check_in.questionnaire), body.answers, body.answered_by, offset)
    rules = [rule for rule, _ in await alerts.list_rules_of(tx, patient_id, body.response_id)]
    ends = ends_check_in(stored.tier, rules, whole=whole, verified=True)
    if ends and await end(tx, check_in, stored.answered_at):
        await audit.record(tx, "response.verified", "check_in", check_in.id, patient_id=patient_id)


async def report_submitted(tx: Tx, seen: Situation, body: ReportBody) -> Reply:
    """ "I feel unwell now": judged like an answer, without a check-in. `tx`, `seen`: from `judging`."""
    if (stored := await _replay(tx, seen, body)) is not None:
        return Reply(stored.reply, False)
    questionnaire = seen.version.questionnaire(seen.version.report_questionnaire)
    if found := check_answers(questionnaire, body.answers, "patient", None, complete=False):
        raise errors.invalid(*found)
    at = answered_at(body.completed_at, body.sent_at, tx.now, tx.now - EARLIEST)
    facts = await facts_before(tx, seen, body.response_id, body.answers, "patient", at, None)
    facts = msgspec.structs.replace(facts, partial=True, text=bool(body.text), call_me=body.call_me)
    judgement = judge(seen.version, facts)
    told = await _told(tx, seen, body, judgement, at)
    given = _Given("patient", at, None, late=False, unexpected=False)
    await store(tx, [_storable(tx, tx.actor, None, "phone", seen, body, judgement, given, told, ends=False)])
    return Reply(told, True)


async def _replay(tx: Tx, seen: Situation, body: ResponseBody | ReportBody) -> queries.Stored | None:
    stored = await queries.find(tx, seen.patient.id, body.response_id) if seen.replayed else None
    if stored is None:
        return None
    if stored.body_hash != body_hash(tx.cipher, body):
        raise errors.conflict("Other answers were sent under this id. Send these under a new one.")
    return stored


async def _told(
    tx: Tx, seen: Situation, body: ResponseBody | ReportBody, judgement: Judgement, at: datetime
) -> dict[str, Any]:
    """The reply, once flags and alert with its first page are stored."""
    paged = await alert_for(tx, seen, judgement, body.response_id, at)
    session_id = seen.session.id if seen.session else None
    concerned = seen.alerted or judgement.flags
    standing = await alerts.find_standing(tx, seen.patient.id, session_id) if concerned else None
    # While somebody is being called about an earlier answer, this one is not told that nothing needs a call.
    quiet = judgement if standing is None or standing.missed_only else msgspec.structs.replace(judgement, clear=False)
    return await with_cover(tx, seen.place, _reply(seen, body, quiet, paged=paged))


def _reply(seen: Situation, body: ResponseBody | ReportBody, judgement: Judgement, *, paged: bool) -> dict[str, Any]:
    return reply_to(body.response_id, judgement, seen, paged=paged, benefit=body.answers.get("d_change") == "same")


def _storable(
    tx: Tx, actor: Actor, device_id: UUID | None, via: str, seen: Situation, body: ResponseBody | ReportBody,
    judgement: Judgement, given: _Given, told: dict[str, Any], *, ends: bool,
) -> Storable:  # fmt: skip
    session, check_in = seen.session, seen.check_in
    return Storable(
        actor=actor, device_id=device_id, action="response.submitted" if check_in else "report.submitted", ends=ends,
        response_id=body.response_id, patient_id=seen.patient.id, session_id=session.id if session else None,
        check_in=check_in, questionnaire=check_in.questionnaire if check_in else seen.version.report_questionnaire,
        body_hash=body_hash(tx.cipher, body), answers=body.answers, text=getattr(body, "text", None), reply=told,
        answered_by=given.by, via=via, started_at=within_reach(body.started_at),
        completed_at=within_reach(body.completed_at), answered_at=given.at,
        hours=hours_since(session, given.at) if session else None, late=given.late, unexpected=given.unexpected,
        tier=judgement.tier, clear=judgement.clear, scores=judgement.scores,
    )  # fmt: skip


async def _recheck(tx: Tx, seen: Situation, judgement: Judgement) -> None:
    """The extra check-in that a rule asks for after an answer that is not yet well. Who rests is not woken while there
    is a companion to ask."""
    if seen.session is None or seen.check_in is None:
        return
    resting = judgement.reask_companion_minutes
    if resting is not None and await ask_after_rest(tx, seen.version, seen.check_in, resting):
        return
    if judgement.reask_minutes is None:
        return
    keys = [c.key for c in await checkins.list_of_session(tx, seen.session.id)]
    extra = recheck(seen.version, judgement.reask_minutes, seen.check_in.key, keys, tx.now)
    if extra is not None:
        await checkins.insert_many(tx, seen.patient.id, seen.session.id, [extra])
