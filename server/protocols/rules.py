"""Choosing a version, what a rule's tier is at a given hour, and the questionnaire as the phone gets it."""

from collections.abc import Iterable, Mapping
from typing import Any

from server.protocols import conditions as c
from server.protocols.model import (
    Item,
    Option,
    ProtocolVersion,
    Questionnaire,
    Text,
)
from server.protocols.signals import signals

UNTIL_TOMORROW: dict[str, Text] = {"time": {"en": "tomorrow morning", "es": "mañana por la mañana"}}


def choose(versions: Iterable[ProtocolVersion], route: str, setting: str) -> ProtocolVersion:
    """The newest version for this route and setting; without one the clinic document, so that no session goes
    without check-ins. ValueError when there is not even that."""
    newest = sorted(versions, key=lambda version: version.version, reverse=True)
    for version in newest:
        if route in version.routes and setting in version.settings:
            return version
    for version in newest:
        if version.key == "clinic":
            return version
    raise ValueError("no protocol version for this session")


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
    filled = {name: _in(text, language) for name, text in UNTIL_TOMORROW.items()} | dict(words or {})
    asked = [item for item in asked_items(questionnaire, offset_hours) if not (companion and item.private)]
    on_tap = signals(version, asked, offset_hours, session, risk)
    wire: dict[str, Any] = {
        "id": questionnaire.id,
        "version": questionnaire.version,
        "title": _in(questionnaire.title, language),
        "items": [_wire_item(item, language, filled) | {"signal": on_tap[item.id]} for item in asked],
    }
    if questionnaire.rest is not None:
        rest = questionnaire.rest
        needs = [need for need in rest.needs if any(item.id == need for item in asked)]
        wire["rest"] = {"item": rest.item, "text": _in(rest.text, language), "needs": needs}
    return wire


def _in(text: Text, language: str) -> str:
    return text.get(language) or text["en"]


def _wire_item(item: Item, language: str, words: Mapping[str, str]) -> dict[str, Any]:
    text = _in(item.text, language)
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
        wire["help"] = _in(item.help, language)
    return wire | {"private": item.private}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _wire_option(option: Option, language: str) -> dict[str, Any]:
    wire: dict[str, Any] = {"value": option.value, "text": _in(option.text, language)}
    if option.act is not None:
        wire["act"] = option.act
    if option.say is not None:
        wire["say"] = _in(option.say, language)
    if option.exclusive:
        wire["exclusive"] = True
    return wire


def wire_condition(condition: c.Condition) -> dict[str, Any]:
    """A condition on answers as the phone reads it: `{all}`, `{any}`, `{not}`, `{item, in}`, `{item, gte, lte}`."""
    match condition:
        case c.All(of=parts):
            return {"all": [wire_condition(part) for part in parts]}
        case c.AnyOf(of=parts):
            return {"any": [wire_condition(part) for part in parts]}
        case c.Not(of=part):
            return {"not": wire_condition(part)}
        case c.Answer(item=item, among=among) if among is not None:
            return {"item": item, "in": list(among)}
        case c.Answer(item=item, gte=gte, lte=lte):
            bounds = {"gte": gte, "lte": lte}
            return {"item": item} | {name: _whole(bound) for name, bound in bounds.items() if bound is not None}
        case _:
            raise ValueError("an item can be enabled only by answers")
