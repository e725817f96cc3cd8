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


async def states_of(story: Story, session_id: str) -> dict[str, tuple[str, str | None]]:
    """State and reason by key."""
    found = (await story.staff("nora").get(f"/api/sessions/{session_id}")).json()["check_ins"]
    return {c["key"]: (c["state"], c["reason"]) for c in found}


async def test_a_mistaken_session_gives_back_what_gave_way_to_it(story: Story) -> None:
    first = await story.record_session(ended_minutes_ago=30 * 60)
    second = await story.record_session(ended_minutes_ago=90)
    mistaken = await story.record_session(ended_minutes_ago=60)
    assert (await states_of(story, first["id"]))["h72"] == ("cancelled", "newer_session")
    await story.staff("nora").post(f"/api/sessions/{mistaken['id']}/cancel", {"reason": "wrong patient"})
    assert (await states_of(story, second["id"]))["h72"] == ("planned", None)
    assert (await states_of(story, first["id"]))["h72"] == ("cancelled", "newer_session"), "the second covers it"
    await story.staff("nora").post(f"/api/sessions/{second['id']}/cancel", {"reason": "wrong patient"})
    assert (await states_of(story, first["id"]))["h72"] == ("planned", None)
    (stored,) = await story.rows("select next_action_at, due_at from check_ins where key = 'h72' and state = 'planned'")
    assert stored["next_action_at"] == stored["due_at"]


async def test_what_is_over_is_not_given_back(story: Story) -> None:
    first = await story.record_session(ended_minutes_ago=60)
    mistaken = await story.record_session(started_at=stamp(await story.now()))
    await story.set_time(await story.now() + timedelta(days=5))
    await story.staff("nora").post(f"/api/sessions/{mistaken['id']}/cancel", {"reason": "wrong patient"})
    assert (await states_of(story, first["id"]))["h72"] == ("cancelled", "newer_session")


async def test_a_session_recorded_out_of_order_has_no_follow_up_of_its_own(story: Story) -> None:
    newer = await story.record_session()
    older = await story.record_session(ended_minutes_ago=20 * 60)
    assert (await states_of(story, older["id"]))["h72"] == ("cancelled", "newer_session")
    assert (await states_of(story, older["id"]))["h24"] == ("planned", None)
    assert (await states_of(story, newer["id"]))["h72"] == ("planned", None)


async def test_an_edit_never_drops_what_was_planned_in_time(story: Story) -> None:
    """The end of the day before, typed as today's: the first check-in is due now."""
    recorded = await story.record_session()
    ended = await story.now() - timedelta(hours=22)
    changed = await story.staff("nora").call(
        "PATCH",
        f"/api/sessions/{recorded['id']}",
        {"started_at": stamp(ended - timedelta(minutes=40)), "ended_at": stamp(ended)},
    )
    assert changed.status_code == 200, changed.text
    assert "recorded_late" not in {c["reason"] for c in changed.json()["check_ins"]}
    assert abs(due(changed.json(), "h1") - await story.now()) < timedelta(seconds=10)
    await story.settle()
    await story.got(ANAS_PHONE, "Time to check in")
    assert (await story.phone.open())["key"] == "h1"


async def test_a_route_without_its_own_protocol_is_asked_about_like_any_other_at_the_clinic(story: Story) -> None:
    recorded = await story.record_session(route="oral", setting="clinic")
    assert any("no protocol of its own" in warning for warning in recorded["warnings"])
    assert [c["key"] for c in recorded["check_ins"]][:2] == ["h1", "h6"]
    recorded = await story.record_session(ended_minutes_ago=1)
    assert not any("no protocol" in warning for warning in recorded["warnings"])


async def test_an_edit_counts_sessions_as_recording_does(story: Story) -> None:
    """Sessions are in the order of their ends; one is never earlier than itself."""
    recorded = await story.record_session(ended_minutes_ago=60)
    ended = await story.now() - timedelta(minutes=30)
    for body in ({"ended_at": stamp(ended)}, {"dose_mg": 50}):
        changed = await story.staff("nora").call("PATCH", f"/api/sessions/{recorded['id']}", body)
        assert changed.status_code == 200, changed.text
        assert changed.json()["number"] == 1
        assert "dose_raised" not in changed.json()["risk_reasons"]
    now = await story.now()
    second = await story.record_session(
        started_at=stamp(now - timedelta(minutes=50)), ended_at=stamp(now - timedelta(minutes=20)), dose_mg=60
    )
    changed = await story.staff("nora").call("PATCH", f"/api/sessions/{second['id']}", {"note": "slept well"})
    assert (changed.json()["number"], "dose_raised" in changed.json()["risk_reasons"]) == (2, True)


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


async def test_nobody_is_reminded_at_night_of_what_is_routine(story: Story) -> None:
    """Ana has chosen no quiet hours: the third day's reminder would come at one in the night; it comes at eight."""
    await story.set_time(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
    await story.record_session()
    await story.phone.answer(await story.prompted(), CALM)
    await story.forward(hours=21)
    await story.got(ANAS_PHONE, "Time to check in")
    await story.phone.answer(await story.phone.open(), NEXT_DAY)
    await story.forward(hours=48)
    await story.got(ANAS_PHONE, "Time to check in")
    await story.forward(hours=5)
    await story.got(ANAS_PHONE, "Your check-in is still open")
    await story.forward(hours=12)
    await story.quiet()
    await story.forward(hours=2)
    reminded = await story.got(ANAS_PHONE, "We have not heard from you yet", channel="sms")
    assert f"{reminded.at:%d %H:%M}" == "06 07:00"


async def counts(story: Story) -> list[tuple[int, bool, bool]]:
    """(number, one of the first two, dose raised) of each session that stands, by time."""
    sql = (
        "select number, risk_reasons from treatment_sessions where patient_id = $1 and cancelled_at is null"
        " order by ended_at"
    )
    return [
        (row["number"], "early_session" in row["risk_reasons"], "dose_raised" in row["risk_reasons"])
        for row in await story.rows(sql, story.ana)
    ]


async def test_what_comes_before_a_session_changes_its_number_and_its_risk(story: Story) -> None:
    """Decision 3: "session 1-2, dose raised", whatever is recorded late, corrected or taken back."""
    nora, day = story.staff("nora"), 24 * 60
    await story.record_session(ended_minutes_ago=30 * day, dose_mg=40)
    middle = await story.record_session(ended_minutes_ago=20 * day, dose_mg=60)
    await story.record_session(ended_minutes_ago=10 * day, dose_mg=60)
    assert await counts(story) == [(1, True, False), (2, True, True), (3, False, False)]
    changed = await nora.call("PATCH", f"/api/sessions/{middle['id']}", {"dose_mg": 50})
    assert changed.status_code == 200, changed.text
    assert await counts(story) == [(1, True, False), (2, True, True), (3, False, True)]
    await nora.post(f"/api/sessions/{middle['id']}/cancel", {"reason": "wrong patient"})
    assert await counts(story) == [(1, True, False), (2, True, True)]
    await story.record_session(ended_minutes_ago=40 * day, dose_mg=70)
    assert await counts(story) == [(1, True, False), (2, True, False), (3, False, True)]
    recounted = await story.rows("select count(*) as rows from audit_log where action = 'session.recounted'")
    assert recounted[0]["rows"] == 4


async def test_an_edit_counts_with_the_dose_as_stored_and_the_age_of_then(story: Story) -> None:
    """Doses are kept to a hundredth of a milligram; who has turned 65 since was not 65 at the session."""
    nora, born = story.staff("nora"), {"date_of_birth": "1961-03-03"}
    await story.set_time(datetime(2026, 3, 2, 22, 55, tzinfo=UTC))
    assert (await nora.call("PATCH", f"/api/patients/{story.ana}", born)).status_code == 200
    await story.record_session(ended_minutes_ago=7 * 24 * 60, dose_mg=60)
    last = await story.record_session(ended_minutes_ago=10, dose_mg=60)
    await story.wait(600)
    changed = await nora.call("PATCH", f"/api/sessions/{last['id']}", {"dose_mg": 60.004})
    assert changed.status_code == 200, changed.text
    assert await counts(story) == [(1, True, False), (2, True, False)]
    assert await story.rows("select from treatment_sessions where 'age_65' = any(risk_reasons)") == []
