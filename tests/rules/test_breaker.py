"""A provider in trouble is left alone, asked again soon, and never left alone for long."""

from datetime import UTC, datetime, timedelta

import pytest

from server.notifications.breaker import LONGEST_PAUSE, OPEN_FOR, OPENS_AFTER, Breaker, answered, begun, wait_before
from server.notifications.model import Outcome

NOW = datetime(2026, 3, 1, 14, 30, tzinfo=UTC)
DOWN = Outcome("temporary", error_code="http_503")
UP = Outcome("accepted")


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def opened() -> Breaker:
    breaker = Breaker()
    for _ in range(OPENS_AFTER):
        assert wait_before(breaker, NOW) is None
        breaker = answered(breaker, DOWN, NOW)
    return breaker


def test_it_opens_after_no_more_than_ten_failures() -> None:
    assert OPENS_AFTER <= 10
    assert wait_before(opened(), NOW) == OPEN_FOR


@pytest.mark.parametrize(
    "code", ["timeout", "connection", "http_500", "http_502", "http_503", "http_408", "http_429", "smtp_421"]
)
def test_what_speaks_of_the_provider_counts(code: str) -> None:
    assert answered(Breaker(), Outcome("temporary", error_code=code), NOW).failures == 1


@pytest.mark.parametrize(
    "outcome",
    [UP, Outcome("permanent", error_code="sms_21614"), Outcome("configuration", error_code="http_401")],
)
def test_an_answer_about_one_message_shows_that_the_provider_works(outcome: Outcome) -> None:
    assert answered(Breaker(failures=3), outcome, NOW) == Breaker()


@pytest.mark.parametrize("code", ["smtp_450", "sms_30003", "unexpected"])
def test_trouble_with_one_message_neither_counts_nor_heals(code: str) -> None:
    assert answered(Breaker(failures=3), Outcome("temporary", error_code=code), NOW) == Breaker(failures=3)


def test_one_message_tries_while_the_others_wait() -> None:
    trying = begun(opened(), later(15))
    assert wait_before(opened(), later(15)) is None
    assert wait_before(trying, later(16)) == timedelta(seconds=2)


def test_a_trial_that_is_answered_closes_it() -> None:
    assert answered(begun(opened(), later(15)), UP, later(16)) == Breaker()


def test_a_trial_that_fails_opens_it_again() -> None:
    again = answered(begun(opened(), later(15)), DOWN, later(25))
    assert wait_before(again, later(25)) == OPEN_FOR
    assert wait_before(again, later(40)) is None


def test_a_trial_that_fails_after_a_pause_the_provider_asked_for_opens_it() -> None:
    asked = answered(Breaker(), Outcome("temporary", error_code="http_429", retry_after_s=2), later(0))
    again = answered(begun(asked, later(2)), DOWN, later(3))
    assert wait_before(again, later(3)) == OPEN_FOR


def test_a_trial_refused_for_its_own_sake_lets_another_try() -> None:
    again = answered(begun(opened(), later(15)), Outcome("temporary", error_code="smtp_450"), later(16))
    assert wait_before(again, later(16)) is None


def test_a_trial_that_never_came_back_is_not_waited_for_for_ever() -> None:
    assert wait_before(begun(opened(), later(15)), later(45)) is None


def test_failures_of_sends_that_were_under_way_open_it_no_longer() -> None:
    assert wait_before(answered(opened(), DOWN, later(10)), later(15)) is None


@pytest.mark.parametrize(("asked_s", "waits_s"), [(30, 30), (1, 1), (3600, LONGEST_PAUSE.total_seconds())])
def test_a_provider_that_asks_for_a_pause_gets_it(asked_s: int, waits_s: float) -> None:
    paused = answered(Breaker(), Outcome("temporary", error_code="http_429", retry_after_s=asked_s), NOW)
    assert wait_before(paused, NOW) == timedelta(seconds=waits_s)
    assert wait_before(paused, later(waits_s)) is None


def test_after_a_pause_that_it_asked_for_a_provider_gets_all_that_waits() -> None:
    asked = answered(Breaker(), Outcome("temporary", error_code="http_429", retry_after_s=30), NOW)
    tried = begun(asked, later(30))
    assert wait_before(tried, later(30)) is None
    assert wait_before(answered(tried, UP, later(31)), later(31)) is None


@pytest.mark.parametrize("outcome", [UP, DOWN, Outcome("temporary", error_code="timeout")])
def test_what_was_under_way_before_does_not_shorten_a_pause(outcome: Outcome) -> None:
    asked = answered(Breaker(), Outcome("temporary", error_code="http_429", retry_after_s=30), NOW)
    assert wait_before(answered(asked, outcome, later(1)), later(10)) == timedelta(seconds=20)


def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    assert wait_before(opened(), later(-300)) is None
