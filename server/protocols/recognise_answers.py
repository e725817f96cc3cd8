"""The answers of an item that was taken as an instrument's: how many points each counts."""

import msgspec

from server.protocols.instruments import Instrument, Measure
from server.protocols.model import Item, Option
from server.protocols.questionnaires import LOINC, Code

YES_NO = (Option("0", {"en": "No", "es": "No"}, score=0), Option("1", {"en": "Yes", "es": "Sí"}, score=1))
YES = frozenset(("y", "yes", "true", "1", "sí", "si", "la33-6", "373066001"))
NO = frozenset(("n", "no", "false", "0", "la32-8", "373067005"))
BY_ORDER = "Its answers have no points; they are counted in their order."


def counted_options(
    item: Item, measure: Measure, instrument: Instrument, notes: list[tuple[str | None, str]]
) -> tuple[Option, ...]:
    """Its options with the points of the instrument, under those as their values. ValueError says why that is not
    certain."""
    if item.type == "boolean" and instrument.yes_no:
        return YES_NO
    if item.type in ("scale", "integer") and len(measure.points) > 2 and not instrument.safety:
        return ()
    if item.type != "choice":
        raise ValueError("Has another kind of answers than this instrument.")
    if len(item.options) != len(measure.points):
        raise ValueError(f"Has {len(item.options)} answers, and this instrument has {len(measure.points)}.")
    points = _points(item, measure, instrument)
    if points is None:
        points = list(measure.points)
        notes.append((item.id, BY_ORDER))
    return tuple(_counted(option, worth) for option, worth in zip(item.options, points, strict=True))


def _points(item: Item, measure: Measure, instrument: Instrument) -> list[float] | None:
    """The points of its options in order; None when nothing but their order tells."""
    scored = [option.score for option in item.options if option.score is not None]
    if len(scored) == len(item.options):
        if sorted(scored) != sorted(measure.points):
            raise ValueError("The points of its answers are not those of this instrument.")
        return scored
    codes = [next((one.code for one in option.codes if one.system == LOINC), "") for option in item.options]
    coded = [instrument.answers[code] for code in codes if code in instrument.answers]
    if sorted(coded) == sorted(measure.points):
        return coded
    if instrument.yes_no:
        said = [_yes_or_no(option) for option in item.options]
        if sorted(said) != [0, 1]:
            raise ValueError("Does not tell which answer means yes.")
        return said
    return None


def _yes_or_no(option: Option) -> float:
    named = {
        word.strip().lower() for word in (*option.text.values(), option.value, *(one.code for one in option.codes))
    }
    return -1.0 if bool(named & YES) == bool(named & NO) else float(bool(named & YES))


def _counted(option: Option, points: float) -> Option:
    value = f"{points:g}"
    codes = option.codes or (() if option.value == value else (Code("", option.value),))
    return msgspec.structs.replace(option, value=value, score=points, codes=codes)
