"""What a session plans, and what becomes of the plan when it is corrected."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.flow.story import ANAS_PHONE, CALM, NEXT_DAY, Story, stamp


def due(recorded: dict[str, Any], key: str) -> datetime:
    """When this check-in is due."""
    (found,) = [c["due_at"] for c in recorded["check_ins"] if c["key"] == key]
    return datetime.fromisoformat(found)


async def test_the_first_check_counts_from_discharge_all_others_from_the_end(story: Story) -> None:
    ended = await story.now()
    recorded = await story.record_session()
    assert due(recorded, "h1") - ended == pytest.approx(timedelta(hours=3), abs=timedelta(seconds=5))
    assert due(recorded, "h6") - ended == pytest.approx(timedelta(hours=6), abs=timedelta(seconds=5))
    await story.forward(hours=1)
    left = await story.now()
    changed = await story.staff("nora").call(
        "PATCH", f"/api/sessions/{recorded['id']}", {"discharged_at": stamp(left), "staying_with": "her sister"}
    )
    assert changed.status_code == 200, changed.text
    assert due(changed.json(), "h1") == left + timedelta(hours=1)
    assert due(changed.json(), "h6") == due(recorded, "h6")
    assert changed.json()["staying_with"] == "her sister"
    await story.forward(hours=1)
    await story.got(ANAS_PHONE, "Time to check in")


async def test_what_was_asked_stays_when_the_discharge_is_added(story: Story) -> None:
    recorded = await story.record_session()
    await story.prompted()
    left = due(recorded, "h1") - timedelta(minutes=30)
    changed = await story.staff("nora").call("PATCH", f"/api/sessions/{recorded['id']}", {"discharged_at": stamp(left)})
    assert changed.status_code == 200, changed.text
    assert due(changed.json(), "h1") == due(recorded, "h1")
    assert (await story.phone.open())["key"] == "h1"


async def test_editing_the_end_moves_what_was_not_asked(story: Story) -> None:
    recorded = await story.record_session()
    ended = await story.now() - timedelta(minutes=20)
    changed = await story.staff("nora").call(
        "PATCH", f"/api/sessions/{recorded['id']}", {"ended_at": stamp(ended), "dose_mg": 55}
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json()["dose_mg"], due(changed.json(), "h24")) == (55, ended + timedelta(hours=24))


async def test_a_cancelled_session_asks_nothing_more(story: Story) -> None:
    recorded = await story.record_session()
    cancelled = await story.staff("nora").post(f"/api/sessions/{recorded['id']}/cancel", {"reason": "wrong patient"})
    assert cancelled.status_code == 200, cancelled.text
    assert {c["state"] for c in cancelled.json()["check_ins"]} == {"cancelled"}
    again = await story.staff("nora").post(f"/api/sessions/{recorded['id']}/cancel", {"reason": "again"})
    assert again.status_code == 409
    changed = await story.staff("nora").call("PATCH", f"/api/sessions/{recorded['id']}", {"dose_mg": 20})
    assert changed.status_code == 409
    await story.forward(hours=100)
    await story.quiet()


async def test_recorded_late_is_cancelled_counted_and_never_judged(story: Story) -> None:
    recorded = await story.record_session(ended_minutes_ago=20 * 60)
    assert recorded["cancelled_late"] == 2
    states = {c["key"]: (c["state"], c["reason"]) for c in recorded["check_ins"]}
    assert states["h1"] == states["h6"] == ("cancelled", "recorded_late")
    assert states["h24"] == ("planned", None)
    await story.forward(hours=1)
    assert await story.alerts() == []
    assert await story.timeline("flag") == []
    await story.quiet()


async def test_a_new_session_ends_the_older_ones_later_follow_ups(story: Story) -> None:
    """Decision 8: beyond +24 h only; what is planned up to the next day stays."""
    first = await story.record_session()
    await story.phone.answer(await story.prompted(), CALM)
    await story.forward(hours=4)
    await story.record_session()
    kept = (await story.staff("nora").get(f"/api/sessions/{first['id']}")).json()["check_ins"]
    states = {c["key"]: (c["state"], c["reason"]) for c in kept}
    assert states["h72"] == ("cancelled", "newer_session")
    assert states["h24"][0] == "planned"


async def test_six_hours_later_is_asked_only_when_something_was_not_well(story: Story) -> None:
    await story.record_session()
    await story.phone.answer(await story.prompted(), CALM, a_sick="felt_sick")
    await story.forward(hours=4)
    assert (await story.check_ins())["h6"] == "cancelled"
    await story.forward(hours=18)
    await story.got(ANAS_PHONE, "Time to check in")
    well = await story.phone.answer(await story.phone.open(), NEXT_DAY)
    assert well.status_code == 201, well.text


async def test_six_hours_later_is_asked_after_an_answer_that_was_not_clear(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    answer = await story.phone.answer(await story.prompted(), CALM, a_pain="bad")
    assert answer.status_code == 201, answer.text
    await story.settle()
    assert [a["tier"] for a in await story.alerts()] == ["same_day"]
    await story.got("+34600000002", "SAME-DAY")
    await story.forward(hours=3)
    await story.got(ANAS_PHONE, "Time to check in")
    assert (await story.phone.open())["key"] == "h6"


async def test_a_little_worrying_is_asked_again_after_an_hour(story: Story) -> None:
    """2.1: alone is routine "with one extra check after 60 min"."""
    await story.earlier_sessions()
    await story.record_session()
    answer = await story.phone.answer(await story.prompted(), CALM, a_place="alone")
    assert answer.status_code == 201, answer.text
    assert await story.alerts() == []
    await story.forward(minutes=59)
    await story.quiet()
    await story.forward(minutes=2)
    await story.got(ANAS_PHONE, "Please tell us again how you are")
    asked = await story.phone.open()
    assert asked["key"].startswith("recheck")
    assert (await story.phone.answer(asked, CALM)).status_code == 201
    await story.forward(hours=3)
    assert (await story.check_ins())["h6"] == "cancelled"


async def test_quiet_hours_hold_back_all_but_safety(story: Story) -> None:
    """The check-in one hour after leaving passes them; the next day's waits for the morning."""
    changed = await story.staff("nora").call(
        "PATCH", f"/api/patients/{story.ana}", {"quiet_hours": {"from": "20:00", "to": "09:00"}}
    )
    assert changed.status_code == 200, changed.text
    await story.set_time(datetime(2026, 3, 2, 20, 30, tzinfo=UTC))
    recorded = await story.record_session()
    assert due(recorded, "h24").isoformat() == "2026-03-04T08:00:00+00:00"
    await story.phone.answer(await story.prompted(), CALM)
    await story.forward(hours=25)
    await story.quiet()
    await story.forward(hours=9)
    await story.got(ANAS_PHONE, "Time to check in")
