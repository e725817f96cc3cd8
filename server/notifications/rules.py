"""What to do after a message failed, and in which order channels are tried. Pure: facts and `now` in, decision out."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import get_args

from server.notifications.model import (
    Channel,
    ClaimAlone,
    GiveUp,
    Kind,
    NextChannel,
    Outcome,
    Park,
    Priority,
    Retry,
)

URGENT_WAITS_S = (2, 4, 8, 16, 30)
PATIENT_WAITS_S = (5, 30, 120, 300)
# A page must not sleep through its own escalation step because a provider asked for a day.
LONGEST_WAIT_S = {"urgent": 60, "normal": 600}
FAILURES_BEFORE_PARALLEL = {"urgent": 2, "normal": 4}
URGENT_PATIENCE_S = 8
CRASH_LIMIT = 6
DEFAULT_ORDER: tuple[Channel, ...] = get_args(Channel)


def after_failure(
    kind: Kind,
    priority: Priority,
    attempts_on_channel: int,
    outcome: Outcome,
    channels_left: Collection[Channel],
    now: datetime,
    expires_at: datetime | None,
) -> Retry | NextChannel | GiveUp:
    """What follows a failed attempt; the first failed attempt is number 1. `now` and `expires_at` are machine time.

    "Urgent staff page: 2, 4, 8, 16, 30 s, then each 30 s until the next step fires; a different channel in parallel
    after 2 failures" (reliability, section 1). A prompt waits 5 s, 30 s, 2 min, then each 5 min until its window ends.
    What can never work on this channel (a landline, no credentials) goes to the next channel at once.
    """
    if outcome.result == "accepted":
        raise ValueError("an accepted message has not failed")
    if expires_at is not None and now >= expires_at:
        return GiveUp("expired")
    elsewhere = NextChannel() if channels_left else GiveUp("no_channel_left")
    if outcome.result != "temporary":
        return elsewhere
    lane: Priority = "urgent" if kind == "page" and priority == "urgent" else "normal"
    wait_s = _wait_s(lane, attempts_on_channel, outcome.retry_after_s)
    at = now + timedelta(seconds=wait_s)
    if expires_at is not None and at >= expires_at:
        return NextChannel() if channels_left else GiveUp("expired")
    tired = attempts_on_channel >= FAILURES_BEFORE_PARALLEL[lane]
    told_to_wait = lane == "urgent" and (outcome.retry_after_s or 0) > URGENT_PATIENCE_S
    return Retry(at, parallel=bool(channels_left) and (tired or told_to_wait))


def _wait_s(lane: Priority, attempts: int, retry_after_s: int | None) -> int:
    waits = URGENT_WAITS_S if lane == "urgent" else PATIENT_WAITS_S
    wait = waits[min(max(attempts, 1), len(waits)) - 1]
    return max(wait, min(retry_after_s or 0, LONGEST_WAIT_S[lane]))


def after_crash(crashes: int) -> ClaimAlone | Park:
    """What follows a lease that ran out: the sender died or hung. Counted apart from what providers answered.

    The first crash may be anybody's fault, so the message goes on alone; the sixth parks it.
    """
    return ClaimAlone() if crashes < CRASH_LIMIT else Park()


def channel_order(reachable: Collection[Channel], preferences: Sequence[Channel] = ()) -> tuple[Channel, ...]:
    """The channels to try, best first: the preferred ones that reach this person, then the others that do."""
    wanted = dict.fromkeys((*preferences, *DEFAULT_ORDER))
    return tuple(channel for channel in wanted if channel in reachable)


def ways_to(phone: str | None, email: str | None) -> tuple[Channel, ...]:
    """The channels that reach somebody with these contacts, best first."""
    contacts: dict[Channel, str | None] = {"sms": phone, "email": email}
    return channel_order([channel for channel, address in contacts.items() if address])
