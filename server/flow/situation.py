"""What an answer is judged against: patient, session, protocol version, cover, and everything answered before."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from server.access import queries as access
from server.access.model import Answering
from server.alerts import queries as alerts
from server.alerts.calendar import Calendar
from server.checkins import queries as checkins
from server.checkins.queries import CheckIn
from server.flow.sending import held_since
from server.flow.sessions import facts_of, hours_since
from server.kit import errors
from server.kit.db import Tx
from server.patients import queries as patients
from server.patients.help import country_of_zone, help_for
from server.patients.model import Patient
from server.protocols import queries as protocols
from server.protocols.evaluate import EarlierScores
from server.protocols.model import ProtocolVersion
from server.protocols.rules import choose
from server.responses import queries
from server.responses.advice import Place
from server.responses.model import Answers, Cover, Facts
from server.responses.queries import Earlier
from server.responses.wording import local_words
from server.sessions import queries as sessions
from server.sessions.model import Session


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer is judged against."""

    patient: Patient
    version: ProtocolVersion
    session: Session | None
    check_in: CheckIn | None
    place: Place


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
    """Which numbers help, and who can look at an answer now: nobody is paged while sending is held."""
    clinic = await access.get_clinic(tx)
    calendar = Calendar(clinic.time_zone, clinic.hours)
    reachable = [c for c in await access.list_reachable(tx) if c.phone or c.email]
    opens = local_words(calendar.next_open(tx.now), calendar.zone, tx.now, patient.language)
    pageable = bool(reachable) and await held_since(tx) is None
    return Place(
        help=help_for(country_of_zone(patient.time_zone), clinic.phone, patient.language),
        cover=Cover(on_duty=calendar.is_open(tx.now), pageable=pageable, next_open=opens),
        language=patient.language, zone=patient.time_zone, now=tx.now,
    )  # fmt: skip


async def facts_before(
    tx: Tx, seen: Situation, response_id: UUID, answers: Answers, answered_by: str, at: datetime, offset: float | None
) -> Facts:
    """Everything the rules may look at, as it was before this answer."""
    session, check_in = seen.session, seen.check_in
    earlier = [] if session is None else await queries.list_earlier(tx, session.id, response_id, at)
    before = None if session is None or check_in is None else await sessions.find_previous(tx, session)
    own_last: Mapping[str, Any] = {}
    if before is not None and check_in is not None:
        of_that = await queries.list_earlier(tx, before.id, response_id, at)
        same = [e for e in of_that if e.check_in_key == check_in.key]
        own_last = same[0].answers if same else {}
    facts = Facts(
        questionnaire=seen.version.report_questionnaire if check_in is None else check_in.questionnaire,
        answers=answers, answered_by="companion" if answered_by == "companion" else "patient",
        hours=None if session is None else hours_since(session, at), offset_hours=offset,
        session=None if session is None else facts_of(session),
        risk=() if session is None else tuple(session.risk_reasons), companion=seen.patient.companion_may_be_asked,
        last=_latest_answers(earlier), own_last_session=own_last, last_clear=earlier[0].clear if earlier else None,
    )  # fmt: skip
    repeat = None if check_in is None else seen.version.step(check_in.key).repeat
    if check_in is None or repeat is None:
        return facts
    since = at - timedelta(days=repeat.until_days)
    forms = await queries.list_earlier_forms(tx, seen.patient.id, facts.questionnaire, response_id, at, since)
    flagged = await alerts.list_rules_before(tx, check_in.session_id, response_id, at)
    return msgspec.structs.replace(
        facts, last=_latest_answers(forms), flagged_before=flagged,
        earlier_scores=tuple(EarlierScores((at - e.answered_at) / timedelta(days=1), e.scores) for e in forms),
    )  # fmt: skip


def _latest_answers(newest_first: Sequence[Earlier]) -> dict[str, Any]:
    last: dict[str, Any] = {}
    for response in reversed(newest_first):
        last.update(response.answers)
    return last


async def own_check_in(tx: Tx, who: Answering, check_in_id: UUID) -> CheckIn:
    """The check-in, if it is theirs to answer: the companion's is nobody's who has not got its link."""
    check_in = await checkins.find(tx, check_in_id)
    if check_in is None or check_in.patient_id != who.patient_id:
        raise errors.not_found()
    if check_in.asked_of == "companion" and who.via != "link":
        raise errors.not_found()
    return check_in
