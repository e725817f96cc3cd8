"""A made-up clinic lived through without a database: planned, asked, answered and judged by the product's own rules."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from typing import Any
from uuid import UUID

import msgspec

from server.checkins.course import CourseFrame, plan_course
from server.checkins.model import CourseSession, LastCheckIn, PlannedCheckIn, RiskFacts, SessionFacts
from server.checkins.risk import risk_reasons
from server.checkins.rules import companion_turn, follow_ups, is_routine, plan, recheck, should_ask
from server.checkins.wall import local
from server.protocols.model import ProtocolVersion
from server.protocols.rules import choose
from server.responses.model import Judgement
from server.responses.replay import Past, PastSession, Replay
from server.sessions.rules import setting_of
from server.simulation.figures import PLANTED
from server.simulation.forms import simulated_answers
from server.simulation.habits import answers_after
from server.simulation.people import Dose, Person, doses, person, session_of
from server.simulation.planted import planted_here

FIRST_DAY = date(2026, 3, 2)
A_SECOND = timedelta(seconds=1)


class Lived(msgspec.Struct, frozen=True):
    """One answer or silence, how it was judged, and whether an emergency was planted in it."""

    past: Past
    judgement: Judgement
    planted: bool = False


class Session(msgspec.Struct, frozen=True):
    """A dose with the session that it became."""

    dose: Dose
    past: PastSession


def live(
    versions: Sequence[ProtocolVersion], seed: int, number: int, days: int, first: date = FIRST_DAY,
    planted: float = PLANTED,
) -> Iterator[Lived]:  # fmt: skip
    """Everything that patient `number` answers or leaves unanswered in so many days, in order. Nothing depends on the
    versions but what is asked: a check-in that only another version has is one more."""
    who = person(seed, number)
    yield from live_by(choose(versions, who.route, who.setting, who.drug, who.indication), who, days, first, planted)


def live_by(
    version: ProtocolVersion, who: Person, days: int, first: date = FIRST_DAY, planted: float = PLANTED
) -> Iterator[Lived]:
    """The same by one version, whatever it is for."""
    return _Life(who, version, sessions_of(who, days, first), planted).run()


def sessions_of(who: Person, days: int, first: date = FIRST_DAY) -> list[Session]:
    """Numbered, with the risks that follow from them."""
    found: list[Session] = []
    last_dose = None
    for dose in doses(who, days):
        new = session_of(who, dose, first)
        facts = RiskFacts(
            setting=setting_of(new), number=dose.number, dose_mg=new.dose_mg, last_dose_mg=last_dose, age=who.age,
            ticked=who.ticked,
        )  # fmt: skip
        last_dose = new.dose_mg
        seen = SessionFacts(
            drug=new.drug, route=new.route, setting=setting_of(new), ended_at=new.ended_at,
            discharged_at=new.discharged_at, started_at=new.started_at, risk=risk_reasons(facts),
            indication=new.indication, number=dose.number,
        )  # fmt: skip
        found.append(Session(dose, PastSession(UUID(int=who.number * 10_000 + dose.number), seen)))
    return found


class _Life:
    """A patient's check-ins in order of time; `_due` holds what happens next."""

    def __init__(self, who: Person, version: ProtocolVersion, sessions: Sequence[Session], planted: float) -> None:
        self._who, self._version, self._planted = who, version, planted
        self._replay = Replay(version)
        self._due: list[tuple[datetime, int, str, Session, PlannedCheckIn]] = []
        self._count = 0
        self._keys: dict[UUID, list[str]] = {}
        self._over: set[tuple[UUID, str]] = set()
        for session, check_in in _planned(who, version, sessions):
            self._keys.setdefault(session.past.id, []).append(check_in.key)
            self._push(check_in.opens_at, "ask", session, check_in)

    def run(self) -> Iterator[Lived]:
        while self._due:
            at, _, what, session, check_in = heappop(self._due)
            if what == "ask":
                self._ask(session, check_in)
            elif what == "companion":
                self._ask_companion(at, session, check_in)
            elif what == "answer" or (session.past.id, check_in.key) not in self._over:
                yield from self._come(at, session, check_in, missed=what == "close")

    def _push(self, at: datetime, what: str, session: Session, check_in: PlannedCheckIn) -> None:
        self._count += 1
        heappush(self._due, (at, self._count, what, session, check_in))

    def _ask(self, session: Session, check_in: PlannedCheckIn) -> None:
        step = self._version.step(check_in.key)
        past = self._past(check_in.due_at, session, check_in, missed=True)
        clear = self._replay.clear_before(past)
        if not should_ask(step, None if clear is None else LastCheckIn("answered", clear)):
            return
        habit = answers_after(self._who, session.dose, check_in.key, step)
        planted = self._plant(session, check_in)
        at_once = timedelta(minutes=step.window_minutes / 3)
        after = at_once if planted else None if habit is None else habit.after
        if after is not None:
            self._push(check_in.opens_at + after, "answer", session, check_in)
        self._push(check_in.closes_at, "close", session, check_in)
        if step.companion_after_minutes is not None and self._who.companion:
            silent = check_in.due_at + timedelta(minutes=step.companion_after_minutes)
            self._push(silent, "companion", session, check_in)

    def _ask_companion(self, at: datetime, session: Session, silent: PlannedCheckIn) -> None:
        theirs = companion_turn(self._version, silent.key, at)
        if theirs is not None and (session.past.id, silent.key) not in self._over:
            self._push(at, "ask", session, theirs)

    def _come(self, at: datetime, session: Session, check_in: PlannedCheckIn, *, missed: bool) -> Iterator[Lived]:
        planted = None if missed else self._plant(session, check_in)
        past = self._past(at, session, check_in, missed=missed)
        if not missed:
            form = self._version.questionnaire(check_in.questionnaire)
            offset = self._version.step(check_in.key).offset_minutes / 60
            hours = (at - session.past.facts.t0) / timedelta(hours=1)
            answers = simulated_answers(self._who, session.dose, form, hours, offset, past.answered_by, planted)
            past = msgspec.structs.replace(past, answers=answers)
        judgement = self._replay.judge(past)
        if judgement is None:
            return
        self._settle(session, check_in, judgement, at, missed=missed)
        yield Lived(past, judgement, planted is not None)

    def _settle(
        self, session: Session, check_in: PlannedCheckIn, judgement: Judgement, at: datetime, *, missed: bool
    ) -> None:
        self._over.add((session.past.id, check_in.key))
        if not missed and check_in.stands_in_for is not None:
            self._over.add((session.past.id, check_in.stands_in_for))
        keys = self._keys[session.past.id]
        extra = recheck(self._version, judgement.reask_minutes, check_in.key, keys, at)
        if extra is not None:
            keys.append(extra.key)
            self._push(extra.opens_at, "ask", session, extra)

    def _plant(self, session: Session, check_in: PlannedCheckIn) -> Mapping[str, Any] | None:
        return planted_here(self._who, session.dose, check_in.key, check_in.questionnaire, self._planted)

    def _past(self, at: datetime, session: Session, check_in: PlannedCheckIn, *, missed: bool) -> Past:
        self._count += 1
        return Past(
            id=UUID(int=self._who.number * 1_000_000 + self._count), at=at, session=session.past, key=check_in.key,
            questionnaire=check_in.questionnaire, due_at=check_in.due_at, asked_of=check_in.asked_of, missed=missed,
            answered_by=check_in.asked_of, companion=self._who.companion,
        )  # fmt: skip


def _planned(
    who: Person, version: ProtocolVersion, sessions: Sequence[Session]
) -> Iterator[tuple[Session, PlannedCheckIn]]:
    """Of each session, and of the course they make. A new session cancels older follow-ups (decision 8)."""
    late, ends = follow_ups(version), [s.past.facts.ended_at for s in sessions]
    planned = []
    for nth, session in enumerate(sessions):
        for check_in in plan(session.past.facts, version, who.zone, who.quiet, session.past.facts.ended_at):
            given_way = check_in.key in late and nth + 1 < len(ends) and check_in.closes_at > ends[nth + 1]
            if check_in.state == "planned" and not given_way:
                planned.append((session, check_in))
    yield from planned
    if not sessions:
        return
    frame = CourseFrame(
        sessions=tuple(CourseSession(s.past.id, s.past.facts.ended_at) for s in sessions),
        busy=frozenset(
            local(c.due_at, who.zone).date() for _, c in planned if is_routine(version.step(c.key))
        ),
        zone=who.zone, quiet=who.quiet, now=ends[0],
    )  # fmt: skip
    by_id = {s.past.id: s for s in sessions}
    for of_course in plan_course(version.course, (), frame):
        if of_course.check_in.state == "planned":
            yield by_id[of_course.session_id], of_course.check_in
