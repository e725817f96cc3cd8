"""Known answers of the quality indicators (safety.md section 5)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from server.timeline.indicators.model import (
    AlertFact,
    AnswerFact,
    CheckInFact,
    Chosen,
    Facts,
    Group,
    HarmFact,
    Part,
    SessionFact,
)
from server.timeline.indicators.rules import indicators

NOW = datetime(2026, 6, 29, 12, tzinfo=UTC)
IV = Group(route="iv", setting="clinic", number=1, older=False, language="en")
ANA, BEN = UUID(int=1), UUID(int=2)


def alert(days_ago: float = 1, *, reached: float | None = None, closed: float | None = None, **more: Any) -> AlertFact:
    opened = NOW - timedelta(days=days_ago)
    after = {
        name: None if minutes is None else opened + timedelta(minutes=minutes)
        for name, minutes in (("reached_at", reached), ("closed_at", closed), ("taken_at", more.pop("taken", None)))
    }
    return AlertFact(**{
        "patient_id": ANA, "group": IV, "tier": "urgent", "safety": False, "missed": False, "opened_at": opened,
        "covered": True, "outcome": None, "useful": None, "rules": ("sick.many",), **after, **more,
    })  # fmt: skip


def check_in(kind: str = "h1", by: str | None = "patient", seconds: float = 40, **more: Any) -> CheckInFact:
    state = "answered" if by else "missed"
    return CheckInFact(**{
        "session_id": ANA, "group": IV, "kind": kind, "due_at": NOW - timedelta(days=1), "state": state,
        "answered_by": by, "seconds": seconds if by else None, **more,
    })  # fmt: skip


def answer(hours: float, **answers: Any) -> AnswerFact:
    at = NOW - timedelta(days=2) + timedelta(hours=hours)
    return AnswerFact(session_id=ANA, group=IV, at=at, hours=hours, answers=answers)


def session(**more: Any) -> SessionFact:
    ended = NOW - timedelta(days=1)
    return SessionFact(**{
        "id": ANA, "group": IV, "ended_at": ended, "covered": True, "signed": True, "confirmed": False, **more,
    })  # fmt: skip


EVERYBODY = Chosen()


def found(chosen: Chosen = EVERYBODY, **facts: Any) -> dict[str, dict[str, Part]]:
    names = ("alerts", "check_ins", "sessions", "answers", "harms", "night_pages")
    given = Facts(**{name: tuple(facts.get(name, ())) for name in names}, numbers_old=0)
    return {one.id: {part.name: part for part in one.parts} for one in indicators(given, chosen, NOW)}


def test_with_nothing_to_count_there_is_no_number_and_no_verdict() -> None:
    for name, parts in found().items():
        for part in parts.values():
            assert part.value in (None, 0), name
            assert part.value == 0 or part.met is None


def test_contact_time() -> None:
    parts = found(alerts=[alert(reached=minutes) for minutes in (5, 10, 20, 30, 200)] + [alert()])["Q1"]
    assert (parts["urgent_median"].value, parts["urgent_median"].met) == (20, True)
    assert (parts["urgent_p90"].value, parts["urgent_p90"].met) == (200, False)
    assert parts["emergency_median"].value is None


def test_acknowledging_is_counted_apart_where_nobody_is_on_duty() -> None:
    parts = found(alerts=[alert(taken=3), alert(taken=40, covered=False)])["Q2"]
    assert (parts["covered"].value, parts["uncovered"].value) == (3, 40)


@pytest.mark.parametrize(
    ("by", "confirmed", "share"),
    [("patient", False, 100), ("companion", False, 100), (None, True, 100), (None, False, 0)],
)
def test_an_acute_window_ends_known_or_not(by: str | None, share: float, *, confirmed: bool) -> None:
    parts = found(check_ins=[check_in(by=by)], sessions=[session(confirmed=confirmed)])["Q3"]
    assert parts["clinic"].value == share


def test_a_window_that_is_still_open_counts_neither_way() -> None:
    """A session that ended ten minutes ago has not missed anything."""
    begun = session(id=BEN, ended_at=NOW - timedelta(minutes=10))
    parts = found(check_ins=[check_in()], sessions=[session(), begun])["Q3"]
    assert (parts["clinic"].value, parts["clinic"].count) == (100, 1)


def test_load_counts_silence_apart() -> None:
    alerts = [alert(), alert(tier="same_day"), alert(missed=True)]
    parts = found(alerts=alerts, check_ins=[check_in() for _ in range(10)] + [check_in(by=None)])["Q5"]
    assert (parts["answers"].value, parts["answers"].met) == (20, False)
    assert (parts["emergency_urgent"].value, parts["emergency_urgent"].met) == (10, False)
    assert parts["missed"].value == 10


def test_usefulness_by_rule() -> None:
    alerts = [alert(useful="needed"), alert(useful="not_needed"), alert(useful="worth_knowing", rules=("x",)), alert()]
    parts = found(alerts=alerts)["Q6"]
    assert (parts["rule:sick.many"].value, parts["rule:sick.many"].count) == (50, 2)
    assert parts["rule:x"].value == 100
    often = found(alerts=[alert(useful="not_needed")] * 24 + [alert(useful="needed")] * 6)["Q6"]["rule:sick.many"]
    assert (often.value, often.goal, often.met) == (20, 20, True)


def test_harm_that_nobody_reviewed() -> None:
    harms = [
        HarmFact(happened_on=date(2026, 6, 20), reviewed=False),
        HarmFact(happened_on=date(2026, 1, 1), reviewed=False),
    ]
    parts = found(harms=harms)["Q7"]
    assert (parts["harms"].value, parts["harms"].met, parts["not_reviewed"].value) == (1, False, 1)


def test_the_safety_loop_has_an_hour() -> None:
    alerts = [alert(safety=True, reached=59), alert(safety=True, reached=61), alert(safety=True)]
    slow = [alert(safety=True, tier="same_day", reached=23 * 60)]
    parts = found(alerts=alerts + slow)["Q8"]
    assert (parts["emergency_urgent"].value, parts["same_day"].value) == (33.3, 100)


def test_opened_again_and_closed_unreached() -> None:
    alerts = [alert(5, closed=60), alert(4), alert(3, closed=60, patient_id=BEN, reached=5)]
    parts = found(alerts=alerts)["Q9"]
    assert (parts["again"].value, parts["closed_unreached"].value) == (50, 1)


def test_a_symptom_is_over_with_the_first_answer_without_it() -> None:
    answers = [answer(1, a_sick="many", a_pain="no"), answer(6, a_sick="felt_sick"), answer(24, a_sick="no")]
    parts = found(answers=answers)["Q10"]
    assert {name: part.value for name, part in parts.items()} == {"a_sick:iv": 24}


def test_worse_is_counted_beside_better() -> None:
    parts = found(answers=[answer(1, w_mood=4), answer(30, w_mood=8)])["Q11"]
    assert (parts["better"].value, parts["worse"].value) == (100, 0)


def test_what_was_not_waited_for() -> None:
    answers = [answer(24, d_since=value) for value in ("none", "drove_slept", "drove_before", "alcohol")]
    parts = found(answers=answers)["Q12"]
    assert (parts["kept"].value, parts["drove"].value, parts["alcohol"].value) == (50, 25, 25)
    decided = [answer(24, d_since="none", d_decide=value) for value in ("no", "yes")]
    parts = found(answers=[*answers, *decided])["Q12"]
    assert (parts["kept"].value, parts["decided"].value) == (50, 50)


def test_the_house_in_order() -> None:
    parts = found(sessions=[session(), session(covered=False, signed=False)])["Q13"]
    assert (parts["outside_cover"].value, parts["unsigned"].met) == (1, False)


def test_ease() -> None:
    answers = [answer(30, m_easy="yes", m_cared="no"), answer(31, m_easy="mostly")]
    parts = found(check_ins=[check_in(seconds=s) for s in (20, 30, 70)], answers=answers)["Q14"]
    assert (parts["acute_p90"].value, parts["acute_p90"].met) == (70, False)
    assert (parts["easy"].value, parts["looked_after"].value) == (50, 0)


def test_a_group_alone_and_weeks_as_a_trend() -> None:
    older = Group(route="oral", setting="home", number=5, older=True, language="es")
    alerts = [alert(reached=10), alert(reached=20, group=older), alert(10, reached=50), alert(40, reached=55)]
    for chosen, count in ((Chosen(), 3), (Chosen(route="oral"), 1), (Chosen(older=True, language="es"), 1),
                          (Chosen(first_sessions=True), 2), (Chosen(first_sessions=False), 1)):  # fmt: skip
        assert found(chosen, alerts=alerts)["Q1"]["urgent_median"].count == count
    given = Facts(alerts=tuple(alerts), check_ins=(), sessions=(), answers=(), harms=(), night_pages=(), numbers_old=0)
    contact = next(one for one in indicators(given, EVERYBODY, NOW) if one.id == "Q1")
    assert contact.weekly == (None,) * 8, "the first part is about emergencies"
