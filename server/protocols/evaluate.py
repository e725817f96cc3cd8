"""Whether a condition holds, given the evidence. The only reader of the condition language."""

import operator
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from statistics import median
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

    `own_sessions`: answers to the same check-in of earlier sessions, one a session, newest first.
    `usual`: by item the worst answer that is usual at this hour; `gone`: the hours by which it is usually over.
    `earlier_scores`: newest first. `flagged_before`: rules that flagged earlier answers of the episode.
    """

    questionnaire: str = ""
    answers: Known = {}
    last: Known = {}
    baseline: Known = {}
    own_last_session: Known = {}
    own_sessions: tuple[Known, ...] = ()
    scores: Mapping[str, float] = {}
    earlier_scores: tuple[EarlierScores, ...] = ()
    flagged_before: frozenset[str] = frozenset()
    unanswered: frozenset[str] = frozenset()
    usual: Mapping[str, str] = {}
    gone: Mapping[str, float] = {}
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


def _answer(condition: c.Answer, seen: Evidence) -> bool:
    value = seen.answers.get(condition.item)
    if condition.answered is not None:
        return condition.answered == (value is not None)
    return _matches(condition, value)


_BOUNDS: dict[str, Callable[[Any, Any], bool]] = {
    "gte": operator.ge, "lte": operator.le, "gt": operator.gt, "lt": operator.lt,
}  # fmt: skip


def _bounds(condition: c.Answer | c.LastAnswer) -> list[tuple[Callable[[Any, Any], bool], c.Bound]]:
    """How it compares, and with what; an earlier answer knows fewer ways."""
    found = ((compare, getattr(condition, name, None)) for name, compare in _BOUNDS.items())
    return [(compare, bound) for compare, bound in found if bound is not None]


def _matches(condition: c.Answer | c.LastAnswer, value: Answered | None) -> bool:
    if value is None:
        return False
    if condition.among is not None:
        return _has_one_of(value, condition.among)
    bounds = _bounds(condition)
    return bool(bounds) and all(_compares(compare, value, bound) for compare, bound in bounds)


def _compares(compared: Callable[[Any, Any], bool], value: Answered, bound: c.Bound) -> bool:
    """ISO dates and times are in order as words are."""
    if isinstance(bound, str):
        return isinstance(value, str) and compared(value, bound)
    return not isinstance(value, bool) and isinstance(value, int | float) and compared(value, bound)


def _has_one_of(value: Answered, among: tuple[c.Value, ...]) -> bool:
    if isinstance(value, str | int | float):
        return value in among
    return any(part in among for part in value)


def _changed(condition: c.Changed, seen: Evidence) -> bool:
    earlier: Known = getattr(seen, condition.against)
    now = _position(condition.item, seen.answers, seen.order)
    return _moved(condition, now, _position(condition.item, earlier, seen.order))


def own_answers(condition: c.ChangedOwn, seen: Evidence) -> list[Answered]:
    """The answers of earlier sessions that the condition compares with, newest first; none when there are too few."""
    item = condition.item
    placed = [own[item] for own in seen.own_sessions if _position(item, own, seen.order) is not None]
    return placed[: condition.sessions] if len(placed) >= condition.sessions > 0 else []


def _changed_own(condition: c.ChangedOwn, seen: Evidence) -> bool:
    item, order = condition.item, seen.order
    now = _position(item, seen.answers, order)
    places = [_position(item, {item: value}, order) for value in own_answers(condition, seen)]
    before = [place for place in places if place is not None]
    if now is None or not before:
        return False
    compared = [median(before)] if condition.compare == "median" else before
    up, down = condition.up, condition.down
    risen = up is not None and all(now - place >= up for place in compared)
    return risen or (down is not None and all(place - now >= down for place in compared))


def _moved(condition: c.Changed | c.ScoreChanged | c.Trend, now: float | None, before: float | None) -> bool:
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


def trend_of(condition: c.Trend, seen: Evidence) -> tuple[float, float] | None:
    """(mean of the first scores, mean of the newest); None when there are too few."""
    name, over = condition.name, condition.over
    known = [earlier.scores[name] for earlier in seen.earlier_scores if name in earlier.scores]
    if name not in seen.scores or len(known) + 1 < 2 * over:
        return None
    return sum(known[-over:]) / over, sum([seen.scores[name], *known[: over - 1]]) / over


def _trend(condition: c.Trend, seen: Evidence) -> bool:
    means = trend_of(condition, seen)
    return means is not None and _moved(condition, means[1], means[0])


def _beyond(condition: c.Beyond, seen: Evidence) -> bool:
    now = _position(condition.item, seen.answers, seen.order)
    usual = _position(condition.item, seen.usual, seen.order)
    return now is not None and usual is not None and now - usual >= condition.steps


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
    c.Answer: _answer,
    c.LastAnswer: lambda condition, seen: _matches(condition, seen.last.get(condition.item)),
    c.Changed: _changed,
    c.ChangedOwn: _changed_own,
    c.Score: _score_holds,
    c.ScoreChanged: _score_holds,
    c.Trend: _trend,
    c.Beyond: _beyond,
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
        case c.Answer(answered=False):
            return True
        case (
            c.Answer(item=name)
            | c.Changed(item=name)
            | c.ChangedOwn(item=name)
            | c.Unanswered(item=name)
            | c.Beyond(item=name)
        ):
            return name in names
        case c.Score(name=name) | c.ScoreChanged(name=name) | c.Trend(name=name):
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
        case c.Answer() if condition.answered is not None or any(isinstance(b, str) for _, b in _bounds(condition)):
            return None
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


def compares_with_something(condition: c.Answer | c.LastAnswer) -> bool:
    """Whether it can hold for any answer."""
    asks_presence = isinstance(condition, c.Answer) and condition.answered is not None
    return asks_presence or condition.among is not None or bool(_bounds(condition))


def walk(condition: c.Condition) -> Iterator[c.Condition]:
    """The condition and all its parts."""
    yield condition
    for part in _inside(condition):
        yield from walk(part)


def depth_of(condition: c.Condition, most: int) -> int:
    """How many conditions stand inside one another; counting ends beyond `most`, so that any depth can be asked for."""
    deep, level = 0, [condition]
    while level and deep <= most:
        deep += 1
        level = [part for one in level for part in _inside(one)]
    return deep


def _inside(condition: c.Condition) -> tuple[c.Condition, ...]:
    match condition:
        case c.All(of=parts) | c.AnyOf(of=parts):
            return parts
        case c.Not(of=part):
            return (part,)
        case _:
            return ()


def items_of(condition: c.Condition) -> frozenset[str]:
    """Ids of all items that the condition looks at, in this answer or an earlier one."""
    parts = walk(condition)
    return frozenset(
        part.item
        for part in parts
        if isinstance(part, c.Answer | c.LastAnswer | c.Changed | c.ChangedOwn | c.Unanswered | c.Beyond)
    )


def rule_tier(rule: Rule, hours: float) -> Tier | None:
    """The rule's tier at so many hours since the session's end; None where it does not flag."""
    for band in rule.tier_by_hours:
        if band.below is None or hours < band.below:
            return band.tier
    return rule.tier
