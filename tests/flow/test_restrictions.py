"""The phone shows what must wait after a session, until it may be done again (decision 21)."""

from datetime import timedelta
from typing import Any

from tests.api.test_drafts import begin
from tests.flow.story import CALM, Story


async def shown(story: Story) -> dict[str, dict[str, Any]]:
    listed = (await story.phone.browser.get("/api/my/check-ins")).json()
    return {one["id"]: one for one in listed["restrictions"]}


async def test_what_must_wait_is_shown_until_it_is_over(story: Story) -> None:
    assert await shown(story) == {}
    await story.record_session()
    check_in = await story.prompted()
    await story.phone.answer(check_in, CALM)
    held = await shown(story)
    assert held.keys() == {"driving", "alcohol", "decisions", "water_fire"}
    assert held["driving"]["after_sleep"]
    assert held["driving"]["text"] == "Do not drive, ride a bike or use machines"
    assert not held["alcohol"]["after_sleep"]
    await story.set_time(await story.now() + timedelta(hours=25))
    assert await shown(story) == {}


async def test_a_session_that_never_was_holds_nobody(story: Story) -> None:
    recorded = await story.record_session()
    assert await shown(story)
    cancelled = await story.staff("nora").post(f"/api/sessions/{recorded['id']}/cancel", {"reason": "Wrong patient"})
    assert cancelled.status_code == 200, cancelled.text
    assert await shown(story) == {}


async def test_a_check_in_is_called_what_the_version_of_its_own_session_calls_it(story: Story) -> None:
    await story.record_session(ended_minutes_ago=45)
    editor = await begin(story.staff("lena"))
    step = editor.step("h1")
    renamed = step | {"title": {"en": "Already home?", "es": "¿Ya en casa?"}}
    await editor.edit({"op": "set_step", "step": renamed})
    await editor.post("submit")
    await (await editor.as_seen_by(story.staff("omar"))).post("publish")
    await story.record_session()
    listed = (await story.phone.browser.get("/api/my/check-ins")).json()["items"]
    assert [one["title"] for one in listed if one["key"] == "h1"] == [step["title"]["en"], "Already home?"]
    assert (await shown(story)).keys() == {"driving", "alcohol", "decisions", "water_fire"}
