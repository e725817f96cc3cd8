"""Between UTC instants and the patient's wall clock. Quiet hours live on the wall clock, everything stored is UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.checkins.model import QuietHours

USUAL_NIGHT = QuietHours(time(22), time(8))
"""Nobody who has not chosen quiet hours wants a routine message in this time: waking a well patient helps nobody
(safety, decision 7)."""


def local(at: datetime, zone: str) -> datetime:
    """The instant as the patient's clock shows it."""
    return at.astimezone(ZoneInfo(zone))


def instant(day: date, wall: time, zone: str, fold: int = 0) -> datetime:
    """The UTC instant of a wall time. One that a DST gap skips becomes the time the clock shows instead."""
    return datetime.combine(day, wall.replace(fold=fold), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def between(wall: time, starts: time, ends: time) -> bool:
    """Whether the wall time lies in [starts, ends), which may span midnight; equal ends mean never."""
    if starts <= ends:
        return starts <= wall < ends
    return wall >= starts or wall < ends


def is_quiet(at: datetime, zone: str, quiet: QuietHours | None) -> bool:
    """Whether the patient's quiet hours cover this instant."""
    return quiet is not None and between(local(at, zone).time(), quiet.starts, quiet.ends)


def end_of_quiet(at: datetime, zone: str, quiet: QuietHours) -> datetime:
    """The first end of quiet hours after `at`. On the day clocks go back, the end that is really outside them."""
    day = local(at, zone).date()
    ends = sorted(instant(day + timedelta(days=n), quiet.ends, zone, fold) for n in (0, 1, 2) for fold in (0, 1))
    return next(end for end in ends if end > at and not is_quiet(end, zone, quiet))


def start_of_quiet(at: datetime, zone: str, quiet: QuietHours) -> datetime:
    """The last start of quiet hours at or before `at`."""
    day = local(at, zone).date()
    starts = (instant(day - timedelta(days=n), quiet.starts, zone, fold) for n in (0, 1, 2) for fold in (0, 1))
    return max(start for start in starts if start <= at)
