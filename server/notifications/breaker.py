"""When a provider in trouble is left alone. Pure: what it answered and `now` (machine time) in, the next state out."""

from datetime import datetime, timedelta

import msgspec

from server.notifications.model import TIMED_OUT, Outcome

OPENS_AFTER = 5
OPEN_FOR = timedelta(seconds=15)
# A provider may ask all of us to wait, but it is asked again each minute.
LONGEST_PAUSE = timedelta(seconds=60)
# One message tries whether it works again; the others look a moment later.
TRIAL_TAKES = timedelta(seconds=2)
TRIAL_LOST = timedelta(seconds=30)
TROUBLE = frozenset({TIMED_OUT, "connection", "http_408", "http_425", "http_429", "smtp_421"})


class Breaker(msgspec.Struct, frozen=True):
    """Closed at first. `failures` in a row; nothing passes from `since` `until`, then one message after another
    (`trial`: when the last went) until one is answered. `asked`: the provider itself has said until when, and takes
    all that waits from then on."""

    failures: int = 0
    since: datetime | None = None
    until: datetime | None = None
    trial: datetime | None = None
    asked: bool = False


def wait_before(breaker: Breaker, now: datetime) -> timedelta | None:
    """How long a message has to wait; None: it may go. A clock that was set back opens nothing for longer."""
    if breaker.since is None or breaker.until is None or now < breaker.since:
        return None
    if now < breaker.until:
        return breaker.until - now
    if breaker.asked:
        return None
    under_way = breaker.trial is not None and breaker.trial <= now < breaker.trial + TRIAL_LOST
    return TRIAL_TAKES if under_way else None


def begun(breaker: Breaker, now: datetime) -> Breaker:
    """A message goes: while the provider is in trouble, it is the one that tries."""
    return breaker if breaker.since is None else msgspec.structs.replace(breaker, trial=now)


def answered(breaker: Breaker, outcome: Outcome, now: datetime) -> Breaker:
    """What the provider's answer makes of it. A refusal of one message or address is an answer like any other."""
    if outcome.error_code == "http_429" and outcome.retry_after_s:
        pause = min(timedelta(seconds=outcome.retry_after_s), LONGEST_PAUSE)
        return Breaker(breaker.failures + 1, now, now + pause, asked=True)
    if breaker.asked and breaker.since and breaker.until and breaker.since <= now < breaker.until:
        # What was under way before says nothing about the pause.
        return breaker
    if not is_trouble(outcome):
        return Breaker() if outcome.result != "temporary" else msgspec.structs.replace(breaker, trial=None)
    failures = breaker.failures + 1
    if (breaker.until is None and failures < OPENS_AFTER) or (breaker.until is not None and now < breaker.until):
        return msgspec.structs.replace(breaker, failures=failures)
    return Breaker(failures, now, now + OPEN_FOR)


def is_trouble(outcome: Outcome) -> bool:
    """Whether an answer speaks of the provider and not of one message."""
    code = outcome.error_code or ""
    return outcome.result == "temporary" and (code in TROUBLE or code.startswith("http_5"))
