"""Choosing a version, what a rule's tier is at a given hour, and the questionnaire as the phone gets it."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from msgspec.structs import replace

from server.protocols import conditions as c
from server.protocols.model import (
    Item,
    Option,
    ProtocolVersion,
    Questionnaire,
    Text,
)
from server.protocols.questionnaires import words_in
from server.protocols.signals import signals

BUILT_IN = ("clinic", "home")
UNTIL_TOMORROW: dict[str, Text] = {"time": {"en": "tomorrow morning", "es": "mañana por la mañana"}}


def choose(
    versions: Iterable[ProtocolVersion], route: str, setting: str, drug: str = "", indication: str = ""
) -> ProtocolVersion:
    """The version for this session: of those that fit, the one for its indication, then for its drug, then the clinic's
    own before a built-in one, then the newest. Without one the clinic document, so that no session goes without
    check-ins. ValueError when there is not even that."""
    known = list(versions)
    fitting = [v for v in known if _fits(v, route, setting, drug, indication)]
    fallback = [v for v in known if v.key == "clinic"]
    if not fitting and not fallback:
        raise ValueError("no protocol version for this session")
    return max(fitting or fallback, key=_preference)


def _fits(version: ProtocolVersion, route: str, setting: str, drug: str, indication: str) -> bool:
    return (
        route in version.routes
        and setting in version.settings
        and (not version.drugs or drug in version.drugs)
        and (not version.indications or indication in version.indications)
    )


def _preference(version: ProtocolVersion) -> tuple[bool, bool, bool, int, str]:
    own = version.key not in BUILT_IN
    return bool(version.indications), bool(version.drugs), own, version.version, version.key


def asked_items(questionnaire: Questionnaire, offset_hours: float | None) -> tuple[Item, ...]:
    """The items asked by a check-in planned so many hours after the session's end; all of them when not known."""
    if offset_hours is None:
        return questionnaire.items
    return tuple(
        item
        for item in questionnaire.items
        if (item.from_hours is None or offset_hours >= item.from_hours)
        and (item.below_hours is None or offset_hours < item.below_hours)
    )


def offset_hours(version: ProtocolVersion, check_in_key: str) -> float:
    """How far from the session's end a check-in of this key is planned; KeyError for an unknown key."""
    return version.step(check_in_key).offset_minutes / 60


def questionnaire_for(
    version: ProtocolVersion,
    questionnaire_id: str,
    language: str,
    *,
    offset_hours: float | None = None,
    session: Mapping[str, str] | None = None,
    risk: tuple[str, ...] = (),
    companion: bool = False,
    words: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The questionnaire in one language, in the shape of the public contract, and beside it `private`, options' `act`
    and `say`, `rest`, and `signal`: the values that must be sent on tap.

    `companion` leaves private items out. `words` fill placeholders such as `{time}`. KeyError for an unknown id.
    """
    questionnaire = version.questionnaire(questionnaire_id)
    filled = {name: words_in(text, language) for name, text in UNTIL_TOMORROW.items()} | dict(words or {})
    asked = [item for item in asked_items(questionnaire, offset_hours) if not (companion and item.private)]
    on_tap = signals(version, asked, offset_hours, session, risk)
    wire: dict[str, Any] = {
        "id": questionnaire.id,
        "version": questionnaire.version,
        "title": words_in(questionnaire.title, language),
        "items": [_wire_item(item, language, filled) | {"signal": on_tap[item.id]} for item in asked],
    }
    if questionnaire.rest is not None:
        rest = questionnaire.rest
        needs = [need for need in rest.needs if any(item.id == need for item in asked)]
        wire["rest"] = {"item": rest.item, "text": words_in(rest.text, language), "needs": needs}
    return wire


def shown_items(questionnaire: Questionnaire, language: str) -> list[dict[str, Any]]:
    """The items as the phone gets them, for a preview."""
    filled = {name: words_in(text, language) for name, text in UNTIL_TOMORROW.items()}
    return [_wire_item(item, language, filled) for item in questionnaire.items]


def _wire_item(item: Item, language: str, words: Mapping[str, str]) -> dict[str, Any]:
    text = words_in(item.text, language)
    for name, word in words.items():
        text = text.replace("{" + name + "}", word)
    wire: dict[str, Any] = {"id": item.id, "type": item.type, "text": text, "required": item.required}
    if item.options:
        wire["options"] = [_wire_option(option, language) for option in item.options]
    wire |= {
        name: value for name in ("min", "max", "step", "unit") if (value := _whole(getattr(item, name))) is not None
    }
    if item.enable_when is not None:
        wire["enable_when"] = wire_condition(item.enable_when)
    if item.help is not None:
        wire["help"] = words_in(item.help, language)
    return wire | {"private": item.private}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _wire_option(option: Option, language: str) -> dict[str, Any]:
    wire: dict[str, Any] = {"value": option.value, "text": words_in(option.text, language)}
    if option.act is not None:
        wire["act"] = option.act
    if option.say is not None:
        wire["say"] = words_in(option.say, language)
    if option.exclusive:
        wire["exclusive"] = True
    return wire


def wire_condition(condition: c.Condition) -> dict[str, Any]:
    """A condition on answers as the phone reads it: `{all}`, `{any}`, `{not}`, `{item, in}`, `{item, answered}`,
    `{item, gte, lte, gt, lt}`."""
    match condition:
        case c.All(of=parts):
            return {"all": [wire_condition(part) for part in parts]}
        case c.AnyOf(of=parts):
            return {"any": [wire_condition(part) for part in parts]}
        case c.Not(of=part):
            return {"not": wire_condition(part)}
        case c.Answer(item=item, among=among) if among is not None:
            return {"item": item, "in": list(among)}
        case c.Answer(item=item, answered=answered) if answered is not None:
            return {"item": item, "answered": answered}
        case c.Answer(item=item, gte=gte, lte=lte, gt=gt, lt=lt):
            bounds = {"gte": gte, "lte": lte, "gt": gt, "lt": lt}
            return {"item": item} | {name: _whole(bound) for name, bound in bounds.items() if bound is not None}
        case _:
            raise ValueError("an item can be enabled only by answers")


def own_key(title: str, taken: Container[str]) -> str:
    """A name for a protocol of the clinic's own: from its title, and not taken."""
    plain = "_".join(re.findall(r"[a-z0-9]+", title.lower()))[:40] or "own"
    stem = plain if plain not in ("drafts", "versions", "diff", *BUILT_IN) else f"own_{plain}"
    return next(key for n in count(1) if (key := stem if n == 1 else f"{stem}_{n}") not in taken)


def free_name(stem: str, taken: Container[str]) -> str:
    """The stem with the first number behind it that is not taken: `own.1`."""
    return next(name for n in count(1) if (name := f"{stem}{n}") not in taken)


def as_version(draft: ProtocolVersion, newest: ProtocolVersion | None) -> ProtocolVersion:
    """The draft as the version after the newest one; forms that have changed are newer too."""
    known = {} if newest is None else {form.id: form for form in newest.questionnaires}
    forms = tuple(
        replace(form, version=known[form.id].version + 1) if form.id in known and known[form.id] != form else form
        for form in draft.questionnaires
    )
    return replace(draft, version=1 if newest is None else newest.version + 1, questionnaires=forms)


def next_standard(standard: ProtocolVersion, there: Sequence[ProtocolVersion]) -> ProtocolVersion | None:
    """The built-in document as the version after those that a clinic has of it (oldest first), be they built-in or its
    own; None when one of them says the same."""
    if any(_unnumbered(document) == _unnumbered(standard) for document in there):
        return None
    return as_version(standard, there[-1] if there else None)


def _unnumbered(document: ProtocolVersion) -> ProtocolVersion:
    forms = tuple(replace(form, version=0) for form in document.questionnaires)
    return replace(document, version=0, questionnaires=forms)
