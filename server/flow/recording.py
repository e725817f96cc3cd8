"""Sessions are stored with all that follows from them: one by hand or ten thousand of a file, by the same rules."""

from bisect import insort
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from server.access import queries as access
from server.checkins import queries as checkins
from server.checkins.model import PlannedCheckIn, QuietHours, RiskFacts, SessionFacts
from server.checkins.risk import risk_reasons
from server.checkins.rules import follow_ups, plan
from server.flow.courses import PatientClock, follow_courses
from server.flow.planned import last_answers
from server.flow.recount import recount
from server.kit import audit, errors
from server.kit.db import Tx
from server.kit.ids import uuid7
from server.notifications import queries as outbox
from server.protocols import queries as protocols
from server.protocols.model import ProtocolVersion
from server.protocols.rules import choose
from server.sessions import queries
from server.sessions.import_queries import plan_anew
from server.sessions.model import NewSession
from server.sessions.queries import Placed
from server.sessions.rules import Given, phase_of, place_in_course, setting_of

UNSIGNED = "Nobody has signed off the protocol yet. A clinician or admin can do it in Settings."
# Short statements, and the process's other requests get their turn in between: sessions, and patients whose course is
# worked out.
BATCH = 200
FEW = 50


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A believable session and what its plan depends on. `zone` and `quiet` are the patient's."""

    patient_id: UUID
    age: int
    zone: str
    quiet: QuietHours | None
    new: NewSession
    version: ProtocolVersion


class Stored(msgspec.Struct, frozen=True):
    """A session with its plan, as stored."""

    session_id: UUID
    planned: Sequence[PlannedCheckIn]

    @property
    def cancelled_late(self) -> int:
        return sum(p.reason == "recorded_late" for p in self.planned)


class Shelf(msgspec.Struct, frozen=True):
    """The clinic's protocol versions of today; a demo needs no signature."""

    published: Sequence[protocols.Published]
    demo: bool

    def version_for(self, new: NewSession) -> ProtocolVersion:
        """The clinic's version for this route and setting; no real session uses one that nobody signed (H26)."""
        documents = [p.document for p in self.published]
        version = choose(documents, new.route, setting_of(new), new.drug, new.indication)
        signed = any(p.document is version and p.signed_by is not None for p in self.published)
        if not signed and not self.demo:
            raise errors.conflict(UNSIGNED)
        return version


async def open_shelf(tx: Tx) -> Shelf:
    return Shelf(await protocols.list_in_use(tx), (await access.get_clinic(tx)).demo)


async def store_sessions(tx: Tx, entries: Sequence[Entry]) -> list[Stored]:
    """Number them, judge the risk, pin the version, plan, store every check-in; older follow-ups beyond +24 h give way
    (decision 8). The patients' locks, and that none is there already, are the caller's."""
    stored = await insert_sessions(tx, entries)
    await recount(tx, list({e.patient_id for e in entries}))
    await follow_sessions(tx, entries)
    return stored


async def insert_sessions(tx: Tx, entries: Sequence[Entry], told: Callable[[int], None] | None = None) -> list[Stored]:
    """New rows only: whoever answers meanwhile is not held up. In the order of their ends, whatever order they come in.

    That nobody else records for these patients is the caller's. `told`: how many are stored so far.
    """
    placed = _place(entries, await queries.list_courses(tx, list({e.patient_id for e in entries})))
    stored: list[Stored] = []
    for start in range(0, len(placed), BATCH):
        if start:
            await plan_anew(tx)
        stored += await _store(tx, placed[start : start + BATCH])
        if told is not None:
            told(len(stored))
    return stored


async def follow_sessions(tx: Tx, entries: Sequence[Entry]) -> None:
    """What follows for the check-ins that were there: older follow-ups give way, the course's clock goes by the new
    sessions. The patients' locks are the caller's."""
    await _give_way(tx, entries)
    await _follow_courses(tx, entries)


def _place(entries: Sequence[Entry], courses: dict[UUID, list[Given]]) -> list[tuple[Entry, Placed]]:
    """Each session's number in its patient's course and what makes silence after it worrying."""
    placed = []
    for entry in sorted(entries, key=lambda e: e.new.ended_at):
        new = entry.new
        course = courses.setdefault(entry.patient_id, [])
        earlier, last_dose, badly = place_in_course(course, new.ended_at)
        phase = new.phase or phase_of(course, new.ended_at)
        insort(course, (new.ended_at, new.dose_mg, False))
        facts = RiskFacts(
            setting=setting_of(new), number=earlier + 1, dose_mg=new.dose_mg, last_dose_mg=last_dose,
            last_badly_tolerated=badly, age=entry.age, ticked=tuple(new.risk),
        )  # fmt: skip
        session = Placed(
            id=uuid7(), patient_id=entry.patient_id, new=new, setting=setting_of(new), number=earlier + 1, phase=phase,
            protocol=(entry.version.key, entry.version.version), risk_reasons=risk_reasons(facts),
        )  # fmt: skip
        placed.append((entry, session))
    return placed


async def _store(tx: Tx, batch: Sequence[tuple[Entry, Placed]]) -> list[Stored]:
    await queries.insert_many(tx, [session for _, session in batch])
    answered = await last_answers(tx, [(entry.patient_id, entry.version) for entry, _ in batch])
    stored = [Stored(s.id, _plan(entry, s, tx, answered.get(entry.patient_id, {}))) for entry, s in batch]
    plans = [(s.patient_id, s.id, p) for (_, s), of_it in zip(batch, stored, strict=True) for p in of_it.planned]
    await checkins.insert_plans(tx, plans)
    await audit.record_many(tx, "session.recorded", "session", [(s.id, s.patient_id) for _, s in batch])
    return stored


def _plan(entry: Entry, session: Placed, tx: Tx, answered: Mapping[str, datetime]) -> Sequence[PlannedCheckIn]:
    facts = msgspec.structs.replace(
        facts_of_new(entry.new), risk=tuple(session.risk_reasons), number=session.number, phase=session.phase
    )  # fmt: skip
    return plan(facts, entry.version, entry.zone, entry.quiet, tx.now, answered)


def facts_of_new(new: NewSession) -> SessionFacts:
    """A session that is to be recorded, as the planner sees it."""
    return SessionFacts(
        drug=new.drug, route=new.route, setting=setting_of(new), ended_at=new.ended_at, started_at=new.started_at,
        discharged_at=new.discharged_at, indication=new.indication,
    )  # fmt: skip


async def _give_way(tx: Tx, entries: Sequence[Entry]) -> None:
    for version in {(e.version.key, e.version.version): e.version for e in entries}.values():
        of_it = list({e.patient_id for e in entries if e.version == version})
        for start in range(0, len(of_it), FEW):
            await give_way(tx, of_it[start : start + FEW], version)


async def _follow_courses(tx: Tx, entries: Sequence[Entry]) -> None:
    clocks = list({e.patient_id: PatientClock(e.patient_id, e.zone, e.quiet) for e in entries}.values())
    for start in range(0, len(clocks), FEW):
        await follow_courses(tx, clocks[start : start + FEW])


async def give_way(tx: Tx, patient_ids: Sequence[UUID], version: ProtocolVersion) -> None:
    """Follow-ups beyond +24 h are those of the patient's latest session (decision 8)."""
    await checkins.restore_latest(tx, patient_ids)
    cancelled = await checkins.cancel_older(tx, patient_ids, follow_ups(version))
    await outbox.cancel_for_check_ins(tx, cancelled)
