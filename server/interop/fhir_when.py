"""`enableWhen` as a condition. What it depends on is always asked before it."""

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from server.interop.fhir_model import EnableWhen
from server.interop.fhir_options import option_named
from server.protocols import conditions as c
from server.protocols.model import Item

NUMBERS = ("scale", "integer", "decimal")
BOUNDS = {">": "gt", "<": "lt", ">=": "gte", "<=": "lte"}


class Unclear(Exception):
    """A condition that cannot be taken; the message says why."""


def condition(when: EnableWhen, asked: Mapping[str, Item]) -> c.Condition:
    """One `enableWhen`. `asked`: items before it by linkId. Unclear when it cannot be taken as it is meant."""
    item = asked.get(when.question)
    if item is None:
        raise Unclear("Depends on a question that is not asked before it.")
    if item.type == "display":
        raise Unclear("Depends on something that takes no answer.")
    if when.operator == "exists":
        if when.answer_boolean is None:
            raise Unclear("Compares with an answer of another kind.")
        return c.Answer(item.id, answered=when.answer_boolean)
    value = _value(when, item)
    if when.operator == "=":
        return c.Answer(item.id, among=(value,))
    if when.operator == "!=":
        return c.Not(c.Answer(item.id, among=(value,)))
    if item.type not in (*NUMBERS, "date", "time") or isinstance(value, bool):
        raise Unclear("Asks which of two answers is greater, which these answers do not have.")
    return c.Answer(item.id, **{BOUNDS[when.operator]: value})


def _value(when: EnableWhen, item: Item) -> Any:
    found: Any = None
    match item.type:
        case "choice" | "multiple":
            found = option_named(item, when.answer_coding, when.answer_string, when.answer_integer)
            if found is None:
                raise Unclear("Compares with an answer that the question does not have.")
        case "boolean":
            found = when.answer_boolean
        case "scale" | "integer" | "decimal":
            found = _number(when, item)
        case "date":
            found = _iso(date.fromisoformat, when.answer_date)
        case "time":
            found = clock_time(when.answer_time)
        case _:
            found = when.answer_string
    if found is None:
        raise Unclear("Compares with an answer of another kind.")
    return found


def _number(when: EnableWhen, item: Item) -> float | int | None:
    quantity = when.answer_quantity
    if quantity is not None:
        named = {quantity.unit, quantity.code} - {None}
        if named and item.unit is not None and item.unit not in named:
            raise Unclear("Compares with another unit.")
        return _whole(quantity.value)
    return _whole(when.answer_decimal if when.answer_integer is None else when.answer_integer)


def _whole(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value


def _iso(read: Callable[[str], object], value: str | None) -> str | None:
    try:
        read(value or "")
    except ValueError:
        return None
    return value


def clock_time(value: str | None) -> str | None:
    """A time of day as phones write it, without seconds; None for one that has some, or is none."""
    try:
        read = time.fromisoformat(value or "")
    except ValueError:
        return None
    return None if read.second or read.microsecond or read.tzinfo else read.strftime("%H:%M")
