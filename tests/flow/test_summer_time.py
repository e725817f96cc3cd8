"""A patient who is asked each day at an hour that the clock skips or shows twice: one message each day of two weeks."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.flow.story import Story
from tests.flow.test_course import lives_on

DAYS = 14
# A version of its own: decoded ones are kept for as long as the process lives.
DAILY = """
insert into protocol_versions select (jsonb_populate_record(p, jsonb_build_object('version', $1::int,
    'document', document || jsonb_build_object('version', $1::int, 'course', jsonb_build_array(
        document #> '{course,0}' || '{"window_minutes": 600, "nudges": [], "offset_minutes": 0}' || jsonb_build_object(
            'repeat', jsonb_build_object('every_days', 1, 'until_days', 16, 'at', $2::text))))))).*
from protocol_versions p where key = 'clinic' and version = 1
"""
LIVES_THERE = "update patients set time_zone = $2, quiet_from = '12:00', quiet_to = '12:30' where id = $1"


@pytest.mark.parametrize(
    ("version", "zone", "change", "slot"),
    [
        (101, "America/New_York", date(2026, 3, 8), "02:30"),
        (102, "America/New_York", date(2026, 11, 1), "01:30"),
        (103, "Europe/London", date(2026, 3, 29), "01:30"),
        (104, "Europe/London", date(2026, 10, 25), "01:30"),
        (105, "Australia/Lord_Howe", date(2026, 4, 5), "01:30"),
        (106, "Australia/Lord_Howe", date(2026, 10, 4), "02:00"),
    ],
)
async def test_there_is_one_prompt_each_local_day(
    story: Story, version: int, zone: str, change: date, slot: str
) -> None:
    there = ZoneInfo(zone)
    await story.instance.owner.execute(DAILY, version, slot)
    await story.instance.owner.execute(LIVES_THERE, story.ana, zone)
    start = datetime.combine(change - timedelta(days=DAYS // 2 + 1), time(10), there)
    await story.set_time(start)
    await story.instance.owner.execute("update engine_cycle set finished_at = wall_now()")
    await story.record_session()
    prompted = await lives_on(story, datetime.combine(change + timedelta(days=DAYS // 2), time(), there))
    asked = Counter(due.astimezone(there).date() for key, due in prompted if key.startswith("week"))
    days = [change + timedelta(days=n) for n in range(-(DAYS // 2), DAYS // 2)]
    assert {day: asked[day] for day in days} == dict.fromkeys(days, 1)
