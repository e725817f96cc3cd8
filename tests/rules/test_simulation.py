"""The made-up patients feel and answer as often as the figures say, and the default protocols live with them: few
alerts, every planted emergency found."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.protocols.builtin import load_builtin
from server.protocols.model import ProtocolVersion, Questionnaire
from server.protocols.rules import choose, offset_hours
from server.responses.answers import check_answers
from server.responses.model import AnsweredBy, Answers, Facts
from server.responses.rules import judge
from server.simulation import planted
from server.simulation.felt import felt, has_effect
from server.simulation.figures import COURSES, EFFECTS, PLANTED
from server.simulation.forms import simulated_answers
from server.simulation.habits import answers_after
from server.simulation.life import Lived, live
from server.simulation.people import Dose, doses, person

SEED, WEEKS = 20260302, 8
LIVES = 60
"""Patients, some 700 sessions."""
VERSIONS = load_builtin()


@cache
def lives() -> tuple[tuple[Lived, ...], ...]:
    return tuple(tuple(live(VERSIONS, SEED, number, 7 * WEEKS)) for number in range(LIVES))


def answers() -> Iterator[Lived]:
    return (lived for life in lives() for lived in life if not lived.past.missed)


def test_fewer_than_15_of_100_answers_call_somebody() -> None:
    """safety.md section 5, Q5: "alerts per 100 answered (< 15; E+U < 3)"."""
    tiers = Counter(lived.judgement.tier for lived in answers() if not lived.planted)
    answered = tiers.total()
    assert answered > 2500
    calling = answered - tiers["routine"]
    assert 0.02 < calling / answered < 0.15, tiers
    assert (tiers["emergency"] + tiers["urgent"]) / answered < 0.03, tiers


@pytest.mark.parametrize("number", range(0, 90, 3))
def test_every_planted_emergency_is_found(number: int) -> None:
    """Planted in everybody: each of three weeks' lives has one, unless it was to come later."""
    found = [lived for lived in live(VERSIONS, SEED, number, 21, planted=1.0) if lived.planted]
    assert {lived.judgement.tier for lived in found} <= {"emergency"}
    assert len(found) == 1


def test_each_kind_of_plant_is_an_emergency_by_itself() -> None:
    for version in VERSIONS:
        for form, kinds in planted.KINDS.items():
            for nth, kind in enumerate(kinds):
                judged = judge(version, Facts(questionnaire=form, answers=_with(version, form, nth), hours=2.0))
                assert judged.tier == "emergency", kind


def _with(version: ProtocolVersion, form: str, nth: int) -> Answers:
    who, dose = person(SEED, nth), Dose(1, 0)
    plant = planted.Plant(1, "h1", nth).answers(form)
    by: AnsweredBy = "companion" if form == "companion@1" else "patient"
    return simulated_answers(who, dose, version.questionnaire(form), 2.0, None, by, plant)


def test_two_of_a_thousand_are_planted() -> None:
    planted_in = [n for n in range(20_000) if planted.plant_of(person(SEED, n), PLANTED) is not None]
    assert 25 <= len(planted_in) <= 56


@pytest.mark.parametrize("effect", sorted(EFFECTS))
def test_in_week_1_as_many_have_an_effect_as_published(effect: str) -> None:
    """Dizziness 20.6 %, dissociation 16.7, nausea 14.0, vertigo 12.1, sedation 3.8 [LC]."""
    people = [person(SEED, number) for number in range(6000)]
    first_week = (Dose(1, 0), Dose(2, 3))
    have = sum(any(has_effect(who, dose, effect) for dose in first_week) for who in people) / len(people)
    assert have == pytest.approx(EFFECTS[effect].week_1, abs=0.016)


def test_who_had_it_twice_in_week_1_has_it_again_and_others_less_and_less() -> None:
    twice, again, later = 0, 0, Counter[int]()
    for number in range(3000):
        who = person(SEED, number)
        if all(has_effect(who, dose, "dizzy") for dose in (Dose(1, 0), Dose(2, 3))):
            twice += 1
            again += has_effect(who, Dose(3, 7), "dizzy")
        for dose in (Dose(1, 0), Dose(7, 21), Dose(12, 49)):
            later[dose.week] += has_effect(who, dose, "dizzy")
    assert again / twice > 0.7
    assert later[1] > later[4] > later[8]


@pytest.mark.parametrize("route", sorted(COURSES))
def test_most_of_it_has_gone_when_the_route_s_time_is_over(route: str) -> None:
    """IV: "most peak within 1 h, gone within 2 h" [N1]; the others by COURSES."""
    half, nine_of_ten = COURSES[route]
    had, left = Counter[str](), Counter[str]()
    for number in range(4000):
        who = person(SEED, number)
        if who.route == route and has_effect(who, Dose(1, 0), "dizzy"):
            for name, hours in (("soon", 0.05), ("half", half), ("late", nine_of_ten)):
                had[name] += 1
                left[name] += felt(who, Dose(1, 0), hours).grade("dizzy") > 0
    if had["soon"] >= 25:
        assert left["soon"] >= 0.99 * had["soon"]
        assert left["half"] < 0.75 * had["half"]
        assert left["late"] < 0.33 * had["late"]


def test_as_many_answer_as_trials_say() -> None:
    """+1 h: 85 % within 60 min, silence 12 % [REN]; weekly 77.2 % [N8]."""
    step, week = VERSIONS[0].step("h1"), VERSIONS[0].step("week_1")
    people = [person(SEED, number) for number in range(4000)]
    habits = [answers_after(who, Dose(1, 0), "h1", step) for who in people]
    in_time = sum(habit is not None and not habit.late for habit in habits) / len(people)
    assert in_time == pytest.approx(0.85, abs=0.025)
    weekly = sum(answers_after(who, Dose(1, 0), "week_1", week) is not None for who in people) / len(people)
    assert weekly == pytest.approx(0.772, abs=0.025)


@given(seed=st.integers(0, 99), number=st.integers(0, 500), session=st.integers(0, 9), form=st.data())
@settings(max_examples=60)
def test_every_form_is_filled_in_as_a_phone_would(seed: int, number: int, session: int, form: st.DataObject) -> None:
    who = person(seed, number)
    version = choose(VERSIONS, who.route, who.setting)
    dose = list(doses(who, 60))[session]
    keys = [step.key for step in (*version.check_ins, *version.course)]
    key = form.draw(st.sampled_from(keys))
    asked: Questionnaire = version.questionnaire(version.step(key).questionnaire)
    by = version.step(key).asks
    hours = offset_hours(version, key)
    given_ = simulated_answers(who, dose, asked, hours, hours, by)
    assert check_answers(asked, given_, by, hours) == []
    assert simulated_answers(who, dose, asked, hours, hours, by) == given_


def test_the_same_seed_is_the_same_life_whatever_was_asked_before() -> None:
    assert list(live(VERSIONS, 5, 8, 14)) == list(live(VERSIONS, 5, 8, 14))
    person.cache_clear()
    assert tuple(live(VERSIONS, SEED, 3, 7 * WEEKS)) == lives()[3]


def test_another_seed_is_another_life() -> None:
    assert [person(1, n).mood for n in range(5)] != [person(2, n).mood for n in range(5)]
