"""Checking answers against their questionnaire before anything is stored. Messages never repeat what was sent."""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from server.protocols.evaluate import Evidence, holds
from server.protocols.model import Item, Questionnaire
from server.protocols.rules import asked_items
from server.responses.model import AnsweredBy, Answers

DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?", re.ASCII)
ITEM_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
MAX_TEXT = 4000
MAX_NUMBER = 1e12

Problem = tuple[str, str]


def enabled_items(
    questionnaire: Questionnaire,
    answers: Answers,
    answered_by: AnsweredBy = "patient",
    offset_hours: float | None = None,
) -> tuple[Item, ...]:
    """The items that these answers lead to, in order. A companion never gets a private one; resting ends the form."""
    rest = questionnaire.rest
    resting = rest is not None and answers.get(rest.item) is True
    seen = Evidence(answers=answers, answered_by=answered_by)
    return tuple(
        item
        for item in asked_items(questionnaire, offset_hours)
        if (item.enable_when is None or holds(item.enable_when, seen))
        and not (item.private and answered_by == "companion")
        and not (resting and rest is not None and item.id not in rest.needs and item.id not in answers)
    )


def unanswered(
    questionnaire: Questionnaire,
    answers: Answers,
    answered_by: AnsweredBy = "patient",
    offset_hours: float | None = None,
) -> tuple[Item, ...]:
    """Enabled items without an answer, required or not."""
    enabled = enabled_items(questionnaire, answers, answered_by, offset_hours)
    return tuple(item for item in enabled if item.id not in answers and item.type != "display")


def is_whole(
    questionnaire: Questionnaire,
    answers: Answers,
    answered_by: AnsweredBy = "patient",
    offset_hours: float | None = None,
) -> bool:
    """Whether the form came to its end: nothing required is left open, or the person said that they rest."""
    return came_to_end(questionnaire, answers, unanswered(questionnaire, answers, answered_by, offset_hours))


def came_to_end(questionnaire: Questionnaire, answers: Answers, missing: Iterable[Item]) -> bool:
    """The same for a form whose unanswered items are known."""
    rest = questionnaire.rest
    resting = rest is not None and answers.get(rest.item) is True
    return resting or not any(item.required for item in missing)


def check_answers(
    questionnaire: Questionnaire,
    answers: Mapping[str, Any],
    answered_by: AnsweredBy = "patient",
    offset_hours: float | None = None,
    complete: bool = True,
) -> list[Problem]:
    """What is wrong with the answers, as (field, message); empty when they can be judged.

    An answer to an item that was not asked this time is accepted when it is valid: forms are answered late.
    `complete=False` (signals, reports) does not demand required items.
    """
    known = {item.id: item for item in questionnaire.items}
    rest_item = questionnaire.rest.item if questionnaire.rest else None
    problems: list[Problem] = []
    for key, value in answers.items():
        if key in known:
            message = _problem(known[key], value, answered_by)
            if message:
                problems.append((f"answers.{key}", message))
        elif key == rest_item:
            if not isinstance(value, bool):
                problems.append((f"answers.{key}", "must be true or false"))
        elif (unknown := (_name(key), "is a question that this form does not ask")) not in problems:
            problems.append(unknown)
    if complete and not problems:
        missing = unanswered(questionnaire, answers, answered_by, offset_hours)
        problems += [(f"answers.{item.id}", "is required") for item in missing if item.required]
    return problems


def _name(key: str) -> str:
    """Where an unknown answer stands; what does not look like an item's id may be anything and is not repeated."""
    return f"answers.{key}" if ITEM_ID.fullmatch(key) else "answers"


def _problem(item: Item, value: Any, answered_by: AnsweredBy) -> str | None:
    if item.private and answered_by == "companion":
        return "is private and can be answered by the patient only"
    match item.type:
        case "choice":
            return _choice_problem(item, value)
        case "multiple":
            return _multiple_problem(item, value)
        case "scale" | "integer" | "decimal":
            return _number_problem(item, value)
        case "boolean":
            return None if isinstance(value, bool) else "must be true or false"
        case "date" | "time":
            return _moment_problem(item, value)
        case "text":
            return _text_problem(item, value)
        case "display":
            return "takes no answer"


def _choice_problem(item: Item, value: Any) -> str | None:
    if not isinstance(value, str):
        return "must be one of the options"
    return None if any(option.value == value for option in item.options) else "is not one of the options"


def _multiple_problem(item: Item, value: Any) -> str | None:
    if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
        return "must be a list of options"
    options = {option.value: option for option in item.options}
    if any(part not in options for part in value):
        return "has something that is not one of the options"
    if len(set(value)) != len(value):
        return "has the same option twice"
    if len(value) > 1 and any(options[part].exclusive for part in value):
        return "has an option that stands alone beside others"
    return None


def _number_problem(item: Item, value: Any) -> str | None:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or (isinstance(value, float) and math.isnan(value))
    ):
        return "must be a number"
    if abs(value) > MAX_NUMBER:
        return "is out of range"
    if item.type != "decimal" and not float(value).is_integer():
        return "must be a whole number"
    if (item.min is not None and value < item.min) or (item.max is not None and value > item.max):
        return "is out of range"
    return None


def _moment_problem(item: Item, value: Any) -> str | None:
    # Only the form that rules compare as words: Python reads weeks, time zones and hours alone as well.
    shape, read = (DATE, date.fromisoformat) if item.type == "date" else (TIME, time.fromisoformat)
    try:
        return None if shape.fullmatch(value) and read(value) else f"must be an ISO {item.type}"
    except (TypeError, ValueError):
        return f"must be an ISO {item.type}"


def _text_problem(item: Item, value: Any) -> str | None:
    longest = MAX_TEXT if item.max is None else min(int(item.max), MAX_TEXT)
    if not isinstance(value, str) or len(value) > longest:
        return f"must be text of at most {longest} characters"
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        return "has characters that cannot be stored"
    return None
