"""The clinic's clock times as instants, on the days on which clocks change too. Pure; instants are aware and UTC.

A span of hours begins at the first instant that shows its clock time and ends at the last one: where a clock time is
shown twice, or is skipped, spans that meet overlap for that hour and leave no gap.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.access.model import Hours

DAY = timedelta(days=1)
# No clock change moves a local time further from where it usually is than this.
SLACK = 2 * DAY


def first_instant(day: date, clock: str, zone: str) -> datetime:
    """The first instant that shows this local time. One that a gap skips is taken as before the clocks changed and as
    after it: the first of the two."""
    return min(_readings(day, clock, zone))


def last_instant(day: date, clock: str, zone: str) -> datetime:
    """The last one, in the same way."""
    return max(_readings(day, clock, zone))


def _readings(day: date, clock: str, zone: str) -> tuple[datetime, datetime]:
    local = datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone))
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)


def local_day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def hour_spans(hours: Iterable[Hours], zone: str, begins: datetime, ends: datetime) -> list[tuple[datetime, datetime]]:
    """Start and end of each span of hours that touches the span. Hours that end at or before their start run past
    midnight."""
    found = []
    day = local_day(begins, zone) - SLACK
    last = local_day(ends, zone) + SLACK
    while day <= last:
        for each in hours:
            if day.isoweekday() in each.days:
                start = first_instant(day, each.start, zone)
                end = last_instant(day if each.end > each.start else day + DAY, each.end, zone)
                if start < ends and end > begins:
                    found.append((start, end))
        day += DAY
    return found


def within(hours: Sequence[Hours], zone: str, at: datetime) -> bool:
    """Whether the hours hold at this instant; none of them means at any hour."""
    return not hours or bool(hour_spans(hours, zone, at, at + timedelta.resolution))
