"""What is wrong with a protocol document, in words for its author. The built-in ones must have nothing wrong."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from server.protocols import conditions as c
from server.protocols.evaluate import compares_with_something, items_of, walk
from server.protocols.model import CheckInStep, Item, ProtocolVersion, Questionnaire, Rule, kind_of
from server.protocols.questionnaires import words_in
from server.protocols.rules import asked_items, wire_condition
from server.protocols.scores import ranges_of
from server.protocols.validate_escalation import escalation_faults
from server.protocols.validate_reach import reach_faults
from server.protocols.validate_scores import score_faults, score_part_faults
from server.protocols.validate_times import is_time_of_day, rise_and_end_open, time_faults

DAY_MINUTES = 24 * 60
LANGUAGES = ("en", "es")
TEXTS = frozenset(("title", "text", "help", "say", "explanation", "advice", "notice"))
PLACEHOLDER = re.compile(r"\{([a-z0-9_.]+)\}")
EARLIER = ("last", "baseline", "own_last_session", "own_sessions", "usual", "gone")
MOST_OWN_SESSIONS = 6
EARLIER_SCORES = ("", "last", "lowest", "highest", "first", "recent")


def validate(version: ProtocolVersion) -> list[str]:
    """Every fault found: unknown items, values or check-ins, rules that can never fire, items nobody asks, steps that
    nobody is asked or that ask too often, missing translations, windows that do not fit. Empty when the document can be
    signed.

    An imported questionnaire has words in the language of its file; what lacks a translation is shown in that language
    (a clinic may have patients of one language only, an instrument no translation), and its import said so.
    """
    ours = msgspec.structs.replace(
        version, questionnaires=tuple(form for form in version.questionnaires if form.language is None)
    )
    return [
        *_item_faults(version),
        *score_faults(version),
        *_rule_faults(version),
        *_skipped_faults(version),
        *_step_faults(version),
        *reach_faults(version),
        *_never_asked(version),
        *time_faults(version),
        *escalation_faults(version),
        *_translation_faults(msgspec.to_builtins(ours), version.key),
        *_untranslated_faults(version),
    ]


def _items(version: ProtocolVersion) -> dict[str, Item]:
    return {item.id: item for questionnaire in version.questionnaires for item in questionnaire.items}


def _rules(version: ProtocolVersion) -> tuple[Rule, ...]:
    return version.rules + version.missed.rules


def _item_faults(version: ProtocolVersion) -> Iterator[str]:
    for questionnaire in version.questionnaires:
        yield from _repeated(f"item in {questionnaire.id}", (item.id for item in questionnaire.items))
        before: dict[str, Item] = {}
        for item in questionnaire.items:
            yield from _shape_faults(item)
            yield from _enabling_faults(questionnaire, item, before)
            before[item.id] = item
        for need in questionnaire.rest.needs if questionnaire.rest else ():
            if need not in before:
                yield f"{questionnaire.id}: resting needs {need}, which is not asked"


def _shape_faults(item: Item) -> Iterator[str]:
    if item.type in ("choice", "multiple") and len(item.options) < 2:
        yield f"{item.id}: fewer than two options"
    if item.type == "scale" and (item.min is None or item.max is None or item.min >= item.max):
        yield f"{item.id}: a scale needs min below max"
    yield from _repeated(f"option of {item.id}", (option.value for option in item.options))


def _enabling_faults(questionnaire: Questionnaire, item: Item, before: dict[str, Item]) -> Iterator[str]:
    if item.enable_when is None:
        return
    try:
        wire_condition(item.enable_when)
    except ValueError as fault:
        yield f"{item.id}: {fault}"
    for part in walk(item.enable_when):
        if isinstance(part, c.Answer):
            where = f"{questionnaire.id}/{item.id}"
            if part.item not in before:
                yield f"{where}: depends on {part.item}, which is not asked before it"
            else:
                yield from _value_faults(where, part, before[part.item])


def _value_faults(where: str, part: c.Answer | c.LastAnswer, item: Item) -> Iterator[str]:
    if not compares_with_something(part):
        yield f"{where}: compares {part.item} with nothing"
    options = [option.value for option in item.options]
    for value in part.among or ():
        if options and value not in options:
            yield f"{where}: {part.item} has no option {value}"


def _rule_faults(version: ProtocolVersion) -> Iterator[str]:
    yield from _repeated("rule", (rule.id for rule in _rules(version)))
    items = _items(version)
    for rule in _rules(version):
        yield from _tier_faults(rule)
        if rule.item is not None and rule.item not in items:
            yield f"{rule.id}: is about {rule.item}, which nobody asks"
        if rule.source not in version.sources:
            yield f"{rule.id}: unknown source {rule.source}"
        for part in walk(rule.when):
            yield from _part_faults(version, rule, part, items)
        yield from _explanation_faults(rule, items, set(ranges_of(version.questionnaires)))


def _skipped_faults(version: ProtocolVersion) -> Iterator[str]:
    """A question that opens the safety questions is answered, or a rule says what it means that it was left empty."""
    watched = {part.item for rule in version.rules for part in walk(rule.when) if isinstance(part, c.Unanswered)}
    for form in version.questionnaires:
        behind = [item.enable_when for item in form.items if item.private and item.enable_when is not None]
        opens = {name for condition in behind for name in items_of(condition)}
        for item in form.items:
            if item.private and not item.required and item.id in opens - watched:
                yield f"{item.id}: opens the safety questions and may be skipped"


def _tier_faults(rule: Rule) -> Iterator[str]:
    ways = [rule.tier is not None, bool(rule.tier_by_hours), rule.raise_by > 0]
    if sum(ways) != 1:
        yield f"{rule.id}: needs exactly one of tier, tier_by_hours, raise_by"
    waits = [minutes for minutes in (rule.ack_minutes, rule.reask_minutes) if minutes is not None]
    if not all(0 < minutes <= DAY_MINUTES for minutes in waits):
        yield f"{rule.id}: waits no time at all, or more than a day"
    if rule.raise_by and rule.item is None:
        yield f"{rule.id}: raises, but names no item"
    bounds = [band.below for band in rule.tier_by_hours]
    if bounds and not rise_and_end_open(bounds):
        yield f"{rule.id}: the hours of tier_by_hours must rise and end open"
    if bounds and all(band.tier is None for band in rule.tier_by_hours):
        yield f"{rule.id}: can never fire"


def _part_faults(version: ProtocolVersion, rule: Rule, part: c.Condition, items: dict[str, Item]) -> Iterator[str]:
    match part:
        case c.Answer() | c.LastAnswer() if part.item in items:
            yield from _value_faults(rule.id, part, items[part.item])
        case c.Changed(item=item) | c.ChangedOwn(item=item) | c.Beyond(item=item) if item in items:
            yield from _step_part_faults(rule, part)
            if items[item].type in ("choice", "multiple") and not items[item].graded:
                yield f"{rule.id}: counts steps of {item}, whose options are not graded"
        case (
            c.Answer(item=item)
            | c.LastAnswer(item=item)
            | c.Changed(item=item)
            | c.ChangedOwn(item=item)
            | c.Unanswered(item=item)
            | c.Beyond(item=item)
        ):
            if item not in items:
                yield f"{rule.id}: unknown item {item}"
        case c.Score() | c.ScoreChanged() | c.Trend():
            yield from score_part_faults(version, rule, part)
        case c.FlaggedBefore(among=names):
            known = {other.id for other in version.rules}
            yield from (f"{rule.id}: unknown rule {name}" for name in names if name not in known)
        case c.Missed(among=keys):
            known = {step.key for step in version.steps}
            yield from (f"{rule.id}: unknown check-in {key}" for key in keys or () if key not in known)
        case c.Asked(among=names):
            known = {questionnaire.id for questionnaire in version.questionnaires}
            yield from (f"{rule.id}: unknown questionnaire {name}" for name in names if name not in known)
        case c.Hours(gte=gte, lt=lt):
            if gte is not None and lt is not None and gte >= lt:
                yield f"{rule.id}: can never fire"
        case _:
            pass


def _step_part_faults(rule: Rule, part: c.Changed | c.ChangedOwn | c.Beyond) -> Iterator[str]:
    if not isinstance(part, c.Beyond) and part.up is None and part.down is None:
        yield f"{rule.id}: compares {part.item} with nothing"
    if isinstance(part, c.ChangedOwn) and not 2 <= part.sessions <= MOST_OWN_SESSIONS:
        yield f"{rule.id}: looks at {part.sessions} sessions"


def _explanation_faults(rule: Rule, items: dict[str, Item], scores: set[str]) -> Iterator[str]:
    used = {language: set(PLACEHOLDER.findall(text)) for language, text in rule.explanation.items()}
    if len({frozenset(names) for names in used.values()}) > 1:
        yield f"{rule.id}: the languages of its explanation use different inputs"
    for name in sorted(set().union(*used.values()) - {"after", "risk"}):
        source, _, item = name.rpartition(".")
        if item in scores and source in EARLIER_SCORES:
            continue
        if item not in items or (source and source not in EARLIER):
            yield f"{rule.id}: unknown input {name} in its explanation"


def _step_faults(version: ProtocolVersion) -> Iterator[str]:
    yield from _repeated("check-in", (step.key for step in version.steps))
    known = {questionnaire.id for questionnaire in version.questionnaires}
    if version.report_questionnaire not in known:
        yield f"reports: unknown questionnaire {version.report_questionnaire}"
    for step in version.steps:
        if step.questionnaire not in known:
            yield f"{step.key}: unknown questionnaire {step.questionnaire}"
        yield from _window_faults(step)
        yield from _companion_faults(version, step)
        yield from _repeat_faults(step, of_course=step in version.course)


def _window_faults(step: CheckInStep) -> Iterator[str]:
    if step.window_minutes <= 0 or step.offset_minutes < 0:
        yield f"{step.key}: offset and window must be ahead"
    if any(not 0 < nudge.minutes < step.window_minutes for nudge in step.nudges):
        yield f"{step.key}: a nudge lies outside the window"
    pull = step.pull_forward
    walls = (pull.after, pull.until, pull.to) if pull else ()
    for wall in (*walls, *((step.repeat.at,) if step.repeat else ())):
        if not is_time_of_day(wall):
            yield f"{step.key}: {wall} is not a time of day"


def _companion_faults(version: ProtocolVersion, step: CheckInStep) -> Iterator[str]:
    """A companion's form has nothing private in it, and a step that turns to the companion has somewhere to turn to."""
    form = next((form for form in version.questionnaires if form.id == step.questionnaire), None)
    if step.asks == "companion" and form is not None:
        yield from (
            f"{step.key}: asks the companion {item.id}, which is private" for item in form.items if item.private
        )
    if step.companion_after_minutes is not None:
        if version.companion is None:
            yield f"{step.key}: turns to the companion, whom this protocol never asks"
        if not 0 < step.companion_after_minutes < step.window_minutes:
            yield f"{step.key}: turns to the companion outside its window"


def _repeat_faults(step: CheckInStep, *, of_course: bool) -> Iterator[str]:
    if kind_of(step.key) != step.key:
        yield f"{step.key}: what follows _ is a number or a name"
    if step.repeat is None:
        if of_course:
            yield f"{step.key}: a course's check-in must say how it repeats"
        return
    days = 28 * step.repeat.every_months if step.repeat.every_months is not None else step.repeat.every_days
    if not of_course:
        yield f"{step.key}: only a course's check-in repeats"
    elif days < 1 or step.offset_minutes % DAY_MINUTES or step.offset_minutes // DAY_MINUTES > step.repeat.until_days:
        yield f"{step.key}: repeats on whole days, the first of them before the course ends"
    elif step.window_minutes * 2 >= days * DAY_MINUTES:
        yield f"{step.key}: its window reaches into the next one"


def _never_asked(version: ProtocolVersion) -> Iterator[str]:
    forms = {questionnaire.id: questionnaire for questionnaire in version.questionnaires}
    reported = forms.get(version.report_questionnaire)
    asked = {item.id for item in reported.items} if reported else set()
    for step in version.steps:
        if step.questionnaire in forms:
            asked |= {item.id for item in asked_items(forms[step.questionnaire], step.offset_minutes / 60)}
    yield from (f"{item}: nobody asks it" for item in _items(version) if item not in asked)


def _translation_faults(node: Any, path: str, *, is_text: bool = False) -> Iterator[str]:
    """What stands under the name of a text, and any object with one of the languages as a key, is a text."""
    if isinstance(node, dict):
        if is_text or any(language in node for language in LANGUAGES):
            yield from (f"{path}: no {lang} words" for lang in LANGUAGES if not str(node.get(lang) or "").strip())
            return
        for key, value in node.items():
            yield from _translation_faults(value, f"{path}.{key}", is_text=key in TEXTS)
    elif isinstance(node, list | tuple):
        for index, value in enumerate(node):
            name = value.get("id", index) if isinstance(value, dict) else index
            yield from _translation_faults(value, f"{path}.{name}")


def _untranslated_faults(version: ProtocolVersion) -> Iterator[str]:
    for form in version.questionnaires:
        if form.language is not None:
            texts = [form.title, *(item.text for item in form.items if item.id.startswith(f"{form.key}_"))]
            if any(not text.get(form.language, "").strip() for text in texts):
                yield f"{form.id}: a question has no words in the language of its file"
            shown = (option.text for item in form.items for option in item.options)
            if not all(words_in(text, form.language).strip() for text in shown):
                yield f"{form.id}: an answer has no words"


def _repeated(what: str, names: Iterable[str]) -> Iterator[str]:
    yield from (f"{what} twice: {name}" for name, count in Counter(names).items() if count > 1)
