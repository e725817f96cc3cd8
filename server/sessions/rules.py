"""What makes a session believable. Pure."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta

from server.sessions.model import Missing, NewSession, Setting

LONGEST = timedelta(hours=24)
CLOCK_SLACK = timedelta(minutes=2)
OLDEST = timedelta(days=365)
HOME_WATCH = timedelta(hours=4)
ENOUGH_REACHABLE = 2
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


def place_in_course(course: Sequence[tuple[datetime, float]], ended_at: datetime) -> tuple[int, float | None]:
    """(sessions that ended earlier, dose in mg of the latest of them). `course`: end and dose, sorted."""
    earlier = bisect_left(course, (ended_at,))
    return earlier, course[earlier - 1][1] if earlier else None


def watched_until(t0: datetime) -> datetime:
    """Up to when a dose at home needs somebody there and somebody on duty (decision 4: "cover to T0+4 h")."""
    return t0 + HOME_WATCH


def missing_for_home(
    *, companion: bool, may_text: bool, blocked: bool, address: bool, alone: bool, in_hours: bool, reachable: int
) -> tuple[Missing, ...]:
    """What a dose at home still lacks: "No start without companion, address, and cover to T0+4 h" (decision 4).

    `alone`: nobody stays tonight. `in_hours`: the clinic is at work until T0+4 h; without that at least two people of
    the call list must be `reachable`.
    """
    lacks: dict[Missing, bool] = {
        "companion": not companion,
        "companion_blocked": companion and blocked,
        "companion_consent": companion and not blocked and not may_text,
        "address": not address,
        "alone": alone,
        "cover": not in_hours and reachable < ENOUGH_REACHABLE,
    }
    return tuple(name for name, lacking in lacks.items() if lacking)
