"""The queue, and the queue live."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from server.kit.clock import monotonic
from server.worker import drain
from tests.api.served import Served, served, stream
from tests.flow.story import CALM, LENA, NORA, OMAR, Story


async def reported(story: Story, **answers: str) -> dict[str, Any]:
    """Ana reports; the alert that follows."""
    sent = await story.phone.report(dict(answers))
    assert sent.status_code == 201, sent.text
    return await story.alert()


async def pages_read(story: Story) -> None:
    """Whoever was paged has seen it."""
    await drain(story.engine)
    for message in list(story.messages.unexpected()):
        assert message.to in (OMAR, NORA, LENA)
        await story.got(message.to)


async def test_an_alert_is_as_the_contract_says(story: Story) -> None:
    await story.record_session(risk=["sedative"], staying_with="her sister Inés")
    await story.staff("nora").call("PATCH", f"/api/patients/{story.ana}", {
        "companion": {"name": "Inés", "phone": "+34600111999"}, "address": "Calle Mayor 3"})  # fmt: skip
    answer = await story.phone.answer(await story.prompted(), CALM, a_danger="chest_pain", a_place="alone")
    assert answer.status_code == 201, answer.text
    alert = await story.alert()
    assert {"id", "reference", "patient_id", "patient_name", "tier", "state", "version", "opened_at", "next_action_at",
            "flags"} <= alert.keys()  # fmt: skip
    assert "acknowledged_by" not in alert
    assert (alert["patient_name"], alert["tier"], alert["state"], alert["version"]) == (
        "Ana Ruiz",
        "emergency",
        "open",
        1,
    )
    assert alert["flags"][0].keys() == {"rule", "tier", "explanation", "at"}
    assert alert["patient"]["address"] == "Calle Mayor 3"
    assert alert["patient"]["companion"]["name"] == "Inés"
    assert (alert["session"]["route"], alert["session"]["staying_with"]) == ("iv", "her sister Inés")
    assert "sedative" in alert["session"]["risk"]
    assert alert["told_patient"][0].startswith("This can be an emergency. Call 112 now.")
    assert (await story.staff("nora").get(f"/api/alerts/{alert['id']}")).json()["id"] == alert["id"]
    await pages_read(story)


async def test_the_address_is_shown_when_somebody_may_have_to_send_help(story: Story) -> None:
    """H3: on urgent and emergency only."""
    await story.staff("nora").call("PATCH", f"/api/patients/{story.ana}", {"address": "Calle Mayor 3"})
    same_day = await reported(story, a_pain="bad")
    assert same_day["patient"].get("address") is None
    urgent = await reported(story, a_sick="many")
    assert urgent["patient"]["address"] == "Calle Mayor 3"
    await pages_read(story)


async def test_most_severe_first_then_oldest(story: Story) -> None:
    lena = story.staff("lena")
    await reported(story, a_pain="bad")
    await story.earlier_sessions()
    sent = await story.phone.report({"a_sick": "many"})
    assert sent.status_code == 201
    assert [alert["tier"] for alert in await story.alerts()] == ["urgent", "same_day"]
    (urgent, _) = await story.alerts()
    await story.done("nora", urgent, "acknowledge")
    assert [alert["tier"] for alert in await story.alerts(state="open")] == ["same_day"]
    assert [alert["state"] for alert in await story.alerts(state="acknowledged")] == ["acknowledged"]
    assert await story.alerts(state="closed") == await story.alerts(state="in_follow_up") == []
    refused = await lena.get("/api/alerts?state=nonsense")
    assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (422, ["state"])
    await pages_read(story)


async def test_what_a_closing_may_say(story: Story) -> None:
    choices = (await story.staff("vera").get("/api/alerts/outcomes")).json()
    assert "reassured_expected" in choices["outcomes"]
    assert choices["harms"] == ["none", "mild", "moderate", "severe", "serious_event"]
    assert choices["useful"] == ["needed", "worth_knowing", "not_needed"]


@pytest.mark.parametrize("listening", [True, False], ids=["listening", "polling"])
async def test_an_alert_shows_within_a_second_whichever_process_raised_it(story: Story, listening: bool) -> None:
    async with served(story, listening=listening) as web, stream(web, "nora") as queue:
        assert await queue.next() == ("ready", {})
        await asyncio.sleep(0.3)
        alert = await reported(story, a_sick="many")
        raised = monotonic()
        shown = await queue.alert()
        assert (shown["id"], shown["state"]) == (alert["id"], "open")
        assert monotonic() - raised < 1
        await story.done("omar", alert, "acknowledge")
        held = monotonic()
        while (await queue.alert())["state"] != "acknowledged":
            pass
        assert monotonic() - held < 1
        await pages_read(story)


async def test_the_engines_alerts_show_too(story: Story) -> None:
    await story.record_session()
    async with served(story) as web, stream(web, "vera") as queue:
        await queue.until("ready")
        now = await story.now()
        await story.set_time(now + timedelta(hours=4, minutes=5))
        await drain(story.engine)
        assert (await queue.alert())["missed"]
    await pages_read(story)


async def test_what_stands_is_shown_on_connect_and_what_closes_is_told(story: Story) -> None:
    alert = await reported(story, a_sick="many")
    async with served(story) as web, stream(web, "nora") as queue:
        events = await queue.until("ready")
        assert [(name, data.get("id")) for name, data in events] == [("alert", alert["id"]), ("ready", None)]
        await asyncio.sleep(0.3)
        await story.done("nora", alert, "close", outcome="reassured_expected")
        while (await queue.alert())["state"] != "closed":
            pass
    await pages_read(story)


async def test_another_clinic_hears_nothing(story: Story) -> None:
    async with served(story) as web, stream(web, "zoe") as queue:
        assert await queue.next() == ("ready", {})
        await reported(story, a_sick="many")
        with pytest.raises(TimeoutError):
            await queue.alert(within_s=1)
    await pages_read(story)


async def test_a_stream_ends_when_its_sign_in_does_and_tells_nothing_after(story: Story) -> None:
    async with served(story) as web, stream(web, "omar") as queue:
        await queue.until("ready")
        omar = story.world.ids.staff["omar"]
        gone = await story.staff("lena").call("PATCH", f"/api/staff/{omar}", {"disabled": True})
        assert gone.status_code == 200, gone.text
        await reported(story, a_sick="many")
        with pytest.raises(EOFError):
            await queue.alert()
        assert (await web.get("/api/alerts/stream", "omar", accept="text/event-stream")).status_code == 401
    await pages_read(story)


async def test_many_streams_hold_no_connection_of_the_pool(story: Story) -> None:
    async with served(story, size=3) as web:
        async with asyncio.TaskGroup() as group:
            watched = [group.create_task(watch(web)) for _ in range(20)]
            await asyncio.sleep(1)
            assert await web.idle(2)
            answers = await asyncio.gather(*(web.get("/api/alerts", "nora") for _ in range(6)))
            assert {answer.status_code for answer in answers} == {200}
            alert = await reported(story, a_sick="many")
        assert {task.result() for task in watched} == {alert["id"]}
        assert await web.idle(2)
    await pages_read(story)


async def watch(web: Served) -> str:
    """A screen that stays until it has seen one alert."""
    async with stream(web, "nora") as queue:
        await queue.until("ready")
        found: str = (await queue.alert(20))["id"]
        return found


async def test_what_happened_while_the_line_was_down_is_shown_after_it(story: Story) -> None:
    async with served(story) as web, stream(web, "nora") as queue:
        await queue.until("ready")
        await asyncio.sleep(0.3)
        superuser = await asyncpg.connect(story.instance.urls.superuser_url)
        await superuser.execute("alter role afterglow_web connection limit 0")
        cut = await superuser.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'afterglow-listen' and datname = current_database()"
        )
        assert len(cut) == 1
        await asyncio.sleep(0.1)
        alert = await reported(story, a_sick="many")
        await superuser.execute("alter role afterglow_web connection limit -1")
        await superuser.close()
        assert (await queue.alert())["id"] == alert["id"]
    await pages_read(story)


async def test_a_stream_ends_within_a_second_or_so_of_its_sign_in_though_nothing_happens(story: Story) -> None:
    async with served(story) as web, stream(web, "omar") as queue:
        await queue.until("ready")
        assert (await story.staff("omar").call("DELETE", "/api/sign-in")).status_code == 204
        left = monotonic()
        with pytest.raises(EOFError):
            await queue.alert()
        assert monotonic() - left < 2


async def test_stopping_the_server_ends_the_streams(story: Story) -> None:
    async with served(story) as web, stream(web, "nora") as queue:
        await queue.until("ready")
        stopped = monotonic()
        web.feed.end_streams()
        with pytest.raises(EOFError):
            await queue.alert()
        assert monotonic() - stopped < 2


async def test_lists_carry_the_latest_of_a_long_story_and_one_alert_all_of_it(story: Story) -> None:
    alert = await reported(story, a_danger="chest_pain")
    await pages_read(story)
    for _ in range(24):
        await story.forward(minutes=10)
        await pages_read(story)
    alert = await story.alert()
    whole = (await story.staff("nora").get(f"/api/alerts/{alert['id']}")).json()
    assert (len(alert["events"]), whole["earlier_events"]) == (20, 0)
    assert alert["earlier_events"] == len(whole["events"]) - 20 > 0
    assert whole["events"][-20:] == alert["events"]
    assert whole["events"][0]["kind"] == "raised"
