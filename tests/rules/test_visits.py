"""Holds before a dose, what stands after corrections, how a session was tolerated, what the worksheet says."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from server.protocols.builtin import load_builtin
from server.sessions.model import Setting
from server.visits.before import pre_form_of
from server.visits.checks import step_errors
from server.visits.holds import HoldFacts, holds
from server.visits.model import Details, Kind, NewStep, Step, Visit
from server.visits.parts import Discharge, Effect, PreForm, Start, Suitability, Vitals
from server.visits.risks import badly_tolerated, risks_of
from server.visits.rules import refusal, session_of
from server.visits.standing import standing

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
FORM = PreForm(fasting=True, safety="no", pregnancy="no", escort="Luis", address_tonight="Calle Sol 3")
GOOD = Vitals(systolic=140, diastolic=90, heart_rate=100, breathing="calm")


BOTH = Effect(side_effect="nausea", experience="calm", severity="mild", feeling="pleasant")


def step(kind: Kind, minute: float = 0, *, corrects: UUID | None = None, struck: bool = False, **details: Any) -> Step:
    """A step so many minutes from now."""
    at = NOW + timedelta(minutes=minute)
    return Step(
        id=uuid4(), kind=kind, at=at, details=Details(**details), recorded_at=at, recorded_by=uuid4(),
        corrects=corrects, struck=struck,
    )  # fmt: skip


def ready(form: PreForm = FORM, *vitals: tuple[float, Vitals]) -> list[Step]:
    """All that is needed before a dose."""
    measured = vitals or ((0, GOOD),)
    return [
        step("pre_form", -30, pre_form=form), *[step("vitals_before", minute, vitals=v) for minute, v in measured],
        step("suitability", suitability=Suitability(True)), step("explained"), step("consent"),
    ]  # fmt: skip


def held(
    steps: list[Step], *, age: int = 40, setting: str = "clinic", minute: float = 0, answer: bool = False
) -> set[str]:
    now = NOW + timedelta(minutes=minute)
    facts = HoldFacts(setting=setting, age=age, steps=steps, held=answer, zone="Europe/Madrid", now=now)
    return {hold.id for hold in holds(facts)}


def visit(setting: Setting = "clinic", session_id: UUID | None = None) -> Visit:
    return Visit(
        id=uuid4(), patient_id=uuid4(), drug="esketamine", route="intranasal", setting=setting, dose_mg=56,
        indication="depression", other_indications=[], session_id=session_id, opened_at=NOW, opened_by=uuid4(),
        closed_at=None,
    )  # fmt: skip


def changed(**more: Any) -> PreForm:
    return PreForm(**({name: getattr(FORM, name) for name in FORM.__struct_fields__} | more))


def test_nothing_holds_when_all_is_there() -> None:
    assert held(ready()) == set()
    assert held(ready(), answer=True) == {"answer"}


def test_the_form_and_the_steps_are_needed() -> None:
    assert held([]) == {"form_missing", "vitals_missing", "suitability_missing", "explained_missing", "consent_missing"}
    assert held([], setting="home") == {"form_missing", "vitals_missing", "suitability_missing"}
    assert held(ready(), minute=24 * 60) == {"form_missing"}


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"fasting": False}, "not_fasting"), ({"escort": None}, "no_escort"), ({"address_tonight": ""}, "no_address"),
        ({"new_medicines": "lithium"}, "new_medicines"), ({"taken_today": ["alcohol"]}, "taken_today"),
        ({"pregnancy": "pregnant"}, "pregnancy"), ({"pregnancy": "maybe"}, "pregnancy"),
        ({"pregnancy": "breastfeeding"}, "breastfeeding"), ({"safety": "not_worth"}, "safety"),
        ({"safety": "talk"}, "safety"), ({"attempt_90_days": True}, "safety"),
    ],
)  # fmt: skip
def test_the_form_holds_the_start(more: dict[str, Any], name: str) -> None:
    """H18, and clinical.md 1.2: what is asked before blocks the start."""
    assert held(ready(changed(**more))) == {name}


@pytest.mark.parametrize(
    ("vitals", "age", "expected"),
    [
        ({"systolic": 140, "diastolic": 90}, 64, set()), ({"systolic": 141, "diastolic": 80}, 64, {"bp_high"}),
        ({"systolic": 130, "diastolic": 91}, 64, {"bp_high"}), ({"systolic": 150, "diastolic": 90}, 65, set()),
        ({"systolic": 151, "diastolic": 90}, 65, {"bp_high"}), ({"systolic": 130, "diastolic": 91}, 65, {"bp_high"}),
        ({"heart_rate": 100}, 40, set()), ({"heart_rate": 101}, 40, {"heart_fast"}), ({"heart_rate": 50}, 40, set()),
        ({"heart_rate": 49}, 40, {"heart_slow"}), ({"breathing": "pauses"}, 40, {"breathing"}),
        ({"heart_rate": None}, 40, {"vitals_missing"}), ({"systolic": None, "diastolic": None}, 40, {"vitals_missing"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("setting", ["clinic", "home"])
def test_pressure_and_pulse_hold_at_the_limits_of_decision_18(
    vitals: dict[str, Any], age: int, expected: set[str], setting: str
) -> None:
    values = {name: getattr(GOOD, name) for name in GOOD.__struct_fields__} | vitals
    assert held(ready(FORM, (0, Vitals(**values))), age=age, setting=setting) == expected


def test_a_repeat_counts_after_ten_minutes() -> None:
    high = Vitals(systolic=160, diastolic=80, heart_rate=70)
    assert held(ready(FORM, (0, high), (9.9, GOOD)), minute=30) == {"repeat_early"}
    assert held(ready(FORM, (0, high), (10, GOOD)), minute=30) == set()
    assert held(ready(FORM, (0, GOOD), (10, high)), minute=30) == {"bp_high"}
    assert held(ready(FORM, (0, high), (5, GOOD), (12, GOOD)), minute=30) == set()


@pytest.mark.parametrize(
    ("alone", "name"),
    [(Vitals(systolic=185, diastolic=100), "bp_high"), (Vitals(heart_rate=130), "heart_fast"),
     (Vitals(heart_rate=40), "heart_slow")],
)  # fmt: skip
def test_what_was_measured_alone_holds_as_well(alone: Vitals, name: str) -> None:
    """A cuff without its pulse, an oximeter without a cuff: after everything was in order, too."""
    assert held(ready(FORM, (0, GOOD), (5, alone)), minute=6) == {name}
    back = Vitals(systolic=130, diastolic=80) if alone.systolic else Vitals(heart_rate=70)
    assert held(ready(FORM, (0, GOOD), (5, alone), (9, back)), minute=10) == {"repeat_early"}
    assert held(ready(FORM, (0, GOOD), (5, alone), (15, back)), minute=16) == set()
    assert held(ready(FORM, (0, alone)), minute=1) == {"vitals_missing"}


def test_a_correction_stands_for_what_it_corrects_and_a_struck_one_for_nothing() -> None:
    first = step("vitals_before", vitals=Vitals(systolic=190, diastolic=90))
    second = step("vitals_before", corrects=first.id, vitals=GOOD)
    assert standing([first, second]) == [second]
    struck = step("vitals_before", corrects=second.id, struck=True)
    assert standing([first, second, struck]) == []


@pytest.mark.parametrize(
    ("effect", "badly"),
    [
        (Effect(side_effect="nausea", severity="mild"), False),
        (Effect(side_effect="nausea", severity="moderate"), True),
        (Effect(side_effect="nausea", severity="moderate", resolved_at=NOW), False),
        (Effect(side_effect="nausea", severity="severe", resolved_at=NOW), True),
        (Effect(experience="out_of_body", feeling="pleasant"), False),
        (Effect(experience="out_of_body", feeling="expected"), False),
        (Effect(experience="out_of_body", feeling="distressing"), True),
    ],
)
def test_how_a_session_was_tolerated(effect: Effect, badly: bool) -> None:
    assert badly_tolerated([step("effect", effect=effect)]) is badly


def test_the_last_pressure_decides_at_leaving() -> None:
    high, fine = Vitals(systolic=160, diastolic=99), Vitals(systolic=159, diastolic=99)
    low = Vitals(systolic=120, diastolic=100)
    during, leaving = step("vitals_during", 40, vitals=high), step("vitals_leaving", 120, vitals=fine)
    assert risks_of([during]) == ("bp_high",)
    assert risks_of([during, leaving]) == ()
    assert risks_of([step("vitals_leaving", 120, vitals=low)]) == ("bp_high",)
    assert risks_of([step("vitals_before", vitals=high)]) == ()
    assert risks_of([leaving, step("vitals_leaving", 130, vitals=Vitals(spo2=97))]) == ()


def test_a_session_is_made_of_start_and_end_at_home_of_the_start() -> None:
    start = step("start", 0, start=Start(dose_mg=84))
    assert session_of(visit(), [start]) is None
    home = session_of(visit("home"), [start])
    assert home is not None
    assert (home.started_at, home.ended_at) == (NOW, NOW)
    left = step("discharge", 130, discharge=Discharge(alone_tonight=True, risk=["lung_disease"]))
    whole = session_of(visit(), [start, step("end", 10), left])
    assert whole is not None
    assert (whole.dose_mg, whole.risk, whole.discharged_at) == (84, ("alone_tonight", "lung_disease"), left.at)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "vitals_during"}, "vitals"), ({"kind": "vitals_during", "vitals": Vitals()}, "vitals"),
        ({"kind": "vitals_during", "vitals": Vitals(systolic=120)}, "vitals.diastolic"),
        ({"kind": "vitals_during", "vitals": Vitals(systolic=80, diastolic=90)}, "vitals.diastolic"),
        ({"kind": "rest", "vitals": GOOD}, "vitals"), ({"kind": "note"}, "note"), ({"kind": "stopped"}, "note"),
        ({"kind": "effect", "effect": Effect(side_effect="nausea")}, "effect.severity"),
        ({"kind": "effect", "effect": Effect(experience="calm")}, "effect.feeling"),
        ({"kind": "effect", "effect": Effect(experience="other", feeling="pleasant")}, "effect.words"),
        ({"kind": "effect", "effect": BOTH}, "effect.side_effect"),
        ({"kind": "start", "start": Start(), "overridden": ["bp_high"]}, "overridden"),
        ({"kind": "rest", "struck": True}, "corrects"), ({"kind": "rest", "at": NOW + timedelta(minutes=3)}, "at"),
        ({"kind": "rest", "at": NOW - timedelta(hours=25)}, "at"),
    ],
)  # fmt: skip
def test_what_a_step_cannot_hold_is_named(body: dict[str, Any], field: str) -> None:
    assert [name for name, _ in step_errors(visit(), NewStep(**({"at": NOW} | body)), NOW)] == [field]


def test_steps_come_in_an_order_that_can_be() -> None:
    start, end = step("start", start=Start()), step("end", 10)
    assert refusal(visit(), [], NewStep(kind="end", at=NOW)) == "Record the start first."
    assert refusal(visit(), [start], NewStep(kind="end", at=NOW)) is None
    leaving = NewStep(kind="discharge", at=NOW, discharge=Discharge(alone_tonight=False))
    assert refusal(visit(), [start], leaving) == "Record the end of the dose first."
    assert refusal(visit(), [start, end], leaving) is None
    assert refusal(visit(), [start], NewStep(kind="start", at=NOW, start=Start())) is not None
    assert refusal(visit(), [start], NewStep(kind="stopped", at=NOW, note="x")) is not None
    strike = NewStep(kind="end", at=NOW, corrects=end.id, struck=True)
    assert refusal(visit(), [start, end], strike) is None
    assert refusal(visit(session_id=uuid4()), [start, end], strike) is not None
    assert refusal(visit(), [start, end], NewStep(kind="rest", at=NOW, corrects=end.id)) is not None
    assert refusal(visit(), [], NewStep(kind="rest", at=NOW, corrects=uuid4())) is not None


GIVEN: dict[str, Any] = {"b_food": "no", "b_taken": ["none"], "b_pregnant": "no", "s_open": "no"}


def test_what_the_patient_answers_becomes_the_form_of_the_record() -> None:
    answers = GIVEN | {
        "b_food": "yes",
        "b_taken": ["opioid", "alcohol"],
        "b_new_which": " x" * 600,
        "s_done": "yes_okay",
    }
    form = pre_form_of(answers)
    assert form is not None
    assert (form.fasting, form.taken_today, form.attempt_90_days) == (False, ["opioid", "alcohol"], True)
    assert (len(form.new_medicines or ""), form.escort) == (500, None)


@pytest.mark.parametrize(
    "own",
    [{"b_food": "a little"}, {"b_food": ["no"]}, {"s_open": "sometimes"}, {"b_pregnant": 3}, {"b_pregnant": None}],
    ids=str,
)
def test_a_clinics_own_form_in_other_words_is_left_to_the_team(own: dict[str, Any]) -> None:
    assert pre_form_of(GIVEN | own) is None
    assert pre_form_of({}) is None


def test_every_answer_of_the_built_in_form_fits_the_record() -> None:
    """Its options are the record's own words."""
    items = {item.id: item for item in load_builtin()[0].questionnaire("before@1").items}
    for item, options in ((name, items[name].options) for name in ("b_food", "b_pregnant", "s_open", "b_taken")):
        for option in options:
            value = [option.value] if item == "b_taken" else option.value
            form = pre_form_of(GIVEN | {item: value})
            assert form is not None, option.value
            assert item != "b_taken" or option.value == "none" or form.taken_today == [option.value]
