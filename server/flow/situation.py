"""What an answer is judged against: patient, session, protocol version, cover, and everything answered before."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from server.access.model import Answering, Claim, Hours
from server.alerts import queries as alerts
from server.alerts.calendar import Calendar
from server.checkins.queries import CheckIn
from server.flow.sessions import facts_of, hours_since
from server.flow.situation_queries import LOAD, Before, Loaded, LoadFor, Person, arguments, load, read
from server.kit import errors
from server.kit.db import Database, Tx
from server.patients.help import country_of_zone, help_for
from server.protocols import queries as protocols
from server.protocols.evaluate import EarlierScores
from server.protocols.model import ProtocolVersion
from server.protocols.rules import choose
from server.responses import queries
from server.responses.advice import Place
from server.responses.model import Answers, Cover, Facts
from server.responses.rules import baseline_of, looks_at_own_sessions
from server.responses.wording import local_words
from server.sessions.model import Session


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer is judged against. `replayed`, `flagged`, `alerted`, `before` as `situation_queries.Loaded`."""

    patient: Person
    version: ProtocolVersion
    session: Session | None
    check_in: CheckIn | None
    place: Place
    before: tuple[Before, ...]
    replayed: bool
    flagged: bool
    alerted: bool


async def situation(tx: Tx, patient_id: UUID, check_in_id: UUID | None, response_id: UUID | None = None) -> Situation:
    """Patient, session, protocol version and cover at this moment. Without a check-in: the latest session."""
    return await situation_of(tx, await load(tx, patient_id, check_in_id, response_id))


@asynccontextmanager
async def judging(
    db: Database, claim: Claim, check_in_id: UUID | None, response_id: UUID
) -> AsyncIterator[tuple[Tx, Situation]]:
    """A transaction under the patient's lock, with all that this answer is judged against; 401 for a claim that does
    not hold, 404 for a check-in that is not this patient's."""
    who = claim.who
    asked = LoadFor(who.patient_id, check_in_id, response_id, claim.device_to_prove)
    async with db.begin_under_lock(who.actor, who.patient_id, LOAD, *arguments([asked])) as (tx, row):
        claim.proven(row["bound"], tx.now)
        yield tx, await situation_of(tx, read(row, check_in_id))


async def situation_of(tx: Tx, loaded: Loaded) -> Situation:
    """What was loaded, with the protocol version that the session is pinned to."""
    session, check_in = loaded.session, loaded.check_in
    if check_in is not None and check_in.pinned is not None:
        version = await protocols.get_version(tx, *check_in.pinned)
    elif session is None:
        version = choose([p.document for p in await protocols.list_in_use(tx)], "iv", "clinic")
    else:
        version = await protocols.get_version(tx, session.protocol_key, session.protocol_version)
    return Situation(
        patient=loaded.person, version=version, session=session, check_in=loaded.check_in,
        place=place_of(loaded, tx.now), before=loaded.before, replayed=loaded.replayed, flagged=loaded.flagged,
        alerted=loaded.alerted,
    )  # fmt: skip


def place_of(loaded: Loaded, now: datetime) -> Place:
    """Which numbers help, and who can look at an answer now: nobody is paged while sending is held."""
    patient = loaded.person
    on_duty, opens = _clinic_at(loaded.clinic_zone, loaded.clinic_hours, now, patient.language)
    return Place(
        help=help_for(country_of_zone(patient.time_zone), loaded.clinic_phone, patient.language),
        cover=Cover(on_duty=on_duty, pageable=loaded.reachable and not loaded.held, next_open=opens),
        language=patient.language, zone=patient.time_zone, now=now,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _clinic_at(zone: str, hours: Hours, now: datetime, language: str) -> tuple[bool, str]:
    """Whether the clinic is at work, and when it will be, in words; the same for all who answer in one transaction."""
    calendar = Calendar(zone, hours)
    return calendar.is_open(now), local_words(calendar.next_open(now), zone, now, language)


def facts_at(tx: Tx, seen: Situation, answers: Answers, answered_by: str, at: datetime, offset: float | None) -> Facts:
    """What the rules may look at, as it was before this answer; a course's form, and a rule about several of the
    patient's own sessions, look further back."""
    session, check_in = seen.session, seen.check_in
    known = [each for each in seen.before if each.answered_at < at]
    earlier = [each for each in known if each.of_session]
    same = [e for e in known if not e.of_session and check_in is not None and e.check_in_key == check_in.key]
    return Facts(
        questionnaire=seen.version.report_questionnaire if check_in is None else check_in.questionnaire,
        answers=answers, answered_by="companion" if answered_by == "companion" else "patient",
        hours=None if session is None else hours_since(session, at), offset_hours=offset,
        session=None if session is None else facts_of(session),
        risk=() if session is None else tuple(session.risk_reasons), companion=seen.patient.companion,
        last=_latest_answers([e.answers(tx) for e in earlier]), own_last_session=same[0].answers(tx) if same else {},
        last_clear=earlier[0].clear if earlier else None,
        baseline=baseline_of(None if session is None else session.baseline_mood),
    )  # fmt: skip


async def facts_before(
    tx: Tx, seen: Situation, response_id: UUID, answers: Answers, answered_by: str, at: datetime, offset: float | None
) -> Facts:
    """Everything the rules may look at, as it was before this answer."""
    check_in, session, facts = seen.check_in, seen.session, facts_at(tx, seen, answers, answered_by, at, offset)
    if check_in is not None and session is not None and looks_at_own_sessions(seen.version, facts.questionnaire):
        own = await queries.list_own_sessions(tx, seen.patient.id, check_in.key, session.ended_at, at)
        facts = msgspec.structs.replace(facts, own_sessions=tuple(own))
    repeat = None if check_in is None else seen.version.step(check_in.key).repeat
    if check_in is None or check_in.session_id is None or repeat is None:
        return facts
    since = at - timedelta(days=repeat.until_days)
    forms = await queries.list_earlier_forms(tx, seen.patient.id, facts.questionnaire, response_id, at, since)
    flagged = await alerts.list_rules_before(tx, check_in.session_id, response_id, at)
    return msgspec.structs.replace(
        facts, last=_latest_answers([e.answers for e in forms]), flagged_before=flagged,
        earlier_scores=tuple(EarlierScores((at - e.answered_at) / timedelta(days=1), e.scores) for e in forms),
    )  # fmt: skip


def _latest_answers(newest_first: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    last: dict[str, Any] = {}
    for answers in reversed(newest_first):
        last.update(answers)
    return last


def own_check_in(seen: Situation, who: Answering) -> CheckIn:
    """The check-in, if it is theirs to answer: the companion's is nobody's who has not got its link."""
    if seen.check_in is None or (seen.check_in.asked_of == "companion" and who.via != "link"):
        raise errors.not_found()
    return seen.check_in
