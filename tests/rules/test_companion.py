"""The companion's own form (safety.md 2.2): every row of its table, at the clinic and after a dose at home."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.checkins.model import PlannedCheckIn, SessionFacts
from server.checkins.rules import companion_after_rest, companion_turn, plan, recheck
from server.protocols.builtin import load_builtin
from server.protocols.rules import questionnaire_for
from server.responses.model import Facts, Judgement
from server.responses.rules import judge, judge_missed
from server.sessions.home import missing_for_home
from tests.rules.answering import CLINIC, WELL, item_by_text, value_by_text
from tests.rules.safety_tables import COMPANION, TIERS

HOME = next(version for version in load_builtin() if version.key == "home")
CALM = {item: value for item, value in WELL["companion"].items() if item != "a_who"}
TAKEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
DOSE = SessionFacts(drug="ketamine", route="sublingual", setting="home", started_at=TAKEN, ended_at=TAKEN)

HOURS = (0.5, 1.0, 1.5, 2.0, 24.0)
AT_HOME = {
    "Wakes, then drops off again": "SUUUU",
    "No": "UUUUU",
    "A bit mixed up, but calm": "RRRRS",
    "1 or 2": "RRRRS",
}
"""Where a dose at home differs, or a column of its own counts. "No" is that of staying: the others' "No" is best."""


def seen(changed: dict[str, Any], hours: float, *, home: bool, **facts: Any) -> Judgement:
    """All is calm but for what has changed."""
    version, session = (HOME, DOSE) if home else (CLINIC, None)
    return judge(version, Facts(
        questionnaire="companion@1", answers=CALM | changed, answered_by="companion", hours=hours, session=session,
        risk=("home_dose",) if home else (), **facts,
    ))  # fmt: skip


def rows(*, home: bool) -> list[Any]:
    cases = []
    for text, options in COMPANION.items():
        for option, tiers in options:
            columns = list(zip((1.5, 6.0, 24.0), tiers, strict=True))
            if home:
                same = [tiers[0], tiers[0], tiers[0], tiers[0], tiers[2]]
                own = option in AT_HOME and (option != "No" or "stay" in text)
                columns = list(zip(HOURS, AT_HOME[option] if own else same, strict=True))
            cases += [pytest.param(text, option, hours, TIERS[t], id=f"{option}-{hours:g}h") for hours, t in columns]
    return cases


def test_the_words_are_those_of_the_page_and_nothing_is_private() -> None:
    for version in (CLINIC, HOME):
        items = [item for item in version.questionnaire("companion@1").items if item.id != "c_spo2"]
        assert [item.text["en"] for item in items] == list(COMPANION)
        assert [[o.text["en"] for o in item.options] for item in items] == [
            [o for o, _ in r] for r in COMPANION.values()
        ]
        assert not any(item.private or item.enable_when for item in items)
        assert all(item.text["es"] and all(o.text["es"] for o in item.options) for item in items)


@pytest.mark.parametrize(("text", "option", "hours", "tier"), rows(home=False))
def test_a_row_of_the_table(text: str, option: str, hours: float, tier: str) -> None:
    item = item_by_text("companion@1", text)
    judgement = seen({item.id: value_by_text(item, option)}, hours, home=False)
    assert (judgement.tier, judgement.clear) == (tier, tier == "routine")


@pytest.mark.parametrize(("text", "option", "hours", "tier"), rows(home=True))
def test_a_row_of_the_table_after_a_dose_at_home(text: str, option: str, hours: float, tier: str) -> None:
    item = item_by_text("companion@1", text)
    judgement = seen({item.id: value_by_text(item, option)}, hours, home=True)
    assert (judgement.tier, judgement.clear) == (tier, tier == "routine")


def test_dropping_off_before_an_hour_is_looked_at_again_once() -> None:
    first = seen({"c_wake": "drops_off"}, 0.6, home=True)
    assert (first.tier, first.reask_minutes) == ("same_day", 10)
    second = seen({"c_wake": "drops_off"}, 0.75, home=True, last={"c_wake": "drops_off"})
    assert (second.tier, second.reask_minutes) == ("urgent", None)
    again = recheck(HOME, 10, "c30", ["c30"], TAKEN)
    assert again is not None
    assert (again.key, again.asked_of, again.due_at) == ("again_1", "companion", TAKEN + timedelta(minutes=10))
    assert again.closes_at - again.due_at == timedelta(minutes=10)
    assert recheck(HOME, 10, "again_1", ["c30", "again_1"], TAKEN) is None


def test_snoring_says_what_to_do() -> None:
    wire = questionnaire_for(HOME, "companion@1", "en", companion=True)
    breath = next(item for item in wire["items"] if item["id"] == "c_breath")
    assert [o.get("say") for o in breath["options"]] == [None, "Turn them on their side.", None, None]


OXYGEN = [(100, "R"), (95, "R"), (94, "S"), (93, "S"), (92, "U"), (90, "U"), (89, "E"), (50, "E")]


@pytest.mark.parametrize("home", [True, False], ids=["home", "clinic"])
@pytest.mark.parametrize(("number", "tier"), OXYGEN)
def test_a_number_of_the_finger_clip(number: int, tier: str, home: bool) -> None:
    judgement = seen({"c_spo2": number}, 0.5, home=home)
    assert (judgement.tier, judgement.clear) == (TIERS[tier], tier == "R")
    assert judgement.reask_minutes == (10 if tier == "S" else None)
    assert [f"oxygen {number} %" in flag.explanation for flag in judgement.flags] == ([] if tier == "R" else [True])


@pytest.mark.parametrize("before", [94, 92, 80])
def test_oxygen_that_stays_a_little_low_is_urgent(before: int) -> None:
    again = seen({"c_spo2": 94}, 0.7, home=True, last={"c_spo2": before})
    assert (again.tier, again.reask_minutes) == ("urgent", None)
    assert f"again (last {before}" in again.flags[0].explanation
    assert seen({"c_spo2": 96}, 0.7, home=True, last={"c_spo2": before}).clear


def test_no_number_takes_back_what_is_seen() -> None:
    assert seen({"c_breath": "slow", "c_spo2": 99}, 0.5, home=True).tier == "emergency"
    assert seen({"c_breath": "calm", "c_spo2": 84}, 0.5, home=True).tier == "emergency"


@pytest.mark.parametrize(("key", "asked"), [("c30", True), ("c60", True), ("c120", True), ("companion", False)])
def test_the_clip_is_asked_about_while_the_dose_works_and_may_be_skipped(key: str, asked: bool) -> None:
    offset = HOME.step(key).offset_minutes / 60
    wire = questionnaire_for(HOME, "companion@1", "en", offset_hours=offset, companion=True)
    items = {item["id"]: item for item in wire["items"]}
    assert ("c_spo2" in items) is asked
    if asked:
        clip = items["c_spo2"]
        assert (clip["type"], clip["unit"], clip["min"], clip["max"]) == ("integer", "%", 50, 100)
        assert not clip["required"]
        assert clip["signal"] == list(range(50, 93))
        assert list(items)[1:3] == ["c_breath", "c_spo2"]


def test_a_skipped_number_leaves_the_answer_clear() -> None:
    assert seen({}, 0.5, home=True).clear


def test_the_clip_has_its_loinc_code() -> None:
    item = next(i for i in HOME.questionnaire("companion@1").items if i.id == "c_spo2")
    assert [(code.system, code.code) for code in item.codes] == [("http://loinc.org", "59408-5")]


def test_what_pages_travels_on_tap() -> None:
    wire = questionnaire_for(HOME, "companion@1", "en", offset_hours=0.5, session={"setting": "home"}, companion=True)
    on_tap = {item["id"]: item["signal"] for item in wire["items"]}
    assert on_tap["c_wake"] == ["does_not_wake"]
    assert on_tap["c_breath"] == ["slow", "blue"]
    assert on_tap["c_danger"] == ["fit", "chest_or_breath", "face_or_side", "vomiting_sleepy"]
    assert (on_tap["c_stay"], on_tap["c_call"]) == (["no"], ["now"])


def test_the_patient_is_asked_about_the_dose_not_about_leaving() -> None:
    asked = {item.id: item.text["en"] for item in HOME.questionnaire("acute@1").items}
    assert asked["a_overall"] == "Since the dose, how is it going?"


def by_key(session: SessionFacts) -> dict[str, PlannedCheckIn]:
    return {p.key: p for p in plan(session, HOME, "Europe/Madrid", None, TAKEN)}


def test_the_plan_of_a_dose_at_home_counts_from_the_dose() -> None:
    swallowed = SessionFacts(
        drug="ketamine", route="sublingual", setting="home", started_at=TAKEN, ended_at=TAKEN + timedelta(minutes=12)
    )
    for session in (DOSE, swallowed):
        planned = by_key(session)
        due = {key: (p.due_at - TAKEN) / timedelta(minutes=1) for key, p in planned.items()}
        assert due == {"c30": 30, "c60": 60, "c90": 90, "c120": 120, "h2": 120, "h6": 360, "h24": 1440, "h72": 4320}
        assert {p.asked_of for key, p in planned.items() if key.startswith("c")} == {"companion"}
        assert {p.asked_of for key, p in planned.items() if key.startswith("h")} == {"patient"}
        assert all(
            p.closes_at - p.due_at == timedelta(minutes=10) for p in planned.values() if p.asked_of == "companion"
        )


def test_a_silent_companion_is_urgent_and_rises_after_ten_minutes() -> None:
    for key in ("c30", "c60", "c90", "c120", "again_1", "companion_h2"):
        facts = Facts(questionnaire="companion@1", missed=key, hours=0.7, session=DOSE, risk=("home_dose",))
        judgement = judge_missed(HOME, facts)
        assert judgement.tier == "urgent"
        assert ("reached", 10, "emergency") in [(w.until, w.after_minutes, w.to) for w in judgement.worsens]


def test_nobody_reached_and_no_adult_confirmed_becomes_an_emergency() -> None:
    """Decision 16, after a dose at home."""

    def rises(answered_by: Any, hours: float, **changed: str) -> bool:
        form = "acute@1" if answered_by == "patient" else "companion@1"
        well = WELL["acute@1"] if answered_by == "patient" else CALM
        facts = Facts(questionnaire=form, answers=well | changed, answered_by=answered_by, hours=hours, session=DOSE)
        return any(w.to == "emergency" and w.after_minutes == 15 for w in judge(HOME, facts).worsens)

    assert rises("patient", 2, a_sick="many", a_place="alone")
    assert not rises("patient", 2, a_sick="many")
    assert not rises("patient", 5, a_sick="many", a_place="on_the_way")
    assert not rises("companion", 2, c_sick="many")


def test_an_adult_is_confirmed_by_answers_never_by_the_hour_nor_by_an_older_answer() -> None:
    """Decision 16: only then is an alert's rise headed off."""

    def settled(form: str, by: Any, hours: float, last: dict[str, str] | None = None, **changed: str) -> bool:
        well = CALM if form == "companion@1" else WELL[form]
        facts = Facts(
            questionnaire=form, answers=well | changed, answered_by=by, hours=hours, session=DOSE, last=last or {}
        )
        return [w.to for w in judge(HOME, facts).settled] == ["emergency"]

    for hours in (2, 9):
        assert settled("acute@1", "patient", hours, a_place="with_adult")
        assert not settled("acute@1", "patient", hours, a_place="alone")
        assert not settled("acute@1", "patient", hours, {"a_place": "with_adult"}, a_place="alone")
        assert settled("companion@1", "companion", hours, c_stay="yes")
        assert not settled("companion@1", "companion", hours, c_stay="no")
    assert not settled("day@1", "patient", 24)
    assert not settled("day@1", "patient", 24, {"a_place": "alone"})


def test_silence_at_the_clinic_turns_to_the_companion() -> None:
    assert CLINIC.step("h1").companion_after_minutes == 20
    turn = companion_turn(CLINIC, "h1", TAKEN)
    assert turn is not None
    assert (turn.key, turn.questionnaire, turn.asked_of, turn.stands_in_for) == (
        "companion_h1", "companion@1", "companion", "h1",
    )  # fmt: skip
    assert CLINIC.step("companion_h1").asks == "companion"
    rested = companion_after_rest(CLINIC, "h1", 60, TAKEN)
    assert rested is not None
    assert (rested.due_at - TAKEN, rested.stands_in_for) == (timedelta(hours=1), None)


@pytest.mark.parametrize(("risk", "tier"), [((), "same_day"), (("age_65",), "urgent")])
def test_a_silent_companion_after_a_session_at_the_clinic(risk: tuple[str, ...], tier: str) -> None:
    judgement = judge_missed(CLINIC, Facts(questionnaire="companion@1", missed="companion_h1", hours=4, risk=risk))
    assert judgement.tier == tier


def test_what_a_dose_at_home_needs() -> None:
    everything: dict[str, Any] = {
        "companion": True, "may_text": True, "blocked": False, "stopped": False, "address": True, "alone": False,
        "in_hours": True, "reachable": 0,
    }  # fmt: skip
    assert missing_for_home(**everything) == ()
    assert missing_for_home(**everything | {"companion": False, "address": False}) == ("companion", "address")
    assert missing_for_home(**everything | {"blocked": True, "may_text": False}) == ("companion_blocked",)
    assert missing_for_home(**everything | {"may_text": False}) == ("companion_consent",)
    assert missing_for_home(**everything | {"stopped": True}) == ("companion_stopped",)
    assert missing_for_home(**everything | {"in_hours": False, "reachable": 1}) == ("cover",)
    assert missing_for_home(**everything | {"in_hours": False, "reachable": 2}) == ()
    assert missing_for_home(**everything | {"alone": True}) == ("alone",)
