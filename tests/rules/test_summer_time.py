"""Two weeks around each change of the clock, in three zones: one prompt a day, somebody on call at every instant."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from server.alerts.rota import periods
from server.alerts.rota_model import Layer, Rota
from server.checkins.course import CourseFrame, plan_course
from server.checkins.model import CourseSession
from server.protocols.model import Repeat
from tests.rules.answering import CLINIC

CHANGES = {
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
}
SLOTS = ("01:30", "02:30", "09:00")
DAYS = 14
CASES = [(zone, day, slot) for zone, days in CHANGES.items() for day, slot in product(days, SLOTS)]


def around(zone: str, change: date) -> tuple[datetime, datetime]:
    """From a week before the change until a week after it, by local midnights."""
    first = datetime.combine(change - timedelta(days=DAYS // 2), time(), ZoneInfo(zone))
    last = datetime.combine(change + timedelta(days=DAYS // 2), time(), ZoneInfo(zone))
    return first.astimezone(UTC), last.astimezone(UTC)


def test_clocks_change_in_the_middle_of_each_case() -> None:
    for zone, days in CHANGES.items():
        for first, last in (around(zone, day) for day in days):
            assert (last - first) % timedelta(days=1), f"nothing changes in {zone}"


@pytest.mark.parametrize(("zone", "change", "slot"), CASES)
def test_there_is_one_prompt_each_local_day(zone: str, change: date, slot: str) -> None:
    first, last = around(zone, change)
    daily = msgspec.structs.replace(
        CLINIC.course[0], offset_minutes=0, window_minutes=600, nudges=(),
        repeat=Repeat(every_days=1, until_days=DAYS + 2, at=slot),
    )  # fmt: skip
    session = CourseSession(UUID(int=1), first - timedelta(days=1))
    frame = CourseFrame(sessions=(session,), busy=frozenset(), zone=zone, quiet=None, now=session.ended_at)
    due = [c.check_in.due_at for c in plan_course((daily,), (), frame) if c.check_in.state == "planned"]
    here = [at.astimezone(ZoneInfo(zone)) for at in due if first <= at < last]
    assert Counter(at.date() for at in here) == {change + timedelta(days=n): 1 for n in range(-(DAYS // 2), DAYS // 2)}
    # By the clock on the wall; one that it skips comes as late as the clock went ahead.
    assert {at.time() for at in here if at.date() != change} == {time.fromisoformat(slot)}


@pytest.mark.parametrize(("zone", "change", "slot"), CASES)
def test_somebody_is_on_call_at_every_instant(zone: str, change: date, slot: str) -> None:
    first, last = around(zone, change)
    people = (UUID(int=1), UUID(int=2))
    weekly = Layer(people=people, first_day=change - timedelta(days=DAYS), hand_over=slot, weeks=1, hours=())
    for day in (change, change - timedelta(days=DAYS)):
        turns = Rota(zone=zone, layers=(msgspec.structs.replace(weekly, first_day=day),), changes=(), coverage=())
        found = periods(turns, first, last)
        assert (found[0].begins, found[-1].ends) == (first, last)
        assert all(before.ends == after.begins for before, after in pairwise(found)), "a gap"
        assert all(group for period in found for group in period.line), "nobody"
        overlap = sum((p.ends - p.begins for p in found if len(p.line[0]) > 1), timedelta())
        assert overlap <= timedelta(hours=1)
