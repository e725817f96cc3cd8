"""Restrictions, usual courses and the pause of a begun form: changed by operations, said in words, faults at their
field."""

from typing import Any

import pytest
from msgspec.structs import replace

from server.protocols import draft_model as d
from server.protocols.diff import diff
from server.protocols.draft_model import Operation, Refused
from server.protocols.findings import Finding, findings, to_accept
from server.protocols.model import ProtocolVersion, Restriction, Usual, UsualBand
from server.protocols.operations import applied
from tests.rules.answering import CLINIC

DRIVING = next(one for one in CLINIC.restrictions if one.id == "driving")
SICK_IV = next(one for one in CLINIC.usual if one.key == "a_sick iv")
STOVE = Restriction(id="", text={"en": "Do not cook", "es": "No cocine"}, hours=12, source="")
SICK = "“Have you felt sick or thrown up?”"


def edited(*operations: Operation) -> ProtocolVersion:
    return applied(CLINIC, operations, {})


def said(after: ProtocolVersion, language: str = "en") -> list[tuple[str, str, str]]:
    return [(change.part, change.key, change.text) for change in diff(CLINIC, after, language, {})]


def faults(document: ProtocolVersion, language: str = "en") -> list[Finding]:
    return [finding for finding in findings(document, language) if finding.level == "fault"]


def test_a_restriction_is_changed_added_and_dropped() -> None:
    longer = edited(d.SetRestriction(restriction=replace(DRIVING, hours=48, morning="09:00")))
    assert faults(longer) == []
    assert to_accept(longer) == []
    assert said(longer) == [
        (
            "restriction", "driving",
            "Do not drive, ride a bike or use machines: for 24 h after the session, and until 08:00 of the next day if "
            "that is later, and not before having slept → Do not drive, ride a bike or use machines: for 48 h after "
            "the session, and until 09:00 of the next day if that is later, and not before having slept",
        )
    ]  # fmt: skip
    assert longer.restrictions[0].source == d.OWN
    added = edited(d.AddRestriction(restriction=STOVE))
    assert (added.restrictions[-1].id, faults(added)) == ("own1", [])
    assert said(added, "es") == [
        ("restriction", "own1", "Restricción nueva: No cocine: durante 12 h tras la sesión")
    ]  # fmt: skip
    gone = applied(added, [d.RemoveRestriction(id="own1")], {})
    assert (gone.restrictions, to_accept(gone)) == (CLINIC.restrictions, [])


def test_other_words_in_the_other_language_are_a_change_too() -> None:
    words = {"en": DRIVING.text["en"], "es": "No maneje"}
    changes = said(edited(d.SetRestriction(restriction=replace(DRIVING, text=words))))
    assert [text.partition(":")[0] for _, _, text in changes] == ["Restriction, words in another language"]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"hours": -1}, "Hours: it ends before it begins. Give it hours, or a morning."),
        ({"hours": 0, "morning": None}, "Hours: it ends before it begins. Give it hours, or a morning."),
        ({"hours": 1e9}, "Hours: no more than 30 days."),
        ({"morning": "soon"}, "A time of day is needed here, such as 20:30."),
        ({"morning": "08:00+02:00"}, "A time of day is needed here, such as 20:30."),
        ({"text": {"en": "No", "es": " "}}, "There are no Spanish words."),
    ],
)
def test_what_cannot_be_a_restriction_is_said_at_it(changed: dict[str, Any], fault: str) -> None:
    document = edited(d.SetRestriction(restriction=replace(DRIVING, **changed)))
    assert [(f.part, f.key, f.text) for f in faults(document)] == [("restriction", "driving", fault)]


@pytest.mark.parametrize(
    "operation",
    [
        d.RemoveRestriction(id="driving"),
        d.SetRestriction(restriction=replace(DRIVING, hours=4)),
        d.SetRestriction(restriction=replace(DRIVING, morning=None)),
        d.SetRestriction(restriction=replace(DRIVING, morning="05:00")),
        d.SetRestriction(restriction=replace(DRIVING, after_sleep=False)),
    ],
)
def test_less_care_than_the_built_in_document_needs_a_yes(operation: Operation) -> None:
    document = edited(operation)
    assert to_accept(document) == ["driving"]
    for language in ("en", "es"):
        asked = [finding for finding in findings(document, language) if finding.level == "yes"]
        assert [(finding.part, finding.key) for finding in asked] == [("restriction", "driving")]
        assert DRIVING.text[language] in asked[0].text


def test_a_usual_course_is_changed_added_and_dropped() -> None:
    later = replace(SICK_IV, bands=(UsualBand(3, "once_or_twice"), UsualBand(None, "no")))
    changed = edited(d.SetUsual(key=SICK_IV.key, usual=later))
    assert faults(changed) == []
    assert said(changed) == [
        (
            "usual", "a_sick iv",
            f"After infusion (IV), {SICK} is usual up to “Threw up once or twice” before 2 h and up to “No” from then "
            f"on → After infusion (IV), {SICK} is usual up to “Threw up once or twice” before 3 h and up to “No” from "
            "then on",
        )
    ]  # fmt: skip
    gone = edited(d.RemoveUsual(key=SICK_IV.key))
    assert [(part, key) for part, key, _ in said(gone, "es")] == [("usual", "a_sick iv")]
    back = applied(gone, [d.AddUsual(usual=later)], {})
    assert said(back, "es") == said(changed, "es")


def course(item: str = "a_sick", routes: tuple[str, ...] = ("iv",), *bands: tuple[float | None, str]) -> Usual:
    held = tuple(UsualBand(below, worst) for below, worst in bands) or SICK_IV.bands
    return Usual(item=item, routes=routes, bands=held, source="usual")


@pytest.mark.parametrize(
    ("usual", "fault"),
    [
        (course("a_sick", ("iv",), (3, "many"), (2, "no"), (None, "no")), "Hours: they must go up"),
        (course("a_sick", ("iv",), (0, "many"), (None, "no")), "Hours: they must go up"),
        (course("a_sick", ("iv",), (3, "many")), "Hours: they must go up"),
        (course("a_sick", ("iv",), (None, "never")), "Answer: this question does not offer it any more (never)."),
        (course("a_place", ("iv",), (None, "home")), "Question: its answers are in no order"),
        (course("a_sick", ()), "Route: choose at least one."),
        (course("a_sick", ("iv", "im")), "Route: for one of them it is said twice what is usual."),
    ],
)
def test_what_cannot_be_usual_is_said_at_it(usual: Usual, fault: str) -> None:
    found = faults(edited(d.SetUsual(key=SICK_IV.key, usual=usual)))
    assert [f.key for f in found if f.part == "usual" and f.text.startswith(fault)][:1] == [usual.key]


def test_how_long_a_begun_form_may_rest() -> None:
    sooner = edited(d.SetMidway(minutes=5))
    assert (faults(sooner), to_accept(sooner)) == ([], [])
    assert said(sooner) == [
        (
            "missed", "midway",
            "The rest of a form may take 10 min after an answer that is sent at once → The rest of a form may take "
            "5 min after an answer that is sent at once",
        )
    ]  # fmt: skip
    assert to_accept(edited(d.SetMidway(minutes=20))) == ["midway"]
    for minutes in (0, 61):
        found = faults(edited(d.SetMidway(minutes=minutes)))
        assert [(f.part, f.text) for f in found] == [
            ("missed", "Time for the rest of a form: from 1 to 60 minutes.")
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "field"),
    [
        (d.SetRestriction(restriction=STOVE), "operations[0].restriction.id"),
        (d.RemoveRestriction(id="none"), "operations[0].id"),
        (d.SetUsual(key="none", usual=SICK_IV), "operations[0].key"),
        (d.RemoveUsual(key="none"), "operations[0].key"),
    ],
)
def test_what_is_not_there_is_refused_by_field(operation: Operation, field: str) -> None:
    with pytest.raises(Refused) as refused:
        edited(operation)
    assert refused.value.field == field
