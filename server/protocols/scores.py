"""Scores: what the answers of a form add up to. Our own, not validated: numbers for trend lines (decision 22)."""

from collections.abc import Mapping

import msgspec

from server.protocols.evaluate import Known
from server.protocols.model import Item, Questionnaire, Text


class ScoreRange(msgspec.Struct, frozen=True):
    """What a score is called and how far it can go."""

    title: Text
    least: float
    most: float


def scores(questionnaire: Questionnaire, answers: Known) -> dict[str, float]:
    """Every answered scale by its item, and every sum of which no item is missing."""
    items = {item.id: item for item in questionnaire.items}
    found = {
        item.id: points
        for item in items.values()
        if item.type == "scale" and (points := _points(item, answers)) is not None
    }
    for score in questionnaire.scores:
        parts = [_points(items[item], answers) for item in score.items]
        if None not in parts:
            found[score.id] = sum(part for part in parts if part is not None)
    return found


def _points(item: Item, answers: Known) -> float | None:
    value = answers.get(item.id)
    if item.type == "scale":
        return None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)
    return next((option.score for option in item.options if option.value == value), None)


def score_ranges(questionnaire: Questionnaire) -> dict[str, ScoreRange]:
    """By name: every scale and every sum of this form."""
    items = {item.id: item for item in questionnaire.items}
    scales = {item.id: ScoreRange(item.text, *_reach(item)) for item in items.values() if item.type == "scale"}
    sums = {}
    for score in questionnaire.scores:
        reach = [_reach(items[item]) for item in score.items]
        sums[score.id] = ScoreRange(score.title, sum(least for least, _ in reach), sum(most for _, most in reach))
    return scales | sums


def _reach(item: Item) -> tuple[float, float]:
    if item.type == "scale":
        return item.min or 0, item.max or 0
    points = [option.score for option in item.options if option.score is not None]
    return min(points, default=0), max(points, default=0)


def ranges_of(questionnaires: tuple[Questionnaire, ...]) -> Mapping[str, ScoreRange]:
    """The same for several forms."""
    return {name: found for form in questionnaires for name, found in score_ranges(form).items()}
