"""Suicide risk in the same sitting: an answer that may mean danger opens the screening questions at once."""

from collections.abc import Iterable, Sequence

import msgspec

from server.protocols import conditions as c
from server.protocols.evaluate import Evidence, holds
from server.protocols.model import Item, Questionnaire, Rule, Text

EXPLANATION = {"en": "{%s}: the safety questions were asked", "es": "{%s}: se hicieron las preguntas de seguridad"}
LEFT_OPEN = {
    "en": "{%s}: safety questions that followed were left empty",
    "es": "{%s}: quedaron sin responder preguntas de seguridad que siguieron",
}
EMPTY = {
    "en": "%s: a question about thoughts of self-harm was left empty",
    "es": "%s: quedó sin responder una pregunta sobre ideas de hacerse daño",
}
UNFINISHED = {
    "en": "%s: left unfinished after an answer that was not No",
    "es": "%s: quedó sin terminar tras una respuesta que no fue No",
}


class Screened(msgspec.Struct, frozen=True):
    """A form that asks more after a worrying answer, and the rules that judge what becomes of that."""

    form: Questionnaire
    rules: tuple[Rule, ...]


def with_screening(form: Questionnaire, opens: c.Answer, screen: Questionnaire, source: str) -> Screened:
    """The form with the questions of `screen` right behind the item that `opens` looks at: "item 9 >= 1 opens the
    C-SSRS screener in the same session, and C-SSRS decides the tier; if the patient stops midway, treat as Urgent"
    (clinical.md 1.3): so are screening questions that a finished form left empty. The item becomes private, its opening
    answers show help at once and travel on tap.

    KeyError when the form has no such item, ValueError when it asks one of the screening questions already.
    """
    items = {item.id: item for item in form.items}
    opener = items[opens.item]
    if twice := items.keys() & {item.id for item in screen.items}:
        raise ValueError(f"asked twice: {', '.join(sorted(twice))}")
    followers = [_follower(item, opens) for item in screen.items]
    place = form.items.index(opener) + 1
    watched = (*form.items[: place - 1], _watched(opener, opens), *followers, *form.items[place:])
    asked = Rule(
        id=f"screen.{opener.id}", item=opener.id, when=opens, tier="routine", topic="safety", source=source,
        explanation=_filled(EXPLANATION, opener.id),
    )  # fmt: skip
    left_open = Rule(
        id=f"screen.{opener.id}.left_open", item=opener.id, when=c.All((opens, _any_empty(screen.items))),
        tier="urgent", topic="safety", source=source, explanation=_filled(LEFT_OPEN, opener.id),
    )  # fmt: skip
    screened = msgspec.structs.replace(form, items=watched, scores=(*form.scores, *screen.scores))
    return Screened(screened, (asked, left_open))


def left_empty(
    key: str, name: str, safety: Sequence[tuple[Item, c.Answer]], source: str, *, is_screening: bool
) -> list[Rule]:
    """What it means that a finished form left a safety item empty. `safety`: these items with their worrying answers.

    Not No: nobody knows the level of the thoughts, and without a known level a person looks the same day (safety,
    decision 12). Where it is the screening questions themselves, one left open after a worrying answer is breaking off
    midway, which is urgent.
    """
    empty = _any_empty(item for item, _ in safety)
    rules = [
        Rule(
            id=f"empty.{key}", when=empty, tier="same_day", topic="safety", source=source,
            explanation=_filled(EMPTY, name),
        )
    ]  # fmt: skip
    if is_screening:
        when = c.All((c.AnyOf(tuple(worrying for _, worrying in safety)), empty))
        rules.append(
            Rule(
                id=f"empty.{key}.unfinished", when=when, tier="urgent", topic="safety", source=source,
                explanation=_filled(UNFINISHED, name),
            )
        )  # fmt: skip
    return rules


def _any_empty(items: Iterable[Item]) -> c.Condition:
    return c.AnyOf(tuple(c.Unanswered(item.id) for item in items if item.type != "display"))


def _filled(text: Text, name: str) -> Text:
    return {language: words % name for language, words in text.items()}


def _follower(item: Item, opens: c.Answer) -> Item:
    when = opens if item.enable_when is None else c.All((opens, item.enable_when))
    return msgspec.structs.replace(item, private=True, enable_when=when)


def _watched(item: Item, opens: c.Answer) -> Item:
    options = tuple(
        msgspec.structs.replace(option, act=option.act or "crisis")
        if holds(opens, Evidence(answers={item.id: option.value}))
        else option
        for option in item.options
    )
    return msgspec.structs.replace(item, private=True, options=options)
