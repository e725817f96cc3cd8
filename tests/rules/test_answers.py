"""Checking answers: what is refused, in which words, and which items a form leads to."""

from typing import Any

import pytest

from server.protocols.model import Item, ItemType, Option, Questionnaire
from server.responses.answers import check_answers, enabled_items
from tests.rules.answering import CLINIC, SAFE_WELL, WELL

ACUTE = CLINIC.questionnaire("acute@1")
DAY = CLINIC.questionnaire("day@1")
SECRET = "purple elephant"


def ids(answers: dict[str, Any], by: Any = "patient", offset: float = 1) -> list[str]:
    """Ids of the enabled items of acute@1."""
    return [item.id for item in enabled_items(ACUTE, answers, by, offset)]


def test_all_well_is_accepted() -> None:
    assert check_answers(ACUTE, WELL["acute@1"], "patient", 1) == []
    assert check_answers(ACUTE, WELL["companion"], "companion", 1) == []
    assert check_answers(DAY, WELL["day@1"] | {"d_since": "none"}, "patient", 24) == []
    assert check_answers(DAY, WELL["day@1"] | {"d_change": "same"}, "patient", 72) == []


def test_ten_items_when_all_is_well() -> None:
    assert ids(WELL["acute@1"]) == list(WELL["acute@1"])


def test_who_holds_the_phone_decides_what_is_asked() -> None:
    assert ids({}) == ["a_who"]
    assert ids({"a_who": "not_me"}) == ["a_who"]
    assert all(item == "a_who" or item.startswith("c_") for item in ids({"a_who": "companion"}))
    assert check_answers(ACUTE, {"a_who": "not_me"}, "patient", 1) == []


def test_resting_needs_danger_and_place_only() -> None:
    started = {"a_who": "patient", "a_danger": "none", "a_rest": True}
    assert check_answers(ACUTE, started, "patient", 1) == [("answers.a_place", "is required")]
    assert check_answers(ACUTE, started | {"a_place": "alone"}, "patient", 1) == []
    assert check_answers(ACUTE, started, "patient", 24) == []
    assert check_answers(ACUTE, {"a_rest": "yes"}, "patient", 1) == [("answers.a_rest", "must be true or false")]


def test_the_place_is_not_asked_the_day_after() -> None:
    assert "a_place" not in ids({"a_who": "patient"}, offset=24)
    late = WELL["acute@1"] | {"a_place": "alone"}
    assert check_answers(ACUTE, late, "patient", 24) == []


def test_required_items_are_required_only_when_enabled() -> None:
    missing = {key: value for key, value in WELL["day@1"].items() if key != "d_sleep"} | {"d_since": "none"}
    assert check_answers(DAY, missing, "patient", 24) == [("answers.d_sleep", "is required")]
    assert check_answers(DAY, missing, "patient", 24, complete=False) == []
    effect = WELL["day@1"] | {"d_since": "none", "d_left": ["headache"]}
    assert check_answers(DAY, effect, "patient", 24) == [("answers.d_howbad", "is required")]


def test_a_safety_form_broken_off_is_stored_and_judged_not_refused() -> None:
    broken_off = WELL["day@1"] | {"d_since": "none", "s_open": "yes"}
    assert check_answers(DAY, broken_off, "patient", 24) == []


@pytest.mark.parametrize("item", ["a_mind", "s_keep", "s_with"])
def test_a_companion_never_answers_private_items(item: str) -> None:
    value = {"a_mind": "calm", **SAFE_WELL}[item]
    problems = check_answers(ACUTE, WELL["companion"] | {item: value}, "companion", 1)
    assert problems == [(f"answers.{item}", "is private and can be answered by the patient only")]
    assert item not in ids({"a_who": "patient", "a_mind": "not_safe"}, "companion")


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"a_sick": SECRET}, "answers.a_sick"),
        ({"a_sick": 3}, "answers.a_sick"),
        ({"a_sick": None}, "answers.a_sick"),
        ({"a_sick": ["no"]}, "answers.a_sick"),
        ({SECRET: "no"}, "answers"),
        ({"d_mood": 5}, "answers.d_mood"),
    ],
)
def test_bad_answers_are_named_but_never_repeated(answers: dict[str, Any], field: str) -> None:
    problems = check_answers(ACUTE, WELL["acute@1"] | answers, "patient", 1)
    assert [name for name, _ in problems] == [field]
    assert SECRET not in str(problems)


@pytest.mark.parametrize("mood", [-1, 11, 5.5, "5", True, float("nan"), float("inf"), [5]])
def test_a_scale_takes_whole_numbers_in_range(mood: Any) -> None:
    assert [name for name, _ in check_answers(DAY, {"d_mood": mood}, complete=False)] == ["answers.d_mood"]


@pytest.mark.parametrize("left", ["nothing", [], ["nothing", "sick"], ["sick", "sick"], [SECRET], [1], {"sick": 1}])
def test_a_multiple_takes_a_list_of_distinct_options(left: Any) -> None:
    assert [name for name, _ in check_answers(DAY, {"d_left": left}, complete=False)] == ["answers.d_left"]


def test_the_other_kinds_of_items() -> None:
    text = {"en": "x", "es": "x"}
    kinds: tuple[ItemType, ...] = ("boolean", "integer", "decimal", "date", "time", "text", "display")
    form = Questionnaire(
        id="t@1",
        version=1,
        title=text,
        items=tuple(Item(id=kind, type=kind, text=text, options=(Option("a", text),)) for kind in kinds),
    )
    good = {"boolean": False, "integer": 3, "decimal": 1.5, "date": "2026-03-02", "time": "08:30", "text": "hello"}
    assert check_answers(form, good) == []
    bad = {"boolean": 1, "integer": 1.5, "decimal": "1", "date": "2026-02-30", "time": "25:00", "text": "a\x00b"}
    assert [name for name, _ in check_answers(form, bad)] == [f"answers.{kind}" for kind in bad]
    assert [name for name, _ in check_answers(form, {"text": "x" * 4001, "display": "x"}, complete=False)] == [
        "answers.text",
        "answers.display",
    ]
    assert check_answers(form, {"text": "\ud800"}, complete=False) != []


@pytest.mark.parametrize(("length", "fits"), [(20, True), (21, False)])
def test_a_text_is_as_long_as_its_question_allows(length: int, fits: bool) -> None:
    words = {"en": "x", "es": "x"}
    form = Questionnaire(id="t@1", version=1, title=words, items=(Item(id="t", type="text", text=words, max=20),))
    assert (check_answers(form, {"t": "é" * length}) == []) is fits


@pytest.mark.parametrize(
    ("kind", "given", "fits"),
    [("date", "2026-03-02", True), ("date", "20260302", False), ("date", "2026-W10-1", False), ("time", "00:00", True),
     ("time", "08:30:15.5", True), ("time", "08", False), ("time", "T08:30", False), ("time", "08:30+02:00", False)],
)  # fmt: skip
def test_dates_and_times_have_the_form_that_rules_compare(kind: ItemType, given: str, fits: bool) -> None:
    words = {"en": "x", "es": "x"}
    form = Questionnaire(id="t@1", version=1, title=words, items=(Item(id="t", type=kind, text=words),))
    assert (check_answers(form, {"t": given}) == []) is fits
