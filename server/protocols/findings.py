"""What an author reads beside a draft: the faults of `validate` in plain words, at the part they are about, and what
needs an explicit yes or a second look."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from server.protocols.builtin import nearest_builtin
from server.protocols.change_words import Part
from server.protocols.evaluate import rule_tier
from server.protocols.fault_words import PLAIN
from server.protocols.instruments import instrument_of, rules_for
from server.protocols.looser import looser
from server.protocols.model import TIERS, ProtocolVersion, Rule, Tier, tier_rank
from server.protocols.questionnaires import Text
from server.protocols.rule_operations import is_own
from server.protocols.sentences import Speaker
from server.protocols.spoken import filled
from server.protocols.validate import validate

Level = Literal["fault", "yes", "note"]
FAULTY = "Something in this draft cannot work yet."

OTHER: dict[str, Text] = {
    "as_it_is": {"en": "Something is wrong here: {x}", "es": "Algo no está bien aquí: {x}"},
    "lowered": {
        "en": "This was an emergency in the built-in protocol and would now be: {x}. {rule}",
        "es": "Era una emergencia en el protocolo original y ahora sería: {x}. {rule}",
    },
    "gone": {
        "en": "This emergency rule would no longer be used. {rule}",
        "es": "Esta regla de emergencia dejaría de usarse. {rule}",
    },
    "changed": {
        "en": "It is decided otherwise now when this emergency rule applies: {rule}",
        "es": "Ahora se decide de otro modo cuándo se cumple esta regla de emergencia: {rule}",
    },
    "no_advice": {
        "en": "The patient gets no advice of its own from this rule, only the sentence for its urgency.",
        "es": "Esta regla no da un consejo propio, solo la frase de su urgencia.",
    },
}


class Finding(msgspec.Struct, frozen=True):
    """`fault`: nobody can submit the draft; `yes`: whoever submits says yes to its `key`; `note`: to look at."""

    level: Level
    part: Part
    key: str
    text: str


def findings(document: ProtocolVersion, language: str) -> list[Finding]:
    """Everything found, faults first."""
    places = dict(_places(document))
    faults = list(dict.fromkeys(_finding(document, fault, places, language) for fault in validate(document)))
    speaker = Speaker(document, language)
    notes = [
        Finding("note", "rule", rule.id, filled(OTHER["no_advice"], language))
        for rule in document.rules
        if is_own(rule) and rule.advice is None and any(tier_rank(t) > 0 for t in _tiers(rule))
    ]
    less_careful = [Finding("yes", part, key, text) for part, key, text in looser(document, language)]
    return [*faults, *_lowered(document, speaker, language), *less_careful, *notes]


def faults_of(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.level == "fault"]


def to_accept(document: ProtocolVersion) -> list[str]:
    """Keys of what needs a yes: the rules that are an emergency in a built-in document (safety.md, section 2) or of a
    known instrument and not in this one, and what this one is less careful about."""
    return [*(rule.id for rule, _ in _less(document)), *(key for _, key, _ in looser(document, "en"))]


def _places(document: ProtocolVersion) -> Iterator[tuple[str, tuple[Part, str]]]:
    """What a fault may name first, and the part it is about."""
    for form in document.questionnaires:
        yield form.id, ("questionnaire", form.id)
        for item in form.items:
            yield item.id, ("item", item.id)
            yield f"{form.id}/{item.id}", ("item", item.id)
    for step in document.steps:
        yield step.key, ("step", step.key)
    for rule in (*document.rules, *document.missed.rules, *document.rules_off, *document.missed.rules_off):
        yield rule.id, ("rule", rule.id)
    for restriction in document.restrictions:
        yield f"restriction {restriction.id}", ("restriction", restriction.id)
    for usual in document.usual:
        yield f"usual {usual.key}", ("usual", usual.key)
    yield "missed", ("missed", "midway")
    for tier in TIERS:
        yield f"escalation.{tier}", ("escalation", tier)


def _finding(
    document: ProtocolVersion, fault: str, places: dict[str, tuple[Part, str]], language: str
) -> Finding:  # fmt: skip
    where, _, what = fault.partition(": ")
    part, key = places.get(where) or _by_path(document, where, what)
    for pattern, text in PLAIN:
        if found := re.fullmatch(pattern, what):
            return Finding("fault", part, key, filled(text, language, **found.groupdict()))
    return Finding("fault", part, key, filled(OTHER["as_it_is"], language, x=what))


def _by_path(document: ProtocolVersion, where: str, what: str) -> tuple[Part, str]:
    """The part on a translation fault's path (`clinic.rules.place.alone.advice`), or what is there twice."""
    if found := re.search(r"\.items\.(\w+)", where):
        return "item", found[1]
    if found := re.search(r"\.rules(?:_off)?\.(.+)\.\w+$", where):
        return "rule", found[1]
    for name, steps in (("check_ins", document.check_ins), ("course", document.course)):
        if (found := re.search(rf"\.{name}\.(\d+)", where)) and int(found[1]) < len(steps):
            return "step", steps[int(found[1])].key
    if found := re.search(r"\.restrictions\.([^.]+)", where):
        return "restriction", found[1]
    if found := re.search(r"\.questionnaires\.([^.]+)", where):
        return "questionnaire", found[1]
    return ("rule", what) if where == "rule twice" else ("protocol", document.key)


def _lowered(document: ProtocolVersion, speaker: Speaker, language: str) -> Iterator[Finding]:
    for rule, now in _less(document):
        if now is None:
            yield Finding("yes", "rule", rule.id, filled(OTHER["gone"], language, rule=speaker.rule(rule)))
        elif now.when != rule.when:
            yield Finding("yes", "rule", rule.id, filled(OTHER["changed"], language, rule=speaker.rule(now)))
        else:
            text = filled(OTHER["lowered"], language, x=speaker.outcome(now), rule=speaker.rule(rule))
            yield Finding("yes", "rule", rule.id, text)


def _less(document: ProtocolVersion) -> Iterator[tuple[Rule, Rule | None]]:
    """(emergency rule as it came, what has become of it) for those that are one at fewer hours or otherwise, or not
    used."""
    used = {rule.id: rule for rule in (*document.rules, *document.missed.rules)}
    for known in _emergencies(document).values():
        now = used.get(known.id)
        hours = sorted({0.0, *(b.below for r in (known, now) if r for b in r.tier_by_hours if b.below is not None)})
        if (
            now is None
            or now.when != known.when
            or any(rule_tier(known, hour) == "emergency" and rule_tier(now, hour) != "emergency" for hour in hours)
        ):
            yield known, now


def _emergencies(document: ProtocolVersion) -> dict[str, Rule]:
    """Of the built-in document that it is nearest to, and of the instruments that it asks."""
    near = nearest_builtin(document)
    rules = [rule for known in near for rule in (*known.rules, *known.missed.rules)]
    instruments = (instrument_of(form) for form in document.questionnaires)
    rules += [rule for instrument in instruments if instrument is not None for rule in rules_for(instrument)]
    return {rule.id: rule for rule in rules if "emergency" in _tiers(rule)}


def _tiers(rule: Rule) -> set[Tier]:
    return {tier for tier in (rule.tier, *(band.tier for band in rule.tier_by_hours)) if tier is not None}
