"""While nobody at the clinic is on duty, patients are told so: with the answer, after it, and at the start."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.flow.story import CALM, LENA, NORA, OMAR, Story
from tests.flow.test_rota import SATURDAY_NIGHT, WEEKDAYS, change, layer, make_rota

OFF = "nobody at the clinic is on duty until Monday 08:00"


async def answered(story: Story, **changed: str) -> dict[str, Any]:
    await story.record_session()
    answer = await story.phone.answer(await story.prompted(), CALM, **changed)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def status(story: Story, reply: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await story.phone.browser.get(f"/api/my/status/{reply['response_id']}")).json()
    return found


async def everybody_is_paged(story: Story, word: str) -> None:
    await story.settle()
    for person in (OMAR, NORA, LENA):
        await story.got(person, word)


async def test_an_urgent_answer_is_not_told_that_a_nurse_will_call(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora"), coverage=WEEKDAYS)
    await story.set_time(SATURDAY_NIGHT)
    reply = await answered(story, a_sick="many")
    last = reply["advice"][-1]
    assert OFF in last["text"]
    assert last["text"].endswith("call 112.")
    assert (last["level"], last["call"], reply["alert"]) == ("urgent", "112", {"state": "paged"})
    assert not any("nurse" in one["text"] for one in reply["advice"])
    assert await status(story, reply) == {"state": "off_duty", "text": last["text"]}
    start = (await story.phone.browser.get("/api/my")).json()
    assert OFF in start["attention"]["text"]
    assert start["clinic"]["hours_text"].endswith(". Nobody is on duty until Monday 08:00.")
    await everybody_is_paged(story, "URGENT")


async def test_a_dangerous_tap_is_told_the_same(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora"), coverage=WEEKDAYS)
    await story.set_time(SATURDAY_NIGHT)
    await story.record_session()
    check_in = await story.prompted()
    reply = (await story.phone.tap(check_in["id"], "a_danger", "chest_pain", uuid4())).json()
    assert OFF in reply["advice"][-1]["text"]
    assert reply["advice"][0]["text"] == "This can be an emergency. Call 112 now."
    assert "call" not in reply["advice"][-1]
    await everybody_is_paged(story, "EMERGENCY")


async def test_who_stands_in_is_on_duty(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora"), coverage=WEEKDAYS)
    await story.set_time(SATURDAY_NIGHT)
    assert (await change(story, "nora", 6, by="nora")).status_code == 201
    reply = await answered(story, a_sick="many")
    assert reply["advice"][-1]["text"].startswith("A nurse has been called")
    assert (await status(story, reply))["state"] == "paged"
    assert "on duty" not in (await story.phone.browser.get("/api/my")).json()["clinic"]["hours_text"]
    await story.settle()
    await story.got(NORA, "URGENT")


async def test_a_clear_answer_hears_it_too(story: Story) -> None:
    await make_rota(story, layer(story, "omar", "nora"), coverage=WEEKDAYS)
    await story.set_time(SATURDAY_NIGHT)
    found = await status(story, await answered(story))
    assert found["state"] == "off_duty"
    assert found["text"] == "Nobody at the clinic is on duty until Monday 08:00. If something cannot wait, call 112."


async def test_in_clinic_hours_somebody_is_there_whatever_the_rota_says(story: Story) -> None:
    nights = [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "18:00", "to": "08:00"}]
    await make_rota(story, layer(story, "omar", "nora", hours=nights), coverage=nights)
    assert (await status(story, await answered(story)))["state"] == "received"


async def test_a_call_list_alone_holds_at_any_hour(story: Story) -> None:
    await story.set_time(SATURDAY_NIGHT)
    reply = await answered(story, a_sick="many")
    assert reply["advice"][-1]["text"].startswith("A nurse has been called")
    await story.settle()
    await story.got(OMAR, "URGENT")


async def test_the_night_ends_with_the_rota_when_that_is_before_the_clinic_opens(story: Story) -> None:
    weekend = [{"days": [7], "from": "10:00", "to": "12:00"}]
    await make_rota(story, layer(story, "omar"), coverage=weekend)
    await story.set_time(datetime(2026, 3, 7, 22, 0, tzinfo=UTC))
    assert "until 10:00." in (await status(story, await answered(story)))["text"]


async def test_a_rota_that_cannot_be_read_costs_no_answer_and_no_page(story: Story) -> None:
    """The call list is called, and the colleagues are told, as in a gap."""
    story.expected_errors |= {"rota_unreadable", "nobody_on_call"}
    await make_rota(story, layer(story, "omar", "nora"), coverage=WEEKDAYS)
    await story.set_time(SATURDAY_NIGHT)
    await story.record_session()
    check_in = await story.prompted()
    await story.instance.owner.execute("""update rota_layers set hours = '[{"days": "never"}]'""")
    reply = await story.phone.answer(check_in, CALM, a_sick="many")
    assert (reply.status_code, reply.json()["alert"]) == (201, {"state": "paged"})
    assert len(await story.rows("select id from responses")) == 1
    await story.settle()
    await story.got(OMAR, "URGENT")
    for person in (OMAR, NORA, LENA):
        await story.got(person, "nobody on call can be paged")
