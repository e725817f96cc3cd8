"""Rooms of the team hear about alerts beside the people who are paged: they are told, never counted on."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from server.demo.inbox import Delivered
from tests.flow.story import CALM, LENA, NORA, OMAR, Story

SATURDAY = datetime(2026, 3, 7, 7, 0, tzinfo=UTC)
PATH = "/api/clinic/team-channels"
ALL = ["emergency", "urgent", "same_day", "incident"]


async def added(story: Story, room: str = "nurses", hears: list[str] | None = None, **more: Any) -> dict[str, Any]:
    """Lena adds the room by its webhook."""
    body = {"name": room, "url": story.rooms.webhook(room), "hears": hears or ALL} | more
    answer = await story.staff("lena").post(PATH, body)
    assert answer.status_code == 201, answer.text
    return await channel(story, room)


async def channel(story: Story, name: str = "nurses") -> dict[str, Any]:
    (one,) = (c for c in (await story.staff("lena").get(PATH)).json()["items"] if c["name"] == name)
    found: dict[str, Any] = one
    return found


async def try_out(story: Story, one: dict[str, Any]) -> dict[str, Any]:
    """A test by the button; what the list then shows."""
    answer = await story.staff("lena").post(f"{PATH}/{one['id']}/test")
    assert answer.status_code == 202, answer.text
    await story.settle()
    return await channel(story, one["name"])


async def answered(story: Story, **worse: Any) -> None:
    await story.phone.answer(await story.prompted(), CALM, **worse)
    await story.settle()


async def test_an_urgent_alert_is_told_in_the_room_and_to_the_person_on_call(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    await added(story)
    await answered(story, a_sick="many")
    page = await story.got(OMAR, "URGENT")
    told = await story.got("nurses", "URGENT", channel="team")
    reference = (await story.alert())["reference"]
    assert reference in told.body
    assert told.link is not None
    assert told.link.endswith(f"/team/alerts/{reference}")
    assert page.body.startswith(told.body), "the link that acts and the reply are the person's own"
    assert set(story.rooms.bodies[-1]) == {"version", "title", "message", "attachments", "type"}
    await story.quiet()


async def test_the_room_hears_each_step_until_somebody_has_it(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    await added(story)
    await answered(story, a_danger="chest_pain")
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    await story.got("nurses", "EMERGENCY")
    await story.done("omar", await story.alert(), "acknowledge")
    await story.forward(minutes=4)
    await story.quiet()


async def test_a_channel_hears_only_what_it_is_there_for(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    await added(story, "emergencies", ["emergency"])
    await added(story, "operators", ["incident"])
    await answered(story, a_sick="many")
    await story.got(OMAR, "URGENT")
    await story.quiet()


async def test_a_room_is_no_person_who_was_paged(story: Story) -> None:
    """Nobody can be reached: the room is told, and the alert is not thought to be with anybody."""
    story.expected_errors = {"nobody_reachable", "nobody_on_call"}
    await story.earlier_sessions()
    await story.record_session()
    await added(story)
    asked = await story.prompted()
    disable = "update staff set disabled_at = app_now() where clinic_id = $1"
    await story.instance.owner.execute(disable, story.world.ids.harbor)
    await story.phone.answer(asked, CALM, a_sick="many")
    await story.settle()
    told = await story.messages.got("nurses", "URGENT")
    await story.got("nurses", "SYSTEM", "nobody on call")
    events = await story.rows("select kind from alert_events order by at, id")
    assert [e["kind"] for e in events] == ["raised", "nobody_reachable"]
    assert told.channel == "team"
    (alert,) = await story.rows("select next_action_at - app_now() < interval '61 seconds' as soon from alerts")
    assert alert["soon"]


async def test_a_test_is_sent_and_its_result_is_honest(story: Story) -> None:
    one = await added(story)
    assert (one["service"], one["host"], one["last_at"]) == ("Webhook", "127.0.0.1", None)
    assert not any("rooms" in str(value) for value in one.values())
    shown = await try_out(story, one)
    assert (shown["last_state"], shown["last_was_test"], shown["last_error"]) == ("sent", True, None)
    await story.got("nurses", "TEST")
    assert (await story.staff("lena").post(f"{PATH}/{one['id']}/test")).status_code == 409


async def test_a_double_tap_sends_one_test(story: Story) -> None:
    one = await added(story)
    lena = story.staff("lena")
    taps = await asyncio.gather(*(lena.post(f"{PATH}/{one['id']}/test") for _ in range(4)))
    assert sorted(answer.status_code for answer in taps) == [202, 409, 409, 409]
    await story.settle()
    await story.got("nurses", "TEST")
    await story.quiet()


async def test_a_refused_test_says_so_and_the_people_are_told(story: Story) -> None:
    story.expected_errors = {"message_given_up"}
    one = await added(story)
    story.rooms.faults.fail(404)
    shown = await try_out(story, one)
    assert (shown["last_state"], shown["last_error"]) == ("failed", "http_404")
    await story.quiet()


async def test_a_room_that_is_gone_is_told_to_the_people_not_to_itself(story: Story) -> None:
    story.expected_errors = {"message_given_up"}
    await story.earlier_sessions()
    await story.record_session()
    await added(story)
    story.rooms.faults.fail(410, times=5)
    await answered(story, a_sick="many")
    await story.got(OMAR, "URGENT")
    for colleague in (OMAR, NORA, LENA):
        await story.got(colleague, "SYSTEM", "a team channel does not work")
    assert (await channel(story))["last_error"] == "http_410"
    await story.quiet()


async def test_a_busy_room_is_tried_again(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    await added(story)
    story.rooms.faults.fail(503)
    await answered(story, a_sick="many")
    await story.got(OMAR, "URGENT")
    await story.wait(6)
    await story.settle()
    await story.got("nurses", "URGENT")


async def test_a_removed_channel_forgets_its_address_and_what_waited(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    one = await added(story)
    await story.phone.answer(await story.prompted(), CALM, a_sick="many")
    assert (await story.staff("lena").call("DELETE", f"{PATH}/{one['id']}")).json() == {"items": []}
    await story.settle()
    await story.got(OMAR, "URGENT")
    (row,) = await story.rows("select url_enc, removed_at from team_channels")
    assert row["url_enc"] is None
    assert row["removed_at"] is not None
    assert (await story.staff("lena").post(f"{PATH}/{one['id']}/test")).status_code == 404
    await story.quiet()


async def test_an_ntfy_server_of_ones_own(story: Story) -> None:
    one = await added(story, "duty", url=story.rooms.ntfy("duty"), language="es")
    assert (one["service"], one["host"]) == ("ntfy", "127.0.0.1")
    await try_out(story, one)
    told: Delivered = await story.got("duty", "PRUEBA")
    assert told.title == "Prueba"


async def test_the_address_is_stored_sealed_and_in_no_audit_row(story: Story) -> None:
    one = await added(story)
    stored = await story.rows("select team_channels::text as row from team_channels")
    audited = await story.rows("select audit_log::text as row from audit_log where object_kind = 'team_channel'")
    assert len(audited) == 1
    assert not any("127.0.0.1:" in row["row"] or "/rooms" in row["row"] for row in (*stored, *audited))
    assert (await story.staff("zoe").get(PATH)).json() == {"items": []}
    assert (await story.staff("zoe").call("DELETE", f"{PATH}/{one['id']}")).status_code == 404
    assert (await story.staff("nora").get(PATH)).status_code == 403


async def test_a_channel_gets_another_name_and_hears_other_things(story: Story) -> None:
    one = await added(story)
    change = {"name": "Night room", "hears": ["emergency", "emergency"]}
    items = (await story.staff("lena").call("PATCH", f"{PATH}/{one['id']}", change)).json()["items"]
    assert [(c["name"], c["hears"]) for c in items] == [("Night room", ["emergency"])]
    refused: tuple[dict[str, Any], ...] = (
        {"hears": []},
        {"name": " "},
        {"hears": ["routine"]},
        {"url": "json://x.example"},
    )
    for wrong in refused:
        assert (await story.staff("lena").call("PATCH", f"{PATH}/{one['id']}", wrong)).status_code == 422


async def test_a_clinic_has_ten_at_most(story: Story) -> None:
    for n in range(10):
        await added(story, f"room{n}")
    body = {"name": "more", "url": story.rooms.webhook("more"), "hears": ["urgent"]}
    assert (await story.staff("lena").post(PATH, body)).status_code == 409


async def test_same_day_alerts_of_a_weekend_come_as_one_digest(story: Story) -> None:
    await story.earlier_sessions()
    await story.set_time(SATURDAY)
    await story.record_session()
    await added(story, hears=["same_day"])
    await answered(story, a_pain="bad")
    await story.quiet()
    await story.forward(hours=23)
    await story.got("nurses", "1 same-day alert")
    await story.got(OMAR, "1 same-day alert")
    story.messages.forget()
