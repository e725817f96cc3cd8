"""Retries, channels and crashes, as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from server.notifications.model import Channel, ClaimAlone, GiveUp, NextChannel, Outcome, Park, Retry
from server.notifications.rules import after_crash, after_failure, channel_order

NOW = datetime(2026, 3, 1, 14, 30, tzinfo=UTC)
TEMPORARY = Outcome("temporary", error_code="http_500")


LEFT: tuple[Channel, ...] = ("email",)


def seconds(count: float) -> datetime:
    return NOW + timedelta(seconds=count)


@pytest.mark.parametrize(
    ("attempt", "wait_s"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, 30), (6, 30), (7, 30), (100, 30), (0, 2)]
)
def test_an_urgent_page_is_retried_fast_and_without_end(attempt: int, wait_s: int) -> None:
    assert after_failure("page", "urgent", attempt, TEMPORARY, (), NOW, None) == Retry(seconds(wait_s))


@pytest.mark.parametrize(("attempt", "parallel"), [(1, False), (2, True), (3, True)])
def test_an_urgent_page_takes_a_second_channel_after_two_failures(attempt: int, parallel: bool) -> None:
    decision = after_failure("page", "urgent", attempt, TEMPORARY, LEFT, NOW, None)
    assert isinstance(decision, Retry)
    assert decision.parallel is parallel


@pytest.mark.parametrize(
    ("attempt", "wait_s", "parallel"), [(1, 5, False), (2, 30, False), (3, 120, False), (4, 300, True), (9, 300, True)]
)
@pytest.mark.parametrize(("kind", "priority"), [("prompt", "urgent"), ("prompt", "normal"), ("page", "normal")])
def test_a_prompt_is_retried_calmly(kind: str, priority: str, attempt: int, wait_s: int, parallel: bool) -> None:
    decision = after_failure(kind, priority, attempt, TEMPORARY, LEFT, NOW, seconds(3600))  # type: ignore[arg-type]
    assert decision == Retry(seconds(wait_s), parallel)


@pytest.mark.parametrize("result", ["permanent", "configuration"])
@pytest.mark.parametrize(("kind", "priority"), [("prompt", "normal"), ("page", "urgent")])
def test_what_cannot_work_goes_to_the_next_channel_at_once(kind: str, priority: str, result: str) -> None:
    outcome = Outcome(result, error_code="sms_21614")  # type: ignore[arg-type]
    assert after_failure(kind, priority, 1, outcome, LEFT, NOW, None) == NextChannel()  # type: ignore[arg-type]
    assert after_failure(kind, priority, 1, outcome, (), NOW, None) == GiveUp("no_channel_left")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "priority", "retry_after_s", "wait_s", "parallel"),
    [
        ("page", "urgent", 5, 5, False),
        ("page", "urgent", 30, 30, True),
        ("page", "urgent", 86_400, 60, True),
        ("page", "urgent", 1, 2, False),
        ("prompt", "normal", 30, 30, False),
        ("prompt", "normal", 86_400, 600, False),
        ("prompt", "normal", 0, 5, False),
        ("prompt", "normal", None, 5, False),
    ],
)
def test_the_provider_may_ask_for_patience(
    kind: str, priority: str, retry_after_s: int | None, wait_s: int, parallel: bool
) -> None:
    outcome = Outcome("temporary", error_code="http_429", retry_after_s=retry_after_s)
    decision = after_failure(kind, priority, 1, outcome, LEFT, NOW, None)  # type: ignore[arg-type]
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
    made = after_failure("prompt", "normal", 4, TEMPORARY, left, NOW, seconds(expires_in_s))  # type: ignore[arg-type]
    assert made == decision


def test_an_accepted_message_has_not_failed() -> None:
    with pytest.raises(ValueError, match="has not failed"):
        after_failure("page", "urgent", 1, Outcome("accepted"), (), NOW, None)


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
