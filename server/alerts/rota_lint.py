"""What is wrong with a rota before it matters. Pure: the rota, what is known of its people and `now` in, findings
out."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from server.alerts.clock_times import within
from server.alerts.rota import in_turn, on_call, periods, stretches
from server.alerts.rota_model import Line, Rota
from server.alerts.rules import named, place_on_list, recipients
from server.protocols.model import Escalation, EscalationPlan

Kind = Literal[
    "no_rota",
    "gap",
    "left",
    "unreachable",
    "few_verified",
    "idle_change",
    "same_again",
    "step_empty",
    "lead_unreachable",
]
GRAVE: frozenset[Kind] = frozenset({"gap", "left", "unreachable", "lead_unreachable"})
WANTED_WAYS = 2
VERIFIED_FOR = timedelta(days=30)
LOOKED_AHEAD = timedelta(days=28)
MOST_GAPS = 5


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A colleague as far as paging needs it: `ways`, channels with an address; `verified`, how many of them a test page
    has reached within `VERIFIED_FOR`. `fit` False: they left, or may not handle alerts."""

    fit: bool
    ways: int
    verified: int
    lead: bool = False
    listed: int | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, with whom, when. `tier` and `step` (from 1) name a step of the escalation."""

    kind: Kind
    staff_id: UUID | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    tier: str | None = None
    step: int | None = None

    @property
    def grave(self) -> bool:
        return self.kind in GRAVE


def findings(rota: Rota, known: Mapping[UUID, Known], escalation: Escalation, now: datetime) -> list[Finding]:
    """The worst first."""
    found = [*_gaps(rota, known, now), *_idle(rota, now)] if rota.layers else [Finding(kind="no_rota")]
    found += _people(rota, known)
    found += _steps(rota, known, escalation, now)
    return sorted(found, key=lambda one: not one.grave)


def _gaps(rota: Rota, known: Mapping[UUID, Known], now: datetime) -> list[Finding]:
    """Times within the hours of coverage at which nobody who can be paged is on call, one after the other as one."""
    gaps: list[tuple[datetime, datetime]] = []
    for begins, ends in stretches(rota, now, now + LOOKED_AHEAD):
        if within(rota.coverage, rota.zone, begins) and not can_be_paged(on_call(rota, begins), known):
            meets = gaps and gaps[-1][1] == begins
            gaps[-1:] = [(gaps[-1][0], ends)] if meets else [*gaps[-1:], (begins, ends)]
    return [Finding(kind="gap", begins=begins, ends=ends) for begins, ends in gaps[:MOST_GAPS]]


def can_be_paged(line: Line, known: Mapping[UUID, Known]) -> Line:
    """The line without those whom no page can reach."""
    groups = (tuple(w for w in group if w in known and known[w].fit and known[w].ways) for group in line)
    return tuple(group for group in groups if group)


def _people(rota: Rota, known: Mapping[UUID, Known]) -> Iterator[Finding]:
    """Those who would be called: everybody of the layers and changes, and of the call list, to which a rota climbs."""
    turns = {who for layer in rota.layers for who in layer.people} | {change.staff_id for change in rota.changes}
    called = turns | {who for who, one in known.items() if one.listed is not None}
    for who in sorted(called):
        one = known.get(who)
        if one is None or not one.fit:
            yield Finding(kind="left", staff_id=who)
        elif not one.ways:
            yield Finding(kind="unreachable", staff_id=who)
        elif one.verified < WANTED_WAYS:
            yield Finding(kind="few_verified", staff_id=who)


def _idle(rota: Rota, now: datetime) -> Iterator[Finding]:
    """Changes in the place of somebody who is not on call then."""
    for change in rota.changes:
        without = msgspec.structs.replace(rota, changes=tuple(each for each in rota.changes if each is not change))
        span = (max(change.begins, now), change.ends)
        if change.instead_of is not None and periods(without, *span) == periods(rota, *span):
            yield Finding(kind="idle_change", staff_id=change.instead_of, begins=change.begins, ends=change.ends)


def _steps(rota: Rota, known: Mapping[UUID, Known], escalation: Escalation, now: datetime) -> Iterator[Finding]:
    """Steps of the escalation that call nobody, or only people who were called before: at the worst moment ahead."""
    leads = [who for who, one in known.items() if one.lead and one.fit]
    if not any(known[who].ways for who in leads[:1]):
        yield Finding(kind="lead_unreachable")
    moments = [begins for begins, _ in stretches(rota, now, now + LOOKED_AHEAD)] if rota.layers else [now]
    lines = {line for at in moments if (line := _called(rota, known, at))}
    for tier in ("emergency", "urgent", "same_day"):
        plan = escalation.plan(tier)
        for step in _spent_steps(plan, lines, leads):
            yield Finding(kind="same_again", tier=tier, step=step + 1)
        for step in _empty_steps(plan, lines):
            yield Finding(kind="step_empty", tier=tier, step=step + 1)


def _called(rota: Rota, known: Mapping[UUID, Known], at: datetime) -> Line:
    """In the order in which steps call them (`flow.on_call.turn_now`): the rota, then the rest of the call list."""
    listed = sorted((who for who, one in known.items() if one.listed is not None), key=lambda w: known[w].listed or 0)
    line = can_be_paged(in_turn(rota, at), known) if rota.layers else ()
    if rota.layers and not line:
        return ()
    rest = tuple((who,) for who in listed if not any(who in group for group in line))
    return (*line, *can_be_paged(rest, known))


def _spent_steps(plan: EscalationPlan, lines: Iterable[Line], leads: Sequence[UUID]) -> list[int]:
    """Steps to the next of the line that, with some line, call nobody who was not called before."""
    spent = set()
    for line in lines:
        called: set[UUID] = set()
        for nth, step in enumerate(plan.steps):
            people = set(recipients(step.who, place_on_list(plan, nth), line, leads, ()))
            if "next" in step.who and people <= called:
                spent.add(nth)
            called |= people
    return sorted(spent)


def _empty_steps(plan: EscalationPlan, lines: Collection[Line]) -> list[int]:
    """Steps whose words, with some line, find nobody who can be paged: then they call everybody. A lead has a finding
    of their own."""
    asking = [nth for nth, step in enumerate(plan.steps) if not {"lead", "everybody"} & set(step.who)]
    return [
        nth for nth in asking
        if any(not named(plan.steps[nth].who, place_on_list(plan, nth), line, ()) for line in lines)
    ]  # fmt: skip
