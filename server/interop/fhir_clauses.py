"""A condition of ours as FHIR `enableWhen` entries."""

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

from server.interop.fhir_options import coded_value, is_yes_no
from server.interop.fhir_when import BOUNDS
from server.protocols import conditions as c
from server.protocols.model import Item

OPPOSITE = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}
MOST_CLAUSES = 200
Atom = dict[str, Any]
Clauses = list[list[Atom]]


class TooBranched(Exception):
    """A condition that FHIR could only say at a length that nothing reads."""


def clauses(wanted: c.Condition, items: Mapping[str, Item], language: str, *, holds: bool = True) -> Clauses:
    """The condition as `enableWhen` entries: every inner list needs one that holds. ValueError for a condition on more
    than answers, TooBranched for one that takes too many of them."""
    match wanted:
        case c.All(of=parts) | c.AnyOf(of=parts):
            each = [clauses(part, items, language, holds=holds) for part in parts]
            if isinstance(wanted, c.All) == holds:
                return [clause for found in each for clause in found]
            if prod(map(len, each)) > MOST_CLAUSES:
                raise TooBranched("more combinations of answers than a FHIR file can hold")
            return [[atom for clause in chosen for atom in clause] for chosen in product(*each)]
        case c.Not(of=part):
            return clauses(part, items, language, holds=not holds)
        case c.Answer():
            return _atoms(wanted, items[wanted.item], language, holds)
        case _:
            raise ValueError("an item can be enabled only by answers")


def _atoms(part: c.Answer, item: Item, language: str, holds: bool) -> Clauses:
    def atom(operator: str, answer: Atom) -> Atom:
        return {"question": item.link or item.id, "operator": operator} | answer

    def exists(there: bool) -> Atom:
        return atom("exists", {"answerBoolean": there})

    if part.among is not None:
        each = [atom("=" if holds else "!=", _answer(item, value, language)) for value in part.among]
        return [each] if holds else [[one] for one in each]
    if part.answered is not None:
        return [[exists(part.answered == holds)]]
    bounds = [(sign, getattr(part, name)) for sign, name in BOUNDS.items() if getattr(part, name) is not None]
    if holds:
        return [[atom(sign, _answer(item, value, language))] for sign, value in bounds]
    return [[*(atom(OPPOSITE[sign], _answer(item, value, language)) for sign, value in bounds), exists(False)]]


def _answer(item: Item, value: Any, language: str) -> Atom:
    match item.type:
        case "choice" if is_yes_no(item):
            return {"answerBoolean": value == "1"}
        case "choice" | "multiple":
            option = next(option for option in item.options if option.value == value)
            return {f"answer{kind[5:]}": found for kind, found in coded_value(option, language).items()}
        case "boolean":
            return {"answerBoolean": value}
        case "scale" | "integer":
            return {"answerInteger": int(value)} if float(value).is_integer() else {"answerDecimal": value}
        case "decimal":
            return {"answerQuantity": {"value": value, "unit": item.unit}} if item.unit else {"answerDecimal": value}
        case "date":
            return {"answerDate": value}
        case "time":
            return {"answerTime": f"{value}:00"}
        case _:
            return {"answerString": value}
