"""A protocol version is tried on answers that are there, or on made-up ones: part by part, so that whoever waits sees
how far it is and nobody else waits."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from server.access.model import Staff
from server.checkins.model import SessionFacts
from server.kit import audit, errors
from server.kit.db import Database, Tx
from server.lab import queries
from server.lab.model import Progress, Report, Tried, Verdict
from server.lab.rules import Tally, compared, tried_again
from server.patients import queries as patients
from server.protocols import draft_queries as drafts
from server.protocols import queries as protocols
from server.protocols.findings import FAULTY, faults_of, findings
from server.protocols.model import ProtocolVersion, worst
from server.responses.queries import open_answers
from server.responses.replay import Past, PastSession
from server.responses.rules import baseline_of
from server.simulation.life import live_by
from server.simulation.people import Person, Way, person, ways

PART = 10
BEFORE = timedelta(days=90)
"""So far back lies what rules compare an answer with."""
CALL_ME = "report.call_me"
NOBODY_TREATED = "No made-up patient is treated this way. Try it on past answers."


async def versions_to_try(tx: Tx, key: str, version: int) -> tuple[ProtocolVersion, ProtocolVersion]:
    """(the version that is to be tried, the one in use now); 404 when the clinic has no such version."""
    try:
        tried = await protocols.get_version(tx, key, version)
    except LookupError:
        raise errors.not_found() from None
    return tried, await _in_use(tx, key) or tried


async def draft_to_try(tx: Tx, draft_id: UUID, language: str) -> tuple[ProtocolVersion, ProtocolVersion]:
    """(the draft's document as it stands, the version in use now: of a copy, that of its origin); 404 when there is no
    such draft, 422 with every fault while it has any: what cannot work cannot be tried."""
    draft = await drafts.get(tx, draft_id)
    if faults := faults_of(findings(draft.document, language)):
        raise errors.Problem(422, FAULTY, extra={"findings": msgspec.to_builtins(faults)})
    return draft.document, await _in_use(tx, draft.copied_from or draft.key) or draft.document


async def _in_use(tx: Tx, key: str) -> ProtocolVersion | None:
    return next((p.document for p in await protocols.list_in_use(tx) if p.document.key == key), None)


async def tried_on_stored(
    db: Database, staff: Staff, version: ProtocolVersion, in_use: ProtocolVersion, days: int
) -> AsyncIterator[Progress | Report]:
    """What this version would have made of the answers and silences of so many days under the protocol in use, and what
    was made of them then. Whose answers were read is in the audit log."""
    tally = Tally(version, staff.language)
    async with db.begin(staff.actor) as tx:
        since = tx.now - timedelta(days=days)
        everybody = await queries.list_patients(tx, in_use.key, since - BEFORE)
        useful = await queries.list_useful(tx, since)
        await audit.record(tx, "protocol.tried", "protocol", detail={"key": version.key, "days": days})
    for start in range(0, len(everybody), PART):
        part = everybody[start : start + PART]
        yield Progress(start, len(everybody))
        async with db.begin(staff.actor) as tx:
            await audit.record_many(tx, "responses.tried", "patient", [(p, p) for p in part])
            courses = await _courses(tx, part, in_use.key, since - BEFORE)
        for patient_id, course in courses.items():
            tried = await asyncio.to_thread(tried_again, version, course, patient_id, staff.language)
            tally.add([one for one in tried if one.past.at > since])
    yield Progress(len(everybody), len(everybody))
    yield await _named(db, staff, tally.report("stored", timedelta(days=days), useful))


async def tried_on_made_up(
    db: Database, staff: Staff, version: ProtocolVersion, in_use: ProtocolVersion, *, count: int, days: int, seed: int
) -> AsyncIterator[Progress | Report]:
    """The same on so many made-up patients who are treated for so many days; before: the version in use. Ends only for
    a version that some of them are treated by: `require_treated`."""
    tally = Tally(version, staff.language)
    async with db.begin(staff.actor) as tx:
        useful = await queries.list_useful(tx, tx.now - BEFORE)
        await audit.record(tx, "protocol.tried", "protocol", detail={"key": version.key, "made_up": count})
    number = 0
    for done in range(count):
        yield Progress(done, count)
        while not _fits(version, who := person(seed, number)):
            number += 1
        tally.add(await asyncio.to_thread(_made_up, version, in_use, who, days, staff.language))
        number += 1
    yield Progress(count, count)
    yield tally.report("simulated", timedelta(days=days), useful)


def require_treated(version: ProtocolVersion) -> None:
    """422 when no made-up patient is treated in the way that the version is for."""
    if not any(_fits(version, way) for way in ways()):
        raise errors.invalid(("over", NOBODY_TREATED))


def _fits(version: ProtocolVersion, who: Person | Way) -> bool:
    """What they are treated for is left open: the answers do not depend on it."""
    drug = not version.drugs or who.drug in version.drugs
    return drug and who.route in version.routes and who.setting in version.settings


def _made_up(version: ProtocolVersion, in_use: ProtocolVersion, who: Person, days: int, language: str) -> list[Tried]:
    course = [lived.past for lived in live_by(version, who, days)]
    return compared(in_use, version, course, language)


async def _named(db: Database, staff: Staff, report: Report) -> Report:
    """The cases with the names of those they are about."""
    async with db.begin(staff.actor) as tx:
        listed = {case.patient_id for case in report.cases if case.patient_id is not None}
        people = await patients.list_people(tx, list(listed))
    cases = [
        msgspec.structs.replace(case, patient_name=people[case.patient_id].name) if case.patient_id else case
        for case in report.cases
    ]
    return msgspec.structs.replace(report, cases=cases)


async def _courses(
    tx: Tx, patient_ids: Sequence[UUID], key: str, since: datetime
) -> dict[UUID, list[tuple[Past, Verdict]]]:
    """By patient: answers and silences in order, each with what it was judged."""
    sessions = {row["id"]: _session(row) for row in await queries.list_sessions(tx, patient_ids, key)}
    flags = await queries.list_flags(tx, patient_ids, since)
    people = await patients.list_people(tx, patient_ids)
    found: dict[UUID, list[tuple[Past, Verdict]]] = defaultdict(list)
    for row in await queries.list_answers(tx, patient_ids, key, since):
        hits = flags.get((row["patient_id"], row["response_id"]), [])
        past = _answer(tx, row, sessions[row["session_id"]], hits, companion=people[row["patient_id"]].companion)
        found[row["patient_id"]].append((past, Verdict(row["tier"], _sentences(hits))))
    for row in await queries.list_silences(tx, patient_ids, key, since):
        hits = flags.get((row["patient_id"], row["id"]), [])
        tier = worst(hit.tier for hit in hits)
        found[row["patient_id"]].append((_silence(row, sessions[row["session_id"]]), Verdict(tier, _sentences(hits))))
    for course in found.values():
        course.sort(key=lambda one: one[0].at)
    return found


def _session(row: Any) -> PastSession:
    facts = SessionFacts(
        drug=row["drug"], route=row["route"], setting=row["setting"], ended_at=row["ended_at"],
        discharged_at=row["discharged_at"], started_at=row["started_at"], risk=tuple(row["risk_reasons"]),
    )  # fmt: skip
    return PastSession(row["id"], facts, baseline_of(row["baseline_mood"]))


def _answer(tx: Tx, row: Any, session: PastSession, hits: Sequence[queries.Flagged], *, companion: bool) -> Past:
    answers, text = open_answers(tx, row["id"], row["answers_enc"])
    return Past(
        id=row["id"], at=row["answered_at"], session=session, questionnaire=row["questionnaire"], key=row["key"],
        due_at=row["due_at"], asked_of=row["asked_of"] or "patient", answers=answers, answered_by=row["answered_by"],
        companion=companion, text=bool(text), call_me=any(hit.rule == CALL_ME for hit in hits),
    )  # fmt: skip


def _silence(row: Any, session: PastSession) -> Past:
    return Past(
        id=row["id"], at=row["at"], session=session, questionnaire=row["questionnaire"], key=row["key"],
        due_at=row["due_at"], asked_of=row["asked_of"], missed=True,
    )  # fmt: skip


def _sentences(hits: Sequence[queries.Flagged]) -> dict[str, str]:
    return {hit.rule: hit.sentence for hit in hits}
