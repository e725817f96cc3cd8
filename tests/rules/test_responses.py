"""Every row of the question sets' tables by column, and every footnote (safety.md 2.1, 2.2, 2.3)."""

from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import pytest

from server.checkins.model import SessionFacts
from server.protocols import conditions as c
from server.protocols.model import ProtocolVersion, Rule
from server.responses.model import Answers, Facts
from server.responses.rules import UNJUDGED, judge, judge_missed, judge_stopped_midway
from tests.rules.answering import CLINIC, WELL, item_by_text, judged, value_by_text
from tests.rules.safety_tables import ACUTE, COMPANION, DAY, LEFT, TIERS, Row

COLUMNS = {"acute@1": (1.5, 6.0, 24.0), "companion": (1.5, 6.0, 24.0), "day@1": (24.0, 72.0)}


def cases(questionnaire: str, table: dict[str, list[Row]]) -> list[Any]:
    """One case per option and column."""
    return [
        pytest.param(questionnaire, text, option, hours, TIERS[tier], id=f"{questionnaire}-{text}-{option}-{hours:g}h")
        for text, rows in table.items()
        for option, tiers in rows
        for hours, tier in zip(COLUMNS[questionnaire], tiers, strict=False)
        if tier != "-"
    ]


ALL_ROWS = [*cases("acute@1", ACUTE), *cases("companion", COMPANION), *cases("day@1", DAY)]


@pytest.mark.parametrize(("questionnaire", "text", "option", "hours", "tier"), ALL_ROWS)
def test_a_row_of_the_table(questionnaire: str, text: str, option: str, hours: float, tier: str) -> None:
    form = "acute@1" if questionnaire == "companion" else questionnaire
    item = item_by_text(form, text)
    judgement = judged(questionnaire, hours, {item.id: value_by_text(item, option)})
    assert judgement.tier == tier
    if tier != "routine":
        assert not judgement.clear
        assert judgement.flags[0].tier == tier
        assert judgement.flags[0].inputs


@pytest.mark.parametrize(
    ("how_bad", "left", "hours", "tier"),
    [
        pytest.param(how_bad, left, hours, TIERS[tier], id=f"{how_bad}-{left}-{hours:g}h")
        for how_bad, effects in LEFT.items()
        for left, tiers in effects.items()
        for hours, tier in zip((24.0, 72.0), tiers, strict=True)
    ],
)
def test_what_is_left(how_bad: str, left: str, hours: float, tier: str) -> None:
    effects = item_by_text("day@1", "What do you still feel from the treatment?")
    severity = item_by_text("day@1", "How bad is it?")
    changed = {effects.id: [value_by_text(effects, left)], severity.id: value_by_text(severity, how_bad)}
    assert judged("day@1", hours, changed).tier == tier


def test_an_effect_still_there_after_three_days_is_listed() -> None:
    mild = {"d_left": ["headache"], "d_howbad": "can_do"}
    assert [flag.tier for flag in judged("day@1", 72, mild).flags] == ["routine"]
    assert judged("day@1", 24, mild).flags == ()


def test_two_slows_me_down_in_a_row_is_urgent() -> None:
    slowed = {"d_left": ["dizzy"], "d_howbad": "slows"}
    assert judged("day@1", 72, slowed, last={"d_howbad": "slows"}).tier == "urgent"
    assert judged("day@1", 72, slowed, last={"d_howbad": "can_do"}).tier == "same_day"


@pytest.mark.parametrize(
    ("mood", "before", "tier"),
    [
        (0, None, "same_day"),
        (1, None, "routine"),
        (4, 8, "same_day"),
        (5, 8, "routine"),
        (2, 5, "same_day"),
        (3, 6, "routine"),
        (10, 2, "routine"),
    ],
)
def test_mood(mood: int, before: int | None, tier: str) -> None:
    baseline = {} if before is None else {"d_mood": before}
    judgement = judged("day@1", 24, {"d_mood": mood}, baseline=baseline)
    assert judgement.tier == tier
    assert judgement.scores == {"d_mood": mood}


def test_a_good_mood_never_lowers_a_tier() -> None:
    assert judged("day@1", 24, {"d_mood": 10, "d_feel": "unbearable"}).tier == "urgent"


@pytest.mark.parametrize("sleep", ["none_tired", "none_energy"])
def test_a_racing_mind_without_sleep_is_urgent(sleep: str) -> None:
    assert judged("day@1", 24, {"d_unlike": "race", "d_sleep": sleep}).tier == "urgent"


@pytest.mark.parametrize("changed", [{"d_unlike": "race"}, {"d_sleep": "none_energy"}])
def test_a_flagged_diagnosis_raises_signs_of_a_switch(changed: dict[str, str]) -> None:
    assert judged("day@1", 24, changed).tier == "same_day"
    assert judged("day@1", 24, changed, risk=("bipolar",)).tier == "urgent"


@pytest.mark.parametrize(("since", "tier"), [("alcohol", "same_day"), ("more_ketamine", "urgent"), ("none", "routine")])
def test_what_was_taken_since_with_any_effect_left(since: str, tier: str) -> None:
    changed = {"d_since": since, "d_left": ["headache"], "d_howbad": "can_do"}
    assert judged("day@1", 24, changed).tier == tier


def test_a_big_decision_since_gives_advice_and_calls_nobody() -> None:
    """ "No important decisions" (clinical.md 1.7) is asked about the next day, like driving and alcohol."""
    told = judged("day@1", 24, {"d_decide": "yes"})
    assert (told.tier, told.clear, [flag.rule for flag in told.flags]) == ("routine", True, ["since.decided"])
    assert told.flags[0].advice
    assert judged("day@1", 24, {"d_decide": "no"}).flags == judged("day@1", 24).flags == ()


def test_alone_is_asked_again_after_an_hour_and_called_with_a_risk_flag() -> None:
    alone = {"a_place": "alone"}
    plain = judged("acute@1", 1.5, alone)
    assert (plain.tier, plain.reask_minutes, plain.clear) == ("routine", 60, False)
    assert judged("acute@1", 1.5, alone, risk=("age_65",)).tier == "same_day"
    assert judged("acute@1", 1.5, alone, risk=("blood_thinner",)).tier == "routine"
    later = judged("acute@1", 6, alone, risk=("age_65",))
    assert (later.tier, later.clear) == ("routine", True)


def test_alone_after_a_dose_at_home_is_urgent_for_four_hours() -> None:
    home = SessionFacts(
        drug="ketamine", route="sublingual", setting="home", ended_at=datetime(2026, 3, 2, 10, tzinfo=UTC)
    )
    alone = {"a_place": "alone"}
    assert judged("acute@1", 3.9, alone, session=home).tier == "urgent"
    assert judged("acute@1", 4, alone, session=home).tier == "routine"


def test_on_the_way_is_asked_again() -> None:
    assert judged("acute@1", 1.5, {"a_place": "on_the_way"}).reask_minutes == 60


@pytest.mark.parametrize("changed", [{"a_real": "lot"}, {"a_steady": "help_to_walk"}])
def test_unchanged_after_the_re_ask_is_urgent(changed: dict[str, str]) -> None:
    first = judged("acute@1", 1.5, changed)
    assert (first.tier, first.reask_minutes) == ("same_day", 60)
    assert judged("acute@1", 2.5, changed, last=changed).tier == "urgent"


@pytest.mark.parametrize("hours", [1.5, 6, 24])
@pytest.mark.parametrize(
    ("changed", "risk"),
    [
        ({"a_awake": "very_sleepy", "a_sick": "once_or_twice"}, ()),
        ({"a_awake": "very_sleepy", "a_sick": "many"}, ()),
        ({"a_awake": "very_sleepy", "a_place": "alone"}, ()),
        ({"a_awake": "very_sleepy"}, ("sedative",)),
        ({"a_awake": "very_sleepy"}, ("alcohol",)),
        ({"a_steady": "fell_hurt", "a_awake": "very_sleepy"}, ()),
        ({"a_steady": "fell_hurt"}, ("blood_thinner",)),
    ],
)
def test_combinations_that_are_emergencies(changed: dict[str, str], risk: tuple[str, ...], hours: float) -> None:
    assert judged("acute@1", hours, changed, risk=risk).tier == "emergency"


def test_bad_pain_after_high_pressure_is_urgent() -> None:
    assert judged("acute@1", 1.5, {"a_pain": "bad"}, risk=("bp_high",)).tier == "urgent"


@pytest.mark.parametrize(
    ("changed", "own_last", "tier"),
    [
        ({"a_sick": "once_or_twice"}, {"a_sick": "no"}, "same_day"),
        ({"a_sick": "once_or_twice"}, {"a_sick": "felt_sick"}, "routine"),
        ({"a_pain": "bad"}, {"a_pain": "no"}, "urgent"),
        ({"a_pain": "too_bad"}, {"a_pain": "mild"}, "emergency"),
        ({"a_pain": "bad"}, {"a_sick": "many"}, "same_day"),
    ],
)
def test_two_steps_worse_than_the_own_last_session(
    changed: dict[str, str], own_last: dict[str, str], tier: str
) -> None:
    assert judged("acute@1", 1.5, changed, own_last_session=own_last).tier == tier


def test_resting_is_asked_again_and_called_when_there_is_nobody_to_ask() -> None:
    resting: Answers = {"a_who": "patient", "a_danger": "none", "a_place": "with_adult", "a_rest": True}
    facts = Facts(questionnaire="acute@1", answers=resting, hours=1.5, offset_hours=1, risk=("age_65",))
    alone = judge(CLINIC, facts)
    assert (alone.tier, alone.reask_minutes, alone.clear) == ("same_day", 60, False)
    with_companion = judge(CLINIC, Facts(questionnaire="acute@1", answers=resting, hours=1.5, companion=True))
    assert (with_companion.tier, with_companion.reask_minutes) == ("routine", 60)


def test_all_well_is_clear_and_half_a_form_is_not() -> None:
    assert judged("acute@1", 1.5).clear
    assert judged("companion", 1.5, answered_by="companion").clear
    assert judged("day@1", 24).clear
    half = {"a_who": "patient", "a_danger": "none"}
    assert not judge(CLINIC, Facts(questionnaire="acute@1", answers=half, hours=1.5)).clear
    assert not judge(CLINIC, Facts(questionnaire="acute@1", answers=WELL["acute@1"], hours=1.5, partial=True)).clear


def broken(rule: Rule, condition: c.Condition) -> ProtocolVersion:
    """The protocol with a rule that looks at something else."""
    other = msgspec.structs.replace(rule, when=condition)
    return msgspec.structs.replace(CLINIC, rules=tuple(other if each is rule else each for each in CLINIC.rules))


def test_a_rule_that_fails_takes_no_other_with_it_and_somebody_reads() -> None:
    rule = CLINIC.rules[0]
    # Not what a document can hold: it stands for a fault of ours.
    version = broken(rule, c.Answer(item="a_sick", gte=cast(float, [1])))
    calm = judge(version, Facts(questionnaire="acute@1", answers=WELL["acute@1"] | {"a_sick": 3}, hours=1.5))
    assert [(hit.rule, hit.tier) for hit in calm.flags] == [(UNJUDGED, "urgent")]
    assert rule.id in calm.flags[0].explanation
    assert not calm.clear
    answers = WELL["acute@1"] | {"a_sick": 3, "a_danger": "chest_pain"}
    danger = judge(version, Facts(questionnaire="acute@1", answers=answers, hours=1.5))
    assert danger.tier == "emergency"
    assert UNJUDGED in [hit.rule for hit in danger.flags]


def test_a_rule_that_finds_no_words_calls_all_the_same() -> None:
    speechless = tuple(msgspec.structs.replace(rule, explanation={}) for rule in CLINIC.rules)
    version = msgspec.structs.replace(CLINIC, rules=speechless)
    facts = Facts(questionnaire="acute@1", answers=WELL["acute@1"] | {"a_danger": "chest_pain"}, hours=1.5)
    said, wanted = judge(version, facts), judge(CLINIC, facts)
    assert [(hit.rule, hit.tier) for hit in said.flags] == [(hit.rule, hit.tier) for hit in wanted.flags]
    assert all(hit.rule in hit.explanation for hit in said.flags)


def test_a_report_with_words_or_a_wish_to_be_called() -> None:
    assert judge(CLINIC, Facts(questionnaire="acute@1", call_me=True)).tier == "urgent"
    assert judge(CLINIC, Facts(questionnaire="acute@1", text=True)).tier == "same_day"


def test_without_a_session_answers_are_judged_like_the_day_after() -> None:
    facts = Facts(questionnaire="acute@1", answers={"a_who": "patient", "a_awake": "sleepy"}, partial=True)
    judgement = judge(CLINIC, facts)
    assert judgement.tier == "same_day"
    assert judgement.flags[0].explanation == "Still sleepy, no session on record"


@pytest.mark.parametrize("key", ["h1", "h6", "recheck_1"])
def test_silence_in_the_first_hours(key: str) -> None:
    plain = judge_missed(CLINIC, Facts(questionnaire="acute@1", hours=3, missed=key))
    assert (plain.tier, plain.flags[0].ack_minutes, plain.clear) == ("same_day", 60, False)
    at_risk = judge_missed(CLINIC, Facts(questionnaire="acute@1", hours=3, missed=key, risk=("early_session",)))
    assert at_risk.tier == "urgent"
    assert at_risk.flags[0].explanation == (
        "No answer 3 h after the end of the session, with a risk flag (one of the first two sessions)"
    )


def test_silence_later_is_listed_and_called_after_two_in_a_row_or_trouble() -> None:
    assert judge_missed(CLINIC, Facts(questionnaire="day@1", hours=32, missed="h24")).tier == "routine"
    twice = Facts(questionnaire="day@1", hours=96, missed="h72", missed_in_a_row=2)
    assert judge_missed(CLINIC, twice).tier == "same_day"
    trouble = Facts(questionnaire="day@1", hours=32, missed="h24", last_clear=False)
    assert judge_missed(CLINIC, trouble).tier == "same_day"
    worried = Facts(questionnaire="week@1", hours=216, missed="week_1", last_clear=False)
    assert judge_missed(CLINIC, worried).tier == "same_day"
    on_record = Facts(questionnaire="week@1", hours=216, missed="week_1", risk=("suicidal_thoughts",))
    assert judge_missed(CLINIC, on_record).tier == "same_day"
    assert judge_missed(CLINIC, Facts(questionnaire="week@1", hours=216, missed="week_1")).tier == "routine"


def test_stopping_midway_is_urgent_and_known_as_a_safety_matter() -> None:
    started = Facts(questionnaire="day@1", hours=24, stopped_midway=True, safety_signal=True)
    judgement = judge_stopped_midway(CLINIC, started)
    assert judgement.tier == "urgent"
    safety = next(flag for flag in judgement.flags if flag.rule == "midway.safety")
    assert safety.topic == "safety"
    physical = Facts(questionnaire="acute@1", answers={"a_danger": "breathing"}, hours=1, stopped_midway=True)
    assert judge_stopped_midway(CLINIC, physical).tier == "urgent"


def test_the_explanation_says_when_and_what() -> None:
    judgement = judged("acute@1", 70 / 60, {"a_danger": "breathing"})
    assert judgement.flags[0].explanation == "Hard to breathe, 1 h 10 after the end of the session"
    assert judgement.flags[0].inputs == {"a_danger": "breathing", "hours": 1.17}
    spanish = judge(CLINIC, Facts(questionnaire="day@1", answers={"d_mood": 0}, hours=72, partial=True), "es")
    assert spanish.flags[0].explanation == "Ánimo 0 de 10, 3 días después del final de la sesión"
