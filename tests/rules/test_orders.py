"""Properties of branching, scoring and planning: order and zone change nothing that is not theirs to change, and a
worse answer is never a better score."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.checkins.model import QuietHours, SessionFacts
from server.checkins.rules import plan
from server.checkins.wall import USUAL_NIGHT, is_quiet
from server.protocols.builtin import load_builtin
from server.protocols.scores import applied_items, scores
from server.responses.answers import enabled_items
from server.simulation.life import live
from tests.rules.answering import CLINIC
from tests.rules.test_gates import FORMS, answers_to

YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ["UTC", "Europe/Madrid", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "America/St_Johns"]
A_YEAR_OF_MINUTES = 365 * 24 * 60
MOMENTS = st.integers(0, A_YEAR_OF_MINUTES).map(lambda minutes: YEAR + timedelta(minutes=minutes))


@st.composite
def sessions(draw: st.DrawFn) -> tuple[SessionFacts, Any]:
    """Any session of either built-in protocol."""
    version = draw(st.sampled_from(load_builtin()))
    ended = draw(MOMENTS)
    leaves = draw(st.none() | st.integers(0, 300).map(lambda minutes: ended + timedelta(minutes=minutes)))
    facts = SessionFacts(
        drug="ketamine", route=draw(st.sampled_from(version.routes)), setting=version.settings[0], ended_at=ended,
        discharged_at=leaves, started_at=ended - timedelta(minutes=draw(st.integers(0, 120))),
        risk=draw(st.sampled_from([(), ("suicidal_thoughts",), ("home_dose", "early_session")])),
    )  # fmt: skip
    return facts, version


@given(st.sampled_from(sorted(FORMS)), st.data())
def test_the_order_of_answers_changes_neither_what_is_asked_nor_any_score(form: str, data: st.DataObject) -> None:
    asked = CLINIC.questionnaire(form)
    answers = data.draw(answers_to(form))
    shuffled = dict(data.draw(st.permutations(list(answers.items()))))
    assert applied_items(asked, shuffled) == applied_items(asked, answers)
    assert enabled_items(asked, shuffled) == enabled_items(asked, answers)
    assert scores(asked, shuffled) == scores(asked, answers)


@given(st.sampled_from(sorted(FORMS)), st.data())
def test_an_answer_on_a_path_not_taken_counts_for_nothing(form: str, data: st.DataObject) -> None:
    asked = CLINIC.questionnaire(form)
    answers = data.draw(answers_to(form))
    applied = {item.id for item in applied_items(asked, answers)}
    kept = {item: value for item, value in answers.items() if item in applied}
    assert applied_items(asked, kept) == applied_items(asked, answers)
    assert scores(asked, kept) == scores(asked, answers)


@given(st.data())
def test_a_worse_option_never_lowers_a_score(data: st.DataObject) -> None:
    asked = CLINIC.questionnaire("week@1")
    answers = data.draw(answers_to("week@1"))
    item = data.draw(st.sampled_from([i for i in asked.items if any(o.score is not None for o in i.options)]))
    worse = data.draw(st.integers(1, len(item.options) - 1))
    better = data.draw(st.integers(0, worse - 1))
    low = scores(asked, answers | {item.id: item.options[better].value})
    high = scores(asked, answers | {item.id: item.options[worse].value})
    assert low.keys() == high.keys()
    assert all(high[name] >= low[name] for name in low)


@given(sessions(), st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_without_quiet_hours_the_zone_changes_only_the_evening(drawn: Any, one: str, other: str) -> None:
    """What is not pulled out of the night is due at the same instant wherever the patient lives."""
    session, version = drawn
    pulled = {step.key for step in version.check_ins if step.pull_forward is not None}
    plans = [plan(session, version, zone, None, session.ended_at) for zone in (one, other)]
    first, second = ([c for c in planned if c.key not in pulled] for planned in plans)
    assert [c.key for c in plans[0]] == [c.key for c in plans[1]]
    after = {c.key for c in first} - {"h24", "h72", "d5"}
    assert [c for c in first if c.key in after] == [c for c in second if c.key in after]


@given(sessions(), st.sampled_from(ZONES))
def test_every_step_is_planned_once_in_order_and_routine_ones_not_at_night(drawn: Any, zone: str) -> None:
    session, version = drawn
    quiet: QuietHours = USUAL_NIGHT
    planned = plan(session, version, zone, quiet, session.ended_at)
    keys = [c.key for c in planned]
    wanted = [s.key for s in version.check_ins if not s.only_with_risk or set(s.only_with_risk) & set(session.risk)]
    assert keys == wanted
    assert len(set(keys)) == len(keys)
    for check_in in planned:
        assert check_in.opens_at <= check_in.due_at < check_in.closes_at
        if check_in.state == "planned" and not version.step(check_in.key).passes_quiet_hours:
            assert not is_quiet(check_in.due_at, zone, quiet)
    for asked in ("patient", "companion"):
        own = [c for c in planned if c.asked_of == asked and c.state == "planned"]
        assert all(one.closes_at <= other.due_at for one, other in pairwise(own))


@given(sessions(), st.sampled_from(ZONES), st.integers(0, 12 * 24))
def test_recorded_late_loses_nothing_that_can_still_be_asked(drawn: Any, zone: str, late_h: int) -> None:
    session, version = drawn
    at = session.ended_at + timedelta(hours=late_h)
    in_time = plan(session, version, zone, USUAL_NIGHT, session.ended_at)
    late = {c.key: c for c in plan(session, version, zone, USUAL_NIGHT, at)}
    assert late.keys() == {c.key for c in in_time}
    for check_in in in_time:
        if check_in.state == "planned" and check_in.closes_at > at:
            assert late[check_in.key].state == "planned"


@given(st.integers(0, 300))
def test_lives_are_told_in_order(number: int) -> None:
    times = [lived.past.at for lived in live(load_builtin(), 11, number, 10)]
    assert times == sorted(times)
