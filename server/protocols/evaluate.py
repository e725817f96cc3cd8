"""Whether a condition holds, given the evidence. The only reader of the condition language."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from server.protocols import conditions as c
from server.protocols.model import Rule, Tier, kind_of

Answered = c.Value | Sequence[str]
Known = Mapping[str, Answered]


class EarlierScores(msgspec.Struct, frozen=True):
    """The scores of an earlier answer to the same form, so many days before this one."""

    days_ago: float
    scores: Mapping[str, float]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What conditions may look at. `order`: options of graded items, best first. `facts`: names that hold.

    `earlier_scores`: newest first. `flagged_before`: rules that flagged earlier answers of the episode.
    """

    questionnaire: str = ""
    answers: Known = {}
    last: Known = {}
    baseline: Known = {}
    own_last_session: Known = {}
    scores: Mapping[str, float] = {}
    earlier_scores: tuple[EarlierScores, ...] = ()
    flagged_before: frozenset[str] = frozenset()
    unanswered: frozenset[str] = frozenset()
    order: Mapping[str, tuple[str, ...]] = {}
    hours: float = 0.0
    session: Mapping[str, str] = {}
    risk: tuple[str, ...] = ()
    risk_flag: bool = False
    answered_by: str = "patient"
    companion: bool = False
    facts: frozenset[str] = frozenset()
    missed: str | None = None
    missed_in_a_row: int = 0
    stopped_midway: bool = False


def holds(condition: c.Condition, seen: Evidence) -> bool:
    """Whether the condition holds. What is not known never makes a condition true, except under `not`."""
    return _HOLDS[type(condition)](condition, seen)


def _all(condition: c.All, seen: Evidence) -> bool:
    return all(holds(part, seen) for part in condition.of)


def _any(condition: c.AnyOf, seen: Evidence) -> bool:
    return any(holds(part, seen) for part in condition.of)


def _hours(condition: c.Hours, seen: Evidence) -> bool:
    gte, lt = condition.gte, condition.lt
    return (gte is None or seen.hours >= gte) and (lt is None or seen.hours < lt)


def _risk(condition: c.Risk, seen: Evidence) -> bool:
    any_of = condition.any_of
    return seen.risk_flag if any_of is None else any(reason in any_of for reason in seen.risk)


def _missed(condition: c.Missed, seen: Evidence) -> bool:
    among = condition.among
    if seen.missed is None or seen.missed_in_a_row < condition.in_a_row:
        return False
    return among is None or seen.missed in among or kind_of(seen.missed) in among


def _matches(condition: c.Answer | c.LastAnswer, value: Answered | None) -> bool:
    if value is None:
        return False
    if condition.among is not None:
        return _has_one_of(value, condition.among)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    above = condition.gte is None or value >= condition.gte
    return above and (condition.lte is None or value <= condition.lte)


def _has_one_of(value: Answered, among: tuple[c.Value, ...]) -> bool:
    if isinstance(value, str | int | float):
        return value in among
    return any(part in among for part in value)


def _changed(condition: c.Changed, seen: Evidence) -> bool:
    earlier: Known = getattr(seen, condition.against)
    now = _position(condition.item, seen.answers, seen.order)
    return _moved(condition, now, _position(condition.item, earlier, seen.order))


def _moved(condition: c.Changed | c.ScoreChanged, now: float | None, before: float | None) -> bool:
    if now is None or before is None:
        return False
    up = condition.up is not None and now - before >= condition.up
    return up or (condition.down is not None and before - now >= condition.down)


def _score_holds(condition: c.Score | c.ScoreChanged, seen: Evidence) -> bool:
    now = seen.scores.get(condition.name)
    if isinstance(condition, c.ScoreChanged):
        return _moved(condition, now, earlier_score(condition, seen))
    above = now is not None and (condition.gte is None or now >= condition.gte)
    return above and now is not None and (condition.lte is None or now <= condition.lte)


def earlier_score(condition: c.ScoreChanged, seen: Evidence) -> float | None:
    """The score that the condition compares with; None when there is none to compare with."""
    known = [
        earlier.scores[condition.name]
        for earlier in seen.earlier_scores
        if condition.name in earlier.scores and (condition.days is None or earlier.days_ago <= condition.days)
    ]
    if not known:
        return None
    return {"last": known[0], "lowest": min(known), "highest": max(known)}[condition.against]


def _position(item: str, answers: Known, order: Mapping[str, tuple[str, ...]]) -> float | None:
    value = answers.get(item)
    if isinstance(value, str):
        return order[item].index(value) if value in order.get(item, ()) else None
    return None if value is None or isinstance(value, bool) or not isinstance(value, int | float) else value


# By kind rather than by asking for one kind after the other: every answer is judged by dozens of conditions.
_HOLDS: dict[type[Any], Callable[[Any, Evidence], bool]] = {
    c.All: _all,
    c.AnyOf: _any,
    c.Not: lambda condition, seen: not holds(condition.of, seen),
    c.Answer: lambda condition, seen: _matches(condition, seen.answers.get(condition.item)),
    c.LastAnswer: lambda condition, seen: _matches(condition, seen.last.get(condition.item)),
    c.Changed: _changed,
    c.Score: _score_holds,
    c.ScoreChanged: _score_holds,
    c.Hours: _hours,
    c.FlaggedBefore: lambda condition, seen: any(rule in seen.flagged_before for rule in condition.among),
    c.Unanswered: lambda condition, seen: condition.item in seen.unanswered,
    c.Asked: lambda condition, seen: seen.questionnaire in condition.among,
    c.Risk: _risk,
    c.Session: lambda condition, seen: seen.session.get(condition.fact) in condition.among,
    c.AnsweredBy: lambda condition, seen: seen.answered_by == condition.who,
    c.Companion: lambda condition, seen: seen.companion == condition.named,
    c.Fact: lambda condition, seen: condition.name in seen.facts,
    c.Missed: _missed,
    c.StoppedMidway: lambda _, seen: seen.stopped_midway,
}


def ruled_out(condition: c.Condition, seen: Evidence) -> bool:
    """Whether what somebody has answered, and who answers, rule the condition out: never the hour, nor a question that
    was not asked."""
    return not _open(condition, seen, True)


def _open(condition: c.Condition, seen: Evidence, unknown: bool) -> bool:
    match condition:
        case c.All(of=parts):
            return all(_open(part, seen, unknown) for part in parts)
        case c.AnyOf(of=parts):
            return any(_open(part, seen, unknown) for part in parts)
        case c.Not(of=part):
            return not _open(part, seen, not unknown)
        case c.Answer(item=item) if item in seen.answers:
            return holds(condition, seen)
        case c.LastAnswer(item=item) if item in seen.last:
            return holds(condition, seen)
        case c.AnsweredBy():
            return holds(condition, seen)
        case _:
            return unknown


def may_hold(condition: c.Condition, questionnaire: str, names: Container[str]) -> bool:
    """Whether the condition can hold for an answer to this form with items and scores of these names, whatever else is
    known."""
    match condition:
        case c.All(of=parts):
            return all(may_hold(part, questionnaire, names) for part in parts)
        case c.AnyOf(of=parts):
            return any(may_hold(part, questionnaire, names) for part in parts)
        case c.Answer(item=name) | c.Changed(item=name) | c.Unanswered(item=name):
            return name in names
        case c.Score(name=name) | c.ScoreChanged(name=name):
            return name in names
        case c.Asked(among=among):
            return questionnaire in among
        case _:
            return True


Trigger = tuple[str, str | None]
"""An item answered with this option, or (None) with anything that is not one option."""


def trigger_of(item: str, value: Answered) -> Trigger:
    """The trigger that an answer is."""
    return item, value if isinstance(value, str) else None


def triggers(condition: c.Condition) -> frozenset[Trigger] | None:
    """The answers of which the condition cannot do without at least one; None when it can do without any."""
    match condition:
        case c.Answer(item=item, among=among):
            options: Sequence[c.Value] = () if among is None else among
            return frozenset([(item, None), *((item, option) for option in options if isinstance(option, str))])
        case c.All(of=parts):
            known = [found for part in parts if (found := triggers(part)) is not None]
            return min(known, key=len, default=None)
        case c.AnyOf(of=parts):
            each = [triggers(part) for part in parts]
            return None if None in each else frozenset(trigger for found in each for trigger in found or ())
        case _:
            return None


def walk(condition: c.Condition) -> Iterator[c.Condition]:
    """The condition and all its parts."""
    yield condition
    match condition:
        case c.All(of=parts) | c.AnyOf(of=parts):
            for part in parts:
                yield from walk(part)
        case c.Not(of=part):
            yield from walk(part)
        case _:
            pass


def items_of(condition: c.Condition) -> frozenset[str]:
    """Ids of all items that the condition looks at, in this answer or an earlier one."""
    parts = walk(condition)
    return frozenset(
        part.item for part in parts if isinstance(part, c.Answer | c.LastAnswer | c.Changed | c.Unanswered)
    )


def rule_tier(rule: Rule, hours: float) -> Tier | None:
    """The rule's tier at so many hours since the session's end; None where it does not flag."""
    for band in rule.tier_by_hours:
        if band.below is None or hours < band.below:
            return band.tier
    return rule.tier
