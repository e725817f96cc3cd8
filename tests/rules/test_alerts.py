"""How alerts climb: every state and event, the times of each tier, who is paged."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.access.model import Hours
from server.alerts.calendar import Calendar
from server.alerts.model import Append, Later, Open, Page, Remind, Reopen, Restart, Standing, State, Worsen
from server.alerts.outcomes import seen_to
from server.alerts.rules import (
    REFERENCE_ALPHABET,
    deadline,
    hastened,
    may_close,
    next_step,
    on_flags,
    own_copy,
    pass_on,
    place_on_list,
    reach_by,
    reached_due,
    recipients,
    reference,
    remind_at,
    risen,
    since_the_answer,
    without_worsening,
    worsening_at,
)
from server.protocols.builtin import load_builtin
from server.protocols.model import Escalation, Tier, Worsening
from server.responses.model import FlagHit

PLAN: Escalation = load_builtin()[0].escalation
CALENDAR = Calendar("UTC", Hours((1, 2, 3, 4, 5), "08:00", "18:00"))
MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FRIDAY_EVENING = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
SATURDAY_TEN = datetime(2026, 3, 7, 10, 0, tzinfo=UTC)
MONDAY_WORK = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
NOT_OPEN: list[State] = ["acknowledged", "in_follow_up"]
SAFETY_RISES = Worsening(until="acknowledged", after_minutes=720, to="urgent", topic="safety")


SAFETY_RISES_ON = msgspec.structs.replace(SAFETY_RISES, then=(PLAN.urgent.worsens[0],))


def standing(tier: Tier = "urgent", state: State = "open", at: datetime = MONDAY_NOON, **changed: Any) -> Standing:
    """An alert that was raised at this instant."""
    escalation = changed.pop("escalation", own_copy(None, PLAN, [hit(tier)], ()))
    alert = Standing(
        id=uuid4(), state=state, tier=tier, version=1, escalation=escalation, plan=escalation.plan(tier), step=0,
        triggered_at=at, next_action_at=at,
    )  # fmt: skip
    return msgspec.structs.replace(alert, **changed)


def hit(tier: Tier, ack_minutes: int | None = None) -> FlagHit:
    return FlagHit(rule="r", tier=tier, explanation="", inputs={}, topic="medical", ack_minutes=ack_minutes)


OWN_SAFETY = own_copy(None, PLAN, [hit("same_day")], (SAFETY_RISES,))
RISEN = risen(OWN_SAFETY, "urgent", (SAFETY_RISES_ON,))


def climbed(alert: Standing, pages: int) -> list[tuple[datetime, Page]]:
    """The next pages with their instants, nobody reacting."""
    found: list[tuple[datetime, Page]] = []
    now = alert.next_action_at
    while len(found) < pages:
        decision = next_step(alert, CALENDAR, now)
        assert isinstance(decision, Page | Later)
        assert decision.next_at > now
        if isinstance(decision, Page):
            found.append((now, decision))
            alert = msgspec.structs.replace(alert, step=decision.step, exhausted=decision.exhausted)
        now = decision.next_at
        alert = msgspec.structs.replace(alert, next_action_at=now)
    return found


def paged(alert: Standing, pages: int) -> list[tuple[float, tuple[str, ...]]]:
    """(minutes since the first page, who) of the next pages."""
    found = climbed(alert, pages)
    return [((at - found[0][0]) / timedelta(minutes=1), page.who) for at, page in found]


# What a new flag makes of the episode's alert


@pytest.mark.parametrize(
    ("state", "outcome", "reached", "settled"),
    [
        ("closed", "self_care_advice", True, True),
        ("closed", "reassured_expected", False, False),
        ("closed", "unreachable_handed_to_lead", False, False),
        ("closed", "ambulance_called", False, True),
        ("in_follow_up", None, True, False),
    ],
)
def test_what_settles_an_unfinished_form(state: str, outcome: str | None, reached: bool, settled: bool) -> None:
    assert seen_to(state, outcome, reached=reached) is settled


@pytest.mark.parametrize("tier", ["same_day", "urgent", "emergency"])
def test_the_first_flag_opens_an_alert(tier: Tier) -> None:
    assert on_flags(None, ["routine", tier], uuid4()) == Open(tier)


@pytest.mark.parametrize("stands", [None, standing(), standing(state="acknowledged")])
def test_routine_never_opens_or_restarts_anything(stands: Standing | None) -> None:
    assert on_flags(stands, ["routine"], uuid4()) is None
    assert on_flags(stands, [], uuid4()) is None


@pytest.mark.parametrize(
    ("stands", "comes", "expected"),
    [
        ("same_day", "same_day", Append()),
        ("same_day", "urgent", Restart("urgent")),
        ("same_day", "emergency", Restart("emergency")),
        ("urgent", "same_day", Append()),
        ("urgent", "urgent", Append()),
        ("urgent", "emergency", Restart("emergency")),
        ("emergency", "same_day", Append()),
        ("emergency", "urgent", Append()),
        ("emergency", "emergency", Append()),
    ],
)
def test_on_an_open_alert_only_a_worse_flag_starts_over(stands: Tier, comes: Tier, expected: object) -> None:
    assert on_flags(standing(stands), [comes], uuid4()) == expected


@pytest.mark.parametrize("state", NOT_OPEN)
@pytest.mark.parametrize("stands", ["same_day", "urgent", "emergency"])
@pytest.mark.parametrize("comes", ["same_day", "urgent", "emergency"])
def test_on_a_held_alert_any_later_answer_starts_over(state: State, stands: Tier, comes: Tier) -> None:
    """At the worse of both tiers: an emergency that somebody holds stays one."""
    order = ["same_day", "urgent", "emergency"]
    decision = on_flags(standing(stands, state, responses=(uuid4(),)), [comes], uuid4())
    assert decision == Restart(max(stands, comes, key=order.index))


@pytest.mark.parametrize("state", NOT_OPEN)
def test_a_missed_check_in_is_news_to_a_held_alert_too(state: State) -> None:
    assert on_flags(standing("urgent", state), ["same_day"], None) == Restart("urgent")


@pytest.mark.parametrize("state", ["open", *NOT_OPEN])
def test_the_form_that_follows_its_signal_starts_over_only_when_it_is_worse(state: State) -> None:
    form = uuid4()
    alert = standing("urgent", state, responses=(form,))
    assert on_flags(alert, ["urgent", "same_day"], form) == Append()
    assert on_flags(alert, ["emergency"], form) == Restart("emergency")


# Its own copy of the plan


def test_the_time_to_acknowledge_can_only_get_shorter() -> None:
    plan = own_copy(None, PLAN, [hit("same_day", 60)], ()).same_day
    assert (plan.ack_minutes, plan.steps[0].wait_minutes) == (60, 60)
    again = own_copy(own_copy(None, PLAN, [hit("same_day", 60)], ()), PLAN, [hit("same_day", 90)], ()).same_day
    assert (again.ack_minutes, again.steps[0].wait_minutes) == (60, 60)


def test_an_alert_rises_only_in_the_ways_its_answers_called_for() -> None:
    assert own_copy(None, PLAN, [hit("same_day")], ()).same_day.worsens == ()
    assert OWN_SAFETY.same_day.worsens == (SAFETY_RISES_ON,)


def test_a_later_answer_takes_no_way_of_rising_away() -> None:
    for called_for in ((), (SAFETY_RISES,)):
        again = own_copy(OWN_SAFETY, PLAN, [hit("same_day")], called_for)
        assert again.same_day.worsens == (SAFETY_RISES_ON,)


def test_urgent_rises_when_nobody_is_reached_and_emergency_is_the_end() -> None:
    """H9: "U unacknowledged 15 min: E"; decision 16: "U in the acute window, not reached in 15 min, no adult
    confirmed: E"."""
    assert [(rises.until, rises.after_minutes, rises.to, rises.topic) for rises in PLAN.urgent.worsens] == [
        ("acknowledged", 15, "emergency", "safety"),
        ("reached", 15, "emergency", None),
    ]
    assert PLAN.emergency.worsens == ()


def test_what_a_whole_form_has_settled_rises_no_more() -> None:
    own = own_copy(None, PLAN, [hit("urgent")], PLAN.urgent.worsens)
    assert without_worsening(own, PLAN.urgent.worsens).urgent.worsens == ()
    assert without_worsening(own, (SAFETY_RISES,)) == own


# How it climbs


def test_an_emergency_climbs_each_five_minutes_and_then_pages_everybody_each_ten() -> None:
    assert paged(standing("emergency"), 6) == [
        (0, ("on_call", "backup")), (5, ("next",)), (10, ("everybody",)),
        (20, ("everybody",)), (30, ("everybody",)), (40, ("everybody",)),
    ]  # fmt: skip


def test_urgent_climbs_each_half_hour_and_then_pages_everybody_each_ten_minutes() -> None:
    assert paged(standing("urgent"), 5) == [
        (0, ("on_call",)), (30, ("next",)), (60, ("everybody",)), (70, ("everybody",)), (80, ("everybody",)),
    ]  # fmt: skip


@pytest.mark.parametrize("tier", ["urgent", "emergency"])
def test_night_and_weekend_make_no_difference_to_them(tier: Tier) -> None:
    assert paged(standing(tier, at=FRIDAY_EVENING), 6) == paged(standing(tier), 6)


def test_same_day_waits_four_working_hours_and_returns_to_the_lead_at_each_start_of_work() -> None:
    found = climbed(standing("same_day"), 5)
    assert [(at, page.who) for at, page in found] == [
        (MONDAY_NOON, ("on_call",)),
        (MONDAY_NOON + timedelta(hours=4), ("lead",)),
        (datetime(2026, 3, 3, 10, 0, tzinfo=UTC), ("lead",)),
        (datetime(2026, 3, 4, 8, 0, tzinfo=UTC), ("lead",)),
        (datetime(2026, 3, 5, 8, 0, tzinfo=UTC), ("lead",)),
    ]
    assert [page.exhausted for _, page in found] == [False, False, True, True, True]


def test_over_the_weekend_same_day_gets_one_digest_then_the_lead_at_the_start_of_work() -> None:
    found = climbed(standing("same_day", at=FRIDAY_EVENING), 2)
    assert [(at, page.who, page.digest) for at, page in found] == [
        (SATURDAY_TEN, ("on_call",), True),
        (MONDAY_WORK, ("lead",), False),
    ]


def test_on_a_weeknight_work_starts_before_the_digest_would() -> None:
    found = climbed(standing("same_day", at=datetime(2026, 3, 3, 20, 0, tzinfo=UTC)), 2)
    assert [(at, page.who, page.digest) for at, page in found] == [
        (datetime(2026, 3, 4, 8, 0, tzinfo=UTC), ("on_call",), False),
        (datetime(2026, 3, 4, 12, 0, tzinfo=UTC), ("lead",), False),
    ]


def test_a_safety_answer_that_waits_twelve_hours_becomes_urgent() -> None:
    """Decision 13: "a Saturday answer must not wait until Monday"."""
    alert = standing("same_day", at=SATURDAY_TEN, escalation=OWN_SAFETY)
    ((first_at, digest),) = climbed(alert, 1)
    assert (first_at, digest.digest) == (SATURDAY_TEN, True)
    assert digest.next_at == SATURDAY_TEN + timedelta(hours=12)
    waiting = msgspec.structs.replace(alert, step=1, next_action_at=digest.next_at)
    assert next_step(waiting, CALENDAR, digest.next_at) == Worsen("urgent", RISEN)
    held = msgspec.structs.replace(waiting, state="acknowledged", next_action_at=MONDAY_WORK)
    assert next_step(held, CALENDAR, digest.next_at) == Later(MONDAY_WORK)


def test_the_twelve_hours_are_those_of_the_answer_that_joins_an_older_alert() -> None:
    """Decision 13; what has waited longer already rises no later for it."""
    friday = standing("same_day", at=FRIDAY_EVENING)
    worsens = since_the_answer(friday, (SAFETY_RISES,), SATURDAY_TEN)
    joined = own_copy(friday.escalation, PLAN, [hit("same_day")], worsens)
    alert = standing("same_day", at=FRIDAY_EVENING, escalation=joined, next_action_at=MONDAY_WORK)
    assert hastened(alert, [hit("same_day")], CALENDAR, SATURDAY_TEN) == SATURDAY_TEN + timedelta(hours=12)
    first = standing("same_day", at=FRIDAY_EVENING, escalation=OWN_SAFETY)
    again = since_the_answer(first, (SAFETY_RISES,), SATURDAY_TEN)
    assert own_copy(first.escalation, PLAN, [hit("same_day")], again) == OWN_SAFETY
    reopened = msgspec.structs.replace(alert, triggered_at=MONDAY_WORK, next_action_at=MONDAY_WORK)
    assert worsening_at(reopened) == MONDAY_WORK + timedelta(hours=12)
    unseen = PLAN.urgent.worsens[0]
    assert since_the_answer(standing("urgent"), (unseen,), SATURDAY_TEN) == (unseen,)


def test_a_safety_answer_that_has_become_urgent_goes_on_to_an_emergency_after_fifteen_minutes() -> None:
    """H9: "U unacknowledged 15 min: E", whatever made it urgent; about anything else it stays urgent."""
    assert RISEN.urgent.worsens == (PLAN.urgent.worsens[0],)
    since = SATURDAY_TEN + timedelta(hours=12)
    assert deadline(RISEN.urgent, since, CALENDAR) == since + timedelta(minutes=15)
    alert = standing("urgent", at=since, escalation=RISEN)
    ((_, page),) = climbed(alert, 1)
    assert (page.who, page.next_at) == (("on_call",), since + timedelta(minutes=15))
    assert next_step(alert, CALENDAR, page.next_at) == Worsen("emergency", RISEN)
    late = Worsening(until="acknowledged", after_minutes=720, to="urgent", topic="medical")
    medical = own_copy(None, PLAN, [hit("same_day")], (late,))
    assert next_step(standing("same_day", escalation=medical), CALENDAR, MONDAY_NOON + timedelta(hours=12)) == Worsen(
        "urgent", medical
    )
    by_another_answer = own_copy(OWN_SAFETY, PLAN, [hit("urgent")], ())
    assert by_another_answer.urgent.worsens == (), "urgent about something else, same day about safety"


def test_an_urgent_safety_answer_nobody_acknowledges_becomes_an_emergency() -> None:
    """H9, at any hour: its time to acknowledge is over then."""
    unseen, unreached = PLAN.urgent.worsens
    alert = standing(at=FRIDAY_EVENING, escalation=own_copy(None, PLAN, [hit("urgent")], (unseen,)))
    ((_, page),) = climbed(alert, 1)
    due = FRIDAY_EVENING + timedelta(minutes=15)
    assert page.next_at == due == deadline(alert.plan, FRIDAY_EVENING, CALENDAR)
    waiting = msgspec.structs.replace(alert, step=1, next_action_at=due)
    assert next_step(waiting, CALENDAR, due) == Worsen("emergency", alert.escalation)
    held = msgspec.structs.replace(
        waiting, state="acknowledged", acknowledged_at=FRIDAY_EVENING, next_action_at=due + timedelta(minutes=5)
    )
    assert next_step(held, CALENDAR, due) == Later(due + timedelta(minutes=5))
    both = own_copy(None, PLAN, [hit("urgent")], (unseen, unreached))
    assert next_step(standing(at=FRIDAY_EVENING, escalation=both), CALENDAR, due) == Worsen("emergency", both, True)


def test_nothing_happens_before_its_time() -> None:
    soon = MONDAY_NOON + timedelta(minutes=3)
    for state in ("open", *NOT_OPEN):
        alert = standing(state=state, next_action_at=soon)
        assert next_step(alert, CALENDAR, MONDAY_NOON) == Later(soon)


@pytest.mark.parametrize(("tier", "minutes"), [("emergency", 10), ("urgent", 30)])
def test_who_holds_it_is_reminded_once_and_then_it_opens_again(tier: Tier, minutes: int) -> None:
    alert = standing(tier, "acknowledged", acknowledged_at=MONDAY_NOON)
    due = MONDAY_NOON + timedelta(minutes=minutes)
    asked_at = remind_at(alert.plan, MONDAY_NOON, due)
    assert MONDAY_NOON < asked_at < due
    assert next_step(alert, CALENDAR, asked_at) == Remind(due)
    assert next_step(alert, CALENDAR, due) == Reopen("not_reached")


def test_a_same_day_alert_is_asked_about_before_the_day_ends() -> None:
    plan = standing("same_day").plan
    due = reach_by(plan, MONDAY_NOON, MONDAY_NOON, CALENDAR)
    assert remind_at(plan, MONDAY_NOON, due) == due - timedelta(hours=2)


def test_it_opens_no_later_than_it_rises() -> None:
    rises = Worsening(until="reached", after_minutes=15, to="emergency")
    plan = own_copy(None, PLAN, [hit("urgent")], (rises,)).urgent
    at = MONDAY_NOON + timedelta(minutes=5)
    assert reach_by(plan, MONDAY_NOON, at, CALENDAR) == MONDAY_NOON + timedelta(minutes=15)


def test_a_follow_up_runs_out() -> None:
    assert next_step(standing(state="in_follow_up"), CALENDAR, MONDAY_NOON) == Reopen("review_due")


@given(
    tier=st.sampled_from(["same_day", "urgent", "emergency"]),
    state=st.sampled_from(["open", "acknowledged", "in_follow_up"]),
    step=st.integers(0, 5),
    raised=st.integers(0, 500_000).map(lambda n: MONDAY_NOON + timedelta(minutes=n)),
    waited=st.integers(0, 20_000),
    rises=st.booleans(),
)
def test_no_alert_goes_silent(tier: Tier, state: State, step: int, raised: datetime, waited: int, rises: bool) -> None:
    """Whatever stands, the decision is an act or an instant ahead."""
    escalation = own_copy(None, PLAN, [hit(tier)], (SAFETY_RISES,) if rises else ())
    now = raised + timedelta(minutes=waited)
    alert = standing(tier, state, raised, step=step, next_action_at=now, escalation=escalation)
    decision = next_step(alert, CALENDAR, now)
    if isinstance(decision, Page | Later | Remind):
        assert decision.next_at > now
        assert decision.next_at - now < timedelta(days=5)
    else:
        assert isinstance(decision, Reopen | Worsen)


# Passing on


def test_passing_on_fires_the_next_step_at_once() -> None:
    page = pass_on(standing("urgent", step=1), CALENDAR, MONDAY_NOON)
    assert (page.who, page.step, page.next_at) == (("next",), 2, MONDAY_NOON + timedelta(minutes=30))


def test_passing_on_at_night_pages_at_night() -> None:
    page = pass_on(standing("same_day", step=1, at=FRIDAY_EVENING), CALENDAR, FRIDAY_EVENING)
    assert (page.who, page.step, page.digest) == (("lead",), 2, False)
    assert page.next_at == MONDAY_WORK + timedelta(hours=4)
    spent = pass_on(standing("same_day", step=2, at=FRIDAY_EVENING), CALENDAR, FRIDAY_EVENING)
    assert (spent.who, spent.exhausted, spent.next_at) == (("lead",), True, MONDAY_WORK)


# Deadlines


@pytest.mark.parametrize(
    ("tier", "at", "due"),
    [
        ("emergency", FRIDAY_EVENING, FRIDAY_EVENING + timedelta(minutes=10)),
        ("urgent", FRIDAY_EVENING, FRIDAY_EVENING + timedelta(minutes=30)),
        ("same_day", MONDAY_NOON, datetime(2026, 3, 3, 18, 0, tzinfo=UTC)),
        ("same_day", FRIDAY_EVENING, datetime(2026, 3, 9, 18, 0, tzinfo=UTC)),
    ],
)
def test_the_patient_must_be_reached_in_time(tier: Tier, at: datetime, due: datetime) -> None:
    assert reached_due(PLAN.plan(tier), at, CALENDAR) == due


@pytest.mark.parametrize(
    ("tier", "at", "due"),
    [
        ("emergency", FRIDAY_EVENING, FRIDAY_EVENING + timedelta(minutes=5)),
        ("urgent", FRIDAY_EVENING, FRIDAY_EVENING + timedelta(minutes=30)),
        ("same_day", MONDAY_NOON, MONDAY_NOON + timedelta(hours=4)),
        ("same_day", FRIDAY_EVENING, datetime(2026, 3, 9, 12, 0, tzinfo=UTC)),
    ],
)
def test_the_time_to_acknowledge(tier: Tier, at: datetime, due: datetime) -> None:
    assert deadline(without_worsening(PLAN).plan(tier), at, CALENDAR) == due


# People

OMAR, NORA, LENA, PIA = (UUID(int=n) for n in range(1, 5))


def test_people_are_resolved_by_their_place_on_the_call_list() -> None:
    listed, leads = [[OMAR], [NORA], [PIA]], [LENA]
    everybody = [LENA]
    assert recipients(("on_call", "backup"), 0, listed, leads, everybody) == (OMAR, NORA)
    assert recipients(("lead",), 3, listed, leads, everybody) == (LENA,)
    assert recipients(("everybody",), 3, listed, leads, everybody) == (OMAR, NORA, PIA, LENA)


def test_next_is_whoever_was_not_called_yet() -> None:
    assert place_on_list(PLAN.emergency, 1) == 2
    assert place_on_list(PLAN.urgent, 1) == 1
    assert recipients(("next",), place_on_list(PLAN.emergency, 1), [[OMAR], [NORA], [PIA]], [LENA], []) == (PIA,)
    assert recipients(("next",), place_on_list(PLAN.urgent, 1), [[OMAR], [NORA], [PIA]], [LENA], []) == (NORA,)


def test_who_passes_an_alert_on_is_not_paged_about_it() -> None:
    listed = [[OMAR], [NORA], [PIA]]
    assert recipients(("next",), 1, listed, [LENA], [LENA], NORA) == (PIA,)
    assert recipients(("next",), 1, listed, [LENA], [LENA], OMAR) == (NORA,)
    assert recipients(("lead",), 2, listed, [LENA], [LENA], LENA) == (OMAR, NORA, PIA)
    assert recipients(("on_call",), 0, [[OMAR]], [], [OMAR], OMAR) == (OMAR,)


def test_a_short_or_empty_list_never_ends_in_nobody() -> None:
    assert recipients(("next",), 2, [[OMAR], [NORA]], [LENA], [OMAR, NORA, LENA]) == (NORA,)
    assert recipients(("on_call", "backup"), 0, [[OMAR]], [LENA], [OMAR, LENA]) == (OMAR,)
    assert recipients(("on_call",), 0, [], [LENA], [LENA, NORA]) == (LENA, NORA)
    assert recipients(("lead",), 0, [[OMAR]], [], [OMAR]) == (OMAR,)


def test_two_who_overlap_at_hand_over_are_called_together() -> None:
    line = [[OMAR, NORA], [PIA]]
    assert recipients(("on_call",), 0, line, [LENA], []) == (OMAR, NORA)
    assert recipients(("on_call", "backup"), 0, line, [LENA], []) == (OMAR, NORA, PIA)
    assert recipients(("next",), 0, line, [LENA], [], NORA) == (OMAR,)


# Closing and naming


@pytest.mark.parametrize("tier", ["urgent", "emergency"])
def test_handing_an_unreachable_patient_to_the_lead_never_ends_urgent(tier: Tier) -> None:
    assert may_close(tier, "unreachable_handed_to_lead") is not None
    assert may_close(tier, "ambulance_called") is None
    assert may_close("same_day", "unreachable_handed_to_lead") is None


def test_a_reference_is_five_letters_or_digits_to_say_on_the_phone() -> None:
    assert reference(b"\x00\x00\x00\x00\x00") == "AAAAA"
    found = {reference(n.to_bytes(5)) for n in range(2000)}
    assert len(found) == 2000
    assert all(set(code) <= set(REFERENCE_ALPHABET) and len(code) == 5 for code in found)
    assert not set("ILOU01") & set(REFERENCE_ALPHABET)


def test_a_flag_added_to_an_open_alert_may_leave_less_time() -> None:
    late = MONDAY_NOON + timedelta(days=3)
    waiting = standing(
        "same_day", next_action_at=late, escalation=own_copy(None, PLAN, [hit("same_day")], (SAFETY_RISES,))
    )
    assert hastened(waiting, [hit("same_day")], CALENDAR, MONDAY_NOON) == MONDAY_NOON + timedelta(hours=12)
    overdue = MONDAY_NOON + timedelta(hours=20)
    assert hastened(waiting, [hit("same_day")], CALENDAR, overdue) == overdue
    plain = standing("same_day", next_action_at=late)
    assert hastened(plain, [hit("same_day")], CALENDAR, MONDAY_NOON) is None
    assert hastened(plain, [hit("same_day", 60)], CALENDAR, MONDAY_NOON) == MONDAY_NOON + timedelta(hours=1)


def test_passing_on_does_not_put_off_the_rise() -> None:
    waiting = standing("same_day", step=1, escalation=own_copy(None, PLAN, [hit("same_day")], (SAFETY_RISES,)))
    page = pass_on(waiting, CALENDAR, MONDAY_NOON + timedelta(hours=1))
    assert page.next_at <= MONDAY_NOON + timedelta(hours=12)
