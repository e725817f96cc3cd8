"""An alert climbs until somebody has it, and opens again when nothing comes of that."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.flow.story import CALM, LENA, NORA, OMAR, Story, stamp


async def raised(story: Story, **changed: str) -> dict[str, Any]:
    """Ana answers the first check-in; the alert that follows, its first page on its way."""
    await story.record_session()
    answer = await story.phone.answer(await story.prompted(), CALM, **changed)
    assert answer.status_code == 201, answer.text
    await story.settle()
    return await story.alert()


async def emergency(story: Story) -> dict[str, Any]:
    alert = await raised(story, a_danger="chest_pain")
    await story.got(OMAR, "EMERGENCY", alert["reference"])
    await story.got(NORA, "EMERGENCY", alert["reference"])
    return alert


async def urgent(story: Story) -> dict[str, Any]:
    alert = await raised(story, a_sick="many")
    await story.got(OMAR, "URGENT", alert["reference"])
    return alert


async def same_day(story: Story) -> dict[str, Any]:
    await story.earlier_sessions()
    alert = await raised(story, a_pain="bad")
    await story.got(OMAR, "SAME-DAY", alert["reference"])
    return alert


async def test_an_emergency_climbs_each_five_minutes_and_never_stops(story: Story) -> None:
    alert = await emergency(story)
    await story.forward(minutes=6)
    await story.got(LENA, "EMERGENCY  ", alert["reference"])
    await story.forward(minutes=5)
    for _ in range(3):
        for person in (OMAR, NORA, LENA):
            await story.got(person, "EMERGENCY TO ALL", alert["reference"])
        await story.quiet()
        await story.forward(minutes=10)
    for person in (OMAR, NORA, LENA):
        await story.got(person, "EMERGENCY TO ALL")
    after = await story.alert()
    assert (after["exhausted"], after["paged_again"]) == (True, "everybody")
    assert after["version"] == alert["version"]


async def test_urgent_waits_half_an_hour_a_step_by_night_too(story: Story) -> None:
    await story.set_time(datetime(2026, 3, 7, 0, 0, tzinfo=UTC))
    await urgent(story)
    await story.forward(minutes=29)
    await story.quiet()
    await story.forward(minutes=2)
    await story.got(NORA, "URGENT  ")
    await story.forward(minutes=30)
    for person in (OMAR, NORA, LENA):
        await story.got(person, "URGENT TO ALL")
    await story.forward(minutes=10)
    for person in (OMAR, NORA, LENA):
        await story.got(person, "URGENT TO ALL")


async def test_same_day_goes_to_the_lead_after_four_working_hours_and_at_each_start_of_work(story: Story) -> None:
    """Raised at 13:00 on Monday: 17:00 the lead, then 11:00 on Tuesday, then eight o'clock each day."""
    alert = await same_day(story)
    session = alert["session"]["id"]
    await story.staff("nora").post(f"/api/sessions/{session}/cancel", {"reason": "only the alert matters here"})
    await story.forward(hours=3, minutes=59)
    await story.quiet()
    for hours in (0.05, 18, 21, 24):
        await story.forward(hours=hours)
        page = await story.got(LENA, alert["reference"])
        assert "SAME-DAY" in page.body
        await story.quiet()
    assert page.at.isoformat()[:16] == "2026-03-05T07:00"


async def test_over_the_weekend_one_digest_counts_all_that_waits(story: Story) -> None:
    """Two episodes: before any session, and of the session."""
    await story.set_time(datetime(2026, 3, 6, 18, 0, tzinfo=UTC))
    assert (await story.phone.report({}, text="please look at this")).status_code == 201
    await story.earlier_sessions()
    assert (await story.phone.report({}, text="and this")).status_code == 201
    await story.quiet()
    await story.forward(hours=14)
    await story.quiet()
    await story.forward(hours=1, minutes=1)
    digest = await story.got(OMAR, "2 same-day alerts waiting")
    assert digest.link == "https://localhost/team"
    await story.forward(hours=45)
    await story.quiet()
    await story.forward(hours=1)
    await story.got(LENA, "SAME-DAY  ")
    await story.got(LENA, "SAME-DAY  ")


async def test_acknowledging_cancels_the_pages_that_wait(story: Story) -> None:
    await story.record_session()
    answer = await story.phone.answer(await story.prompted(), CALM, a_danger="chest_pain")
    assert answer.status_code == 201, answer.text
    await story.done("nora", await story.alert(), "acknowledge")
    await story.quiet()
    assert {row["state"] for row in await story.rows("select state from notifications where kind = 'page'")} == {
        "cancelled"
    }


async def test_of_two_who_acknowledge_at_once_one_wins(story: Story) -> None:
    alert = await emergency(story)
    answers = await asyncio.gather(
        story.act("nora", alert, "acknowledge"), story.act("omar", alert, "acknowledge"),
        story.act("lena", alert, "acknowledge"),
    )  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    (winner,) = [answer.json() for answer in answers if answer.status_code == 200]
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["current"]["acknowledged_by"] == winner["acknowledged_by"]
    assert [event["kind"] for event in (await story.alert())["events"]].count("acknowledged") == 1


@pytest.mark.parametrize(("how", "minutes"), [(emergency, 10), (urgent, 30)])
async def test_it_opens_again_when_the_patient_was_not_reached(story: Story, how: Any, minutes: int) -> None:
    alert = await how(story)
    held = await story.done("nora", alert, "acknowledge")
    assert held["version"] == alert["version"] + 1
    due = datetime.fromisoformat(held["reached_due_at"]) - datetime.fromisoformat(held["acknowledged_at"])
    assert due == timedelta(minutes=minutes)
    await story.forward(minutes=minutes * 0.6)
    await story.quiet()
    await story.forward(minutes=minutes * 0.3)
    await story.got(NORA, f"{alert['reference']}  You have it. Reached? Say so by")
    await story.quiet()
    await story.forward(minutes=minutes * 0.1 + 1)
    await story.got(OMAR, alert["reference"])
    if how is emergency:
        await story.got(NORA, alert["reference"])
    again = await story.alert()
    assert (again["state"], again.get("acknowledged_by")) == ("open", None)
    assert again["version"] == held["version"] + 1


async def test_same_day_opens_again_at_the_end_of_the_next_working_day(story: Story) -> None:
    held = await story.done("nora", await same_day(story), "acknowledge")
    assert held["reached_due_at"] == "2026-03-03T17:00:00Z"


async def test_reached_holds_it_until_the_review(story: Story) -> None:
    held = await story.done("nora", await urgent(story), "acknowledge")
    review_at = await story.now() + timedelta(hours=2)
    followed = await story.done(
        "nora", held, "follow-up", reached=True, note="speaks clearly", review_at=stamp(review_at)
    )
    assert (followed["state"], followed["review_at"]) == ("in_follow_up", stamp(review_at))
    assert followed["reached_at"] is not None
    assert followed["events"][-1]["text"] == "speaks clearly"
    await story.forward(hours=1, minutes=58)
    await story.quiet()
    await story.forward(minutes=3)
    await story.got(OMAR, "URGENT")
    again = await story.alert()
    assert (again["state"], again.get("reached_at")) == ("open", None)


async def test_a_note_alone_is_a_follow_up_for_a_day(story: Story) -> None:
    alert = await urgent(story)
    followed = await story.done("nora", alert, "follow-up", note="no answer, tried twice")
    assert followed["state"] == "in_follow_up"
    wait = datetime.fromisoformat(followed["review_at"]) - await story.now()
    assert timedelta(hours=23) < wait <= timedelta(hours=24)


async def test_a_review_must_lie_ahead(story: Story) -> None:
    alert = await urgent(story)
    now = await story.now()
    for at in (now - timedelta(minutes=1), now + timedelta(days=15)):
        refused = await story.act("nora", alert, "follow-up", review_at=stamp(at))
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "review_at"


async def test_a_later_answer_starts_over_what_somebody_holds(story: Story) -> None:
    held = await story.done("nora", await urgent(story), "acknowledge")
    report = await story.phone.report({"a_pain": "bad"})
    assert report.status_code == 201, report.text
    await story.settle()
    await story.got(OMAR, "URGENT", held["reference"])
    alert = await story.alert()
    assert (alert["state"], alert["tier"]) == ("open", "urgent")


async def test_an_equal_flag_is_appended_and_a_worse_one_starts_over(story: Story) -> None:
    alert = await urgent(story)
    await story.forward(minutes=31)
    await story.got(NORA, "URGENT  ")
    equal = await story.phone.report({"a_sick": "many"})
    assert equal.status_code == 201, equal.text
    await story.quiet()
    appended = await story.alert()
    assert (appended["step"], appended["version"]) == (2, alert["version"] + 1)
    worse = await story.phone.report({"a_danger": "one_side"})
    assert worse.status_code == 201, worse.text
    await story.settle()
    await story.got(OMAR, "EMERGENCY", alert["reference"])
    await story.got(NORA, "EMERGENCY", alert["reference"])
    restarted = await story.alert()
    assert (restarted["id"], restarted["tier"], restarted["step"]) == (alert["id"], "emergency", 1)


async def test_passing_on_pages_the_next_person_now(story: Story) -> None:
    alert = await urgent(story)
    passed = await story.done("omar", alert, "escalate")
    assert passed["state"] == "open"
    await story.settle()
    await story.got(NORA, "URGENT  ", alert["reference"])
    held = await story.done("nora", passed, "acknowledge")
    passed = await story.done("nora", held, "escalate")
    assert (passed["state"], passed.get("acknowledged_by")) == ("open", None)
    await story.settle()
    await story.got(LENA, "URGENT  ")


async def test_a_colleague_who_leaves_hands_back_what_they_hold(story: Story) -> None:
    alert = await urgent(story)
    await story.done("omar", alert, "acknowledge")
    omar = story.world.ids.staff["omar"]
    left = await story.staff("lena").call("PATCH", f"/api/staff/{omar}", {"disabled": True})
    assert left.status_code == 200, left.text
    assert (await story.staff("omar").get("/api/me")).status_code == 401
    await story.settle()
    await story.got(NORA, "URGENT HANDED BACK", alert["reference"])
    again = await story.alert()
    assert (again["state"], again["events"][-2]["kind"]) == ("open", "reopened")


async def test_nobody_to_page_is_said_aloud_and_tried_again_each_minute(story: Story) -> None:
    story.expected_errors |= {"nobody_reachable", "on_call_unreachable"}
    await story.record_session()
    check_in = await story.prompted()
    harbor = story.world.ids.harbor
    await story.instance.owner.execute("update staff set role = 'viewer' where clinic_id = $1", harbor)
    answer = await story.phone.answer(check_in, CALM, a_danger="chest_pain")
    assert answer.status_code == 201, answer.text
    await story.forward(minutes=5)
    await story.quiet()
    (alert,) = await story.alerts()
    events = [event["kind"] for event in alert["events"]]
    assert events.count("nobody_reachable") >= 5
    await story.instance.owner.execute("update staff set role = 'nurse' where id = $1", story.world.ids.staff["nora"])
    await story.forward(minutes=1, seconds=5)
    await story.got(NORA, "EMERGENCY TO ALL")
    await story.got(NORA, "SYSTEM  who is on call cannot be paged")


async def test_no_alert_is_ever_without_a_next_instant(story: Story) -> None:
    alert = await urgent(story)
    for what, body in (("acknowledge", {}), ("follow-up", {"reached": True}), ("escalate", {})):
        alert = await story.done("nora", alert, what, **body)
        assert alert["next_action_at"] is not None
    await story.settle()
    await story.got(LENA)
    closed = await story.done("nora", alert, "close", outcome="reassured_expected", useful="worth_knowing")
    assert closed.get("next_action_at") is None
    stale = await story.act("nora", closed, "acknowledge")
    assert stale.status_code == 409
    unknown = {"id": str(uuid4()), "version": 1}
    assert (await story.act("nora", unknown, "acknowledge")).status_code == 404


async def test_an_urgent_alert_does_not_end_with_an_unreachable_patient(story: Story) -> None:
    alert = await urgent(story)
    refused = await story.act("nora", alert, "close", outcome="unreachable_handed_to_lead")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "outcome"
    closed = await story.done(
        "nora", alert, "close", outcome="seen_in_clinic", harm="mild", useful="needed", note="came by herself"
    )
    assert (closed["outcome"], closed["harm"], closed["useful"]) == ("seen_in_clinic", "mild", "needed")
    after = await story.phone.report({"a_sick": "many"})
    assert after.status_code == 201, after.text
    await story.settle()
    page = await story.got(OMAR, "URGENT")
    assert alert["reference"] not in page.body
