"""A worrying answer on somebody's instrument opens our screening questions in the same sitting (clinical.md 1.3)."""

import msgspec
import pytest

from server.protocols import conditions as c
from server.protocols.model import Item, Option, ProtocolVersion, Questionnaire
from server.protocols.rules import questionnaire_for
from server.protocols.screening import with_screening
from server.responses.answers import unanswered
from server.responses.model import Facts, Judgement
from server.responses.rules import judge, judge_stopped_midway
from tests.rules.answering import CLINIC

WORDS = {"en": "x", "es": "x"}
OPTIONS = tuple(Option(str(points), WORDS, score=points) for points in range(4))
ITEM_9 = Item(id="i9", type="choice", text=WORDS, options=OPTIONS)
AFTER = Item(id="i10", type="choice", text=WORDS, options=OPTIONS, required=False)
FORM = Questionnaire(id="nine@1", version=1, title=WORDS, items=(ITEM_9, AFTER))
OPENS = c.Answer("i9", among=("1", "2", "3"))
SCREENED = with_screening(FORM, OPENS, CLINIC.questionnaire("safe@1"), "2.5")
VERSION: ProtocolVersion = msgspec.structs.replace(
    CLINIC, questionnaires=(*CLINIC.questionnaires, SCREENED.form), rules=(*CLINIC.rules, *SCREENED.rules)
)


def judged(answers: dict[str, str], *, partial: bool = False) -> Judgement:
    return judge(VERSION, Facts(questionnaire="nine@1", answers=answers, hours=24, partial=partial))


def asked(answers: dict[str, str]) -> list[str]:
    return [item.id for item in unanswered(SCREENED.form, answers)]


def test_the_questions_follow_at_once_and_only_then() -> None:
    assert asked({"i9": "0"}) == ["i10"]
    assert asked({"i9": "1"})[0] == "s_open"
    assert "s_keep" in asked({"i9": "1", "s_open": "yes"})
    assert asked({"i9": "1", "s_open": "no"}) == ["i10"]


def test_help_is_on_the_screen_and_the_answer_travels_on_tap() -> None:
    item = questionnaire_for(VERSION, "nine@1", "en")["items"][0]
    assert item["private"]
    assert [option.get("act") for option in item["options"]] == [None, "crisis", "crisis", "crisis"]
    assert item["signal"] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("answers", "tier"),
    [
        ({"s_open": "no"}, "routine"),
        ({"s_open": "yes", "s_keep": "yes", "s_done": "no", "s_now": "passed", "s_how": "no", "s_usual": "same",
          "s_with": "yes"}, "same_day"),
        ({"s_open": "yes", "s_keep": "no"}, "emergency"),
    ],
)  # fmt: skip
def test_their_result_sets_the_tier(answers: dict[str, str], tier: str) -> None:
    assert judged({"i9": "2", **answers}).tier == tier


def test_stopping_there_is_urgent() -> None:
    tapped = judged({"i9": "2"}, partial=True)
    assert {flag.topic for flag in tapped.flags} == {"safety"}
    facts = Facts(questionnaire="nine@1", hours=24, partial=True, stopped_midway=True, safety_signal=True)
    assert judge_stopped_midway(VERSION, facts).tier == "urgent"


def test_what_cannot_be_joined_is_refused() -> None:
    with pytest.raises(KeyError):
        with_screening(FORM, c.Answer("i8", among=("1",)), CLINIC.questionnaire("safe@1"), "2.5")
    with pytest.raises(ValueError, match="asked twice: s_done"):
        with_screening(SCREENED.form, OPENS, CLINIC.questionnaire("safe@1"), "2.5")
