"""Worse than the patient's own earlier sessions at the same offset: every one of the newest, or their median."""

from typing import Any

import pytest
from msgspec.structs import replace

from server.protocols import draft_model as d
from server.protocols.conditions import ChangedOwn
from server.protocols.draft_model import Refused
from server.protocols.evaluate import Evidence, holds
from server.protocols.findings import findings
from server.protocols.model import ProtocolVersion
from server.protocols.operations import applied
from server.responses.model import Facts, FlagHit
from server.responses.rules import judge, looks_at_own_sessions
from tests.rules.answering import CLINIC, WELL

ORDER = {"a_sick": ("no", "felt_sick", "once_or_twice", "many")}


def own(*values: Any) -> tuple[dict[str, Any], ...]:
    """What earlier sessions had, newest first; None where it was not answered."""
    return tuple({} if value is None else {"a_sick": value} for value in values)


@pytest.mark.parametrize(
    ("compare", "now", "before", "expected"),
    [
        ("every", "once_or_twice", ("no", "no", "no"), True),
        ("every", "once_or_twice", ("no", "felt_sick", "no"), False),
        ("median", "once_or_twice", ("no", "many", "no"), True),
        ("median", "once_or_twice", ("felt_sick", "felt_sick", "no"), False),
        ("every", "many", ("no", "no"), False),
        ("every", "many", ("no", None, "no"), False),
        ("every", "many", ("no", None, "no", "felt_sick"), True),
        ("every", "many", ("no", "no", "no", "many"), True),
        ("median", None, ("no", "no", "no"), False),
    ],
)
def test_what_it_compares_with(compare: Any, now: str | None, before: tuple[Any, ...], *, expected: bool) -> None:
    answers = {} if now is None else {"a_sick": now}
    seen = Evidence(answers=answers, own_sessions=own(*before), order=ORDER)
    assert holds(ChangedOwn("a_sick", 3, compare, up=2), seen) is expected


def test_down_counts_the_other_way() -> None:
    seen = Evidence(answers={"d_mood": 2}, own_sessions=({"d_mood": 6}, {"d_mood": 5}, {"d_mood": 9}))
    assert holds(ChangedOwn("d_mood", 3, "every", down=3), seen)
    assert not holds(ChangedOwn("d_mood", 3, "every", down=4), seen)
    assert holds(ChangedOwn("d_mood", 3, "median", down=4), seen)


def added(**own_sessions: Any) -> ProtocolVersion:
    wanted: dict[str, Any] = {"sessions": 3, "compare": "every", "up": 1}
    compared = d.WorseThanOwn(**wanted | own_sessions)
    return applied(CLINIC, [d.AddRule(item="a_sick", own=compared, tier="same_day")], {})


def flag_of(version: ProtocolVersion, *before: str, now: str = "felt_sick", language: str = "en") -> FlagHit | None:
    facts = Facts(
        questionnaire="acute@1", answers=WELL["acute@1"] | {"a_sick": now}, hours=1, own_sessions=own(*before)
    )
    return next((flag for flag in judge(version, facts, language).flags if flag.rule == "own.1"), None)


def test_a_rule_of_the_clinics_own_says_what_it_looked_at() -> None:
    version = added()
    assert [finding for finding in findings(version, "en") if finding.level == "fault"] == []
    flag = flag_of(version, "no", "no", "no")
    assert flag is not None
    assert flag.explanation == (
        "Felt sick only, 1 h after the end of the session; at this time after their own last sessions: No, No, No"
    )
    assert flag.inputs == {"a_sick": "felt_sick", "own_sessions.a_sick": ["no", "no", "no"], "hours": 1.0}
    spanish = flag_of(version, "no", "no", "no", language="es")
    assert spanish is not None
    assert spanish.explanation.endswith("tras sus propias últimas sesiones: No, No, No")
    assert flag_of(version, "no", "felt_sick", "no") is None
    assert flag_of(version, "no", "no") is None


def test_only_versions_with_such_a_rule_look_further_back() -> None:
    assert looks_at_own_sessions(added(), "acute@1")
    assert not looks_at_own_sessions(added(), "day@1")
    assert not looks_at_own_sessions(CLINIC, "acute@1")


@pytest.mark.parametrize("sessions", [0, 1, 7])
def test_too_few_or_too_many_sessions_are_a_fault(sessions: int) -> None:
    told = [finding.text for finding in findings(added(sessions=sessions), "en") if finding.level == "fault"]
    assert told == ["Sessions: it can look at 2 to 6 of the patient's own sessions."]


def test_a_question_without_an_order_cannot_be_compared() -> None:
    compared = d.WorseThanOwn(sessions=3, compare="median", up=1)
    version = applied(CLINIC, [d.AddRule(item="a_place", own=compared, tier="same_day")], {})
    told = [finding.text for finding in findings(version, "en") if finding.level == "fault"]
    assert told == ["It counts steps between answers that are in no order."]


def test_answers_and_a_change_are_two_rules() -> None:
    compared = d.WorseThanOwn(sessions=3, compare="median", up=1)
    with pytest.raises(Refused):
        applied(CLINIC, [d.AddRule(item="a_sick", among=("many",), own=compared, tier="same_day")], {})


def test_a_change_without_a_size_is_a_fault() -> None:
    version = added()
    rule = replace(version.rules[-1], when=ChangedOwn("a_sick", 3, "every"))
    told = [f.text for f in findings(replace(version, rules=(*version.rules[:-1], rule)), "en") if f.level == "fault"]
    assert told == ["It does not say which answers it is about."]
