"""Where a document is less careful about the hours after a dose than the built-in one it is nearest to."""

from collections.abc import Iterator, Sequence

from server.protocols.builtin import nearest_builtin
from server.protocols.change_words import Part
from server.protocols.model import EscalationPlan, ProtocolVersion, Restriction, Tier
from server.protocols.questionnaires import Text, words_in
from server.protocols.spoken import filled, span, word
from server.protocols.time_words import restriction_phrase
from server.protocols.validate_escalation import CALLING

SAID: dict[str, Text] = {
    "gone": {
        "en": "Patients would no longer be told this: {what}",
        "es": "Ya no se diría a pacientes: {what}",
    },
    "shorter": {
        "en": "This would end sooner than in the built-in protocol. {what}: {before} → {after}",
        "es": "Terminaría antes que en el protocolo original. {what}: {before} → {after}",
    },
    "calls": {
        "en": "People would be called later, or fewer of them first, than in the built-in protocol: {tier}",
        "es": "Se avisaría más tarde, o primero a menos personas, que en el protocolo original: {tier}",
    },
    "midway": {
        "en": "A form broken off would call somebody later than in the built-in protocol: after {after}, not {before}",
        "es": "Un formulario a medias avisaría más tarde que en el protocolo original: tras {after}, no {before}",
    },
}


def looser(document: ProtocolVersion, language: str) -> Iterator[tuple[Part, str, str]]:
    """(part, its key, the sentence) of restrictions that are gone or end sooner, of plans that call later, and of a
    longer wait for the rest of a form ("10 min without the rest = U", safety, decision 1)."""
    now = {restriction.id: restriction for restriction in document.restrictions}
    near = nearest_builtin(document)
    for known in {one.id: one for builtin in near for one in builtin.restrictions}.values():
        what, mine = words_in(known.text, language), now.get(known.id)
        if mine is None:
            yield "restriction", known.id, filled(SAID["gone"], language, what=what)
        elif _ends_sooner(mine, known):
            phrases = restriction_phrase(known, language), restriction_phrase(mine, language)
            text = filled(SAID["shorter"], language, what=what, before=phrases[0], after=phrases[1])
            yield "restriction", known.id, text
    for tier in _later(document, near):
        yield "escalation", tier, filled(SAID["calls"], language, tier=word(tier, language))
    wait, longest = document.missed.midway_minutes, max((one.missed.midway_minutes for one in near), default=None)
    if longest is not None and wait > longest:
        text = filled(SAID["midway"], language, before=span(longest, language), after=span(wait, language))
        yield "missed", "midway", text


def _later(document: ProtocolVersion, near: Sequence[ProtocolVersion]) -> Iterator[Tier]:
    """Tiers whose plan calls later, calls fewer first, or rises less than in every built-in document near to it."""
    for tier in CALLING:
        mine = document.escalation.plan(tier)
        if near and all(_is_later(mine, known.escalation.plan(tier)) for known in near):
            yield tier


def _is_later(mine: EscalationPlan, known: EscalationPlan) -> bool:
    first, usual = mine.steps[:1], known.steps[:1]
    pairs = [(mine.ack_minutes, known.ack_minutes), (mine.reached_minutes, known.reached_minutes)]
    pairs += [
        (mine.repeat_minutes, known.repeat_minutes),
        *((a.wait_minutes, b.wait_minutes) for a, b in zip(first, usual, strict=False)),
    ]
    later = any(a is not None and b is not None and a > b for a, b in pairs)
    fewer = any(not {*b.who} <= {*a.who} for a, b in zip(first, usual, strict=False))
    return later or fewer or not all(rise in mine.worsens for rise in known.worsens)


def _ends_sooner(mine: Restriction, known: Restriction) -> bool:
    sooner = mine.hours < known.hours or (known.after_sleep and not mine.after_sleep)
    return sooner or (known.morning is not None and (mine.morning is None or mine.morning < known.morning))
