"""The clinic's working hours in its own zone. Pure; instants are aware and UTC."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from server.access.model import Hours

DAYS_AHEAD = 15


class Calendar(msgspec.Struct, frozen=True):
    """When the clinic is at work."""

    zone: str
    hours: Hours

    def shift(self, day: date) -> tuple[datetime, datetime] | None:
        """Start and end of work on a local day, None when it is a day off."""
        if day.isoweekday() not in self.hours.days:
            return None
        return self.local(day, self.hours.start), self.local(day, self.hours.end)

    def local(self, day: date, clock: str) -> datetime:
        """A local clock time as an instant; one that a DST gap skips is as far behind the gap, in a fold the first."""
        naive = datetime.combine(day, time.fromisoformat(clock), ZoneInfo(self.zone))
        return naive.astimezone(UTC)

    def day_of(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

    def is_open(self, at: datetime) -> bool:
        shift = self.shift(self.day_of(at))
        return shift is not None and shift[0] <= at < shift[1]

    def covers(self, start: datetime, end: datetime) -> bool:
        """Whether the clinic is at work from `start` to `end` without a break."""
        return any(opens <= start and end <= closes for opens, closes in self.shifts(start))

    def next_open(self, at: datetime) -> datetime:
        """`at` itself during work, else the next start of work."""
        return max(at, next(start for start, _ in self.shifts(at)))

    def next_start(self, at: datetime) -> datetime:
        """The first start of work after `at`."""
        return next(start for start, _ in self.shifts(at) if start > at)

    def add_working(self, at: datetime, minutes: int) -> datetime:
        """The instant at which so many minutes of working time have passed."""
        left = timedelta(minutes=minutes)
        for start, end in self.shifts(at):
            begin = max(at, start)
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return at + left

    def end_of_next_working_day(self, at: datetime) -> datetime:
        today = self.day_of(at)
        return next(end for start, end in self.shifts(at) if self.day_of(start) > today)

    def next_clock(self, at: datetime, clock: str) -> datetime:
        """The first instant at or after `at` that shows this local time."""
        today = self.day_of(at)
        return next(when for n in range(3) if (when := self.local(today + timedelta(days=n), clock)) >= at)

    def shifts(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working periods that end after `at`, in order."""
        today = self.day_of(at)
        for ahead in range(DAYS_AHEAD):
            shift = self.shift(today + timedelta(days=ahead))
            if shift is not None and shift[1] > at:
                yield shift
