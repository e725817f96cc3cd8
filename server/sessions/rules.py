"""What makes a session believable. Pure."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta

from server.protocols.model import Phase
from server.sessions.model import NewSession, Setting

LONGEST = timedelta(hours=24)
CLOCK_SLACK = timedelta(minutes=2)
OLDEST = timedelta(days=365)
INDUCTION_SESSIONS, INDUCTION, LONG_PAUSE = 8, timedelta(weeks=4), timedelta(weeks=8)
RISK_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


def setting_of(session: NewSession) -> Setting:
    """As given, else "home for oral and sublingual" (design, section 5)."""
    if session.setting is not None:
        return session.setting
    return "home" if session.route in ("oral", "sublingual") else "clinic"


def time_errors(
    started_at: datetime, ended_at: datetime, discharged_at: datetime | None, now: datetime, oldest: timedelta = OLDEST
) -> list[tuple[str, str]]:
    """(field, message) for each time that cannot be; a clock may run two minutes ahead of ours."""
    latest = now + CLOCK_SLACK
    found = []
    if started_at > latest:
        found.append(("started_at", "Is in the future."))
    if ended_at > latest:
        found.append(("ended_at", "Is in the future."))
    if ended_at < started_at:
        found.append(("ended_at", "Is before the start."))
    elif ended_at - started_at > LONGEST:
        found.append(("ended_at", "Is more than a day after the start."))
    if discharged_at is not None and discharged_at < ended_at:
        found.append(("discharged_at", "Is before the end."))
    if discharged_at is not None and discharged_at > latest:
        found.append(("discharged_at", "Is in the future."))
    if started_at < now - oldest:
        found.append(("started_at", "Is too long ago."))
    return found


def risk_errors(risk: Sequence[str]) -> list[tuple[str, str]]:
    """(field, message) for what cannot be a risk's name; a clinic may add names of its own."""
    return [
        (f"risk[{i}]", "Must be a name such as alone_tonight.")
        for i, name in enumerate(risk)
        if not RISK_NAME.fullmatch(name)
    ]


Given = tuple[datetime, float, bool]
"""A session as its course sees it: its end, the dose in mg, whether it was badly tolerated."""


def phase_of(course: Sequence[Given], ended_at: datetime) -> Phase:
    """Where a session stands, counted from the patient's others, which are sorted: the first eight within four
    weeks of the first one are the induction, one after more than eight weeks without any is a booster, all others are
    maintenance. Our reading of the usual schedules; whoever records may say otherwise."""
    earlier = [end for end, *_ in course if end < ended_at]
    if not earlier:
        return "induction"
    if ended_at - earlier[-1] > LONG_PAUSE:
        return "booster"
    within = len(earlier) < INDUCTION_SESSIONS and ended_at - earlier[0] <= INDUCTION
    return "induction" if within else "maintenance"


def place_in_course(course: Sequence[Given], ended_at: datetime) -> tuple[int, float | None, bool]:
    """(sessions that ended earlier, dose in mg of the latest of them, whether that one was badly tolerated). `course`
    is sorted."""
    earlier = bisect_left(course, (ended_at,))
    _, dose, badly = course[earlier - 1] if earlier else (None, None, False)
    return earlier, dose, badly
