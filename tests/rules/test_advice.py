"""What the patient is told: exact sentences, the right numbers, cover, and no word that promises too much."""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from server.notifications.messages import SENTENCES, Template
from server.notifications.model import Language
from server.patients.help import help_for
from server.protocols.builtin import load_builtin
from server.responses.advice import (
    Place,
    advice,
    no_cover_text,
    off_duty_text,
    paged_text,
    private_notice,
    seen_text,
    waiting_text,
)
from server.responses.model import Advice, Cover, Facts, Judgement
from server.responses.rules import judge
from server.responses.wording import BANNED, WORDS
from tests.rules.answering import CLINIC, SAFE_WELL, judged

NOW = datetime(2026, 3, 2, 13, 32, tzinfo=UTC)
OPEN = Cover(on_duty=True, pageable=True, next_open="08:00")
CLOSED = Cover(on_duty=False, pageable=True, next_open="tomorrow 08:00")
NOBODY = Cover(on_duty=False, pageable=False, next_open="tomorrow 08:00")

TO_PATIENTS: tuple[Template, ...] = (
    "check_in", "check_in_nudge", "check_in_reminder", "second_look", "companion",
)  # fmt: skip
LANGUAGE: dict[str, Language] = {"en": "en", "es": "es"}
AGREED = {
    "waiting": "Your answer is still on this phone. Nobody at the clinic has seen it. If you need help now, call {n}.",
    "no_cover": "We have your answer. Nobody at the clinic is on duty until {t}. If this cannot wait, call {n}.",
    "paged": "A nurse has been called to look at this. If you have not had a call by {t}, call {n}.",
    "seen": "A nurse opened this at {t}.",
    "all_clear": "Nothing you told us needs a call right now. Things can change. "
    "If you feel worse, tap Report or call {n}.",
    "benefit": "It can take more than one session; no change yet does not mean it failed.",
    "before_private": "A person may not read this right away. If you need help now, call {n}.",
}

# Hazard H21 words this sentence itself: the place to stop must be a safe one.
MUST_SAY = {"Stop somewhere safe, then call."}


def place(cover: Cover = OPEN, language: str = "en", country: str | None = "GB", phone: str | None = "+4420") -> Place:
    """A patient in London, half past one in the afternoon."""
    card = help_for(country, phone, language)
    return Place(help=card, cover=cover, language=language, zone="Europe/London", now=NOW)


def told(judgement: Judgement, where: Place) -> list[tuple[str, str, str | None]]:
    """Everything said, in order."""
    return [(line.text, line.level, line.call) for line in advice(judgement, CLINIC, where)]


WELL = judged("acute@1", 1.5)
SAME_DAY = judged("acute@1", 1.5, {"a_overall": "call_today"})
URGENT = judged("acute@1", 1.5, {"a_sick": "many"})
BREATHING = judged("acute@1", 1.5, {"a_danger": "breathing"})
HURT = judged("acute@1", 1.5, {"a_steady": "fell_hurt"})
YES = {"s_open": "yes", **SAFE_WELL}
THOUGHTS = judged("day@1", 24, YES)
THOUGHTS_NOW = judged("day@1", 24, YES | {"s_now": "right_now"})
CANNOT_KEEP = judged("day@1", 24, YES | {"s_keep": "no"})
HURT_SELF = judged("day@1", 24, YES | {"s_done": "yes_need_help"})


def test_all_clear() -> None:
    words = (
        "Nothing you told us needs a call right now. Things can change. If you feel worse, tap Report or call +4420."
    )
    assert told(WELL, place()) == [(words, "info", "+4420")]
    assert told(WELL, place(CLOSED))[0][0].endswith("tap Report or call 999.")


def test_an_unfinished_form_is_never_called_clear() -> None:
    half = judge(CLINIC, Facts(questionnaire="acute@1", answers={"a_who": "patient"}, hours=1.5, partial=True))
    assert told(half, place())[0][0].startswith("We have your answer.")


def test_patience_is_said_only_about_benefit() -> None:
    words = "It can take more than one session; no change yet does not mean it failed."
    assert advice(WELL, CLINIC, place(), benefit=True)[-1] == Advice(words, "info")
    assert words not in [line.text for line in advice(WELL, CLINIC, place())]
    assert words not in [line.text for line in advice(URGENT, CLINIC, place(), benefit=True)]


def test_same_day_in_hours_and_outside() -> None:
    assert told(SAME_DAY, place())[0][1:] == ("contact", "+4420")
    words = "We have your answer. Nobody at the clinic is on duty until tomorrow 08:00. If this cannot wait, call 999."
    assert told(SAME_DAY, place(CLOSED)) == [(words, "contact", "999")]


def test_urgent_is_paged_at_any_hour() -> None:
    words = "A nurse has been called to look at this. If you have not had a call by 14:35, call +4420."
    assert told(URGENT, place()) == [(words, "urgent", "+4420")]
    assert told(URGENT, place(CLOSED))[0][0].endswith("If you have not had a call by 14:35, call 999.")


def test_nobody_to_page_is_said_plainly() -> None:
    assert told(URGENT, place(NOBODY))[0][0].startswith("We have your answer. Nobody at the clinic is on duty until")
    assert "called" not in told(BREATHING, place(NOBODY))[-1][0]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("judgement", [BREATHING, CANNOT_KEEP], ids=["breathing", "cannot_keep"])
def test_nothing_beside_a_number_to_call_now_says_that_it_could_wait(judgement: Judgement, language: str) -> None:
    """ "Call 999 now" and "if this cannot wait, call 999" are two answers to one question."""
    where = place(NOBODY, language)
    card = " ".join(text for text, _, _ in told(judgement, where))
    said = [card, off_duty_text(where, "08:00", "emergency"), no_cover_text(where, "emergency")]
    for words in said:
        assert ("Call 999 now" if language == "en" else "Llame ahora al 999") in words
        assert "cannot wait" not in words
        assert "no puede esperar" not in words


@pytest.mark.parametrize("cover", [OPEN, CLOSED, NOBODY])
def test_a_physical_emergency_has_one_button(cover: Cover) -> None:
    lines = told(BREATHING, place(cover))
    assert lines[0] == ("This can be an emergency. Call 999 now.", "emergency", "999")
    assert [call for _, _, call in lines if call] == ["999"]
    assert "+4420" not in str(lines)


def test_a_suicidal_emergency_shows_crisis_line_emergency_number_and_clinic() -> None:
    lines = told(CANNOT_KEEP, place())
    assert [call for _, _, call in lines if call] == ["111", "116 123", "999", "+4420"]
    assert ("Is someone with you? Hand them this phone or go to them.", "emergency", None) in lines


def test_an_injury_shows_the_emergency_number_first() -> None:
    assert told(HURT, place())[0][2] == "999"
    assert [call for _, _, call in told(HURT_SELF, place()) if call] == ["999", "111", "116 123", "+4420"]


def test_urgent_and_same_day_thoughts_show_the_crisis_line() -> None:
    assert [call for _, _, call in told(THOUGHTS_NOW, place())][:2] == ["111", "116 123"]
    assert [call for _, _, call in told(THOUGHTS, place())] == ["111", "116 123", "+4420"]


def test_driving_is_told_to_stop() -> None:
    driving = judged("acute@1", 1.5, {"a_place": "driving"})
    assert told(driving, place())[0] == ("Stop somewhere safe, then call.", "urgent", None)


def test_an_unknown_country_gets_words_instead_of_a_number() -> None:
    lines = told(BREATHING, place(country=None))
    assert lines[0] == ("This can be an emergency. Call your local emergency number now.", "emergency", None)
    assert "llame ahora a su número" in told(BREATHING, place(country=None, language="es"))[0][0].lower()


def test_sentences_that_follow_an_answer() -> None:
    assert seen_text(place(), NOW) == "A nurse opened this at 13:32."
    assert paged_text(CLINIC, "emergency", place(), NOW).endswith("by 13:50, call 999.")
    assert waiting_text(place()) == (
        "Your answer is still on this phone. Nobody at the clinic has seen it. If you need help now, call 999."
    )
    assert private_notice(place()).text.startswith("A person may not read this right away.")
    assert private_notice(place()).call == "111"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("cover", [OPEN, CLOSED, NOBODY])
def test_no_patient_text_holds_a_banned_word(language: str, cover: Cover) -> None:
    spoken: list[Any] = [WELL, SAME_DAY, URGENT, BREATHING, HURT, THOUGHTS, THOUGHTS_NOW, CANNOT_KEEP, HURT_SELF]
    lines = [line.text for one in spoken for line in advice(one, CLINIC, place(cover, language), benefit=True)]
    written = [words[language] for words in WORDS.values()]
    rules = [rule for version in load_builtin() for rule in (*version.rules, *version.missed.rules)]
    by_rules = [rule.advice[language] for rule in rules if rule.advice]
    sent = [text for told in TO_PATIENTS for text in msgspec.structs.astuple(SENTENCES[told][LANGUAGE[language]])]
    for text in {*lines, *written, *by_rules, *sent} - MUST_SAY:
        assert not promises(text, language), text


def promises(text: str, language: str) -> bool:
    return any(re.search(rf"\b{word}", text, re.IGNORECASE) for word in BANNED[language])


def test_a_question_says_a_banned_word_only_where_the_patient_may_answer_with_it() -> None:
    """The sets of safety.md, section 2, ask "can you keep yourself safe"; nothing else in them says so."""
    texts = [
        text["en"]
        for version in load_builtin()
        for form in version.questionnaires
        for item in form.items
        for text in (item.text, *(option.text for option in item.options))
    ]
    assert {text for text in texts if promises(text, "en")} == {
        "Somewhere safe, with an adult",
        "Somewhere safe, alone",
        "I do not feel safe here",
        "I do not feel safe with my thoughts",
        "Can you keep yourself safe until tomorrow?",
        "Very mixed up, scared, or not safe to leave",
        "I cannot do normal things",
    }


def test_the_sentences_that_were_agreed() -> None:
    """Section 1, "Patient wording", word by word: what patients are told waits for no rewording."""
    assert {name: WORDS[name]["en"] for name in AGREED} == AGREED


def test_every_sentence_is_there_in_both_languages_with_the_same_blanks() -> None:
    for name, words in WORDS.items():
        assert set(words) == {"en", "es"}, name
        assert set(re.findall(r"\{\w+\}", words["en"])) == set(re.findall(r"\{\w+\}", words["es"])), name


@pytest.mark.parametrize(("own", "said"), [({}, []), ({"fr": "Appelez"}, ["Appelez"]), ({"en": "Call"}, ["Call"])])
def test_a_rule_whose_advice_lacks_words_keeps_no_answer_out(own: dict[str, str], said: list[str]) -> None:
    rules = [msgspec.structs.replace(r, advice=own) if r.id == "feel.lot" else r for r in CLINIC.rules]
    version = msgspec.structs.replace(CLINIC, rules=tuple(rules))
    judgement = judge(version, Facts(questionnaire="day@1", answers={"d_feel": "lot"}, hours=24, partial=True))
    told_first = [line.text for line in advice(judgement, version, place(language="es"))][:-1]
    assert told_first == said
