"""A patient is not asked for a while, or never again; what they tell all the same is judged and pages as ever."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from server.flow.push import prompts_unshown
from tests.flow.story import ANAS_PHONE, CALM, OMAR, Story, stamp


async def pause(story: Story, reason: str, who: str = "nora", *, days: float = 0, hours: float = 0) -> httpx.Response:
    body = {"reason": reason}
    if days or hours:
        body["ends_at"] = stamp(await story.now() + timedelta(days=days, hours=hours))
    return await story.staff(who).post(f"/api/patients/{story.ana}/pauses", body)


async def paused(story: Story, reason: str, *, days: float = 0, hours: float = 0) -> dict[str, Any]:
    answer = await pause(story, reason, days=days, hours=hours)
    assert answer.status_code == 201, answer.text
    one: dict[str, Any] = answer.json()["items"][-1]
    return one


async def go_on(story: Story) -> None:
    assert (await story.staff("nora").post(f"/api/patients/{story.ana}/pauses/end")).status_code == 200


async def states(story: Story) -> dict[str, tuple[str, str | None]]:
    return {item["key"]: (item["state"], item["reason"]) for item in await story.timeline("check_in")}


async def test_nothing_is_asked_and_silence_means_nothing(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    await paused(story, "on_holiday", days=5)
    await story.forward(days=4)
    await story.quiet()
    found = await states(story)
    assert {found[key] for key in ("h1", "h24", "h72")} == {("paused", "on_holiday")}
    assert await story.alerts() == []


async def test_the_phone_lists_nothing_that_is_not_asked_and_says_until_when(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    before = (await story.phone.browser.get("/api/my/check-ins")).json()
    assert (before["rest"], {"h1", "h24", "h72"} <= {item["key"] for item in before["items"]}) == (None, True)
    away = await paused(story, "on_holiday", days=2)
    during = (await story.phone.browser.get("/api/my/check-ins")).json()
    assert during["rest"] == {"until": away["until"]}
    listed = {item["key"]: item for item in during["items"]}
    assert "h72" in listed
    assert "h24" not in listed
    assert all(
        datetime.fromisoformat(one["closes_at"]) > datetime.fromisoformat(away["until"]) for one in listed.values()
    )
    await go_on(story)
    after = (await story.phone.browser.get("/api/my/check-ins")).json()
    assert (after["rest"], [i["key"] for i in after["items"]]) == (None, [i["key"] for i in before["items"]])
    await paused(story, "withdrawn")
    ended = (await story.phone.browser.get("/api/my/check-ins")).json()
    assert (ended["rest"], ended["items"]) == ({"until": None}, [])


async def test_what_waits_to_be_sent_is_withdrawn_and_no_reminder_follows(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    await story.prompted()
    await story.set_time(await story.now() + timedelta(minutes=11))
    story.sms.faults.fail(503)
    await story.settle()
    (waiting,) = await story.rows("select state from notifications where state = 'queued'")
    assert waiting["state"] == "queued"
    await paused(story, "admitted", days=3)
    assert await story.rows("select from notifications where state = 'queued'") == []
    await story.forward(hours=2)
    assert (await states(story))["h1"] == ("paused", "admitted")
    await story.quiet()


async def test_a_first_prompt_that_never_left_is_sent_after_a_pause_by_mistake(story: Story) -> None:
    await story.earlier_sessions()
    recorded = await story.record_session()
    story.sms.faults.fail(503)
    due = next(c for c in recorded["check_ins"] if c["key"] == "h1")["due_at"]
    await story.set_time(datetime.fromisoformat(due))
    await story.settle()
    await paused(story, "admitted", days=3)
    await story.settle()
    story.sms.faults.clear()
    await go_on(story)
    await story.forward(minutes=1)
    await story.got(ANAS_PHONE, "Time to check in")
    assert (await states(story))["h1"] == ("open", None)


async def test_what_a_phone_did_not_show_goes_on_by_text_after_a_pause_by_mistake(story: Story) -> None:
    """Asked by push, withdrawn on its way to the next channel: once more by that, and not from the start."""
    await story.earlier_sessions()
    await story.takes_push()
    recorded = await story.record_session()
    due = next(c for c in recorded["check_ins"] if c["key"] == "h1")["due_at"]
    await story.set_time(datetime.fromisoformat(due))
    story.push.faults.hide()
    await story.settle()
    await story.set_time(await story.now() + timedelta(minutes=4))
    await prompts_unshown(story.engine.db)
    await paused(story, "admitted", days=3)
    await story.settle()
    await story.quiet()
    await go_on(story)
    await story.settle()
    await story.got(ANAS_PHONE, "Time to check in", channel="sms")
    await story.quiet()
    assert (await states(story))["h1"] == ("open", None)


async def test_a_companion_is_not_asked_either(story: Story) -> None:
    lena = story.staff("lena")
    companion = {"companion": {"name": "Luis", "phone": "+34600111333"}, "text_companion": True}
    assert (await lena.call("PATCH", f"/api/patients/{story.ana}", companion)).status_code == 200
    await story.record_session()
    await story.prompted()
    await paused(story, "admitted", days=1)
    await story.forward(hours=2)
    await story.quiet()


async def test_an_urgent_answer_pages_all_the_same(story: Story) -> None:
    await story.earlier_sessions()
    recorded = await story.record_session()
    await paused(story, "on_holiday", days=5)
    await story.forward(hours=3)
    check_in = await story.phone.open(recorded["check_ins"][0]["id"])
    assert (await story.phone.answer(check_in, CALM, a_sick="many")).status_code == 201
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.quiet()


async def test_so_does_a_report_long_after_the_patient_left(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    await paused(story, "withdrawn")
    await story.forward(days=2)
    assert (await story.phone.report({"a_danger": "chest_pain"})).status_code == 201
    await story.settle()
    assert (await story.alert())["tier"] == "emergency"
    story.messages.forget()


async def test_after_the_end_the_clock_is_the_one_it_always_was(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    await paused(story, "on_holiday", hours=30)
    await story.forward(hours=24)
    await story.quiet()
    await story.forward(hours=7)
    await story.got(ANAS_PHONE, "Time to check in")
    found = await states(story)
    assert found["h1"] == ("paused", "on_holiday")
    assert found["h24"] == ("open", None)
    story.messages.forget()


async def test_a_pause_that_ends_as_a_window_closes_covers_it(story: Story) -> None:
    """Nobody asked, so silence means nothing."""
    await story.earlier_sessions()
    recorded = await story.record_session()
    closes = next(c for c in recorded["check_ins"] if c["key"] == "h1")["closes_at"]
    ends = {"reason": "on_holiday", "ends_at": closes}
    assert (await story.staff("nora").post(f"/api/patients/{story.ana}/pauses", ends)).status_code == 201
    await story.set_time(datetime.fromisoformat(closes) + timedelta(minutes=1))
    await story.settle()
    assert (await states(story))["h1"] == ("paused", "on_holiday")
    assert await story.alerts() == []
    story.messages.forget()


async def test_a_pause_that_a_person_ends_asks_what_is_still_open(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    await paused(story, "on_holiday", days=10)
    await story.forward(hours=25)
    await story.quiet()
    await go_on(story)
    await story.settle()
    await story.got(ANAS_PHONE, "Time to check in")
    assert (await states(story))["h24"] == ("open", None)
    assert (await story.staff("nora").post(f"/api/patients/{story.ana}/pauses/end")).status_code == 404
    story.messages.forget()


async def test_a_pause_is_renewed_by_a_person_two_weeks_ahead_at_most(story: Story) -> None:
    one = await paused(story, "admitted", days=2)
    path = f"/api/patients/{story.ana}/pauses/{one['id']}/renew"
    for days, status in ((15, 422), (1, 404), (14, 200)):
        ends = stamp(await story.now() + timedelta(days=days))
        answer = await story.staff("nora").post(path, {"ends_at": ends})
        assert answer.status_code == status, answer.text
    (shown,) = answer.json()["items"]
    assert (shown["until"], shown["by"], shown["over"]) == (ends, "Nora", False)
    await story.forward(days=15)
    assert (await story.staff("nora").post(path, {"ends_at": stamp(await story.now())})).status_code == 422
    later = stamp(await story.now() + timedelta(days=3))
    assert (await story.staff("nora").post(path, {"ends_at": later})).status_code == 404


async def test_whoever_died_is_never_written_to_again(story: Story) -> None:
    """Not by what was waiting, not by what is planned, not by the phone's own button, nor is the companion."""
    await story.takes_push()
    await story.earlier_sessions()
    await story.record_session()
    await story.forward(hours=3)
    await story.messages.got(ANAS_PHONE, "Time to check in")
    await paused(story, "deceased")
    found = await story.timeline("check_in")
    assert not [item for item in found if item["state"] in ("planned", "open")]
    assert (await story.phone.browser.post("/api/my/push/test")).status_code < 500
    await story.forward(days=40)
    await story.quiet()
    assert await story.alerts() == []


async def test_recorded_by_mistake_it_is_taken_back(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    await paused(story, "deceased")
    await story.forward(hours=2)
    await go_on(story)
    await story.forward(hours=1)
    await story.got(ANAS_PHONE, "Time to check in")


@pytest.mark.parametrize("planned", ["before", "during"])
async def test_a_second_look_is_still_one_when_a_death_is_taken_back(story: Story, planned: str) -> None:
    await story.earlier_sessions()
    await story.record_session()
    check_in = await story.prompted()
    if planned == "during":
        await paused(story, "deceased")
    assert (await story.phone.answer(check_in, CALM, a_place="alone")).status_code == 201
    if planned == "before":
        await paused(story, "deceased")
    await story.forward(minutes=61)
    assert (await states(story))["recheck_1"] == ("paused", "deceased")
    await go_on(story)
    assert (await states(story))["recheck_1"][1] == "recheck"
    await story.forward(minutes=2)
    await story.got(ANAS_PHONE, "Please tell us again how you are")
    story.messages.forget()


async def test_one_pause_gives_way_to_another(story: Story) -> None:
    await paused(story, "on_holiday", days=5)
    await paused(story, "deceased")
    first, second = (await story.staff("vera").get(f"/api/patients/{story.ana}/pauses")).json()["items"]
    assert (first["over"], first["ended_by"]) == (True, "Nora")
    assert (second["reason"], second["until"], second["over"]) == ("deceased", None, False)
    told = await story.timeline("pause")
    assert [(item["reason"], item["over"]) for item in told] == [("on_holiday", True), ("deceased", False)]
    actions = await story.rows("select action from audit_log where object_kind = 'pause' order by at, id")
    assert [row["action"] for row in actions] == ["pause.started", "pause.ended", "pause.started"]


@pytest.mark.parametrize(
    ("reason", "days", "status"),
    [
        ("on_holiday", 0, 422), ("admitted", 0, 422), ("admitted", 15, 422),
        ("admitted", -1, 422),
        ("withdrawn", 3, 422), ("deceased", 3, 422), ("tired", 3, 422),
        ("withdrawn", 0, 201), ("on_holiday", 14, 201),
    ],
)  # fmt: skip
async def test_what_a_pause_needs(story: Story, reason: str, days: float, status: int) -> None:
    assert (await pause(story, reason, days=days)).status_code == status


async def test_only_who_cares_for_patients_pauses_their_own(story: Story) -> None:
    for who, status in (("vera", 403), ("zoe", 404), ("omar", 201)):
        assert (await pause(story, "on_holiday", who, days=2)).status_code == status


async def test_a_session_is_not_recorded_into_a_pause(story: Story) -> None:
    """Nobody would ask how the patient is after it."""
    await paused(story, "on_holiday", days=5)
    await story.forward(hours=3)
    now = await story.now()
    body = {
        "drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": "depression",
        "started_at": stamp(now - timedelta(hours=1)), "ended_at": stamp(now),
    }  # fmt: skip
    path = f"/api/patients/{story.ana}/sessions"
    assert (await story.staff("nora").post(path, body)).status_code == 409
    before = {"started_at": stamp(now - timedelta(hours=5)), "ended_at": stamp(now - timedelta(hours=4))}
    assert (await story.staff("nora").post(path, body | before)).status_code == 201


async def test_every_check_in_past_its_window_is_answered_missed_or_paused_with_a_reason(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    await story.forward(hours=4)
    await paused(story, "on_holiday", days=3)
    await story.forward(days=12)
    left = await story.rows(
        "select key, state, reason from check_ins where closes_at < app_now() - interval '1 minute'"
        " and state not in ('answered', 'missed', 'cancelled') and not (state = 'paused' and reason is not null)"
    )
    assert left == []
    assert {item["state"] for item in await story.timeline("check_in")} >= {"missed", "paused"}
    story.messages.forget()
