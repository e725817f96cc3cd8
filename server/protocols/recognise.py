"""A questionnaire that a clinic brought, taken as a known instrument: which item is which, what its answers count."""

from collections.abc import Mapping
from typing import Any

import msgspec

from server.protocols import conditions as c
from server.protocols.instruments import Instrument, Measure
from server.protocols.model import Item, Questionnaire
from server.protocols.questionnaires import LOINC
from server.protocols.recognise_answers import counted_options

Note = tuple[str | None, str]


class Fitted(msgspec.Struct, frozen=True):
    """`notes`: what was decided, by item of the questionnaire as it came (None: the whole)."""

    questionnaire: Questionnaire
    notes: tuple[Note, ...]


class DoesNotFit(Exception):
    """It is not this instrument; `wrong` says why, by item (None: the whole)."""

    def __init__(self, wrong: list[Note]) -> None:
        super().__init__("does not fit")
        self.wrong = wrong


def recognised(questionnaire: Questionnaire, instrument: Instrument) -> Fitted:
    """The questionnaire with the instrument's scores, recall period, ids and points, and with help behind its safety
    answers. Items are told by their LOINC code, without codes by their place; answers by their points, else by their
    LOINC code, else by their place. DoesNotFit when that is not certain enough to score it."""
    notes: list[Note] = []
    found = _matched(questionnaire, instrument, notes)
    wrong: list[Note] = []
    changed: dict[str, Item] = {}
    for measure, item in found:
        try:
            changed[item.id] = _fitted(item, measure, instrument, notes)
        except ValueError as error:
            wrong.append((item.id, str(error)))
    if wrong:
        raise DoesNotFit(wrong)
    targets = {item.id for item in changed.values()}
    for item in questionnaire.items:
        if item.id not in changed:
            changed[item.id] = msgspec.structs.replace(item, id=f"{item.id}_too") if item.id in targets else item
            if item.type != "display" and item.link is not None:
                notes.append((item.id, "Is not part of this instrument; it is asked and not scored."))
    items = tuple(
        msgspec.structs.replace(changed[item.id], enable_when=_renamed(item.enable_when, questionnaire, changed))
        for item in questionnaire.items
    )
    scored = msgspec.structs.replace(
        questionnaire, items=items, scores=instrument.scores, recall_days=instrument.recall_days
    )
    return Fitted(scored, tuple(notes))


def _matched(questionnaire: Questionnaire, instrument: Instrument, notes: list[Note]) -> list[tuple[Measure, Item]]:
    asked = [item for item in questionnaire.items if item.type != "display"]
    coded = [(code.code, item) for item in asked for code in item.codes if code.system == LOINC]
    by_code = dict(coded)
    known = [measure for measure in instrument.items if measure.code in by_code]
    if known:
        missing = [one.name for one in instrument.items if one not in known and not one.optional]
        if missing:
            raise DoesNotFit([(None, f"A question of this instrument is missing: {', '.join(missing)}.")])
        if any([code for code, _ in coded].count(measure.code or "") > 1 for measure in known):
            raise DoesNotFit([(None, "Two questions have the code of the same question.")])
        return [(measure, by_code[measure.code or ""]) for measure in known]
    needed = [measure for measure in instrument.items if not measure.optional]
    if len(asked) not in (len(needed), len(instrument.items)):
        raise DoesNotFit([(None, f"Has {len(asked)} questions, and this instrument has {len(needed)}.")])
    notes.append((None, "Its questions have no codes; they are taken in their order."))
    return list(zip(instrument.items if len(asked) > len(needed) else needed, asked, strict=True))


def _fitted(item: Item, measure: Measure, instrument: Instrument, notes: list[Note]) -> Item:
    """The item under the instrument's name. ValueError says why its answers are not those of the instrument."""
    least = instrument.least_points(measure.name)
    options = counted_options(item, measure, instrument, notes)
    bounds: dict[str, Any] = {}
    if item.type in ("scale", "integer"):
        if not {item.min, item.max} <= {None, measure.points[0], measure.points[-1]}:
            raise ValueError("Has other limits than this instrument.")
        bounds = {"min": measure.points[0], "max": measure.points[-1]}
    helped = tuple(
        msgspec.structs.replace(option, act="crisis") if least is not None and (option.score or 0) >= least else option
        for option in options
    )
    return msgspec.structs.replace(
        item, id=instrument.item_id(measure.name), type="choice" if options else item.type, options=helped,
        private=least is not None, **bounds,
    )  # fmt: skip


def _renamed(when: c.Condition | None, before: Questionnaire, after: Mapping[str, Item]) -> c.Condition | None:
    """The condition in the new names of items and answers."""
    match when:
        case c.All(of=parts) | c.AnyOf(of=parts):
            named = tuple(part for one in parts if (part := _renamed(one, before, after)) is not None)
            return c.All(named) if isinstance(when, c.All) else c.AnyOf(named)
        case c.Not(of=part):
            inner = _renamed(part, before, after)
            return None if inner is None else c.Not(inner)
        case c.Answer(item=name, among=among):
            old, new = next(item for item in before.items if item.id == name), after[name]
            values = None if among is None else tuple(_value(value, old, new) for value in among)
            return msgspec.structs.replace(when, item=new.id, among=values)
        case _:
            return when


def _value(value: c.Value, old: Item, new: Item) -> c.Value:
    if old.type == "boolean" and new.type == "choice":
        return "1" if value is True else "0"
    place = next((place for place, option in enumerate(old.options) if option.value == value), None)
    return value if place is None else new.options[place].value
