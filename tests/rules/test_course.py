"""One clock per course (decision 8): each week and each month exactly once, by day, never twice a day, DST safe."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from server.checkins.course import CourseFrame, course_of, plan_course
from server.checkins.model import CourseCheckIn, CourseSession, QuietHours
from server.checkins.wall import is_quiet, local
from server.protocols.model import Repeat
from tests.rules.answering import CLINIC
from tests.rules.test_checkins import ENDS, MINUTES, NIGHT, ZONE, ZONES, at

WEEK, MONTH = CLINIC.course
DAY = timedelta(days=1)


def sessions(*ends: datetime) -> tuple[CourseSession, ...]:
    """Sessions with ids in the order of their ends."""
    return tuple(CourseSession(UUID(int=n), end) for n, end in enumerate(ends, 1))


def frame(
    *ends: datetime, now: datetime | None = None, busy: Sequence[date] = (), zone: str = ZONE,
    quiet: QuietHours | None = NIGHT,
) -> CourseFrame:  # fmt: skip
    """As when the last session has just been recorded."""
    return CourseFrame(
        sessions=sessions(*ends), busy=frozenset(busy), zone=zone, quiet=quiet, now=now or ends[-1] + timedelta(hours=1)
    )


def stored(before: Sequence[CourseCheckIn], changed: Sequence[CourseCheckIn]) -> list[CourseCheckIn]:
    """What the table holds after the changes."""
    rows = {c.id: c for c in before} | {c.id: c for c in changed if c.id}
    new = [
        msgspec.structs.replace(c, id=UUID(int=1000 + len(rows) + n))
        for n, c in enumerate(c for c in changed if not c.id)
    ]
    return [*rows.values(), *new]


def planned(of: CourseFrame, existing: Sequence[CourseCheckIn] = ()) -> list[CourseCheckIn]:
    """Plan and store."""
    return stored(existing, plan_course(CLINIC.course, existing, of))


def days(rows: Sequence[CourseCheckIn], start: datetime, key: str = "week") -> list[int]:
    """On which days of the course, counted from `start`, this is planned."""
    first = local(start, ZONE).date()
    due = sorted(c.check_in.due_at for c in rows if c.check_in.key.startswith(key) and c.check_in.state == "planned")
    return [(local(d, ZONE).date() - first).days for d in due]


def passed(rows: Sequence[CourseCheckIn], now: datetime) -> list[CourseCheckIn]:
    """The engine asked what was due, and nobody answered."""
    return [
        msgspec.structs.replace(c, asked=True, check_in=msgspec.structs.replace(c.check_in, state="missed"))
        if c.check_in.state == "planned" and c.check_in.due_at <= now else c
        for c in rows
    ]  # fmt: skip


def test_one_session_is_followed_for_twelve_weeks_and_asked_each_month_for_six() -> None:
    rows = planned(frame(at(10)))
    assert days(rows, at(10)) == [7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84]
    assert days(rows, at(10), "month") == [30, 58, 86, 112, 140, 168]
    assert [c.check_in.key for c in rows[:2]] == ["week_1", "week_2"]
    windows = {c.check_in.questionnaire: c.check_in.closes_at - c.check_in.due_at for c in rows}
    assert windows == {"week@1": 2 * DAY, "month@1": 7 * DAY}
    assert {local(c.check_in.due_at, ZONE).time() for c in rows} == {time(10)}


def test_an_induction_of_two_sessions_a_week_has_one_weekly_clock() -> None:
    ends = [at(10) + timedelta(days=d) for d in (0, 3, 7, 10, 14, 17, 21, 24)]
    rows: list[CourseCheckIn] = []
    for n, end in enumerate(ends, 1):
        busy = [local(end, ZONE).date() + timedelta(days=d) for d in (0, 1, 3)]
        rows = planned(frame(*ends[:n], busy=busy), passed(rows, end))
    asked = sorted(c.check_in.due_at for c in rows if c.check_in.key.startswith("week"))
    first = local(at(10), ZONE).date()
    assert [(local(d, ZONE).date() - first).days for d in asked] == [7, 14, 21, 28, *range(35, 24 + 84 + 1, 7)]


def test_a_new_session_takes_over_what_is_to_come() -> None:
    rows = planned(frame(at(10)))
    later = planned(frame(at(10), at(10, day=6)), rows)
    assert {c.id for c in rows} == {c.id for c in later}
    assert {c.session_id for c in later} == {UUID(int=2)}
    assert days(later, at(10)) == [*days(rows, at(10))]


def test_a_later_session_extends_the_clock_and_does_not_restart_it() -> None:
    rows = planned(frame(at(10)))
    second = at(10) + 30 * DAY
    extended = planned(frame(at(10), second), passed(rows, second))
    assert days(extended, at(10)) == [35, 42, 49, 56, 63, 70, 77, 84, 91, 98, 105, 112]


def test_after_the_clock_has_stopped_a_session_begins_a_new_course() -> None:
    first, second = at(10), at(10) + 100 * DAY
    rows = passed(planned(frame(first)), second)
    again = planned(frame(first, second), rows)
    assert days(again, second) == [7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84]
    assert days(again, first, "month")[:2] == [112, 140], "the monthly clock goes on"


def test_a_day_with_another_prompt_moves_it_to_the_next_free_one() -> None:
    busy = [local(at(10, day=day), ZONE).date() for day in (9, 10)]
    assert days(planned(frame(at(10), busy=busy)), at(10))[0] == 9


def test_a_dose_every_day_loses_no_week_and_no_month() -> None:
    """No day is free: asked on the last day of the window, never on a day on which the course writes already."""
    every_day = [local(at(10), ZONE).date() + timedelta(days=n) for n in range(200)]
    asked = planned(frame(at(10), busy=every_day))
    assert days(asked, at(10)) == [9, 16, 23, 30, 37, 44, 51, 58, 65, 72, 79, 86]
    assert days(asked, at(10), "month") == [35, 63, 91, 119, 147, 175]
    assert {c.check_in.state for c in asked} == {"planned"}
    free_again = planned(frame(at(10)), asked)
    assert days(free_again, at(10))[0] == 7
    assert len(free_again) == len(asked)


def test_one_left_out_by_an_earlier_version_is_asked_after_all() -> None:
    rows = planned(frame(at(10)))
    left_out = [
        msgspec.structs.replace(
            c, check_in=msgspec.structs.replace(c.check_in, state="cancelled", reason="one_a_day")
        ) for c in rows
    ]  # fmt: skip
    assert planned(frame(at(10)), left_out) == rows


def test_the_month_comes_on_no_day_of_a_weekly_prompt_or_its_reminders() -> None:
    rows = planned(frame(at(10)))
    week, month = (
        sorted(c.check_in.due_at for c in rows if c.check_in.key.startswith(key)) for key in ("week", "month")
    )
    written = {local(due + timedelta(minutes=n.minutes), ZONE).date() for due in week for n in WEEK.nudges}
    written |= {local(due, ZONE).date() for due in week}
    assert not written & {local(due, ZONE).date() for due in month}


def test_recorded_late_is_cancelled_when_its_window_had_closed_and_else_asked_in_the_day() -> None:
    rows = planned(frame(at(10), now=at(22, day=10)))
    assert days(rows, at(10))[0] == 9, "the second day of the window"
    closed = planned(frame(at(10), now=at(10, day=11)))
    first = min(closed, key=lambda c: c.check_in.due_at)
    assert (first.check_in.state, first.check_in.reason) == ("cancelled", "recorded_late")


def test_an_older_session_recorded_afterwards_takes_no_week_away() -> None:
    """It moves the clock from Mondays to Fridays while this Monday's check-in is about to be asked."""
    today = at(7, day=23)
    rows = passed(planned(frame(at(10))), today)
    monday = next(c for c in rows if c.check_in.state == "planned" and c.check_in.key.startswith("week"))
    older = frame(at(10) - 17 * DAY, at(10), now=today)
    after = planned(older, rows)
    (kept,) = (c for c in after if c.id == monday.id)
    assert (kept.check_in, kept.session_id) == (monday.check_in, UUID(int=2))
    asked = days(after, at(10))
    assert asked[0] == days(rows, at(10))[0]
    assert all(later - sooner <= 11 for sooner, later in pairwise(asked))
    assert planned(older, after) == after, "again, it changes nothing"


def test_a_cancelled_session_ends_its_course() -> None:
    rows = planned(frame(at(10)))
    over = planned(CourseFrame(sessions=(), busy=frozenset(), zone=ZONE, quiet=None, now=at(12)), rows)
    assert {(c.check_in.state, c.check_in.reason) for c in over} == {("cancelled", "course_over")}


def test_a_cancelled_first_session_leaves_the_clock_to_the_next() -> None:
    both = planned(frame(at(10), at(10, day=6)), planned(frame(at(10))))
    only = CourseFrame(
        sessions=sessions(at(10), at(10, day=6))[1:], busy=frozenset(), zone=ZONE, quiet=NIGHT, now=at(12, day=6)
    )
    left = planned(only, both)
    assert days(left, at(10, day=6)) == [7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84]


def test_what_is_open_goes_on_when_its_session_is_taken_back() -> None:
    rows = planned(frame(at(10), at(10, day=6)), planned(frame(at(10))))
    first = min(rows, key=lambda c: c.check_in.due_at)
    opened = msgspec.structs.replace(first, asked=True, check_in=msgspec.structs.replace(first.check_in, state="open"))
    taken_back = CourseFrame(sessions=sessions(at(10)), busy=frozenset(), zone=ZONE, quiet=NIGHT, now=at(12, day=9))
    after = {c.id: c for c in planned(taken_back, [opened, *(c for c in rows if c.id != first.id)])}
    assert (after[first.id].session_id, after[first.id].check_in.state) == (UUID(int=1), "open")


def test_a_course_is_a_run_of_sessions_without_a_long_pause() -> None:
    repeat = Repeat(every_days=7, until_days=84, at="10:00")
    ends = [at(10), at(10) + 84 * DAY, at(10) + 84 * DAY + timedelta(days=84, seconds=1)]
    assert [s.ended_at for s in course_of(sessions(*ends[:2]), repeat)] == ends[:2]
    assert [s.ended_at for s in course_of(sessions(*ends), repeat)] == ends[2:]
    assert list(course_of((), repeat)) == []


def test_another_zone_keeps_the_day_and_gets_its_hour() -> None:
    rows = planned(frame(at(10)))
    moved = planned(frame(at(10), zone="America/New_York", now=at(12)), rows)
    assert {c.id for c in moved} == {c.id for c in rows}
    assert {local(c.check_in.due_at, "America/New_York").time() for c in moved} == {time(10)}


@st.composite
def courses(draw: st.DrawFn) -> tuple[list[datetime], str, QuietHours | None]:
    """Up to eight sessions with any pauses, in any zone, with any quiet hours."""
    first = draw(ENDS)
    gaps = draw(st.lists(st.integers(60, 30 * 1440), max_size=7))
    ends = [first + timedelta(minutes=sum(gaps[:n])) for n in range(len(gaps) + 1)]
    return ends, draw(st.sampled_from(ZONES)), draw(st.none() | st.builds(QuietHours, MINUTES, MINUTES))


@given(courses())
def test_any_course_in_any_zone(course: tuple[list[datetime], str, QuietHours | None]) -> None:
    """Recorded one by one, what was due in between asked: each week once, never two prompts a day, none at night."""
    ends, zone, quiet = course
    rows: list[CourseCheckIn] = []
    for n, end in enumerate(ends, 1):
        now = end + timedelta(minutes=10)
        of = frame(*ends[:n], now=now, zone=zone, quiet=quiet)
        rows = planned(of, passed(rows, now))
        assert plan_course(CLINIC.course, rows, of) == (), "again changes nothing"
    weeks = sorted((c.check_in for c in rows if c.check_in.key.startswith("week")), key=lambda c: c.due_at)
    assert len({c.key for c in weeks}) == len(weeks)
    start, last = local(ends[0], zone).date(), local(ends[-1], zone).date()
    wanted = [start + timedelta(days=7 * n) for n in range(1, ((last - start).days + 84) // 7 + 1)]
    assert len(weeks) == len(wanted)
    for check_in, day in zip(weeks, wanted, strict=True):
        assert 0 <= (local(check_in.due_at, zone).date() - day).days <= 2
    asked = [c.check_in for c in rows if c.check_in.state != "cancelled"]
    assert len({local(c.due_at, zone).date() for c in asked}) == len(asked), "at most one a day"
    for check_in in asked:
        assert not is_quiet(check_in.due_at, zone, quiet)
        assert check_in.due_at.tzinfo is UTC
        assert local(check_in.due_at, zone).astimezone(UTC) == check_in.due_at
        if quiet is None:
            assert local(check_in.due_at, zone).replace(tzinfo=None).time() == time(10)
    for earlier, later in pairwise(c for c in weeks if c.state != "cancelled"):
        assert earlier.closes_at <= later.due_at
    for row in rows:
        owner = ends[row.session_id.int - 1]
        assert owner <= row.check_in.due_at
        assert ZoneInfo(zone)
