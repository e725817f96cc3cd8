"""Notifications on the patient's phone: first choice when there are any, and never the only way."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from server.alerts.queries import lock_patient
from server.flow.checkins import checkins_due
from server.flow.push import prompts_unshown
from server.kit.actor import Actor
from server.kit.crypto import KeyFileError
from server.notifications import push_queries
from server.notifications.push_setup import ensure_push_key, rotate_push_keys
from server.worker import housekeeping
from tests.api.instance import KEY
from tests.flow.story import ANAS_PHONE, CALM, Story

SUBSCRIPTIONS = "select retired_for, unshown from push_subscriptions order by created_at, id"
WAITS_FOR_ME = "select exists (select from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid)))"
AGE = "update push_subscriptions set retired_at = retired_at - make_interval(days => $1)"
PROMPTS = """
select state, channels[channel_index + 1] as channel, last_error, shown_at is not null as shown,
       opened_at is not null as opened
from notifications where kind = 'prompt' order by created_at, id
"""


async def asked(story: Story) -> None:
    """A session is recorded, and its first check-in is due: a safety check-in."""
    await story.record_session()
    await story.forward(hours=3)


async def by_push(story: Story, *words: str) -> Any:
    return await story.got(ANAS_PHONE, *words, channel="push")


async def by_text(story: Story, *words: str) -> Any:
    return await story.got(ANAS_PHONE, *words, channel="sms")


async def test_a_phone_with_notifications_gets_no_text(story: Story) -> None:
    await story.takes_push()
    await asked(story)
    shown = await by_push(story, "Time to check in")
    assert "http" not in shown.body
    assert "/c#token=" in (shown.link or "")
    assert await story.rows(PROMPTS) == [
        {"state": "delivered", "channel": "push", "last_error": None, "shown": True, "opened": False}
    ]
    await story.forward(minutes=9)
    await story.quiet()


async def test_the_link_of_a_push_opens_the_check_in_and_the_tap_is_a_receipt(story: Story) -> None:
    await story.takes_push()
    await asked(story)
    shown = await by_push(story, "Time to check in")
    token = (shown.link or "").partition("#token=")[2]
    await story.phone_tells("", token, "opened")
    assert (await story.rows(PROMPTS))[0]["opened"]
    assert (await story.instance.browser().post("/api/my/link", {"token": token})).status_code == 200
    (message,) = await story.timeline("message")
    assert (message["channel"], message["state"]) == ("push", "delivered")


async def test_a_push_that_no_phone_shows_becomes_a_text_after_three_minutes(story: Story) -> None:
    await story.takes_push()
    story.push.faults.hide(times=9)
    await asked(story)
    await story.forward(minutes=2.9)
    await story.quiet()
    await story.forward(minutes=0.2)
    await by_text(story, "Time to check in")
    await story.quiet()
    (prompt,) = await story.rows(PROMPTS)
    assert (prompt["channel"], prompt["state"]) == ("sms", "sent")
    attempts = await story.rows("select channel, result from attempts order by at, id")
    assert attempts == [{"channel": "push", "result": "accepted"}, {"channel": "sms", "result": "accepted"}]
    assert (await story.rows(SUBSCRIPTIONS))[0]["unshown"] == 1


async def test_an_answer_needs_no_second_message(story: Story) -> None:
    await story.takes_push()
    story.push.faults.hide()
    await asked(story)
    answer = await story.phone.answer(await story.phone.open(), CALM)
    assert answer.status_code == 201, answer.text
    await story.forward(minutes=30)
    await story.quiet()
    (prompt,) = await story.rows(PROMPTS)
    assert (prompt["state"], prompt["shown"]) == ("sent", False)


async def test_a_late_receipt_comes_too_late_for_one_text_and_no_more(story: Story) -> None:
    await story.takes_push()
    story.push.faults.hide()
    await asked(story)
    await story.forward(minutes=4)
    text = await by_text(story, "Time to check in")
    await story.phone_tells("", (text.link or "").partition("#token=")[2])
    await story.forward(minutes=5)
    await story.quiet()
    assert (await story.rows(SUBSCRIPTIONS))[0] == {"retired_for": None, "unshown": 0}


async def test_two_workers_fall_back_once(story: Story) -> None:
    await story.takes_push()
    story.push.faults.hide()
    await asked(story)
    await story.set_time(await story.now() + timedelta(minutes=4))
    await asyncio.gather(*(prompts_unshown(story.engine.db) for _ in range(3)))
    await story.settle()
    await by_text(story, "Time to check in")
    await story.quiet()
    assert (await story.rows(SUBSCRIPTIONS))[0]["unshown"] == 1


@pytest.mark.parametrize("status", [404, 410])
async def test_a_phone_that_is_gone_is_retired_and_a_text_goes_at_once(story: Story, status: int) -> None:
    await story.takes_push()
    story.push.faults.fail(status)
    await asked(story)
    await by_text(story, "Time to check in")
    assert (await story.rows(SUBSCRIPTIONS))[0]["retired_for"] == "gone"
    assert (await story.phone.browser.get("/api/my/push")).json()["state"] == "lost"
    await story.forward(minutes=11)
    await by_text(story, "still open")
    assert len(story.push.taken) == 0


@pytest.mark.parametrize("status", [500, 429])
async def test_a_push_service_in_trouble_is_tried_again(story: Story, status: int) -> None:
    await story.takes_push()
    story.push.faults.fail(status, retry_after_s=20 if status == 429 else None)
    await asked(story)
    await story.quiet()
    await story.wait(19 if status == 429 else 4)
    await story.quiet()
    await story.wait(2)
    await story.settle()
    await by_push(story, "Time to check in")


async def test_a_long_pause_asked_for_is_not_waited_out_alone(story: Story) -> None:
    await story.takes_push()
    story.push.faults.fail(429, retry_after_s=3600)
    await asked(story)
    await by_text(story, "Time to check in")
    await story.wait(601, turning=True)
    await story.settle()
    await by_push(story, "Time to check in")
    await story.forward(minutes=5)
    for message in list(story.messages.unexpected()):
        assert message.channel == "push", "nothing is sent a second time by text"
        await by_push(story)


async def test_a_key_that_is_refused_is_the_operators_matter_and_a_text_goes(story: Story) -> None:
    await story.takes_push()
    story.push.faults.fail(403)
    await asked(story)
    await by_text(story, "Time to check in")
    assert (await story.rows(SUBSCRIPTIONS))[0]["retired_for"] is None


async def test_a_phone_that_never_shows_anything_is_taken_off_after_three(story: Story) -> None:
    await story.takes_push()
    story.push.faults.hide(times=9)
    for _ in range(3):
        await asked(story)
        await story.forward(minutes=4)
        await by_text(story, "Time to check in")
        answer = await story.phone.answer(await story.phone.open(), CALM)
        assert answer.status_code == 201, answer.text
        await story.forward(hours=1)
        story.messages.forget()
        for session in await story.rows("select id from treatment_sessions where cancelled_at is null"):
            await story.staff("nora").post(f"/api/sessions/{session['id']}/cancel", {"reason": "again"})
    assert (await story.rows(SUBSCRIPTIONS))[0] == {"retired_for": "unseen", "unshown": 3}
    await asked(story)
    await by_text(story, "Time to check in")


async def test_a_routine_prompt_waits_a_quarter_of_an_hour_and_wakes_nobody(story: Story) -> None:
    """The next day's check-in is due at ten; the patient sleeps from five past to twenty to eleven."""
    quiet = {"quiet_hours": {"from": "10:05", "to": "10:40"}}
    assert (await story.staff("nora").call("PATCH", f"/api/patients/{story.ana}", quiet)).is_success
    await story.takes_push()
    await story.record_session()
    assert (await story.phone.answer(await story.prompted(), CALM)).status_code == 201
    story.push.faults.hide(times=9)
    await story.forward(hours=21, minutes=16)
    await story.quiet()
    assert len(story.push.taken) == 2
    await story.forward(minutes=22)
    await story.quiet()
    await story.forward(minutes=3)
    await by_text(story, "Time to check in")


@pytest.mark.parametrize("by", ["the phone", "the clinic", "another phone"])
async def test_a_phone_that_is_signed_out_gets_nothing_any_more(story: Story, by: str) -> None:
    await story.takes_push()
    nora = story.staff("nora")
    if by == "the phone":
        assert (await story.phone.browser.call("DELETE", "/api/my/device")).status_code == 204
    elif by == "the clinic":
        (device,) = (await nora.get(f"/api/patients/{story.ana}/devices")).json()["items"]
        assert (await nora.call("DELETE", f"/api/patients/{story.ana}/devices/{device['id']}")).is_success
    else:
        link = (await nora.post(f"/api/patients/{story.ana}/invitation")).json()["link"]
        token = {"token": link.partition("#token=")[2], "replace": True}
        assert (await story.instance.browser().post("/api/enrolment", token)).status_code == 200
    reason = "signed_out" if by == "the phone" else "revoked"
    assert (await story.rows(SUBSCRIPTIONS))[0]["retired_for"] == reason
    await asked(story)
    await by_text(story, "Time to check in")
    assert len(story.push.taken) == 0


async def test_one_that_signs_out_while_the_message_waits_gets_a_text(story: Story) -> None:
    await story.takes_push()
    await story.record_session()
    await story.set_time(await story.now() + timedelta(hours=3, minutes=1))
    await checkins_due(story.engine.db)
    assert (await story.phone.browser.call("DELETE", "/api/my/push")).status_code == 204
    await story.settle()
    await by_text(story, "Time to check in")
    assert len(story.push.taken) == 0


async def test_a_number_that_is_not_the_patients_stops_notifications_too(story: Story) -> None:
    await story.takes_push()
    await story.instance.owner.execute("update patients set texting_stopped_at = app_now()")
    story.expected_errors.add("patient_unreachable")
    await asked(story)
    await story.quiet()


async def test_trying_it_out_shows_a_neutral_message_on_this_phone(story: Story) -> None:
    await story.takes_push()
    for _ in range(2):
        assert (await story.phone.browser.post("/api/my/push/test")).status_code == 204
    await story.settle()
    shown = await by_push(story, "Messages reach this phone.")
    assert shown.link == "https://localhost/"
    await story.quiet()


async def test_keys_are_rotated_while_phones_keep_theirs_and_the_oldest_end(story: Story) -> None:
    given = await story.takes_push()
    assert await rotate_push_keys(story.instance.owner, KEY) == 0
    fresh = (await story.phone.browser.get("/api/my/push")).json()
    assert (fresh["state"], fresh["public_key"] == given["public_key"]) == ("on", False)
    await asked(story)
    await by_push(story, "Time to check in")
    assert (await story.phone.browser.call("PUT", "/api/my/push", given)).status_code == 200
    assert await rotate_push_keys(story.instance.owner, KEY) == 1
    assert (await story.phone.browser.get("/api/my/push")).json()["state"] == "lost"
    stale = await story.phone.browser.call("PUT", "/api/my/push", given)
    assert (stale.status_code, stale.json()["errors"][0]["field"]) == (422, "public_key")
    await story.takes_push()
    await story.forward(minutes=10)
    await by_push(story, "still open")


async def test_nothing_about_the_phone_is_stored_in_clear(story: Story) -> None:
    given = await story.takes_push()
    (row,) = await story.rows("select t::text as text from push_subscriptions t")
    (key,) = await story.rows("select private_enc from push_keys")
    assert given["endpoint"] not in row["text"]
    assert bytes(given["endpoint"], "ascii").hex() not in row["text"]
    assert len(key["private_enc"]) == 12 + 32 + 16
    async with story.engine.db.begin(Actor("engine", story.world.ids.harbor)) as tx:
        live = await push_queries.list_live(tx, KEY, [(story.ana, story.ana, None)])
    assert live[story.ana].endpoint == given["endpoint"]
    assert len(live[story.ana].private_key) == 32


async def test_keys_that_another_key_file_sealed_are_replaced_unless_phones_use_them(story: Story) -> None:
    before = (await story.phone.browser.get("/api/my/push")).json()["public_key"]
    assert not await ensure_push_key(story.instance.owner, KEY)
    assert await ensure_push_key(story.instance.owner, bytes(32))
    assert (await story.phone.browser.get("/api/my/push")).json()["public_key"] != before
    await story.takes_push()
    with pytest.raises(KeyFileError):
        await ensure_push_key(story.instance.owner, KEY)


async def test_the_patient_is_held_before_the_message(story: Story) -> None:
    """Who answers holds the patient, then cancels what was not shown: the other order would be a deadlock."""
    await story.takes_push()
    story.push.faults.hide()
    await asked(story)
    await story.set_time(await story.now() + timedelta(minutes=4))
    async with story.instance.db.begin(Actor("patient", story.world.ids.harbor, story.ana)) as tx:
        await lock_patient(tx, story.ana)
        falling = asyncio.create_task(prompts_unshown(story.engine.db))
        while not await tx.conn.fetchval(WAITS_FOR_ME):
            assert not falling.done()
            await asyncio.sleep(0.02)
        assert await tx.all("select id from notifications where kind = 'prompt' for update nowait")
    await falling
    await story.settle()
    await by_text(story, "Time to check in")


async def test_what_was_retired_a_month_ago_is_deleted(story: Story) -> None:
    await story.takes_push()
    await story.takes_push()
    assert [row["retired_for"] for row in await story.rows(SUBSCRIPTIONS)] == ["replaced", None]
    for days, left in ((29, ["replaced", None]), (2, [None])):
        await story.instance.owner.execute(AGE, days)
        await housekeeping(story.engine)
        assert [row["retired_for"] for row in await story.rows(SUBSCRIPTIONS)] == left


async def test_what_the_owner_switched_off_is_remembered_while_the_phone_is_theirs(story: Story) -> None:
    await story.takes_push()
    assert (await story.phone.browser.call("DELETE", "/api/my/push")).status_code == 204
    await story.instance.owner.execute(AGE, 31)
    await housekeeping(story.engine)
    assert len(await story.rows(SUBSCRIPTIONS)) == 1
    assert (await story.phone.browser.call("DELETE", "/api/my/device")).status_code == 204
    await story.instance.owner.execute(AGE, 31)
    await housekeeping(story.engine)
    assert await story.rows(SUBSCRIPTIONS) == []


async def test_what_was_switched_off_and_on_again_is_forgotten(story: Story) -> None:
    await story.takes_push()
    assert (await story.phone.browser.call("DELETE", "/api/my/push")).status_code == 204
    await story.takes_push()
    await story.instance.owner.execute(AGE, 31)
    await housekeeping(story.engine)
    assert [row["retired_for"] for row in await story.rows(SUBSCRIPTIONS)] == [None]
