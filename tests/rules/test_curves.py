"""Which answers make which point of which curve."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from server.protocols.builtin import load_builtin
from server.timeline.model import Answered
from server.timeline.rules import curve_kinds, curves

SESSION = uuid4()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def answered(hours: float | None = 6, session: UUID | None = SESSION, **answers: Any) -> Answered:
    scores: dict[str, float] = {name: answers.pop(name) for name in ("low", "worry") if name in answers}
    words = {item: f"words of {value}" for item, value in answers.items()}
    at = NOON + timedelta(hours=hours or 0)
    return Answered(session_id=session, at=at, hours=hours, answers=answers, scores=scores, words=words)


def levels(*given: Answered) -> dict[str, list[tuple[float, float]]]:
    return {curve.id: [(point.hours, point.level) for point in curve.points] for curve in curves(given, "en")}


def test_one_symptom_goes_on_through_forms_that_ask_it_differently() -> None:
    found = levels(
        answered(24, d_left=["dizzy"], d_howbad="slows"), answered(1, a_steady="help_to_walk"),
        answered(72, d_left=["nothing"]),
    )  # fmt: skip
    assert found["unsteady"] == [(1, 2), (24, 2), (72, 0)]
    assert found["sick"] == [(24, 0), (72, 0)]


@pytest.mark.parametrize(
    ("answers", "curve", "level"),
    [
        ({"d_mood": 4}, "mood", 4),
        ({"low": 7.0}, "low", 7),
        ({"worry": 0.0}, "worry", 0),
        ({"a_real": "lost"}, "strange", 3),
        ({"d_feel": "unbearable"}, "on_edge", 3),
        ({"d_left": ["sick", "headache"], "d_howbad": "cannot"}, "pain", 3),
    ],
)
def test_levels(answers: dict[str, Any], curve: str, level: float) -> None:
    assert levels(answered(**answers))[curve] == [(6, level)]


def test_without_how_bad_it_is_there_is_no_point() -> None:
    assert "unsteady" not in levels(answered(d_left=["dizzy"]))


def test_reports_outside_a_session_and_unknown_answers_make_no_point() -> None:
    assert levels(answered(None, a_sick="many"), answered(session=None, a_sick="many"), answered(a_sick="purple")) == {}


def test_a_point_says_the_answer() -> None:
    (curve,) = curves([answered(a_sick="many")], "es")
    assert (curve.title, curve.points[0].text) == ("Náuseas o vómitos", "words of many")


def test_every_item_option_and_level_of_a_curve_exists_and_has_its_words() -> None:
    items = {i.id: i for version in load_builtin() for q in version.questionnaires for i in q.items}
    for kind in curve_kinds():
        assert kind.title.keys() == {"en", "es"}
        for source in kind.sources:
            for item, wanted in (
                (source.item, {*(source.levels or ()), *source.options}),
                *([(source.strength.item, set(source.strength.levels))] if source.strength else []),
            ):
                if item in items:
                    assert wanted <= {option.value for option in items[item].options}, (kind.id, item)
            assert all(0 <= level <= kind.max for level in (source.levels or {}).values())
