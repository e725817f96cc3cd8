"""One thing that cannot be handled harms no other: damaged rows, ticks that fail, pages that nobody takes."""

import math
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from server.worker import cycle, housekeeping
from tests.flow.story import ANAS_PHONE, CALM, LENA, NORA, OMAR, Story

FLIP = "set_byte({0}, 20, get_byte({0}, 20) # 1)"
FLIP_STAFF = f"update staff set phone_enc = {FLIP.format('phone_enc')} where id = $1"
FLIP_ALL_OF_STAFF = (
    f"update staff set phone_enc = {FLIP.format('phone_enc')}, email_enc = {FLIP.format('email_enc')},"
    f" name_enc = {FLIP.format('name_enc')} where id = $1"
)
FLIP_PATIENT = f"update patients set phone_enc = {FLIP.format('phone_enc')} where id = $1"
DUE = "select id, next_action_at from alerts where state <> 'closed'"


async def urgent(story: Story) -> None:
    """Ana's answer calls for a page."""
    await story.record_session()
    answer = await story.phone.answer(await story.prompted(), CALM, a_sick="many")
    assert answer.status_code == 201, answer.text


async def test_a_colleagues_damaged_number_stops_neither_answers_nor_pages(story: Story) -> None:
    story.expected_errors.add("contact_unreadable")
    await story.instance.owner.execute(FLIP_STAFF, story.world.ids.staff["omar"])
    await urgent(story)
    await story.settle()
    await story.got("omar@example.org", "URGENT", channel="email")


async def test_a_colleague_of_whom_nothing_can_be_read_is_passed_over(story: Story) -> None:
    """At once: her step does not wait out its time."""
    story.expected_errors |= {"contact_unreadable", "on_call_unreachable"}
    await story.instance.owner.execute(FLIP_ALL_OF_STAFF, story.world.ids.staff["omar"])
    await urgent(story)
    await story.settle()
    await story.got(NORA, "URGENT")
    for other in (NORA, LENA):
        await story.got(other, "SYSTEM  who is on call cannot be paged")
    await story.forward(minutes=31)
    await story.got(LENA, "URGENT")
    await story.quiet()
    shown = (await story.staff("lena").get("/api/clinic/call-list")).json()
    assert (shown["items"][0]["reachable"], shown["reachable"]) == (False, 2)


async def test_a_patients_damaged_number_is_told_and_silence_is_still_judged(story: Story) -> None:
    story.expected_errors |= {"contact_unreadable", "patient_unreachable"}
    await story.record_session()
    await story.instance.owner.execute(FLIP_PATIENT, story.ana)
    await story.forward(hours=3, minutes=11)
    for colleague in (OMAR, NORA, LENA):
        await story.got(colleague, "SYSTEM  prompts are not delivered")
    await story.quiet()
    await story.forward(minutes=50)
    await story.got(OMAR, "URGENT")


async def test_a_check_in_that_cannot_be_asked_is_put_off_and_in_the_end_missed(story: Story) -> None:
    story.expected_errors.add("check_in_failed")
    await story.record_session()
    await story.instance.owner.execute("revoke select on patients from afterglow_engine")
    await story.forward(hours=3)
    (first,) = await story.rows("select * from check_ins where key = 'h1' and session_id is not null")
    assert first["state"] == "planned"
    assert timedelta(seconds=50) < first["next_action_at"] - await story.now() <= timedelta(minutes=1)
    await story.set_time(first["closes_at"] + timedelta(hours=1))
    await story.settle()
    await story.got(OMAR, "URGENT")
    (row,) = await story.rows("select state, next_action_at from check_ins where id = $1", first["id"])
    assert row == {"state": "missed", "next_action_at": None}


async def test_an_alert_that_cannot_climb_is_put_off_and_goes_on_when_it_can(story: Story) -> None:
    story.expected_errors.add("climb_failed")
    await urgent(story)
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.instance.owner.execute("update alerts set plan = jsonb_build_object('kept', plan)")
    await story.set_time((await story.rows(DUE))[0]["next_action_at"])
    await story.settle()
    wait = (await story.rows(DUE))[0]["next_action_at"] - await story.now()
    assert timedelta(seconds=50) < wait <= timedelta(minutes=1)
    await story.instance.owner.execute("update alerts set plan = plan -> 'kept'")
    await story.forward(minutes=1)
    await story.got(NORA, "URGENT  ")


async def test_a_stopped_form_that_cannot_be_judged_is_put_off_and_judged_when_it_can(story: Story) -> None:
    story.expected_errors.add("midway_failed")
    await story.earlier_sessions()
    await story.record_session()
    check_in = await story.prompted()
    await story.phone.tap(check_in["id"], "a_place", "driving", uuid4())
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.instance.owner.execute("revoke insert on flags from afterglow_engine")
    await story.set_time(await story.now() + timedelta(minutes=10, seconds=1))
    await story.settle()
    await story.got(ANAS_PHONE, "still open")
    (signal,) = await story.rows("select follow_up_at from signals")
    assert timedelta(seconds=50) < signal["follow_up_at"] - await story.now() <= timedelta(minutes=1)
    await story.instance.owner.execute("grant insert on flags to afterglow_engine")
    await story.forward(minutes=1, seconds=5)
    assert [flag["rule"] for flag in (await story.alert())["flags"]][1:] == ["midway.form"]


async def test_each_part_of_a_cycle_runs_though_another_failed(story: Story) -> None:
    await urgent(story)
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.set_time((await story.rows(DUE))[0]["next_action_at"])
    await story.instance.owner.execute("revoke select on check_ins, signals from afterglow_engine")
    await story.instance.owner.execute("update engine_cycle set finished_at = wall_now() - interval '1 minute'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await cycle(story.engine)
    assert (await story.alert())["step"] == 2
    assert (await story.instance.browser().get("/health/engine")).status_code == 503
    await story.instance.owner.execute("grant select on check_ins, signals to afterglow_engine")
    await story.settle()
    await story.got(NORA, "URGENT  ")


async def test_the_engine_is_not_well_while_pages_lie_about(story: Story) -> None:
    story.expected_errors.add("pages_late")
    await urgent(story)
    await story.wait(31)
    await story.instance.owner.execute("update engine_cycle set finished_at = wall_now() - interval '31 seconds'")
    await cycle(story.engine)
    assert (await story.instance.browser().get("/health/engine")).status_code == 503
    await story.settle()
    await story.got(OMAR, "URGENT")
    assert (await story.instance.browser().get("/health/engine")).status_code == 200


async def test_what_waits_and_how_late_it_is_stands_in_the_metrics(story: Story) -> None:
    story.expected_errors.add("pages_late")

    async def metrics() -> dict[str, float]:
        lines = (await story.instance.browser().get("/metrics")).text.splitlines()
        return {name: float(value) for name, _, value in (line.partition(" ") for line in lines if line[0] != "#")}

    await story.settle()
    await housekeeping(story.engine)
    quiet = await metrics()
    assert [quiet[f"afterglow_{what}_due"] for what in ("messages", "check_ins", "alerts")] == [0, 0, 0]
    assert math.isnan(quiet["afterglow_page_proven_age_seconds"])
    await urgent(story)
    await story.wait(90)
    await housekeeping(story.engine)
    waiting = await metrics()
    assert waiting["afterglow_messages_due"] == 1
    assert 90 <= waiting["afterglow_messages_lag_seconds"] < 120
    await story.settle()
    await housekeeping(story.engine)
    assert (await metrics())["afterglow_messages_lag_seconds"] == 0
    await story.got(OMAR, "URGENT")
