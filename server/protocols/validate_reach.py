"""What can never happen in a protocol document: steps that no session has, rules that no asked form can meet, forms
that would be asked more often than they look back."""

from collections.abc import Iterator

from server.protocols.conditions import Answer
from server.protocols.evaluate import may_hold, walk
from server.protocols.model import CheckInStep, Item, OnlyFor, ProtocolVersion, Rule
from server.protocols.rules import asked_items

DAY_MINUTES = 24 * 60
FARTHEST_DAYS = 3650
# Any message's link can be answered with "this is not for me", whatever form it leads to.
OF_EVERY_LINK = "a_who"


def reach_faults(version: ProtocolVersion) -> Iterator[str]:
    """Every such fault."""
    for step in version.steps:
        yield from _nobody_faults(version, step)
    yield from _recall_faults(version)
    yield from _rule_faults(version)


def _nobody_faults(version: ProtocolVersion, step: CheckInStep) -> Iterator[str]:
    far = (step.offset_minutes, step.window_minutes, step.fallback_minutes or 0)
    if max(far) > FARTHEST_DAYS * DAY_MINUTES or (step.repeat and step.repeat.until_days > FARTHEST_DAYS):
        yield f"{step.key}: lies years away"
    only = step.only_for
    if only is None:
        return
    if step in version.extra_steps:
        yield f"{step.key}: is asked when an answer calls for it, and cannot be limited to some sessions"
    limits = ((only.routes, version.routes), (only.drugs, version.drugs), (only.indications, version.indications))
    if any(wanted and offered and not {*wanted} & {*offered} for wanted, offered in limits):
        yield f"{step.key}: no session of this protocol is asked"
    low, high = only.from_session, only.to_session
    if (low is not None and low < 1) or (high is not None and high < (low or 1)):
        yield f"{step.key}: no session of this protocol is asked"


def _recall_faults(version: ProtocolVersion) -> Iterator[str]:
    """ "Repeated measures never more often than their recall period"."""
    recall = {form.id: form.recall_days for form in version.questionnaires if form.recall_days}
    planned = [step for step in version.check_ins if step.questionnaire in recall and step.anchor != "last_answer"]
    for nth, step in enumerate(planned):
        days = recall[step.questionnaire]
        for other in planned[:nth]:
            near = abs(step.offset_minutes - other.offset_minutes) < days * DAY_MINUTES
            same = (other.questionnaire, other.asks) == (step.questionnaire, step.asks)
            if same and near and _overlap(step.only_for, other.only_for):
                yield f"{step.key}: asks the same as {other.key} within {days} days"
    for step in version.steps:
        days = recall.get(step.questionnaire, 0)
        if step.anchor == "last_answer" and step.offset_minutes < days * DAY_MINUTES:
            yield f"{step.key}: asks again within {days} days"
    for step in version.course:
        repeat, days = step.repeat, recall.get(step.questionnaire, 0)
        if repeat is not None and (28 * repeat.every_months if repeat.every_months else repeat.every_days) < days:
            yield f"{step.key}: asks again within {days} days"


def _overlap(one: OnlyFor | None, other: OnlyFor | None) -> bool:
    """Whether one session can have both."""
    if one is None or other is None:
        return True
    lists = (
        (one.routes, other.routes), (one.drugs, other.drugs), (one.indications, other.indications),
        (one.phases, other.phases),
    )  # fmt: skip
    if any(a and b and not {*a} & {*b} for a, b in lists):
        return False
    low = max(one.from_session or 1, other.from_session or 1)
    highs = [only.to_session for only in (one, other) if only.to_session is not None]
    return not highs or low <= min(highs)


def _rule_faults(version: ProtocolVersion) -> Iterator[str]:
    asked = _asked_names(version)
    items = {item.id: item for form in version.questionnaires for item in form.items}
    for rule in version.rules:
        if not any(may_hold(rule.when, form, names) for form, names in asked):
            yield f"{rule.id}: no form that is asked can meet its condition"
        yield from _bound_faults(rule, items)


def _asked_names(version: ProtocolVersion) -> set[tuple[str, frozenset[str]]]:
    """(form, names of the items and scores that one answer to it can hold) of everything that is asked."""
    forms = {form.id: form for form in version.questionnaires}
    asked = [(step.questionnaire, step.offset_minutes / 60) for step in version.steps if step.questionnaire in forms]
    found = {(name, frozenset(_names(version, name, hours))) for name, hours in asked}
    reported = version.report_questionnaire
    return found | ({(reported, frozenset(_names(version, reported, None)))} if reported in forms else set())


def _names(version: ProtocolVersion, name: str, hours: float | None) -> Iterator[str]:
    form = version.questionnaire(name)
    yield OF_EVERY_LINK
    yield from (item.id for item in asked_items(form, hours))
    yield from (score.id for score in form.scores)


def _bound_faults(rule: Rule, items: dict[str, Item]) -> Iterator[str]:
    for part in walk(rule.when):
        item = items.get(part.item) if isinstance(part, Answer) else None
        if item is None or not isinstance(part, Answer):
            continue
        low, high = item.min, item.max
        above = isinstance(part.gte, int | float) and high is not None and part.gte > high
        below = isinstance(part.lte, int | float) and low is not None and part.lte < low
        if above or below:
            yield f"{rule.id}: {item.id} never has such an answer"
