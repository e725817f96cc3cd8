"""Retries, channels and crashes, as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from server.notifications.model import HELD, TIMED_OUT, Channel, ClaimAlone, GiveUp, NextChannel, Outcome, Park, Retry
from server.notifications.rules import (
    after_crash,
    after_failure,
    channel_order,
    is_lost,
    is_push_service,
    is_urgent,
    move_on_at,
    ways_to,
)

NOW = datetime(2026, 3, 1, 14, 30, tzinfo=UTC)
TEMPORARY = Outcome("temporary", error_code="http_500")


LEFT: tuple[Channel, ...] = ("email",)


def seconds(count: float) -> datetime:
    return NOW + timedelta(seconds=count)


@pytest.mark.parametrize(
    ("attempt", "wait_s"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, 30), (6, 30), (7, 30), (100, 30), (0, 2)]
)
def test_an_urgent_page_is_retried_fast_and_without_end(attempt: int, wait_s: int) -> None:
    assert after_failure(True, attempt, TEMPORARY, (), NOW, None) == Retry(seconds(wait_s))


@pytest.mark.parametrize(("attempt", "parallel"), [(1, False), (2, True), (3, True)])
def test_an_urgent_page_takes_a_second_channel_after_two_failures(attempt: int, parallel: bool) -> None:
    decision = after_failure(True, attempt, TEMPORARY, LEFT, NOW, None)
    assert isinstance(decision, Retry)
    assert decision.parallel is parallel


@pytest.mark.parametrize(
    ("attempt", "wait_s", "parallel"), [(1, 5, False), (2, 30, False), (3, 120, False), (4, 300, True), (9, 300, True)]
)
def test_a_prompt_is_retried_calmly(attempt: int, wait_s: int, parallel: bool) -> None:
    decision = after_failure(False, attempt, TEMPORARY, LEFT, NOW, seconds(3600))
    assert decision == Retry(seconds(wait_s), parallel)


@pytest.mark.parametrize("result", ["permanent", "configuration"])
@pytest.mark.parametrize("urgent", [False, True])
def test_what_cannot_work_goes_to_the_next_channel_at_once(urgent: bool, result: str) -> None:
    outcome = Outcome(result, error_code="sms_21614")  # type: ignore[arg-type]
    assert after_failure(urgent, 1, outcome, LEFT, NOW, None) == NextChannel()
    assert after_failure(urgent, 1, outcome, (), NOW, None) == GiveUp("no_channel_left")


@pytest.mark.parametrize(
    ("urgent", "retry_after_s", "wait_s", "parallel"),
    [
        (True, 5, 5, False),
        (True, 30, 30, True),
        (True, 86_400, 60, True),
        (True, 1, 1, False),
        (False, 30, 30, False),
        (False, 180, 180, False),
        (False, 86_400, 600, True),
        (False, 0, 5, False),
        (False, None, 5, False),
    ],
)
def test_the_provider_may_ask_for_patience(
    urgent: bool, retry_after_s: int | None, wait_s: int, parallel: bool
) -> None:
    outcome = Outcome("temporary", error_code="http_429", retry_after_s=retry_after_s)
    decision = after_failure(urgent, 1, outcome, LEFT, NOW, None)
    assert decision == Retry(seconds(wait_s), parallel)


@pytest.mark.parametrize(
    ("expires_in_s", "left", "decision"),
    [
        (300, (), GiveUp("expired")),
        (300, ("email",), NextChannel()),
        (301, (), Retry(seconds(300))),
        (0, ("email",), GiveUp("expired")),
        (-1, ("email",), GiveUp("expired")),
    ],
)
def test_a_prompt_is_never_sent_after_its_window(
    expires_in_s: int, left: tuple[str, ...], decision: Retry | NextChannel | GiveUp
) -> None:
    made = after_failure(False, 4, TEMPORARY, left, NOW, seconds(expires_in_s))  # type: ignore[arg-type]
    assert made == decision


@pytest.mark.parametrize(("code", "parallel"), [(HELD, True), (TIMED_OUT, True), ("http_500", False)])
def test_a_page_that_nobody_answers_takes_a_second_channel_at_once(code: str, parallel: bool) -> None:
    outcome = Outcome("temporary", error_code=code)
    assert after_failure(True, 1, outcome, LEFT, NOW, None) == Retry(seconds(2), parallel)
    assert after_failure(True, 1, outcome, (), NOW, None) == Retry(seconds(2), False)
    assert after_failure(False, 1, outcome, LEFT, NOW, None) == Retry(seconds(5), False)


@pytest.mark.parametrize(("waited_s", "parallel"), [(0, False), (165, False), (166, True)])
def test_a_prompt_waits_three_minutes_for_a_provider_that_is_left_alone(waited_s: int, parallel: bool) -> None:
    held = Outcome("temporary", error_code=HELD, retry_after_s=15)
    waited = timedelta(seconds=waited_s)
    assert after_failure(False, 0, held, LEFT, NOW, None, waited) == Retry(seconds(15), parallel)


@pytest.mark.parametrize(
    ("kind", "priority", "urgent"),
    [
        ("page", 0, True),
        ("page", 1, True),
        ("page", 2, False),
        ("notice", 1, True),
        ("notice", 2, False),
        ("prompt", 0, False),
    ],
)
def test_what_calls_somebody_now_goes_its_own_way(kind: str, priority: int, urgent: bool) -> None:
    assert is_urgent(kind, priority) is urgent


def test_an_accepted_message_has_not_failed() -> None:
    with pytest.raises(ValueError, match="has not failed"):
        after_failure(True, 1, Outcome("accepted"), (), NOW, None)


@pytest.mark.parametrize(
    ("crashes", "decision"), [(1, ClaimAlone()), (2, ClaimAlone()), (5, ClaimAlone()), (6, Park()), (7, Park())]
)
def test_a_message_that_kills_its_sender_is_isolated_and_then_parked(crashes: int, decision: ClaimAlone | Park) -> None:
    assert after_crash(crashes) == decision


@pytest.mark.parametrize(
    ("reachable", "preferences", "order"),
    [
        (("sms", "email"), (), ("sms", "email")),
        (("email", "sms", "push"), (), ("push", "sms", "email")),
        (("push", "sms", "email"), ("email",), ("email", "push", "sms")),
        (("sms", "email"), ("push", "email"), ("email", "sms")),
        (("sms",), ("sms", "sms"), ("sms",)),
        ((), ("sms",), ()),
    ],
)
def test_channels_are_tried_in_the_preferred_order(
    reachable: tuple[str, ...], preferences: tuple[str, ...], order: tuple[str, ...]
) -> None:
    assert channel_order(reachable, preferences) == order  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phone", "email", "push", "ways"),
    [
        ("+1", "a@b", True, ("push", "sms", "email")),
        ("+1", "a@b", False, ("sms", "email")),
        ("+1", None, True, ("push", "sms")),
        (None, None, True, ("push",)),
        (None, None, False, ()),
    ],
)
def test_a_phone_with_notifications_comes_first(
    phone: str | None, email: str | None, push: bool, ways: tuple[str, ...]
) -> None:
    assert ways_to(phone, email, push=push) == ways


@pytest.mark.parametrize(
    ("channel", "safety", "left", "ends_in_s", "after_s"),
    [
        ("push", True, ("sms",), 3600, 180),
        ("push", False, ("sms",), 3600, 900),
        ("push", False, ("sms", "email"), 901, 900),
        ("push", False, ("sms",), 900, None),
        ("push", True, ("sms",), 100, None),
        ("push", True, (), 3600, None),
        ("sms", True, ("email",), 3600, None),
        ("email", False, (), 3600, None),
    ],
)
def test_only_a_push_has_to_be_seen_in_time(
    channel: str, safety: bool, left: tuple[str, ...], ends_in_s: int, after_s: int | None
) -> None:
    at = move_on_at(channel, safety, left, NOW, seconds(ends_in_s))  # type: ignore[arg-type]
    assert at == (None if after_s is None else seconds(after_s))


@pytest.mark.parametrize(("unshown", "lost"), [(0, False), (1, False), (2, False), (3, True), (9, True)])
def test_a_phone_that_shows_nothing_three_times_is_lost(unshown: int, lost: bool) -> None:
    assert is_lost(unshown) is lost


SERVICES = ("fcm.googleapis.com", "push.apple.com", "127.0.0.1:8210")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:APA91b_x-y",
        "https://fcm.googleapis.com:443/fcm/send/abc",
        "https://web.push.apple.com/QGuQ%3D/x?a=b",
        "http://127.0.0.1:8210/push/1",
    ],
)
def test_an_address_at_a_known_push_service_is_taken(endpoint: str) -> None:
    assert is_push_service(endpoint, SERVICES)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com.example/x",
        "https://xpush.apple.com/x",
        "https://evil.example/fcm.googleapis.com/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://evil.example#@fcm.googleapis.com/x",
        "https://evil.example\\@fcm.googleapis.com/x",
        "https://fcm.googleapis.com",
        "https://fcm.googleapis.com./x",
        "https://FCM.googleapis.com/x",
        "https://fcm.googleapis.com/x\r\nHost: evil.example",
        "https://10.0.0.1/x",
        "https://[::1]/x",
        "http://127.0.0.1:8211/x",
        "https://127.0.0.1:8210/x",
        "http://127.0.0.1/x",
        "ftp://fcm.googleapis.com/x",
        "",
    ],
)
def test_any_other_address_is_refused(endpoint: str) -> None:
    assert not is_push_service(endpoint, SERVICES)
