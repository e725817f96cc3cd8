"""Known answers for every way of adding up, with items missing and items that do not apply."""

from typing import Any

import pytest

from server.protocols import conditions as c
from server.protocols.model import Item, Option, Questionnaire, Score
from server.protocols.questionnaires import Band
from server.protocols.scores import ScoreRange, applied_items, band_of, score_ranges, scores

WORDS = {"en": "x", "es": "x"}
OFTEN = tuple(Option(str(points), WORDS, score=points) for points in range(4))
ITEMS = tuple(Item(id=name, type="choice", text=WORDS, options=OFTEN) for name in ("q1", "q2", "q3", "q4"))
YES_NO = Item(id="q5", type="boolean", text=WORDS, enable_when=c.Answer("q1", among=("3",)))


def score(**changed: Any) -> Score:
    return Score(**{"id": "total", "title": WORDS, "items": ("q1", "q2", "q3", "q4"), **changed})


def form(*found: Score, items: tuple[Item, ...] = ITEMS) -> Questionnaire:
    return Questionnaire(id="f@1", version=1, title=WORDS, items=items, scores=found)


ALL = {"q1": "1", "q2": "2", "q3": "3", "q4": "0"}
THREE = {"q1": "1", "q2": "2", "q3": "3"}
TWO = {"q1": "1", "q2": "3"}


@pytest.mark.parametrize(
    ("changed", "answers", "total"),
    [
        ({}, ALL, 6),
        ({}, THREE, None),
        ({}, {}, None),
        ({"method": "mean"}, ALL, 1.5),
        ({"factor": 4}, ALL, 24),
        ({"reversed": ("q3", "q4")}, ALL, 1 + 2 + 0 + 3),
        ({"missing_at_most": 1}, THREE, 8),
        ({"missing_at_most": 1}, TWO, None),
        ({"missing_at_most": 2}, TWO, 8),
        ({"missing_at_most": 1, "method": "mean"}, THREE, 2),
        ({"missing_at_most": 1, "missing": "zero"}, THREE, 6),
        ({"missing_at_most": 1, "missing": "zero", "method": "mean"}, THREE, 1.5),
        ({"missing_at_most": 4}, {}, None),
        ({"items": ("q1", "q2")}, TWO, 4),
    ],
)
def test_a_known_answer(changed: dict[str, Any], answers: dict[str, str], total: float | None) -> None:
    assert scores(form(score(**changed)), answers).get("total") == total


def test_an_item_that_does_not_apply_counts_as_nothing_and_is_not_missing() -> None:
    asking = form(score(items=("q1", "q5")), items=(*ITEMS, YES_NO))
    assert scores(asking, {"q1": "1"})["total"] == 1
    assert scores(asking, {"q1": "1", "q5": True})["total"] == 1, "an answer of a path not taken"
    assert "total" not in scores(asking, {"q1": "3"})
    assert scores(asking, {"q1": "3", "q5": True})["total"] == 4


def test_what_applies_follows_from_what_applies() -> None:
    last = Item(id="q6", type="text", text=WORDS, enable_when=c.Answer("q5", among=(True,)))
    asking = form(items=(*ITEMS, YES_NO, last))
    left_behind: dict[str, Any] = {"q1": "1", "q5": True}
    assert [item.id for item in applied_items(asking, left_behind)] == ["q1", "q2", "q3", "q4"]
    assert [item.id for item in applied_items(asking, {"q1": "3", "q5": True})][-2:] == ["q5", "q6"]


def test_bands_are_reached_from_their_least_value_on() -> None:
    with_bands = score(bands=(Band("much", 10, WORDS), Band("some", 5, WORDS)))
    names = [band.id if (band := band_of(with_bands, value)) else None for value in (0, 4.9, 5, 9.9, 10, 12)]
    assert names == [None, None, "some", "some", "much", "much"]


def test_how_far_a_score_can_go() -> None:
    assert score_ranges(form(score(factor=4)))["total"] == ScoreRange(WORDS, 0, 48)
    assert score_ranges(form(score(method="mean")))["total"] == ScoreRange(WORDS, 0, 3)


@pytest.mark.parametrize(
    ("condition", "holding", "others"),
    [
        (c.Answer("q", gt=2), [3, 2.5], [2, 1, "3", True, None]),
        (c.Answer("q", lt=2), [1, -5], [2, 3, None]),
        (c.Answer("q", gte="2026-01-02"), ["2026-01-02", "2026-11-01"], ["2026-01-01", 3, None]),
        (c.Answer("q", lt="22:00"), ["07:30", "21:59"], ["22:00", None]),
        (c.Answer("q", answered=True), ["x", 0, False, ["x"]], [None]),
        (c.Answer("q", answered=False), [None], ["x", 0, False]),
        (c.Answer("q"), [], ["x", 1, None]),
    ],
)
def test_a_comparison(condition: c.Answer, holding: list[Any], others: list[Any]) -> None:
    target = Item(id="t", type="text", text=WORDS, enable_when=condition)
    asking = form(items=(Item(id="q", type="text", text=WORDS), target))
    for value in (*holding, *others):
        given: dict[str, Any] = {} if value is None else {"q": value}
        applies = target in applied_items(asking, given)
        assert applies == (value in holding and type(value) in {type(one) for one in holding}), value
