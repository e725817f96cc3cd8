"""Judged against the usual course of a symptom by route, and against a course's own trend (clinical.md 1.1)."""

from datetime import UTC, datetime

import pytest

from server.checkins.model import SessionFacts
from server.protocols.evaluate import EarlierScores
from server.responses.model import Facts, Judgement
from server.responses.rules import judge
from tests.rules.answering import CLINIC, WELL

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def judged(changed: dict[str, str], hours: float, route: str = "iv", last: dict[str, str] | None = None) -> Judgement:
    session = SessionFacts(drug="ketamine", route=route, setting="clinic", ended_at=AT)
    answers = WELL["acute@1"] | changed
    facts = Facts(questionnaire="acute@1", answers=answers, hours=hours, session=session, last=last or {})
    return judge(CLINIC, facts)


def rules(judgement: Judgement) -> dict[str, str]:
    return {flag.rule: flag.tier for flag in judgement.flags if flag.rule.startswith("beyond.")}


@pytest.mark.parametrize(
    ("route", "hours", "beyond"),
    [
        ("iv", 1.9, False), ("iv", 2.0, True), ("im", 2.9, False), ("im", 3.0, True), ("intranasal", 1.9, False),
        ("intranasal", 2.5, True), ("sublingual", 2.9, False), ("sublingual", 3, True), ("oral", 4.9, False),
        ("oral", 5, True),
    ],
)  # fmt: skip
def test_each_route_has_its_hour(route: str, hours: float, *, beyond: bool) -> None:
    assert rules(judged({"a_sick": "felt_sick"}, hours, route)) == ({"beyond.sick": "routine"} if beyond else {})


def test_being_well_is_never_beyond_anything() -> None:
    assert rules(judged({}, 100)) == {}


def test_still_there_and_not_better_is_for_the_same_day() -> None:
    again = judged({"a_sick": "felt_sick"}, 6, last={"a_sick": "felt_sick"})
    assert rules(again) == {"beyond.sick": "routine", "beyond.sick_stays": "same_day"}
    better = judged({"a_sick": "felt_sick"}, 6, last={"a_sick": "once_or_twice"})
    assert rules(better) == {"beyond.sick": "routine"}
    new = judged({"a_sick": "felt_sick"}, 6, last={"a_sick": "no"})
    assert rules(new) == {"beyond.sick": "routine"}


def test_the_sentence_names_what_it_looked_at() -> None:
    told = judged({"a_sick": "felt_sick"}, 6, last={"a_sick": "felt_sick"}).flags
    words = {flag.rule: (flag.explanation, flag.inputs) for flag in told}
    sentence, inputs = words["beyond.sick"]
    assert sentence == (
        "Sick: Felt sick only, 6 h after the end of the session; usually over by 2 h after this route; "
        "last answer: Felt sick only"
    )
    assert inputs == {"a_sick": "felt_sick", "usual.a_sick": "no", "hours": 6.0}


def weekly(mood: int, *earlier: int) -> Judgement:
    before = tuple(EarlierScores(7.0 * (n + 1), {"w_mood": float(m)}) for n, m in enumerate(earlier))
    facts = Facts(
        questionnaire="week@1", answers=WELL["week@1"] | {"w_mood": mood}, hours=24 * 40, earlier_scores=before
    )
    return judge(CLINIC, facts)


@pytest.mark.parametrize(
    ("newest_first", "flagged"),
    [
        ((4, 5, 7, 7), True),
        ((5, 5, 7, 7), True),
        ((5, 6, 7, 7), False),
        ((4, 5, 7), False),
        ((4, 5, 2, 2, 7, 7), True),
        ((7, 7, 4, 4), False),
        ((4,), False),
    ],
)
def test_a_mood_that_goes_down_over_weeks(newest_first: tuple[int, ...], *, flagged: bool) -> None:
    found = {flag.rule: flag for flag in weekly(*newest_first).flags}
    assert ("week_mood.trend" in found) == flagged
    if newest_first == (4, 5, 7, 7):
        assert "4.5 of 10 in the last two answers, 7 in the first two" in found["week_mood.trend"].explanation
