"""Every condition in a sentence, English and Spanish."""

import re
from typing import get_args

import pytest

from server.protocols import conditions as c
from server.protocols.builtin import load_builtin
from server.protocols.model import Rule
from server.protocols.sentences import SENTENCES, Speaker
from tests.rules.answering import CLINIC

SICK = "“Have you felt sick or thrown up?”"
SAID: list[tuple[c.Condition, str]] = [
    (c.Answer("a_sick", among=("no", "once_or_twice")), f"{SICK} is “No” or “Threw up once or twice”"),
    (c.Answer("x", gte=2, lte=4), "x is at least 2 and x is at most 4"),
    (c.Answer("x", gt=2.5), "x is above 2.5"),
    (c.Answer("x", lt=3), "x is below 3"),
    (c.Answer("x", gte="2026-01-02", lte="2026-02-03"), "x is 2026-01-02 or later and x is 2026-02-03 or earlier"),
    (c.Answer("x", gt="20:30"), "x is later than 20:30"),
    (c.Answer("x", lt="20:30"), "x is earlier than 20:30"),
    (c.Answer("x", answered=True), "x is answered"),
    (c.Answer("x", answered=False), "x is not answered"),
    (c.Answer("x", among=(True,)), "x is yes"),
    (c.LastAnswer("x", gte=2), "the time before, x is at least 2"),
    (c.LastAnswer("a_sick", among=("no",)), f"the time before, {SICK} is “No”"),
    (c.Changed("x", "last", up=2), "x went up by 2 or more since the last answer"),
    (c.Changed("x", "baseline", down=3), "x went down by 3 or more since before the treatment"),
    (c.Changed("x", "own_last_session", up=2), "x went up by 2 or more since the same time after their last session"),
    (
        c.ChangedOwn("x", 3, "every", up=2),
        "x is 2 or more above every answer at the same time after their last 3 sessions",
    ),
    (
        c.ChangedOwn("x", 3, "median", down=1.5),
        "x is 1.5 or more below the median answer at the same time after their last 3 sessions",
    ),
    (c.Score("low", gte=8), "the score “Low days” is at least 8"),
    (
        c.ScoreChanged("low", "lowest", days=28, up=4),
        "the score “Low days” went up by 4 or more since its lowest of the 4 weeks before",
    ),
    (c.Trend("low", 3, up=1.5), "the mean of the newest 3 of “Low days” is 1.5 or more above the first 3"),
    (c.Beyond("x", 2), "x is worse than usual at this hour after this route, by 2 or more steps"),
    (c.FlaggedBefore(("sick.many",)), "a rule like it had raised this before"),
    (c.Unanswered("x"), "x was left empty"),
    (c.Hours(gte=4, lt=18), "4 h or more have passed and less than 18 h have passed"),
    (c.Asked(("acute@1",)), "it is an answer to “How are you now?”"),
    (c.Risk(), "the session has a risk flag"),
    (c.Risk(("sleep_apnoea",)), "the session has the risk sleep apnoea"),
    (c.Session("route", ("iv", "im")), "the route is infusion (IV) or injection into a muscle"),
    (c.AnsweredBy("companion"), "the companion answers"),
    (c.Companion(named=False), "no companion is named"),
    (c.Fact("call_me"), "the patient asked for a call"),
    (c.Missed(), "a check-in is not answered in time"),
    (c.Missed(("h1",), in_a_row=2), "“One hour after you left” is not answered in time, 2 times in a row"),
    (c.StoppedMidway(), "the form was broken off midway"),
    (c.All((c.Answer("x", gte=2), c.Risk())), "x is at least 2 and the session has a risk flag"),
    (c.AnyOf((c.Answer("x", gte=2), c.Risk())), "x is at least 2 or the session has a risk flag"),
    (c.Not(c.Answer("x", gte=2)), "it is not so that x is at least 2"),
    (c.Not(c.Risk()), "the session has no risk flag"),
]


def test_every_kind_of_condition_is_among_these() -> None:
    """A new kind without a sentence fails here, not on a medical lead's screen."""
    assert {type(condition) for condition, _ in SAID} == set(get_args(c.Condition))


@pytest.mark.parametrize(("condition", "words"), SAID, ids=[words for _, words in SAID])
def test_each_is_a_sentence_in_both_languages(condition: c.Condition, words: str) -> None:
    assert Speaker(CLINIC, "en").condition(condition) == words
    spanish = Speaker(CLINIC, "es").condition(condition)
    assert spanish
    assert spanish != words
    assert not re.search(r"[{}“]", spanish)


def test_every_built_in_rule_is_said() -> None:
    for version in load_builtin():
        for language in ("en", "es"):
            speaker = Speaker(version, language)
            rules: tuple[Rule, ...] = (*version.rules, *version.missed.rules)
            said = [speaker.rule(rule) for rule in rules]
            assert not [text for text in said if re.search(r"[{}]| : |: \.", text)]


def test_sentences_have_the_same_holes_in_both_languages() -> None:
    for name, text in SENTENCES.items():
        holes = {language: sorted(re.findall(r"{\w+}", words)) for language, words in text.items()}
        assert holes["en"] == holes["es"], name
