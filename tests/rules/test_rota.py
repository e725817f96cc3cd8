"""Who is on call: turns, layers, changes, hours; over the days on which clocks change, in several zones."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.access.model import Hours
from server.alerts.rota import in_turn, on_call, periods
from server.alerts.rota_model import Change, Layer, Period, Rota

ZONES = (
    "UTC", "Europe/Madrid", "Europe/London", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe",
    "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca",
)  # fmt: skip
# Clocks of these zones change in these weeks, both ways.
CHANGES = (
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 10, 4),
    date(2026, 10, 25),
    date(2026, 11, 1),
)
NORA, OMAR, LENA, PIA, IVO = (UUID(int=n) for n in range(1, 6))
MONDAY = date(2026, 3, 2)
MADRID = "Europe/Madrid"

clocks = st.builds(lambda minutes: f"{minutes // 60:02d}:{minutes % 60:02d}", st.integers(0, 1439))
early_clocks = st.builds(lambda minutes: f"{minutes // 60:02d}:{minutes % 60:02d}", st.integers(0, 4 * 60))
days_of_change = st.builds(lambda day, away: day + timedelta(days=away), st.sampled_from(CHANGES), st.integers(-1, 1))
people = st.lists(st.sampled_from((NORA, OMAR, LENA, PIA)), min_size=1, max_size=4, unique=True).map(tuple)
layers = st.builds(
    Layer, people=people, first_day=days_of_change, hand_over=st.one_of(early_clocks, clocks), weeks=st.integers(1, 3)
)
hours = st.builds(
    Hours, st.just([1, 2, 3, 4, 5, 6, 7]), st.one_of(early_clocks, clocks), st.one_of(early_clocks, clocks)
)


def at(day: int, hour: int, minute: int = 0, month: int = 3, zone: str = MADRID) -> datetime:
    """A zone's wall clock in 2026: the 2nd of March is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def layer(
    *who: UUID, first: date = MONDAY, clock: str = "08:00", hours: tuple[Hours, ...] = (), weeks: int = 1
) -> Layer:
    return Layer(people=who, first_day=first, hand_over=clock, weeks=weeks, hours=hours)


def rota(*of: Layer, zone: str = MADRID, changes: tuple[Change, ...] = (), coverage: tuple[Hours, ...] = ()) -> Rota:
    return Rota(zone=zone, layers=of, changes=changes, coverage=coverage)


def around(day: date, zone: str) -> list[datetime]:
    """Each 7 minutes of three local days, and the instants just before."""
    start = datetime.combine(day - timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    steps = [start + timedelta(minutes=7 * n) for n in range(3 * 24 * 60 // 7)]
    return [moment for step in steps for moment in (step - timedelta.resolution, step)]


# Turns


@pytest.mark.parametrize(
    ("when", "who"),
    [
        (at(2, 8), NORA),
        (at(2, 7, 59), LENA),
        (at(9, 7, 59), NORA),
        (at(9, 8), OMAR),
        (at(16, 8), LENA),
        (at(23, 8), NORA),
        (datetime(2025, 3, 5, tzinfo=UTC), LENA),
    ],
)
def test_each_has_the_layer_for_a_week_from_hand_over_to_hand_over(when: datetime, who: UUID) -> None:
    assert on_call(rota(layer(NORA, OMAR, LENA)), when) == ((who,),)


def test_a_turn_may_take_two_weeks() -> None:
    slow = rota(layer(NORA, OMAR, weeks=2))
    assert [on_call(slow, at(day, 12)) for day in (2, 9, 16, 23, 30)] == [
        ((w,),) for w in (NORA, NORA, OMAR, OMAR, NORA)
    ]


def test_hand_over_keeps_its_clock_time_when_clocks_change() -> None:
    turns = rota(layer(NORA, OMAR))
    assert on_call(turns, at(30, 7, 59)) == ((OMAR,),)
    assert on_call(turns, at(30, 8)) == ((NORA,),)
    assert at(30, 8) - at(23, 8) == timedelta(days=7, hours=-1)


def test_a_hand_over_in_the_repeated_hour_overlaps_for_that_hour() -> None:
    turns = rota(layer(NORA, OMAR, first=date(2026, 10, 25), clock="02:30"))
    first, last = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert periods(turns, first - timedelta(hours=1), last + timedelta(hours=1)) == [
        Period(first - timedelta(hours=1), first, ((OMAR,),)),
        Period(first, last, ((OMAR, NORA),)),
        Period(last, last + timedelta(hours=1), ((NORA,),)),
    ]


def test_a_hand_over_in_the_lost_hour_overlaps_for_an_hour() -> None:
    turns = rota(layer(NORA, OMAR, first=date(2026, 3, 29), clock="02:30"))
    middle = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    half = timedelta(minutes=30)
    assert [p.line for p in periods(turns, middle - 2 * half, middle + 2 * half)] == [
        ((OMAR,),), ((OMAR, NORA),), ((NORA,),)
    ]  # fmt: skip
    assert on_call(turns, middle - half) == on_call(turns, middle) == ((OMAR, NORA),)


@settings(max_examples=30)
@given(st.sampled_from(ZONES), days_of_change, st.lists(layers, min_size=1, max_size=3))
def test_a_layer_without_hours_is_never_empty(zone: str, day: date, of: list[Layer]) -> None:
    turns = rota(*of, zone=zone)
    everybody = {who for each in of for who in each.people}
    for when in around(day, zone)[::5]:
        line = on_call(turns, when)
        assert line
        assert {who for group in line for who in group} <= everybody


@settings(max_examples=30)
@given(st.sampled_from(ZONES), days_of_change, layers)
def test_more_than_one_of_a_layer_only_where_its_clock_time_is_shown_twice_or_never(
    zone: str, day: date, of: Layer
) -> None:
    for when in around(day, zone)[::3]:
        (group,) = on_call(rota(of, zone=zone), when)
        if len(group) > 1:
            near = [when + timedelta(hours=n) for n in (-2, 2)]
            assert len({moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in near}) == 2


# Hours


def test_hours_limit_a_layer_and_may_run_past_midnight() -> None:
    nights = (Hours((1, 2, 3, 4, 5), "20:00", "06:00"),)
    turns = rota(layer(NORA, hours=nights))
    for when, on in ((at(2, 19, 59), False), (at(2, 20), True), (at(3, 5, 59), True), (at(3, 6), False)):
        assert bool(on_call(turns, when)) is on
    assert on_call(turns, at(7, 3)) == ((NORA,),)
    assert on_call(turns, at(7, 20)) == ()


def test_hours_from_a_time_to_the_same_time_are_a_whole_day() -> None:
    weekends = (Hours((6, 7), "00:00", "00:00"),)
    turns = rota(layer(NORA, hours=weekends))
    assert [bool(on_call(turns, moment)) for moment in (at(6, 23, 59), at(7, 0), at(8, 23, 59), at(9, 0))] == [
        False, True, True, False
    ]  # fmt: skip


@settings(max_examples=30)
@given(st.sampled_from(ZONES), days_of_change, hours, people, people)
def test_hours_that_meet_leave_no_gap(
    zone: str, day: date, by_day: Hours, ones: tuple[UUID, ...], others: tuple[UUID, ...]
) -> None:
    by_night = Hours(by_day.days, by_day.end, by_day.start)
    turns = rota(layer(*ones, hours=(by_day,)), layer(*others, hours=(by_night,)), zone=zone)
    assert all(on_call(turns, moment) for moment in around(day, zone)[::5])


@settings(max_examples=30)
@given(st.sampled_from(ZONES), days_of_change, hours, layers)
def test_outside_the_hours_of_coverage_nobody_is_on_call_and_inside_somebody_is(
    zone: str, day: date, covered: Hours, of: Layer
) -> None:
    turns = rota(of, zone=zone, coverage=(covered,))
    for moment in around(day, zone)[::5]:
        clock = f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"
        inside = covered.start <= clock < covered.end if covered.start < covered.end else not (
            covered.end <= clock < covered.start
        )  # fmt: skip
        if inside:
            assert on_call(turns, moment)


# Layers


@settings(max_examples=30)
@given(st.sampled_from(ZONES), days_of_change, layers, layers)
def test_two_layers_are_both_on_call(zone: str, day: date, one: Layer, other: Layer) -> None:
    for when in around(day, zone)[::11]:
        both = {who for group in on_call(rota(one, other, zone=zone), when) for who in group}
        alone = [on_call(rota(each, zone=zone), when) for each in (one, other)]
        assert both == {who for line in alone for group in line for who in group}


def test_the_first_layer_is_called_first_and_nobody_twice() -> None:
    assert on_call(rota(layer(NORA), layer(OMAR)), at(3, 12)) == ((NORA,), (OMAR,))
    assert on_call(rota(layer(NORA), layer(NORA, OMAR), layer(PIA)), at(3, 12)) == ((NORA,), (PIA,))


# Changes


def change(who: UUID, begins: datetime, ends: datetime, instead_of: UUID | None = None) -> Change:
    return Change(begins=begins, ends=ends, staff_id=who, instead_of=instead_of)


@settings(max_examples=30)
@given(st.sampled_from(ZONES), days_of_change, st.lists(layers, max_size=3), st.integers(0, 3000), st.integers(1, 2000))
def test_an_override_wins_over_every_layer_to_the_instant(
    zone: str, day: date, of: list[Layer], after: int, minutes: int
) -> None:
    begins = around(day, zone)[1] + timedelta(minutes=after)
    ends = begins + timedelta(minutes=minutes)
    plain = rota(*of, zone=zone)
    changed = rota(*of, zone=zone, changes=(change(IVO, begins, ends),))
    for moment in (begins, begins + (ends - begins) / 2, ends - timedelta.resolution):
        assert on_call(changed, moment) == ((IVO,),)
    for moment in (begins - timedelta.resolution, ends, ends + timedelta(hours=30)):
        assert on_call(changed, moment) == on_call(plain, moment)


def test_an_override_holds_outside_the_hours_of_coverage() -> None:
    weekdays = (Hours((1, 2, 3, 4, 5), "08:00", "18:00"),)
    turns = rota(layer(NORA), coverage=weekdays, changes=(change(IVO, at(7, 10), at(7, 12)),))
    assert [on_call(turns, moment) for moment in (at(7, 9), at(7, 10), at(7, 12))] == [(), ((IVO,),), ()]


def test_who_stands_in_takes_the_place_of_one_and_of_nobody_else() -> None:
    turns = rota(layer(NORA, OMAR), layer(LENA), changes=(change(PIA, at(3, 0), at(12, 0), NORA),))
    assert on_call(turns, at(2, 12)) == ((NORA,), (LENA,))
    assert on_call(turns, at(3, 12)) == ((PIA,), (LENA,))
    assert on_call(turns, at(9, 12)) == ((OMAR,), (LENA,))


@settings(max_examples=30)
@given(st.sampled_from(ZONES), days_of_change, early_clocks, st.integers(0, 5))
def test_a_swap_gives_each_exactly_the_turn_of_the_other(zone: str, day: date, clock: str, later: int) -> None:
    plain = rota(layer(NORA, OMAR, LENA, first=day, clock=clock), zone=zone)
    whole = periods(plain, around(day, zone)[1], around(day + timedelta(days=70), zone)[1])
    (noras,) = [p for p in whole if p.line == ((NORA,),)][later % 3 : later % 3 + 1]
    (omars,) = [p for p in whole if p.line == ((OMAR,),)][1:2]
    swapped = rota(
        *plain.layers, zone=zone,
        changes=(change(OMAR, noras.begins, noras.ends, NORA), change(NORA, omars.begins, omars.ends, OMAR)),
    )  # fmt: skip
    for before in whole:
        middle = before.begins + (before.ends - before.begins) / 2
        expected = {noras: ((OMAR,),), omars: ((NORA,),)}.get(before, before.line)
        assert on_call(swapped, middle) == expected
        assert on_call(swapped, before.begins) == expected


def test_both_sides_of_a_swap_in_the_same_week_are_taken_at_once() -> None:
    swap = (change(LENA, at(2, 8), at(9, 8), NORA), change(NORA, at(2, 8), at(9, 8), LENA))
    assert on_call(rota(layer(NORA), layer(LENA), changes=swap), at(3, 12)) == ((LENA,), (NORA,))


def test_the_later_of_two_changes_for_the_same_person_counts() -> None:
    changes = (change(PIA, at(2, 8), at(9, 8), NORA), change(IVO, at(3, 8), at(4, 8), NORA))
    turns = rota(layer(NORA), changes=changes)
    assert [on_call(turns, at(day, 12)) for day in (2, 3, 4)] == [((PIA,),), ((IVO,),), ((PIA,),)]


# Periods


@settings(max_examples=30)
@given(st.sampled_from(ZONES), days_of_change, st.lists(layers, max_size=2), st.lists(hours, max_size=1))
def test_periods_say_the_same_as_each_instant_and_leave_nothing_out(
    zone: str, day: date, of: list[Layer], covered: list[Hours]
) -> None:
    moments = around(day, zone)
    turns = rota(*of, zone=zone, coverage=tuple(covered))
    found = periods(turns, moments[1], moments[-1])
    assert (found[0].begins, found[-1].ends) == (moments[1], moments[-1])
    assert all(one.ends == other.begins and one.line != other.line for one, other in itertools.pairwise(found))
    for period in found:
        for moment in moments[1:-1:9]:
            if period.begins <= moment < period.ends:
                assert on_call(turns, moment) == period.line


def test_nobody_is_on_call_without_layers() -> None:
    assert periods(rota(), at(2, 0), at(3, 0)) == [Period(at(2, 0), at(3, 0), ())]


# The order of calling


def test_after_who_is_on_call_comes_who_is_on_next() -> None:
    turns = rota(layer(NORA, OMAR, LENA))
    assert in_turn(turns, at(9, 12)) == ((OMAR,), (LENA,), (NORA,))
    both = rota(layer(NORA, OMAR), layer(LENA, PIA))
    assert in_turn(both, at(3, 12)) == ((NORA,), (LENA,), (OMAR,), (PIA,))


def test_who_is_stood_in_for_is_not_called() -> None:
    turns = rota(layer(NORA, OMAR), changes=(change(PIA, at(3, 0), at(4, 0), NORA),))
    assert in_turn(turns, at(3, 12)) == ((PIA,), (OMAR,))


def test_there_is_no_order_while_nobody_is_on_call() -> None:
    assert in_turn(rota(layer(NORA), coverage=(Hours((1,), "08:00", "18:00"),)), at(3, 12)) == ()
