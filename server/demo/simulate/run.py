"""The made-up clinic's weeks on the adjustable clock: sessions are recorded, phones answer, colleagues look after
alerts, the engine does the rest."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from server.access.model import Answering, Claim
from server.checkins.model import SessionFacts
from server.checkins.rules import plan
from server.demo.clock import MOVE_TO, NEXT_INSTANT
from server.demo.simulate.enrolling import Enrolled
from server.demo.simulate.place import Place
from server.flow.handling import Stale, alert_acknowledged, alert_closed, alert_followed_up
from server.flow.sessions import session_recorded
from server.flow.together import Together
from server.kit.ids import uuid7
from server.protocols.builtin import load_builtin
from server.protocols.model import ProtocolVersion
from server.protocols.rules import choose
from server.responses.model import AnsweredBy
from server.responses.wire import ResponseBody
from server.simulation.chance import chance, share
from server.simulation.forms import simulated_answers
from server.simulation.habits import Habit, answers_after
from server.simulation.life import sessions_of
from server.simulation.people import Dose, doses, session_of
from server.simulation.planted import planted_here
from server.worker import drain, housekeeping

AT_ONCE = 8
LEAPS_EVERY = 97
"""One step in so many goes further than anybody planned: a machine that slept, a clock that was set."""
LONGEST_LEAP_H = 9
SEAL_EVERY = 50
NOW = "select app_now()"
LIST_OPENED = """
select c.id, c.patient_id, c.session_id, c.key, c.questionnaire, c.asked_of, c.opens_at from check_ins c
where c.opens_at > $1 and c.opens_at <= $2 and c.state = 'open'
"""
LIST_OPEN_ALERTS = "select id, version, tier from alerts where state = 'open' and opened_at <= $1"
USEFUL = {"needed": 0.5, "worth_knowing": 0.35}


class Opened(msgspec.Struct, frozen=True):
    """A check-in that has been asked."""

    id: UUID
    patient_id: UUID
    session_id: UUID
    key: str
    questionnaire: str
    asked_of: AnsweredBy
    opens_at: datetime


class Ledger(msgspec.Struct):
    """What was done, to be held against what is stored. `told`: answers that got a reply, by the phone's id; `planted`:
    those that hold an emergency; `expected`: the keys that the plan of each session must have, worked out anew."""

    sessions: int = 0
    stale: int = 0
    recorded: dict[UUID, tuple[Enrolled, Dose]] = msgspec.field(default_factory=dict)
    told: dict[UUID, UUID] = msgspec.field(default_factory=dict)
    planted: set[UUID] = msgspec.field(default_factory=set)
    expected: set[tuple[UUID, str]] = msgspec.field(default_factory=set)
    again: int = 0
    closed: int = 0
    leaps: int = 0


class Simulation:
    """`step`: the clock stops no more often than that."""

    def __init__(
        self, on: Place, people: Sequence[Enrolled], seed: int, first: date, days: int, step: timedelta
    ) -> None:
        self.on, self.ledger = on, Ledger()
        self._seed, self._first, self._step = seed, first, step
        self._of = {one.patient_id: one for one in people}
        self._together = Together(on.web)
        self._versions: Sequence[ProtocolVersion] = load_builtin()
        self._todo: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = []
        self._count = 0
        self._now: datetime
        self._asked: set[UUID] = set()
        self._facts: dict[tuple[UUID, int], SessionFacts] = {}
        self.total = sum(self._plan_sessions(one, days) for one in people)

    def _plan_sessions(self, one: Enrolled, days: int) -> int:
        planned = list(doses(one.who, days))
        lived = sessions_of(one.who, days, self._first)
        self._facts |= {(one.patient_id, session.dose.number): session.past.facts for session in lived}
        for dose in planned:
            new = session_of(one.who, dose, self._first)
            at = (new.discharged_at or new.ended_at) + timedelta(minutes=1)
            self._at(at, lambda dose=dose: self._record(one, dose))  # type: ignore[misc]
        return len(planned)

    def _at(self, at: datetime, what: Callable[[], Awaitable[None]]) -> None:
        self._count += 1
        heappush(self._todo, (at, self._count, what))

    async def run(self, until: datetime, tell: Callable[["Simulation", datetime], None]) -> None:
        """To the end of the weeks; `tell` after each step."""
        now: datetime = await self.on.owner.fetchval(NOW)
        leaps, steps = chance(self._seed, "leaps"), 0
        while now < until:
            before, now = now, await self._next(now, until, leaps)
            await self.on.owner.execute(MOVE_TO, now)
            self._now = now = await self.on.owner.fetchval(NOW)
            await self._do(now)
            await drain(self.on.engine)
            await self._notice(before, now)
            await self._look_after(now)
            steps += 1
            if steps % SEAL_EVERY == 0:
                await housekeeping(self.on.engine)
            tell(self, now)
        await housekeeping(self.on.engine)

    async def _next(self, now: datetime, until: datetime, leaps: Random) -> datetime:
        """The first instant at which anything is due, on the grid of steps; sometimes hours later."""
        due = await self.on.owner.fetchval(NEXT_INSTANT, now, until)
        todo = self._todo[0][0] if self._todo else until
        soonest = max(min(due or until, todo, until), now + self._step)
        if leaps.randrange(LEAPS_EVERY) == 0:
            self.ledger.leaps += 1
            soonest += timedelta(hours=leaps.uniform(1, LONGEST_LEAP_H))
        return soonest

    async def _do(self, now: datetime) -> None:
        """Everything that people do by now, some of it at the same time."""
        due = []
        while self._todo and self._todo[0][0] <= now:
            due.append(heappop(self._todo)[2])
        places = asyncio.Semaphore(AT_ONCE)

        async def one(what: Callable[[], Awaitable[None]]) -> None:
            async with places:
                await what()

        await asyncio.gather(*(one(what) for what in due))

    async def _record(self, one: Enrolled, dose: Dose) -> None:
        new = session_of(one.who, dose, self._first)
        async with self.on.web.begin(self.on.staff.actor) as tx:
            recorded = await session_recorded(tx, self.on.staff, one.patient_id, new)
        self.ledger.sessions += 1
        self.ledger.recorded[recorded.session_id] = (one, dose)
        version = choose(self._versions, one.who.route, one.who.setting)
        facts = self._facts[one.patient_id, dose.number]
        planned = plan(facts, version, one.who.zone, one.who.quiet, self._now)
        self.ledger.expected |= {(recorded.session_id, check_in.key) for check_in in planned}

    async def _notice(self, before: datetime, now: datetime) -> None:
        """Check-ins that were asked since the last step: whether and when each will be answered is settled now."""
        for row in await self.on.owner.fetch(LIST_OPENED, before, now):
            opened = msgspec.convert(dict(row), Opened)
            if opened.id not in self._asked and opened.session_id in self.ledger.recorded:
                self._asked.add(opened.id)
                self._await_answer(opened)

    def _await_answer(self, opened: Opened) -> None:
        one, dose = self.ledger.recorded[opened.session_id]
        version = choose(self._versions, one.who.route, one.who.setting)
        step = version.step(opened.key)
        planted = planted_here(one.who, dose, opened.key, opened.questionnaire)
        habit = answers_after(one.who, dose, opened.key, step)
        if planted is not None:
            habit = Habit(timedelta(minutes=step.window_minutes / 3))
        if habit is not None:
            self._at(opened.opens_at + habit.after, lambda: self._answer(opened, version, habit))

    async def _answer(self, opened: Opened, version: ProtocolVersion, habit: Habit) -> None:
        one, dose = self.ledger.recorded[opened.session_id]
        planted = planted_here(one.who, dose, opened.key, opened.questionnaire)
        now: datetime = self._now
        new = session_of(one.who, dose, self._first)
        t0 = new.started_at if one.who.setting == "home" else new.ended_at
        step = version.step(opened.key)
        answers = simulated_answers(
            one.who, dose, version.questionnaire(opened.questionnaire), (now - t0) / timedelta(hours=1),
            step.offset_minutes / 60, opened.asked_of, planted,
        )  # fmt: skip
        body = ResponseBody(
            response_id=uuid7(), answers=dict(answers), started_at=now - timedelta(minutes=1), completed_at=now,
            sent_at=now, answered_by=opened.asked_of,
        )  # fmt: skip
        via = "link" if opened.asked_of == "companion" else "phone"
        device = None if via == "link" else one.device_id
        who = Answering(self.on.staff.clinic_id, one.patient_id, device, opened.id, via, uuid7())  # type: ignore[arg-type]
        for _ in range(1 + habit.twice):
            reply = await self._together.submit(Claim(who), opened.id, body, verified=True)
            self.ledger.again += not reply.first
        self.ledger.told[body.response_id] = opened.id
        if planted is not None:
            self.ledger.planted.add(body.response_id)

    async def _look_after(self, now: datetime) -> None:
        """The nurse takes what is open: the urgent within some minutes, the rest within hours."""
        for row in await self.on.owner.fetch(LIST_OPEN_ALERTS, now):
            patience = 3 if row["tier"] != "same_day" else 240
            if share(self._seed, row["id"], now) * patience < self._step / timedelta(minutes=1):
                await self._close(row["id"], row["version"])

    async def _close(self, alert_id: UUID, version: int) -> None:
        staff = self.on.staff
        useful = _useful(share(self._seed, alert_id))
        try:
            async with self.on.web.begin(staff.actor) as tx:
                await alert_acknowledged(tx, staff.id, alert_id, version)
            async with self.on.web.begin(staff.actor) as tx:
                await alert_followed_up(tx, staff, alert_id, version + 1, None, True, None)
            async with self.on.web.begin(staff.actor) as tx:
                await alert_closed(
                    tx, staff, alert_id, version + 2, outcome="self_care_advice", harm="none", useful=useful, note=None
                )
            self.ledger.closed += 1
        except Stale:
            # Somebody's answer came in between: it is looked at again in the next step.
            self.ledger.stale += 1


def _useful(at: float) -> Any:
    for name, often in USEFUL.items():
        at -= often
        if at < 0:
            return name
    return "not_needed"
