"""Answers in words, from the protocol version that asked them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from server.protocols.model import Item, ProtocolVersion
from server.protocols.questionnaires import words_in
from server.protocols.tiers import Tier, worst


class AnswerShown(msgspec.Struct, frozen=True):
    """One answer in words. `tier` of the flags that looked at it; `private`: the patient's own eyes and the team's."""

    item: str
    text: str
    value_text: str
    tier: Tier | None
    private: bool


PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


def in_words(
    version: ProtocolVersion,
    questionnaire_id: str,
    answers: Mapping[str, Any],
    flags: Iterable[tuple[Tier, Mapping[str, Any]]],
    language: str,
) -> list[AnswerShown]:
    """Answers in the order they were asked. `flags`: (tier, inputs) of the response."""
    try:
        items = version.questionnaire(questionnaire_id).items
    except KeyError:
        return []
    looked_at = list(flags)
    return [
        AnswerShown(
            item.id,
            without_placeholders(words_in(item.text, language)),
            words_of(item, answers[item.id], language),
            _tier(item.id, looked_at),
            item.private,
        )
        for item in items
        if item.id in answers
    ]


def without_placeholders(text: str) -> str:
    """What was put in their place when it was asked is not kept: "until {time}" becomes "until …"."""
    return PLACEHOLDER.sub("…", text)


def _tier(item_id: str, flags: Iterable[tuple[Tier, Mapping[str, Any]]]) -> Tier | None:
    tiers = [tier for tier, inputs in flags if item_id in inputs]
    return worst(tiers) if tiers else None


def words_of(item: Item, value: Any, language: str) -> str:
    """A value as staff read it."""
    options = {option.value: words_in(option.text, language) for option in item.options}
    if isinstance(value, list):
        return ", ".join(options.get(part, str(part)) for part in value)
    if isinstance(value, bool):
        return {"en": ("No", "Yes"), "es": ("No", "Sí")}.get(language, ("No", "Yes"))[value]
    return options.get(value, str(value)) if isinstance(value, str) else f"{value}"
