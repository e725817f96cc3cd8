"""A known instrument joined into a protocol document: its rules, its screening questions, their sources."""

import msgspec
import pytest

from server.protocols import conditions as c
from server.protocols import draft_model as d
from server.protocols.adding import add_questionnaire, without_questionnaire
from server.protocols.evaluate import EarlierScores
from server.protocols.findings import to_accept
from server.protocols.instruments import instruments
from server.protocols.model import Item, Option, ProtocolVersion, Questionnaire
from server.protocols.operations import applied
from server.protocols.rules import questionnaire_for
from server.protocols.validate import validate
from server.responses.answers import unanswered
from server.responses.model import Facts
from server.responses.rules import judge, judge_stopped_midway
from tests.rules.answering import CLINIC
from tests.rules.synthetic import made_up

KEYS = sorted(instruments())


def added(*keys: str) -> ProtocolVersion:
    version = CLINIC
    for key in keys:
        version = add_questionnaire(version, made_up(key))
    return version


def tier(version: ProtocolVersion, form: str, answers: dict[str, str]) -> str:
    return judge(version, Facts(questionnaire=form, answers=answers, hours=24)).tier


def calm(form: Questionnaire) -> dict[str, str]:
    return {item.id: item.options[0].value for item in form.items if item.enable_when is None}


@pytest.mark.parametrize("keys", [*([key] for key in KEYS), KEYS])
def test_the_document_has_no_fault_but_that_nobody_asks_it_yet(keys: list[str]) -> None:
    unasked = (": nobody asks it", ": no form that is asked can meet its condition")
    assert [fault for fault in validate(added(*keys)) if not fault.endswith(unasked)] == []


def test_taking_everything_out_again_leaves_what_was_there() -> None:
    version = added(*KEYS)
    for key in KEYS:
        version = without_questionnaire(version, key)
    assert version == CLINIC


def test_item_9_opens_our_own_questions() -> None:
    form = added("phq9").questionnaire("phq9@1")
    assert [item.id for item in unanswered(form, {**calm(form), "phq9_9": "0"})] == []
    assert unanswered(form, {**calm(form), "phq9_9": "1"})[0].id == "s_open"


@pytest.mark.parametrize("keys", [("cssrs", "phq9"), ("phq9", "cssrs")])
def test_the_clinics_own_screener_takes_their_place_whichever_came_first(keys: tuple[str, ...]) -> None:
    version = added(*keys)
    form = version.questionnaire("phq9@1")
    assert [item.id for item in form.items][-7:] == [f"cssrs_{n}" for n in range(1, 8)]
    assert not any(item.id.startswith("s_") for item in form.items)
    back = without_questionnaire(version, "cssrs").questionnaire("phq9@1")
    assert "s_open" in {item.id for item in back.items}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("1", "same_day"), ("2", "same_day"), ("3", "urgent"), ("4", "emergency"), ("5", "emergency"), ("6", "urgent"),
     ("7", "emergency")],
)  # fmt: skip
@pytest.mark.parametrize("form", ["cssrs@1", "phq9@1"])
def test_the_screener_decides_the_tier(form: str, name: str, expected: str) -> None:
    version = added("phq9", "cssrs")
    answers = calm(version.questionnaire(form)) | {f"cssrs_{n}": "0" for n in range(1, 8)} | {f"cssrs_{name}": "1"}
    if form == "phq9@1":
        answers["phq9_9"] = "1"
    assert tier(version, form, answers) == expected


@pytest.mark.parametrize("keys", [("phq9",), ("phq9", "cssrs"), ("cssrs",)])
def test_breaking_off_midway_is_urgent_in_any_document(keys: tuple[str, ...]) -> None:
    bare = msgspec.structs.replace(CLINIC, missed=msgspec.structs.replace(CLINIC.missed, rules=()))
    for version in (CLINIC, bare):
        for key in keys:
            version = add_questionnaire(version, made_up(key))
        form = version.questionnaires[-1].id
        facts = Facts(questionnaire=form, hours=24, partial=True, stopped_midway=True, safety_signal=True)
        assert judge_stopped_midway(version, facts).tier == "urgent"


@pytest.mark.parametrize("key", ["phq9", "cssrs"])
def test_a_safety_question_left_empty_is_looked_at_the_same_day(key: str) -> None:
    """A clinic's file seldom requires an answer: "a missing answer is not a No"."""
    version = added("phq9", "cssrs")
    form = version.questionnaire(f"{key}@1")
    answers = calm(form)
    assert tier(version, form.id, answers) == "routine"
    for item in [item for item in form.items if item.id in answers and item.private]:
        without = {name: value for name, value in answers.items() if name != item.id}
        judged = judge(version, Facts(questionnaire=form.id, answers=without, hours=24))
        assert [(flag.tier, flag.topic, flag.private) for flag in judged.flags] == [("same_day", "safety", True)]
        assert not judged.clear
        assert judge(version, Facts(questionnaire=form.id, answers=without, hours=24, partial=True)).flags == ()
        companion = Facts(questionnaire=form.id, answers=without, hours=24, answered_by="companion")
        assert judge(version, companion).flags == ()


@pytest.mark.parametrize("keys", [("phq9",), ("phq9", "cssrs")])
def test_screening_questions_left_empty_are_urgent(keys: tuple[str, ...]) -> None:
    """Sent with nothing but the worrying answer, or with one question of those that followed left out."""
    version = added(*keys)
    form = version.questionnaire("phq9@1")
    worried = {**calm(form), "phq9_9": "3"}
    assert tier(version, form.id, worried) == "urgent"
    if "cssrs" in keys:
        screened = worried | {f"cssrs_{n}": "0" for n in range(1, 8)}
        assert tier(version, form.id, screened) == "routine"
        for name in [name for name in screened if name.startswith("cssrs")]:
            assert tier(version, form.id, {k: v for k, v in screened.items() if k != name}) == "urgent"


def test_a_screener_of_its_own_left_unfinished_after_a_worrying_answer_is_urgent() -> None:
    version = added("cssrs")
    answers = calm(version.questionnaire("cssrs@1"))
    assert tier(version, "cssrs@1", {**answers, "cssrs_1": "1"}) == "same_day"
    del answers["cssrs_7"]
    assert tier(version, "cssrs@1", {**answers, "cssrs_1": "1"}) == "urgent"


def test_a_question_that_opens_the_safety_questions_is_not_skipped_without_a_word() -> None:
    """Neither by a switch in the editor nor by switching the rule off that looks at it."""
    fault = "{}: opens the safety questions and may be skipped"

    def faults(version: ProtocolVersion) -> set[str]:
        return {found for found in validate(version) if "may be skipped" in found}

    edit = d.SetItem(questionnaire="day@1", item="s_open", required=False)
    assert faults(applied(CLINIC, [edit], {})) == {fault.format("s_open")}
    skippable = d.SetItem(questionnaire="phq9@1", item="phq9_9", required=False)
    version = applied(added("phq9"), [skippable], {})
    assert faults(version) == set()
    assert faults(applied(version, [d.SwitchRule(id="empty.phq9", on=False)], {})) == {fault.format("phq9_9")}


def test_an_answer_without_words_is_a_fault_in_a_form_of_any_language() -> None:
    wordless = d.Reword(questionnaire="own@1", item="own_x", options={"a": {}})
    option = [Option(value, {"fr": value}) for value in ("a", "b")]
    form = Questionnaire(
        id="own@1", version=1, title={"fr": "x"}, language="fr",
        items=(Item(id="own_x", type="choice", text={"fr": "x"}, options=tuple(option)),),
    )  # fmt: skip
    version = add_questionnaire(CLINIC, form)
    assert not any("words" in fault for fault in validate(version))
    assert "own@1: an answer has no words" in validate(applied(version, [wordless], {}))
    assert questionnaire_for(applied(version, [wordless], {}), "own@1", "es")["items"][0]["options"][0]["text"] == ""


def test_an_instruments_emergency_made_less_urgent_needs_a_yes() -> None:
    version = added("cssrs")
    assert to_accept(version) == []
    assert to_accept(applied(version, [d.SwitchRule(id="cssrs_4.yes", on=False)], {})) == ["cssrs_4.yes"]


def test_a_rise_of_five_is_told_the_same_day_with_its_numbers() -> None:
    version = added("phq9")
    answers = {f"phq9_{n}": "1" for n in range(1, 9)} | {"phq9_9": "0"}
    facts = Facts(questionnaire="phq9@1", answers=answers, hours=24)
    assert judge(version, facts).tier == "routine"
    risen = msgspec.structs.replace(facts, earlier_scores=earlier(3.0))
    (flag,) = judge(version, risen).flags
    assert (flag.tier, flag.explanation.split(",")[0]) == ("same_day", "PHQ-9 8")
    assert "3" in flag.explanation
    assert judge(version, msgspec.structs.replace(facts, earlier_scores=earlier(4.0))).flags == ()


def earlier(score: float) -> tuple[EarlierScores, ...]:
    return (EarlierScores(14, {"phq9": score}),)


def test_a_switch_of_mood_on_the_clinics_own_scale_is_told_the_same_day() -> None:
    version = added("asrm")
    calm_week = {f"asrm_{n}": "1" for n in range(1, 6)}
    assert tier(version, "asrm@1", calm_week) == "routine"
    assert tier(version, "asrm@1", calm_week | {"asrm_5": "2"}) == "same_day"


def test_an_explanation_uses_the_words_of_the_file_in_any_language() -> None:
    version = added("cssrs")
    facts = Facts(questionnaire="cssrs@1", answers={"cssrs_4": "1"}, hours=24)
    told = {language: judge(version, facts, language).flags[0].explanation for language in ("en", "es")}
    assert told == {
        "en": "C-SSRS screener, question 4: Answer 1",
        "es": "Cribado C-SSRS, pregunta 4: Answer 1",
    }


def test_a_newer_version_takes_the_place_of_the_older_one_and_its_steps() -> None:
    course = CLINIC.course[0]
    assert course.repeat is not None
    fortnight = msgspec.structs.replace(course.repeat, every_days=14)
    step = msgspec.structs.replace(course, key="phq", questionnaire="phq9@1", repeat=fortnight)
    version = msgspec.structs.replace(added("phq9"), course=(*CLINIC.course, step))
    assert validate(version) == []
    newer = add_questionnaire(version, made_up("phq9", version=2))
    assert [form.id for form in newer.questionnaires if form.key == "phq9"] == ["phq9@2"]
    assert newer.course[-1].questionnaire == "phq9@2"
    assert validate(newer) == []


def test_two_questionnaires_never_share_an_item() -> None:
    other = msgspec.structs.replace(made_up("gad7"), id="own@1")
    with pytest.raises(ValueError, match="there already: gad7, gad7_1"):
        add_questionnaire(added("gad7"), other)


def test_a_document_without_screening_questions_cannot_take_item_9() -> None:
    forms = tuple(form for form in CLINIC.questionnaires if form.key != "safe")
    with pytest.raises(ValueError, match="no screening questions"):
        add_questionnaire(msgspec.structs.replace(CLINIC, questionnaires=forms), made_up("phq9"))


def test_words_without_translation_are_no_fault_but_missing_ones_are() -> None:
    form = made_up("who5", language="es")
    version = add_questionnaire(CLINIC, form)
    assert not any("words" in fault for fault in validate(version))
    first = msgspec.structs.replace(form.items[0], text={"en": "Question"})
    broken = msgspec.structs.replace(form, items=(first, *form.items[1:]))
    assert "who5@1: a question has no words in the language of its file" in validate(add_questionnaire(CLINIC, broken))


def test_the_screening_answer_is_that_of_the_instrument() -> None:
    rule = next(rule for rule in added("phq9").rules if rule.id == "screen.phq9_9")
    assert rule.when == c.Answer("phq9_9", among=("1", "2", "3"))
