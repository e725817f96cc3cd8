"""The planner: anchors, quiet hours, what changes when a session is edited, and what is due (decisions 2, 6, 7, 8)."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.checkins.actions import actions, next_action
from server.checkins.model import Action, LastCheckIn, PlannedCheckIn, QuietHours, RiskFacts, SessionFacts
from server.checkins.risk import RISKS, risk_flag, risk_reasons
from server.checkins.rules import follow_ups, plan, recheck, replan, should_ask
from server.checkins.wall import end_of_quiet, is_quiet
from tests.rules.answering import CLINIC

ZONE = "Europe/Madrid"
NIGHT = QuietHours(time(21), time(8))


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    """An instant in March 2026 by Madrid's clock."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def session(ended: datetime, discharged: datetime | None = None) -> SessionFacts:
    """An infusion in the clinic."""
    return SessionFacts(drug="ketamine", route="iv", setting="clinic", ended_at=ended, discharged_at=discharged)


def planned(
    facts: SessionFacts, quiet: QuietHours | None = NIGHT, recorded: datetime | None = None
) -> dict[str, PlannedCheckIn]:
    """The plan by key."""
    return {c.key: c for c in plan(facts, CLINIC, ZONE, quiet, recorded or facts.ended_at)}


def shown(check_in: PlannedCheckIn) -> str:
    """When it is due, by the patient's clock."""
    return check_in.due_at.astimezone(ZoneInfo(ZONE)).strftime("%d %H:%M")


def test_a_morning_session() -> None:
    due = planned(session(at(10), at(11, 15)))
    assert {key: shown(c) for key, c in due.items()} == {
        "h1": "02 12:15",
        "h6": "02 16:00",
        "h24": "03 10:00",
        "h72": "05 10:00",
    }
    windows = {key: (c.closes_at - c.due_at) / timedelta(hours=1) for key, c in due.items()}
    assert windows == {"h1": 1, "h6": 2, "h24": 8, "h72": 24}
    assert {c.questionnaire for c in due.values()} == {"acute@1", "day@1"}
    assert {c.state for c in due.values()} == {"planned"}


def test_three_hours_stand_in_until_discharge_is_known() -> None:
    assert shown(planned(session(at(10)))["h1"]) == "02 13:00"


@pytest.mark.parametrize(
    ("ended", "h6"),
    [
        (at(14), "02 20:00"),
        (at(14, 59), "02 20:59"),
        (at(15), "02 20:30"),
        (at(17), "02 20:30"),
        (at(17, 30), "02 20:30"),
    ],
)
def test_the_evening_check_in_is_pulled_forward(ended: datetime, h6: str) -> None:
    assert shown(planned(session(ended, ended + timedelta(minutes=30)))["h6"]) == h6


@pytest.mark.parametrize("ended", [at(17, 31), at(19), at(22)])
def test_the_evening_check_in_is_dropped_when_that_would_be_too_soon(ended: datetime) -> None:
    due = planned(session(ended, ended + timedelta(minutes=30)))
    assert (due["h6"].state, due["h6"].reason) == ("cancelled", "quiet_hours")
    assert due["h1"].state == "planned"


def test_early_quiet_hours_pull_it_further_forward() -> None:
    due = planned(session(at(15), at(15, 30)), QuietHours(time(20), time(8)))
    assert shown(due["h6"]) == "02 19:30"


def test_routine_check_ins_wait_for_the_morning_and_safety_ones_pass() -> None:
    due = planned(session(at(20, 30), at(21, 45)))
    assert shown(due["h1"]) == "02 22:45"
    due = planned(session(at(22), at(23)))
    assert (shown(due["h24"]), shown(due["h72"])) == ("04 08:00", "06 08:00")


def test_no_quiet_hours_leave_the_day_after_alone() -> None:
    assert shown(planned(session(at(22), at(23)), None)["h24"]) == "03 22:00"
    assert shown(planned(session(at(22), at(23)), QuietHours(time(0), time(0)))["h24"]) == "03 22:00"


def test_a_long_stay_moves_everything_behind_the_first_check_in() -> None:
    due = planned(session(at(8), at(14)))
    assert (shown(due["h1"]), shown(due["h6"])) == ("02 15:00", "02 16:00")


def test_recorded_late_is_cancelled_only_when_its_window_had_closed() -> None:
    facts = session(at(10), at(11))
    on_time = planned(facts, recorded=at(12, 59))
    assert on_time["h1"].state == "planned"
    late = planned(facts, recorded=at(13))
    assert (late["h1"].state, late["h1"].reason) == ("cancelled", "recorded_late")
    assert late["h6"].state == "planned"
    next_week = planned(facts, recorded=at(10, day=9))
    assert {c.reason for c in next_week.values()} == {"recorded_late"}


def test_discharge_moves_only_what_has_not_been_asked() -> None:
    existing = list(planned(session(at(10))).values())
    known = session(at(10), at(11))
    changed = replan(existing, known, CLINIC, ZONE, NIGHT, at(11, 5))
    assert [(c.key, shown(c)) for c in changed] == [("h1", "02 12:00")]
    asked = [msgspec.structs.replace(existing[0], state="open"), *existing[1:]]
    assert replan(asked, known, CLINIC, ZONE, NIGHT, at(13, 5)) == ()


def test_learning_of_the_discharge_late_never_loses_the_safety_check_in() -> None:
    existing = list(planned(session(at(10))).values())
    changed = replan(existing, session(at(10), at(10, 30)), CLINIC, ZONE, NIGHT, at(12, 50))
    assert [(c.key, c.state, shown(c)) for c in changed] == [("h1", "planned", "02 12:50")]


def test_an_edit_that_puts_the_first_check_in_into_the_past_makes_it_due_now() -> None:
    existing = list(planned(session(at(10))).values())
    now = at(10, 30)
    changed = {c.key: c for c in replan(existing, session(at(12, day=1)), CLINIC, ZONE, NIGHT, now)}
    assert {c.state for c in changed.values()} == {"planned"}
    assert {key: shown(c) for key, c in changed.items()} == {
        "h1": "02 10:30",
        "h6": "02 11:30",
        "h24": "02 13:30",
        "h72": "04 12:00",
    }
    assert changed["h1"].closes_at - now == timedelta(hours=1)


def test_an_edit_leaves_a_silence_that_nobody_has_judged_yet() -> None:
    """The worker was away for the whole window: it will be missed, not dropped."""
    existing = list(planned(session(at(10))).values())
    assert [c.key for c in replan(existing, session(at(10)), CLINIC, ZONE, NIGHT, at(15))] == []


def test_a_corrected_time_brings_back_what_was_recorded_late() -> None:
    yesterday = session(at(10, day=1), at(11, day=1))
    existing = list(planned(yesterday, recorded=at(11, 30)).values())
    assert existing[0].reason == "recorded_late"
    changed = {c.key: c for c in replan(existing, session(at(10), at(11)), CLINIC, ZONE, NIGHT, at(11, 30))}
    assert (changed["h1"].state, shown(changed["h1"])) == ("planned", "02 12:00")
    by_a_person = [msgspec.structs.replace(c, state="cancelled", reason="session_cancelled") for c in existing]
    assert replan(by_a_person, session(at(10), at(11)), CLINIC, ZONE, NIGHT, at(11, 30)) == ()


@pytest.mark.parametrize(
    ("last", "asked"),
    [
        (None, True),
        (LastCheckIn("missed"), True),
        (LastCheckIn("open"), True),
        (LastCheckIn("cancelled"), True),
        (LastCheckIn("answered", clear=False), True),
        (LastCheckIn("answered"), True),
        (LastCheckIn("answered", clear=True), False),
    ],
)
def test_six_hours_are_asked_unless_the_last_answer_was_clear(last: LastCheckIn | None, asked: bool) -> None:
    assert should_ask(CLINIC.step("h6"), last) is asked
    assert should_ask(CLINIC.step("h24"), last)


def test_a_re_check_is_asked_once() -> None:
    extra = recheck(CLINIC, 60, "h1", ["h1", "h6", "h24", "h72"], at(12, 30))
    assert extra is not None
    assert (extra.key, extra.reason, shown(extra)) == ("recheck_1", "recheck", "02 13:30")
    assert extra.closes_at - extra.due_at == timedelta(hours=1)
    second = recheck(CLINIC, 60, "h6", ["h1", "recheck_1"], at(18))
    assert second is not None
    assert second.key == "recheck_2"
    assert recheck(CLINIC, 60, "recheck_1", ["h1", "recheck_1"], at(14)) is None
    assert recheck(CLINIC, None, "h1", ["h1"], at(14)) is None
    assert CLINIC.step("recheck_1").passes_quiet_hours


def test_a_new_session_ends_older_follow_ups_beyond_the_day_after() -> None:
    assert follow_ups(CLINIC) == ("h72", "d5")


@pytest.mark.parametrize("risk", ["suicidal_thoughts", "attempt_90_days"])
def test_any_ideation_at_baseline_is_asked_about_on_the_fifth_day(risk: str) -> None:
    """Decision 10: "plus day 5 (mood and safety) if any ideation at baseline"."""
    at_risk = msgspec.structs.replace(session(at(10)), risk=("early_session", risk))
    due = planned(at_risk)
    assert (shown(due["d5"]), due["d5"].questionnaire) == ("07 10:00", "mood@1")
    assert "d5" not in planned(msgspec.structs.replace(at_risk, risk=("early_session",)))
    asked = {item.id for item in CLINIC.questionnaire("mood@1").items}
    assert asked == {"d_mood"} | {item.id for item in CLINIC.questionnaire("safe@1").items}


def test_the_fifth_day_follows_the_risk_when_a_session_is_edited() -> None:
    at_risk = msgspec.structs.replace(session(at(10)), risk=("suicidal_thoughts",))
    existing = plan(session(at(10)), CLINIC, ZONE, NIGHT, at(10))
    (added,) = replan(existing, at_risk, CLINIC, ZONE, NIGHT, at(12))
    assert (added.key, added.state) == ("d5", "planned")
    (dropped,) = replan([*existing, added], session(at(10)), CLINIC, ZONE, NIGHT, at(13))
    assert (dropped.key, dropped.state, dropped.reason) == ("d5", "cancelled", "no_risk")
    (back,) = replan([*existing, dropped], at_risk, CLINIC, ZONE, NIGHT, at(14))
    assert back == added


def test_the_safety_question_is_asked_before_a_session_on_the_days_after_and_each_week() -> None:
    asking = {
        step.key
        for step in CLINIC.steps
        if any(i.id == "s_open" for i in CLINIC.questionnaire(step.questionnaire).items)
    }
    assert asking == {"before", "h24", "h72", "d5", "week"}


def test_prompt_nudges_and_close_in_order() -> None:
    h1 = planned(session(at(10), at(11)))["h1"]
    ordered = actions(CLINIC.step("h1"), h1, ZONE, NIGHT)
    assert [(a.kind, (a.at - h1.due_at) // timedelta(minutes=1), a.channel) for a in ordered] == [
        ("prompt", 0, "any"),
        ("nudge", 10, "any"),
        ("nudge", 35, "sms"),
        ("close", 60, "any"),
    ]


def nudged(of: PlannedCheckIn, quiet: QuietHours | None) -> list[tuple[str, str]]:
    """(when by the patient's clock, channel) of each nudge."""
    ordered = actions(CLINIC.step(of.key), of, ZONE, quiet)
    return [(f"{a.at.astimezone(ZoneInfo(ZONE)):%d %H:%M}", a.channel) for a in ordered if a.kind == "nudge"]


def test_routine_nudges_wait_for_the_end_of_the_night() -> None:
    due = planned(session(at(14), at(15)))
    assert nudged(due["h72"], NIGHT) == [("05 18:00", "any"), ("06 08:00", "sms")]
    assert nudged(due["h72"], None) == [("05 18:00", "any"), ("06 02:00", "sms")]
    two_of_one_night = planned(session(at(20), at(20, 30)))["h72"]
    assert nudged(two_of_one_night, NIGHT) == [("06 08:00", "sms")], "one message, not two at once"


def test_a_nudge_is_left_out_when_the_night_outlasts_the_window() -> None:
    h24 = planned(session(at(18), at(19)))["h24"]
    assert nudged(h24, NIGHT) == [("03 20:00", "any")]


@pytest.mark.parametrize(
    ("done", "minutes", "kind", "then"),
    [
        (0, -1, None, 0),
        (0, 0, "prompt", 1),
        (1, 5, None, 1),
        (1, 10, "nudge", 2),
        (0, 40, "prompt", 3),
        (1, 40, "nudge", 3),
        (0, 90, "close", 4),
        (3, 60, "close", 4),
        (4, 90, None, 4),
    ],
)
def test_what_is_due_now(done: int, minutes: int, kind: str | None, then: int) -> None:
    h1 = planned(session(at(10), at(11)))["h1"]
    ordered = actions(CLINIC.step("h1"), h1, ZONE, NIGHT)
    due = next_action(ordered, done, h1.due_at + timedelta(minutes=minutes))
    assert (due.action.kind if due.action else None, due.done) == (kind, then)
    assert due.next_at == (ordered[then].at if then < len(ordered) else None)


def test_a_late_nudge_keeps_its_channel() -> None:
    h1 = planned(session(at(10), at(11)))["h1"]
    ordered = actions(CLINIC.step("h1"), h1, ZONE, NIGHT)
    late = next_action(ordered, 1, h1.due_at + timedelta(minutes=50))
    assert late.action == Action("nudge", h1.due_at + timedelta(minutes=35), 2, "sms")


def test_a_night_that_changes_in_between_neither_repeats_nor_skips_a_nudge() -> None:
    due = planned(session(at(20), at(20, 30)))["h72"]
    step, morning = CLINIC.step("h72"), at(8, 0, 6)
    by_night, by_day = actions(step, due, ZONE, NIGHT), actions(step, due, ZONE, None)
    assert [a.kind for a in by_night] == ["prompt", "nudge", "close"]
    first, second = (a for a in by_day if a.kind == "nudge")
    after_first = next_action(by_day, 1, first.at)
    assert after_first.action == first
    skipped = next_action(by_night, after_first.done, morning)
    assert skipped.action == Action("nudge", morning, second.number, second.channel)
    both = next_action(by_night, 1, morning)
    assert both.action == skipped.action
    assert next_action(by_day, both.done, morning).action is None


RISKY: list[dict[str, Any]] = [
    {"setting": "home"},
    {"number": 2},
    {"dose_mg": 41.0, "last_dose_mg": 40.0},
    {"age": 65},
    *({"ticked": (risk,)} for risk in RISKS),
]
STEADY: dict[str, Any] = {"setting": "clinic", "number": 3, "dose_mg": 40.0, "last_dose_mg": 40.0, "age": 64}


@pytest.mark.parametrize("facts", RISKY, ids=str)
def test_each_risk_alone_sets_the_flag(facts: dict[str, Any]) -> None:
    assert risk_flag(risk_reasons(msgspec.convert(STEADY | facts, RiskFacts)))


def test_no_risk_no_flag() -> None:
    noted = risk_reasons(msgspec.convert(STEADY | {"ticked": ("blood_thinner", "maoi")}, RiskFacts))
    assert noted == ("blood_thinner", "maoi")
    assert not risk_flag(noted)
    own = risk_reasons(msgspec.convert(STEADY | {"ticked": ("lives_upstairs", "maoi")}, RiskFacts))
    assert own == ("maoi", "lives_upstairs")
    assert risk_flag(own)


ZONES = sorted(available_timezones() - {"Factory", "localtime"})
MINUTES = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))
ENDS = st.datetimes(datetime(2019, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def situations(draw: st.DrawFn) -> tuple[SessionFacts, str, QuietHours | None]:
    """Any session, in any zone, with any quiet hours; half of them near a change of the clock in spring or autumn."""
    ended = draw(ENDS)
    if draw(st.booleans()):
        shift = timedelta(minutes=draw(st.integers(-3 * 1440, 3 * 1440)))
        change = draw(st.sampled_from([date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)]))
        ended = datetime.combine(change, time(1), tzinfo=UTC) + shift
    stay = draw(st.none() | st.integers(0, 26 * 60))
    quiet = draw(st.none() | st.builds(QuietHours, MINUTES, MINUTES))
    discharged = None if stay is None else ended + timedelta(minutes=stay)
    return session(ended, discharged), draw(st.sampled_from(ZONES)), quiet


@given(situations())
def test_any_session_in_any_zone(situation: tuple[SessionFacts, str, QuietHours | None]) -> None:
    facts, zone, quiet = situation
    check_ins = plan(facts, CLINIC, zone, quiet, facts.ended_at)
    assert [c.key for c in check_ins] == ["h1", "h6", "h24", "h72"]
    asked = [c for c in check_ins if c.state == "planned"]
    assert {c.key for c in asked} >= {"h1", "h24", "h72"}
    for earlier, later in pairwise(asked):
        assert earlier.closes_at <= later.due_at
    for c in asked:
        assert c.due_at >= (facts.discharged_at or facts.ended_at)
        assert c.opens_at <= c.due_at < c.closes_at
        assert c.due_at.tzinfo is UTC
        wall = c.due_at.astimezone(ZoneInfo(zone))
        assert wall.astimezone(UTC) == c.due_at
        if not CLINIC.step(c.key).passes_quiet_hours:
            assert not is_quiet(c.due_at, zone, quiet)
        nudges = [a for a in actions(CLINIC.step(c.key), c, zone, quiet) if a.kind == "nudge"]
        assert all(c.due_at < nudge.at < c.closes_at for nudge in nudges)


@given(situations(), st.integers(0, 100 * 60))
def test_planning_again_without_a_change_changes_nothing(
    situation: tuple[SessionFacts, str, QuietHours | None], minutes: int
) -> None:
    facts, zone, quiet = situation
    now = facts.ended_at + timedelta(minutes=minutes)
    existing = plan(facts, CLINIC, zone, quiet, facts.ended_at)
    asked = [
        msgspec.structs.replace(c, state="open") if c.due_at <= now else c for c in existing if c.state == "planned"
    ]
    kept = asked + [c for c in existing if c.state == "cancelled"]
    changed = replan(kept, facts, CLINIC, zone, quiet, now)
    assert all(c.state == "cancelled" for c in changed)


@given(ENDS, st.sampled_from(ZONES), MINUTES, MINUTES)
def test_quiet_hours_end_outside_themselves(instant: datetime, zone: str, starts: time, ends: time) -> None:
    quiet = QuietHours(starts, ends)
    if is_quiet(instant, zone, quiet):
        end = end_of_quiet(instant, zone, quiet)
        assert end > instant
        assert not is_quiet(end, zone, quiet)
        assert end - instant < timedelta(hours=50)
