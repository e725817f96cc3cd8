"""From a session recorded to an alert closed."""

from tests.flow.story import ANAS_PHONE, CALM, NORA, OMAR, Story


async def test_a_well_patient_answers_and_nobody_is_woken(story: Story) -> None:
    phone = await story.bind_phone()
    recorded = await story.record_session()
    assert [c["key"] for c in recorded["check_ins"]] == ["h1", "h6", "h24", "h72"]
    await story.forward(hours=3)
    prompt = await story.messages.got(ANAS_PHONE, "Time to check in")
    assert "ketamine" not in prompt.body.lower()
    answer = await phone.answer(await phone.open(), CALM)
    assert answer.status_code == 201, answer.text
    assert "Nothing you told us needs a call right now." in answer.json()["advice"][0]["text"]
    assert await story.alerts() == []
    await story.forward(hours=4)
    assert (await story.check_ins())["h6"] == "cancelled"


async def test_chest_pain_pages_climbs_and_is_closed(story: Story) -> None:
    phone = await story.bind_phone()
    await story.record_session()
    await story.forward(hours=3)
    await story.messages.got(ANAS_PHONE, "Time to check in")
    answer = await phone.answer(await phone.open(), CALM, a_danger="chest_pain")
    assert answer.status_code == 201, answer.text
    await story.settle()
    await story.messages.got(OMAR, "EMERGENCY")
    await story.messages.got(NORA, "EMERGENCY")
    (alert,) = await story.alerts()
    assert (alert["tier"], alert["state"]) == ("emergency", "open")
    acknowledged = await story.act("nora", alert, "acknowledge")
    assert acknowledged.status_code == 200, acknowledged.text
    stale = await story.act("omar", alert, "acknowledge")
    assert stale.status_code == 409
    assert stale.json()["current"]["acknowledged_by"]["name"] == "Nora"
    closed = await story.act("nora", acknowledged.json(), "close", outcome="ambulance_called", useful="needed")
    assert closed.status_code == 200, closed.text
    assert await story.alerts() == []
