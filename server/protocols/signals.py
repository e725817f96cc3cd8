"""Which answers travel on tap (safety.md decision 1), derived from the rules: a new rule cannot be forgotten."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from server.protocols.conditions import Condition, Value
from server.protocols.evaluate import Evidence, holds, items_of, rule_tier
from server.protocols.model import Item, ProtocolVersion, Rule, tier_rank

HOURS_OF_EACH_COLUMN = (1.0, 6.0, 24.0, 72.0)
MOST_NUMBERS = 101
"""A whole number between narrower bounds is looked at value by value."""


def signals(
    version: ProtocolVersion,
    items: Iterable[Item],
    offset_hours: float | None = None,
    session: Mapping[str, str] | None = None,
    risk: tuple[str, ...] = (),
) -> dict[str, list[Value]]:
    """Per item the values that a rule makes urgent or emergency on their own, or that open further private questions
    (the first positive safety answer). Without `offset_hours`: at any distance from the session."""
    columns = HOURS_OF_EACH_COLUMN if offset_hours is None else (offset_hours,)
    frames = [Evidence(hours=hours, session=session or {}, risk=risk) for hours in columns]
    rules = [(rule, items_of(rule.when)) for rule in version.rules]
    openers = _private_followers(version)
    found = {}
    for item in items:
        about = [rule for rule, looked_at in rules if item.id in looked_at]
        followers = [follower for follower in openers if item.private and item.id in items_of(follower)]
        found[item.id] = [
            value
            for value in _values(item)
            if any(holds(follower, _with(Evidence(), item, value)) for follower in followers)
            or any(_pages(about, _with(frame, item, value)) for frame in frames)
        ]
    return found


def _values(item: Item) -> Sequence[Value]:
    if item.type in ("integer", "scale") and item.min is not None and item.max is not None:
        numbers = range(int(item.min), int(item.max) + 1)
        return numbers if len(numbers) <= MOST_NUMBERS else ()
    return [option.value for option in item.options]


def _with(frame: Evidence, item: Item, value: Value) -> Evidence:
    answers = {item.id: [str(value)] if item.type == "multiple" else value}
    return msgspec.structs.replace(frame, answers=answers)


def _pages(rules: Iterable[Rule], seen: Evidence) -> bool:
    tiers = (rule_tier(rule, seen.hours) for rule in rules if holds(rule.when, seen))
    return any(tier is not None and tier_rank(tier) >= tier_rank("urgent") for tier in tiers)


def _private_followers(version: ProtocolVersion) -> list[Condition]:
    return [
        item.enable_when
        for questionnaire in version.questionnaires
        for item in questionnaire.items
        if item.private and item.enable_when is not None
    ]
