"""What to do after a message failed, and in which order channels are tried. Pure: facts and `now` in, decision out."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import get_args

from server.notifications.model import (
    HELD,
    TIMED_OUT,
    Channel,
    ClaimAlone,
    GiveUp,
    NextChannel,
    Outcome,
    Park,
    Priority,
    Retry,
)

URGENT = 1
"""The last priority of pages that cannot wait: emergency 0, urgent 1."""
URGENT_WAITS_S = (2, 4, 8, 16, 30)
PATIENT_WAITS_S = (5, 30, 120, 300)
# A page must not sleep through its own escalation step because a provider asked for a day.
LONGEST_WAIT_S = {"urgent": 60, "normal": 600}
FAILURES_BEFORE_PARALLEL = {"urgent": 2, "normal": 4}
# How long a provider may ask us to wait before another channel starts beside it.
PATIENCE_S = {"urgent": 8, "normal": 180}
CRASH_LIMIT = 6
BARE_AFTER = 3
DEFAULT_ORDER: tuple[Channel, ...] = get_args(Channel)
SHOWN_WITHIN = {"safety": timedelta(minutes=3), "routine": timedelta(minutes=15)}
UNSHOWN_LIMIT = 3
# Stricter than any address parser, so that no two of them can read different hosts out of one text.
PUSH_ADDRESS = re.compile(r"(https?)://([a-z0-9.-]+)(:[0-9]{1,5})?/[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*")


def after_failure(
    urgent: bool,
    attempts_on_channel: int,
    outcome: Outcome,
    channels_left: Collection[Channel],
    now: datetime,
    expires_at: datetime | None,
    waited: timedelta = timedelta(),
) -> Retry | NextChannel | GiveUp:
    """What follows a failed attempt; the first failed attempt is number 1. `urgent`: by `is_urgent`. `now` and
    `expires_at` are machine time; `waited`: since it was first to be sent.

    "Urgent staff page: 2, 4, 8, 16, 30 s, then each 30 s until the next step fires; a different channel in parallel
    after 2 failures" (reliability, section 1); at once when the provider does not answer or is left alone. A prompt
    waits 5 s, 30 s, 2 min, then each 5 min until its window ends; for a provider that is left alone 3 min, then the
    next channel starts beside it. What can never work on this channel (a landline, no credentials) goes to the next one
    at once.
    """
    if outcome.result == "accepted":
        raise ValueError("an accepted message has not failed")
    if expires_at is not None and now >= expires_at:
        return GiveUp("expired")
    elsewhere = NextChannel() if channels_left else GiveUp("no_channel_left")
    if outcome.result != "temporary":
        return elsewhere
    lane: Priority = "urgent" if urgent else "normal"
    wait_s = _wait_s(lane, attempts_on_channel, outcome.retry_after_s)
    at = now + timedelta(seconds=wait_s)
    if expires_at is not None and at >= expires_at:
        return NextChannel() if channels_left else GiveUp("expired")
    tired = attempts_on_channel >= FAILURES_BEFORE_PARALLEL[lane]
    waits_s = outcome.retry_after_s or 0
    told_to_wait = waits_s + (waited.total_seconds() if outcome.error_code == HELD else 0) > PATIENCE_S[lane]
    silent = lane == "urgent" and outcome.error_code in (HELD, TIMED_OUT)
    return Retry(at, parallel=bool(channels_left) and (tired or told_to_wait or silent))


def _wait_s(lane: Priority, attempts: int, retry_after_s: int | None) -> int:
    if retry_after_s:
        return min(retry_after_s, LONGEST_WAIT_S[lane])
    waits = URGENT_WAITS_S if lane == "urgent" else PATIENT_WAITS_S
    return waits[min(max(attempts, 1), len(waits)) - 1]


def is_urgent(kind: str, priority: int) -> bool:
    """Whether a message calls somebody who must come now: it goes its own way, ahead of everything else."""
    return kind != "prompt" and priority <= URGENT


def after_crash(crashes: int) -> ClaimAlone | Park:
    """What follows a lease that ran out: the sender died or hung. Counted apart from what providers answered.

    The first crash may be anybody's fault, so the message goes on alone; the sixth parks it.
    """
    return ClaimAlone() if crashes < CRASH_LIMIT else Park()


def is_bare(kind: str, crashes: int) -> bool:
    """Whether a page goes out in words that nothing is looked up for: who made its own died of it, again and again."""
    return kind == "page" and crashes >= BARE_AFTER


def channel_order(reachable: Collection[Channel], preferences: Sequence[Channel] = ()) -> tuple[Channel, ...]:
    """The channels to try, best first: the preferred ones that reach this person, then the others that do."""
    wanted = dict.fromkeys((*preferences, *DEFAULT_ORDER))
    return tuple(channel for channel in wanted if channel in reachable)


def ways_to(phone: str | None, email: str | None, *, push: bool = False) -> tuple[Channel, ...]:
    """The channels that reach somebody with these contacts, best first; `push`: a phone of theirs takes it."""
    return _ordered(bool(phone), bool(email), push)


@cache
def _ordered(sms: bool, email: bool, push: bool) -> tuple[Channel, ...]:
    there: dict[Channel, bool] = {"push": push, "sms": sms, "email": email}
    return channel_order([channel for channel, is_there in there.items() if is_there])


def move_on_at(
    channel: Channel, safety: bool, channels_left: Collection[Channel], accepted_at: datetime, expires_at: datetime
) -> datetime | None:
    """When a prompt that was taken on this channel goes on to the next one unless the phone has shown it; None: never.

    "Not delivered within D: treat as failed and use the next channel" (reliability, section 1). A push service says yes
    to phones that are off, lost or silently unsubscribed; only the phone's own receipt counts. A safety check-in waits
    3 minutes, any other 15, and none past the end of its window.
    """
    if channel != "push" or not channels_left:
        return None
    at = accepted_at + SHOWN_WITHIN["safety" if safety else "routine"]
    return at if at < expires_at else None


def is_lost(unshown: int) -> bool:
    """Whether a phone that showed none of so many pushes in a row is to be taken off: some push services go on saying
    yes for ever (reliability, section 3)."""
    return unshown >= UNSHOWN_LIMIT


def is_push_service(endpoint: str, hosts: Collection[str]) -> bool:
    """Whether an address that a phone named lies at a push service we send to: https, its usual port, a listed host or
    one under it. An entry with a port is a simulator on this machine, spoken to in clear."""
    found = PUSH_ADDRESS.fullmatch(endpoint)
    if found is None:
        return False
    scheme, host, port = found.group(1), found.group(2), found.group(3) or ""
    if host + port in hosts and port:
        return scheme == "http"
    names = tuple(f".{name}" for name in hosts if ":" not in name)
    return scheme == "https" and port in ("", ":443") and f".{host}".endswith(names)
