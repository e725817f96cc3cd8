"""Every row of the weekly and the monthly set, their scores and what changes in them (safety.md 2.4, decision 22)."""

from typing import Any

import pytest

from server.protocols.evaluate import EarlierScores
from server.protocols.scores import score_ranges
from server.responses.model import Facts, Judgement
from server.responses.rules import judge
from tests.rules.answering import CLINIC, SAFE_WELL, WELL, item_by_text, judged, value_by_text
from tests.rules.safety_tables import MONTH, TIERS, WEEK, WEEK_SCORED

LOW = ("w_low", "w_joy", "w_do")
WORRY = ("w_worry", "w_panic")
LOW_ANSWERS = {
    0: ("none", "5_7", "none"), 4: ("1_2", "3_4", "3_4"), 5: ("3_4", "3_4", "3_4"), 7: ("3_4", "1_2", "5_7"),
    8: ("5_7", "none", "3_4"), 9: ("5_7", "none", "5_7"),
}  # fmt: skip
WORRY_ANSWERS = {0: ("none", "none"), 3: ("1_2", "3_4"), 5: ("5_7", "3_4"), 6: ("5_7", "5_7")}


def low(points: int) -> dict[str, Any]:
    """Answers that score so many low days."""
    return dict(zip(LOW, LOW_ANSWERS[points], strict=True))


def worry(points: int) -> dict[str, Any]:
    """Answers that score so many worry days."""
    return dict(zip(WORRY, WORRY_ANSWERS[points], strict=True))


def before(*scores: tuple[float, dict[str, float]]) -> tuple[EarlierScores, ...]:
    """Earlier scores, newest first, with the days between."""
    return tuple(EarlierScores(days, found) for days, found in scores)


def rules_of(questionnaire: str, changed: dict[str, Any], **facts: Any) -> dict[str, str]:
    """Tier by rule."""
    return {flag.rule: flag.tier for flag in judged(questionnaire, 168, changed, **facts).flags}


ROWS = [("week@1", text, *row) for text, rows in WEEK.items() for row in rows] + [
    ("month@1", text, *row) for text, rows in MONTH.items() for row in rows
]


@pytest.mark.parametrize(("form", "text", "option", "tier"), ROWS)
def test_a_row_of_the_table(form: str, text: str, option: str, tier: str) -> None:
    item = item_by_text(form, text)
    value = value_by_text(item, option)
    judgement = judged(form, 168, {item.id: [value] if item.type == "multiple" else value})
    assert judgement.tier == TIERS[tier]
    assert judgement.clear == (tier == "R")


@pytest.mark.parametrize(("form", "table"), [("week@1", WEEK), ("month@1", MONTH)])
def test_options_stand_in_the_order_of_the_tables(form: str, table: dict[str, list[tuple[str, str]]]) -> None:
    for text, rows in table.items():
        assert [option.text["en"] for option in item_by_text(form, text).options] == [words for words, _ in rows]


@pytest.mark.parametrize(("text", "options"), WEEK_SCORED.items())
def test_days_are_scored_from_0_to_3_the_worst_last(text: str, options: list[str]) -> None:
    item = item_by_text("week@1", text)
    assert [(option.text["en"], option.score) for option in item.options] == list(zip(options, range(4), strict=True))


def test_twelve_taps_when_all_is_well() -> None:
    """Open, ten items, send; the month's four stand beside them."""
    assert list(WELL["week@1"]) == [i.id for i in CLINIC.questionnaire("week@1").items if i.id in WELL["week@1"]]
    assert len(WELL["week@1"]) == 10
    assert judged("week@1", 168).clear
    assert judged("month@1", 672).clear


def test_the_ranges_of_the_scores() -> None:
    ranges = score_ranges(CLINIC.questionnaire("week@1"))
    assert {name: (r.least, r.most) for name, r in ranges.items()} == {
        "w_mood": (0, 10),
        "low": (0, 9),
        "worry": (0, 6),
    }


@pytest.mark.parametrize("points", LOW_ANSWERS)
def test_low_days_are_summed(points: int) -> None:
    assert judged("week@1", 168, low(points)).scores["low"] == points


@pytest.mark.parametrize("points", WORRY_ANSWERS)
def test_worry_days_are_summed(points: int) -> None:
    assert judged("week@1", 168, worry(points)).scores["worry"] == points


@pytest.mark.parametrize("item", LOW + WORRY)
def test_a_missing_item_is_no_score(item: str) -> None:
    everything_bad = {"w_mood": 5, **low(9), **worry(6)}
    del everything_bad[item]
    answers = {key: value for key, value in WELL["week@1"].items() if key not in LOW + WORRY} | everything_bad
    judgement = judged_exactly(answers)
    gone, kept = ("low", "worry") if item in LOW else ("worry", "low")
    assert gone not in judgement.scores
    assert kept in judgement.scores
    assert not any(flag.rule.startswith(f"week_{gone}") for flag in judgement.flags)


def judged_exactly(answers: dict[str, Any]) -> Judgement:
    """These answers and no others."""
    return judge(CLINIC, Facts(questionnaire="week@1", answers=answers, hours=168, offset_hours=168))


@pytest.mark.parametrize(
    ("mood", "last", "tier"),
    [
        (0, None, "same_day"),
        (1, None, "same_day"),
        (2, None, "routine"),
        (3, 6, "same_day"),
        (4, 6, "routine"),
        (7, 10, "same_day"),
        (10, 1, "routine"),
    ],
)
def test_mood_over_the_week(mood: int, last: int | None, tier: str) -> None:
    earlier = {} if last is None else {"w_mood": last}
    assert judged("week@1", 168, {"w_mood": mood}, last=earlier).tier == tier


@pytest.mark.parametrize(
    ("now", "earlier", "fires"),
    [
        (4, [], False),
        (4, [(7, {"low": 0})], True),
        (4, [(7, {"low": 1})], False),
        (5, [(7, {"low": 4}), (14, {"low": 1})], True),
        (5, [(7, {"low": 4}), (29, {"low": 1})], True),
        (5, [(7, {"low": 4}), (35, {"low": 0})], False),
        (5, [(35, {"low": 0})], True),
        (4, [(7, {"worry": 0})], False),
    ],
)
def test_low_days_up_by_four_on_the_last_or_the_best_of_four_weeks(
    now: int, earlier: list[tuple[float, dict[str, float]]], fires: bool
) -> None:
    found = rules_of("week@1", low(now), earlier_scores=before(*earlier))
    assert found == ({"week_low.up_4": "same_day"} if fires else {})


@pytest.mark.parametrize(
    ("changed", "earlier", "rule"),
    [
        (low(8), [], "week_low.high"),
        (low(9), [], "week_low.high"),
        (worry(6), [], "week_worry.high"),
        (worry(3), [(7, {"worry": 0})], "week_worry.up_3"),
    ],
)
def test_once_an_episode_then_on_a_list(
    changed: dict[str, Any], earlier: list[tuple[float, dict[str, float]]], rule: str
) -> None:
    scores = before(*earlier)
    assert rules_of("week@1", changed, earlier_scores=scores) == {rule: "same_day"}
    again = rules_of("week@1", changed, earlier_scores=scores, flagged_before=frozenset({rule}))
    assert again == {f"{rule}_again": "routine"}


@pytest.mark.parametrize("changed", [low(7), worry(5)])
def test_below_the_threshold_nothing_is_said(changed: dict[str, Any]) -> None:
    assert rules_of("week@1", changed) == {}
    assert rules_of("week@1", worry(5), earlier_scores=before((7, {"worry": 3}))) == {}


def test_signs_of_a_switch_are_urgent_with_no_sleep_or_a_flagged_diagnosis() -> None:
    assert judged("week@1", 168, {"w_unlike": "race", "w_sleep": "none_energy"}).tier == "urgent"
    for changed in ({"w_unlike": "race"}, {"w_sleep": "none_energy"}):
        assert judged("week@1", 168, changed).tier == "same_day"
        assert judged("week@1", 168, changed, risk=("bipolar",)).tier == "urgent"


def test_a_call_this_week_is_listed() -> None:
    assert rules_of("week@1", {"w_call": "this_week"}) == {"week.call_this_week": "routine"}


@pytest.mark.parametrize("form", ["week@1", "mood@1"])
def test_the_safety_questions_are_asked_and_judged(form: str) -> None:
    assert judged(form, 168, {"s_open": "yes", **SAFE_WELL}).tier == "same_day"
    assert judged(form, 168, {"s_open": "yes", **SAFE_WELL, "s_keep": "no"}).tier == "emergency"


def test_craved_once_is_listed_and_twice_is_same_day() -> None:
    craved = {"m_want": "craved"}
    assert rules_of("month@1", craved) == {"month_want.craved": "routine"}
    assert judged("month@1", 672, craved, last={"m_want": "craved"}).tier == "same_day"
    assert judged("month@1", 672, craved, last={"m_want": "no"}).tier == "routine"


@pytest.mark.parametrize("new", ["pregnant", "breastfeeding"])
def test_pregnancy_and_breastfeeding_hold_the_next_session(new: str) -> None:
    (flag,) = judged("month@1", 672, {"m_new": [new]}).flags
    assert "hold the next session" in flag.explanation
    assert flag.advice == {
        "en": "Call your clinic before your next treatment.",
        "es": "Llame a su clínica antes de su próximo tratamiento.",
    }
    assert {rule.id for rule in CLINIC.rules if rule.hold} == {"month_new.pregnant", "month_new.breastfeeding"}


def test_a_new_medicine_is_answered_with_the_agreed_words() -> None:
    (flag,) = judged("month@1", 672, {"m_new": ["medicine", "health"]}).flags[-1:]
    assert flag.rule == "month_new.medicine"
    assert flag.advice is not None
    assert flag.advice["en"] == "Ask your clinic when to take these. Do not stop them on your own."


def test_explanations_say_the_numbers_and_no_severity() -> None:
    found = judged("week@1", 100, low(5), earlier_scores=before((7, {"low": 1}), (14, {"low": 0}))).flags[0]
    assert found.explanation == (
        "Low days up to 5 of 9, 4 days 4 h after the end of the session; last time 1, best of 4 weeks 0"
    )
    assert found.inputs["low"] == 5
    words = " ".join(text for rule in CLINIC.rules for text in rule.explanation.values() if rule.source == "2.4")
    titles = " ".join(text for form in CLINIC.questionnaires for score in form.scores for text in score.title.values())
    for word in ("mild", "moderate", "severe", "depress", "leve", "grave", "depres"):
        assert word not in f"{words} {titles}".lower()
