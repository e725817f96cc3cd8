"""Scores: what the answers of a form add up to, made here from the answers alone. Our own are not validated: numbers
for trend lines (decision 22)."""

from collections.abc import Mapping

import msgspec

from server.protocols.evaluate import Answered, Evidence, Known, holds
from server.protocols.model import Item, Questionnaire, Score, Text
from server.protocols.questionnaires import Band


class ScoreRange(msgspec.Struct, frozen=True):
    """What a score is called and how far it can go."""

    title: Text
    least: float
    most: float


def applied_items(questionnaire: Questionnaire, answers: Known) -> tuple[Item, ...]:
    """The items that these answers lead to, whatever else was sent: a condition sees only answers to items that apply
    themselves, so one left behind on a path not taken opens nothing."""
    seen: dict[str, Answered] = {}
    found = []
    for item in questionnaire.items:
        if item.enable_when is None or holds(item.enable_when, Evidence(answers=seen)):
            found.append(item)
            if item.id in answers:
                seen[item.id] = answers[item.id]
    return tuple(found)


def scores(questionnaire: Questionnaire, answers: Known) -> dict[str, float]:
    """Every answered scale by its item, and every score of which not too much is missing."""
    applied = {item.id: item for item in applied_items(questionnaire, answers)}
    found = {
        item.id: points
        for item in applied.values()
        if item.type == "scale" and (points := _points(item, answers)) is not None
    }
    for score in questionnaire.scores:
        if (total := _total(score, applied, answers)) is not None:
            found[score.id] = total
    return found


def _total(score: Score, applied: Mapping[str, Item], answers: Known) -> float | None:
    asked = [applied[name] for name in score.items if name in applied]
    known = [
        _turned(item, points) if item.id in score.reversed else points
        for item in asked
        if (points := _points(item, answers)) is not None
    ]
    gaps = len(asked) - len(known)
    if not known or gaps > score.missing_at_most:
        return None
    counted = len(known) if score.missing == "mean" else len(asked)
    mean = sum(known) / counted
    return score.factor * (mean if score.method == "mean" else mean * len(asked))


def _turned(item: Item, points: float) -> float:
    least, most = _reach(item)
    return least + most - points


def _points(item: Item, answers: Known) -> float | None:
    value = answers.get(item.id)
    if item.type in ("scale", "integer", "decimal"):
        return None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)
    if item.type == "boolean":
        return float(value) if isinstance(value, bool) else None
    return next((option.score for option in item.options if option.value == value), None)


def band_of(score: Score, value: float) -> Band | None:
    """What an instrument's own bands call this value; None below the first of them, or without any."""
    reached = [band for band in score.bands if value >= band.least]
    return max(reached, key=lambda band: band.least, default=None)


def score_ranges(questionnaire: Questionnaire) -> dict[str, ScoreRange]:
    """By name: every scale and every score of this form."""
    items = {item.id: item for item in questionnaire.items}
    scales = {item.id: ScoreRange(item.text, *_reach(item)) for item in items.values() if item.type == "scale"}
    return scales | {
        score.id: _range(score, [_reach(items[name]) for name in score.items]) for score in questionnaire.scores
    }


def _range(score: Score, reach: list[tuple[float, float]]) -> ScoreRange:
    share = score.factor / (len(reach) if score.method == "mean" else 1)
    return ScoreRange(score.title, share * sum(least for least, _ in reach), share * sum(most for _, most in reach))


def _reach(item: Item) -> tuple[float, float]:
    if item.type == "boolean":
        return 0, 1
    if item.type in ("scale", "integer", "decimal"):
        return item.min or 0, item.max or 0
    points = [option.score for option in item.options if option.score is not None]
    return min(points, default=0), max(points, default=0)


def ranges_of(questionnaires: tuple[Questionnaire, ...]) -> Mapping[str, ScoreRange]:
    """The same for several forms."""
    return {name: found for form in questionnaires for name, found in score_ranges(form).items()}
