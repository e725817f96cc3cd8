"""The private safety questions (safety.md 2.5): every E, U, S and R row, in day@1, safe@1 and acute@1."""

from typing import Any

import pytest

from server.responses.model import Facts, Judgement
from server.responses.rules import judge
from tests.rules.answering import CLINIC, SAFE_WELL, item_by_text, judged
from tests.rules.safety_tables import SAFE

YES = {"s_open": "yes", **SAFE_WELL}
NOT_WORTH = {"s_open": "not_worth", **{key: value for key, value in SAFE_WELL.items() if key != "s_how"}}
TALK = {"s_open": "talk", **SAFE_WELL}

EMERGENCY = [
    {"s_keep": "not_sure"},
    {"s_keep": "no"},
    {"s_done": "yes_okay"},
    {"s_done": "yes_need_help"},
    {"s_how": "yes", "s_ready": "yes"},
    {"s_now": "right_now", "s_with": "no"},
]
URGENT = [
    {"s_now": "right_now"},
    {"s_how": "yes", "s_ready": "no"},
    {"s_how": "not_say", "s_ready": "no"},
    {"s_how": "yes", "s_ready": "not_say"},
    {"s_usual": "more"},
]


def both_forms(answers: dict[str, Any], **facts: Any) -> list[Judgement]:
    """The same safety answers inside the day's form and in the form of their own."""
    alone = judge(CLINIC, Facts(questionnaire="safe@1", answers=answers, hours=24, offset_hours=24, **facts))
    return [judged("day@1", 24, answers, **facts), judged("day@1", 72, answers, **facts), alone]


@pytest.mark.parametrize(("text", "options"), SAFE.items())
def test_the_words_on_the_screen(text: str, options: list[str]) -> None:
    item = item_by_text("safe@1", text)
    assert [option.text["en"] for option in item.options] == options
    assert item.private
    assert item_by_text("day@1", text) == item


@pytest.mark.parametrize("start", [YES, TALK, NOT_WORTH], ids=["yes", "talk", "not_worth"])
@pytest.mark.parametrize("changed", EMERGENCY, ids=str)
def test_emergencies(start: dict[str, str], changed: dict[str, str]) -> None:
    assert [judgement.tier for judgement in both_forms(start | changed)] == ["emergency"] * 3


@pytest.mark.parametrize("changed", URGENT, ids=str)
def test_urgent(changed: dict[str, str]) -> None:
    assert [judgement.tier for judgement in both_forms(YES | changed)] == ["urgent"] * 3


def test_would_rather_talk_is_urgent() -> None:
    assert [judgement.tier for judgement in both_forms(TALK)] == ["urgent"] * 3
    assert [judgement.tier for judgement in both_forms({"s_open": "talk"})] == ["urgent"] * 3


def test_yes_with_none_of_these_is_same_day() -> None:
    assert [judgement.tier for judgement in both_forms(YES)] == ["same_day"] * 3


def test_not_worth_it() -> None:
    assert {judgement.tier for judgement in both_forms(NOT_WORTH)} == {"same_day"}
    assert {judgement.tier for judgement in both_forms(NOT_WORTH | {"s_usual": "more"})} == {"same_day"}
    more = both_forms(NOT_WORTH | {"s_usual": "more"}, usual_level_signed=True)
    assert {judgement.tier for judgement in more} == {"same_day"}


@pytest.mark.parametrize("usual", ["less", "same"])
def test_not_worth_it_at_a_signed_level_stays_on_a_list_to_be_looked_at(usual: str) -> None:
    for judgement in both_forms(NOT_WORTH | {"s_usual": usual}, usual_level_signed=True):
        assert [(flag.rule, flag.tier) for flag in judgement.flags] == [("safety.not_worth_as_usual", "routine")]


@pytest.mark.parametrize("left_out", sorted(SAFE_WELL.keys() - {"s_with"}))
def test_leaving_the_rest_unanswered_is_urgent(left_out: str) -> None:
    answers = {key: value for key, value in YES.items() if key != left_out}
    for judgement in both_forms(answers):
        assert judgement.tier == "urgent"
        assert all(flag.private for flag in judgement.flags)


def test_no_raises_nothing() -> None:
    assert judged("day@1", 24, {"s_open": "no"}).flags == ()


@pytest.mark.parametrize(("keep", "tier"), [("yes", "urgent"), ("not_sure", "emergency"), ("no", "emergency")])
@pytest.mark.parametrize("hours", [1.5, 6, 24])
def test_not_safe_with_my_thoughts_leads_to_keeping_safe(hours: float, keep: str, tier: str) -> None:
    changed = {"a_mind": "not_safe", "s_keep": keep, "s_with": "trusted"}
    assert judged("acute@1", hours, changed).tier == tier


def test_safety_flags_are_private_and_rise_when_nobody_acts() -> None:
    judgement = judged("day@1", 24, YES | {"s_now": "right_now"})
    assert {flag.topic for flag in judgement.flags} == {"safety"}
    assert all(flag.private for flag in judgement.flags)
    for form, hours in (("day@1", 24), ("day@1", 72), ("week@1", 168), ("mood@1", 120)):
        urgent = judged(form, hours, YES | {"s_now": "right_now"})
        rises = [(w.until, w.after_minutes, w.to) for w in urgent.worsens]
        assert (urgent.tier, rises) == ("urgent", [("acknowledged", 15, "emergency")])
    same_day = judged("day@1", 24, YES)
    assert [(w.until, w.after_minutes, w.to) for w in same_day.worsens] == [("acknowledged", 720, "urgent")]
