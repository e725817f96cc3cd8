"""From a session recorded to an alert closed."""

from tests.flow.story import CALM, NORA, OMAR, Story


async def test_a_well_patient_answers_and_nobody_is_woken(story: Story) -> None:
    recorded = await story.record_session()
    assert [c["key"] for c in recorded["check_ins"]][:5] == ["h1", "h6", "h24", "h72", "week_1"]
    answer = await story.phone.answer(await story.prompted(), CALM)
    assert answer.status_code == 201, answer.text
    assert "Nothing you told us needs a call right now." in answer.json()["advice"][0]["text"]
    assert await story.alerts() == []
    await story.forward(hours=4)
    assert (await story.check_ins())["h6"] == "cancelled"


async def test_chest_pain_pages_climbs_and_is_closed(story: Story) -> None:
    await story.record_session()
    answer = await story.phone.answer(await story.prompted(), CALM, a_danger="chest_pain")
    assert answer.status_code == 201, answer.text
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    alert = await story.alert()
    assert (alert["tier"], alert["state"]) == ("emergency", "open")
    acknowledged = await story.done("nora", alert, "acknowledge")
    stale = await story.act("omar", alert, "acknowledge")
    assert stale.status_code == 409
    assert stale.json()["current"]["acknowledged_by"]["name"] == "Nora"
    closed = await story.done("nora", acknowledged, "close", outcome="ambulance_called", useful="needed")
    assert closed["state"] == "closed"
    assert await story.alerts() == []
