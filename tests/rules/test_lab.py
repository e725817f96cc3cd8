"""What the rule lab counts: per tier, per 100 answers and a week; new, gone, higher, lower."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from server.checkins.model import SessionFacts
from server.lab.model import Report, Tried, Useful, Verdict
from server.lab.rules import Tally, change_of, compared, tried_again, verdict_of
from server.protocols.builtin import load_builtin
from server.protocols.model import ProtocolVersion, Tier
from server.responses.replay import Past, PastSession, Replay
from server.simulation.life import live
from tests.rules.answering import CLINIC, WELL

ENDED = datetime(2026, 3, 2, 12, tzinfo=UTC)
SESSION = PastSession(
    UUID(int=1), SessionFacts(drug="ketamine", route="iv", setting="clinic", ended_at=ENDED, started_at=ENDED)
)
NEVER = {"rules": tuple(rule for rule in CLINIC.rules if rule.id != "steady.fell"), "version": 2}


def answer(nth: int, hours: float, key: str = "h1", **changed: Any) -> Past:
    return Past(
        id=UUID(int=100 + nth), at=ENDED + timedelta(hours=hours), session=SESSION, questionnaire="acute@1", key=key,
        due_at=ENDED + timedelta(hours=hours), answers=WELL["acute@1"] | changed,
    )  # fmt: skip


def silence(hours: float, key: str) -> Past:
    at = ENDED + timedelta(hours=hours)
    return Past(
        id=UUID(int=int(hours)), at=at, session=SESSION, questionnaire="acute@1", key=key, due_at=at, missed=True
    )


def report_of(version: ProtocolVersion, course: list[Past], useful: dict[str, Useful] | None = None) -> Report:
    """`version` tried on answers that the built-in one has judged, over two weeks."""
    tally = Tally(version, "en")
    tally.add(compared(CLINIC, version, course, "en"))
    return tally.report("simulated", timedelta(days=14), useful or {})


def test_a_tier_is_counted_of_100_answers_and_a_week() -> None:
    course = [answer(1, 2), answer(2, 3, a_danger="chest_pain"), answer(3, 4, a_steady="fell"), silence(6, "h6")]
    report = report_of(CLINIC, course)
    assert (report.answered, report.silent, report.weeks, report.patients) == (3, 1, 2, 1)
    by_tier = {load.tier: load for load in report.after.tiers}
    emergency = by_tier["emergency"]
    assert (emergency.count, emergency.per_100, emergency.per_week) == (1, 33.33, 0.5)
    assert (report.after.alerts, report.after.per_100, report.after.per_week) == (2, 66.67, 1)
    assert report.after.silences == 1
    assert report.before == report.after
    assert report.cases == []


def test_a_rule_that_goes_takes_its_alerts_along() -> None:
    report = report_of(msgspec.structs.replace(CLINIC, **NEVER), [answer(1, 2, a_steady="fell")])
    assert (report.gone, report.new, report.higher, report.lower) == (1, 0, 0, 0)
    (case,) = report.cases
    assert (case.before, case.after, case.check_in) == ("same_day", "routine", "One hour after you left")
    assert case.was
    assert (report.rules[0].rule, report.rules[0].before, report.rules[0].after) == ("steady.fell", 1, 0)


def test_a_rule_that_calls_later_changes_the_tier() -> None:
    louder = tuple(
        msgspec.structs.replace(rule, tier="urgent") if rule.id == "steady.fell" else rule for rule in CLINIC.rules
    )
    report = report_of(msgspec.structs.replace(CLINIC, rules=louder, version=2), [answer(1, 2, a_steady="fell")])
    assert (report.higher, report.gone) == (1, 0)
    useful = {"steady.fell": Useful(needed=3)}
    assert report_of(CLINIC, [answer(1, 2, a_steady="fell")], useful).rules[0].useful == Useful(needed=3)


def test_a_form_that_a_version_does_not_ask_is_left_out_and_counted() -> None:
    course = [answer(1, 2), msgspec.structs.replace(answer(2, 3), questionnaire="gone@1")]
    report = report_of(CLINIC, course)
    assert (report.answered, report.not_asked) == (1, 1)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("routine", "routine", None), ("routine", "same_day", "new"), ("urgent", "routine", "gone"),
        ("same_day", "urgent", "higher"), ("emergency", "same_day", "lower"),
    ],
)  # fmt: skip
def test_what_a_change_is_called(before: Tier, after: Tier, change: str | None) -> None:
    assert change_of(before, after) == change


def test_trying_a_version_on_what_it_judged_changes_nothing() -> None:
    """Of made-up lives, with all that their rules compare: last answers, own last sessions, scores, silences."""
    for number in range(12):
        lived = list(live(load_builtin(), 4, number, 42))
        version = next(v for v in load_builtin() if lived[0].past.session and v.settings[0] == _setting(lived[0].past))
        course = [(one.past, verdict_of(one.judgement)) for one in lived]
        tried: list[Tried] = tried_again(version, course, None, "en")
        assert all(one.after == one.before for one in tried)


def _setting(past: Past) -> str:
    assert past.session is not None
    return past.session.facts.setting


def test_two_silences_in_a_row_are_told_apart_from_one() -> None:
    replay = Replay(CLINIC)
    first, second = replay.judge(silence(25, "h24")), replay.judge(silence(73, "h72"))
    assert first is not None
    assert second is not None
    assert (first.tier, second.tier) == ("routine", "same_day")
    assert Verdict("routine") == verdict_of(first)
