"""The clinic's working hours: weekends, nights, and the days on which clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.access.model import Hours
from server.alerts.calendar import Calendar

WEEK = Hours((1, 2, 3, 4, 5), "08:00", "18:00")
MADRID = Calendar("Europe/Madrid", WEEK)
ZONES = ("UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia")


def at(day: int, hour: int, minute: int = 0, month: int = 6) -> datetime:
    """Madrid's wall clock in June 2026: the 1st is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Madrid")).astimezone(UTC)


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        (at(1, 7, 59), False),
        (at(1, 8), True),
        (at(1, 17, 59), True),
        (at(1, 18), False),
        (at(6, 12), False),
        (at(7, 12), False),
    ],
)
def test_open_from_the_start_of_work_to_just_before_its_end(when: datetime, is_open: bool) -> None:
    assert MADRID.is_open(when) is is_open


@pytest.mark.parametrize(
    ("when", "minutes", "until"),
    [
        (at(1, 9), 240, at(1, 13)),
        (at(1, 14), 240, at(1, 18)),
        (at(1, 16), 240, at(2, 10)),
        (at(1, 20), 240, at(2, 12)),
        (at(5, 16), 240, at(8, 10)),
        (at(6, 11), 240, at(8, 12)),
        (at(5, 17), 1200, at(9, 17)),
    ],
)
def test_working_minutes_stop_at_night_and_over_the_weekend(when: datetime, minutes: int, until: datetime) -> None:
    assert MADRID.add_working(when, minutes) == until


@pytest.mark.parametrize(
    ("when", "opens"),
    [(at(1, 9), at(1, 9)), (at(1, 6), at(1, 8)), (at(1, 18), at(2, 8)), (at(5, 19), at(8, 8)), (at(7, 3), at(8, 8))],
)
def test_next_open_is_now_during_work(when: datetime, opens: datetime) -> None:
    assert MADRID.next_open(when) == opens


def test_the_next_start_is_never_today_once_work_has_begun() -> None:
    assert MADRID.next_start(at(1, 8)) == at(2, 8)
    assert MADRID.next_start(at(1, 7)) == at(1, 8)
    assert MADRID.next_start(at(5, 12)) == at(8, 8)


@pytest.mark.parametrize(
    ("when", "ends"), [(at(1, 9), at(2, 18)), (at(4, 23), at(5, 18)), (at(5, 9), at(8, 18)), (at(6, 9), at(8, 18))]
)
def test_the_end_of_the_next_working_day(when: datetime, ends: datetime) -> None:
    assert MADRID.end_of_next_working_day(when) == ends


def test_the_hour_of_the_digest() -> None:
    assert MADRID.next_clock(at(6, 9), "10:00") == at(6, 10)
    assert MADRID.next_clock(at(6, 10), "10:00") == at(6, 10)
    assert MADRID.next_clock(at(6, 10, 1), "10:00") == at(7, 10)


def test_a_working_day_on_which_clocks_change_has_its_hours_by_the_wall() -> None:
    """29 March 2026: 02:00 becomes 03:00. 25 October: 03:00 becomes 02:00."""
    sundays = Calendar("Europe/Madrid", Hours((7,), "01:00", "05:00"))
    spring = sundays.shift(date(2026, 3, 29))
    autumn = sundays.shift(date(2026, 10, 25))
    assert spring is not None
    assert autumn is not None
    assert spring[1] - spring[0] == timedelta(hours=3)
    assert autumn[1] - autumn[0] == timedelta(hours=5)
    assert MADRID.next_clock(at(28, 11, month=3), "10:00") == at(29, 10, month=3)
    assert MADRID.next_open(at(28, 9, month=3)) == at(30, 8, month=3)


def test_a_time_that_the_clock_skips_comes_as_far_behind_the_gap() -> None:
    assert MADRID.local(date(2026, 3, 29), "02:30") == at(29, 3, 30, month=3)
    assert MADRID.local(date(2026, 10, 25), "02:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(
    zone=st.sampled_from(ZONES),
    when=st.integers(0, 1_000_000).map(lambda n: at(1, 9) + timedelta(minutes=n)),
    days=st.sets(st.integers(1, 7), min_size=1),
    minutes=st.integers(1, 600),
)
def test_deadlines_lie_ahead_and_within_work(zone: str, when: datetime, days: set[int], minutes: int) -> None:
    calendar = Calendar(zone, Hours(tuple(sorted(days)), "08:00", "18:00"))
    deadline = calendar.add_working(when, minutes)
    assert deadline > when
    assert calendar.is_open(deadline - timedelta(microseconds=1))
    opens = calendar.next_open(when)
    assert opens >= when
    assert calendar.is_open(opens)
    assert calendar.next_start(when) > when
    assert calendar.end_of_next_working_day(when) > when
    assert calendar.next_clock(when, "10:00") >= when
