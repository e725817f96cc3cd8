"""What a phone is told, and what it is asked."""

from datetime import datetime, timedelta

from tests.flow.story import CALM, NORA, OMAR, Story, form, stamp


async def test_a_check_in_comes_with_its_questions(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    assert check_in.keys() >= {"id", "key", "state", "opens_at", "due_at", "closes_at", "questionnaire", "submit_token"}
    asked = check_in["questionnaire"]
    assert asked.keys() >= {"id", "version", "title", "items"}
    for item in asked["items"]:
        assert item.keys() >= {"id", "type", "text", "required"}
        assert isinstance(item["text"], str)
        if item["type"] == "choice":
            assert all(option.keys() >= {"value", "text"} for option in item["options"])
    assert [item["id"] for item in asked["items"]][:2] == ["a_who", "a_danger"]
    assert check_in["help"]["emergency"]["number"] == "112"


async def test_questions_come_in_the_patients_language(story: Story) -> None:
    await story.staff("nora").call("PATCH", f"/api/patients/{story.ana}", {"language": "es"})
    recorded = await story.record_session()
    check_in = await story.phone.open(recorded["check_ins"][0]["id"])
    words = {item["id"]: item["text"] for item in check_in["questionnaire"]["items"]}
    assert words["a_danger"].startswith("¿")
    answer = await story.phone.answer(check_in, CALM)
    assert "Las cosas pueden cambiar" in answer.json()["advice"][0]["text"]


async def test_the_list_holds_what_is_open_and_coming(story: Story) -> None:
    await story.record_session()
    await story.prompted()
    listed = await story.phone.listed()
    assert [(item["key"], item["state"]) for item in listed][:5] == [
        ("h1", "open"), ("h6", "planned"), ("h24", "planned"), ("h72", "planned"), ("week_1", "planned"),
    ]  # fmt: skip


async def test_the_reply_is_as_the_contract_says(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    body = form(await story.now(), CALM | {"a_sick": "many"})
    answer = await story.phone.browser.call("PUT", f"/api/my/check-ins/{check_in['id']}/response", body)
    told = answer.json()
    assert told["response_id"] == body["response_id"]
    assert all(line.keys() >= {"text", "level"} for line in told["advice"])
    assert told["advice"][-1]["level"] == "urgent"
    assert told["advice"][-1]["text"].startswith("A nurse has been called to look at this.")
    assert told["alert"] == {"state": "paged"}
    await story.settle()
    await story.got(OMAR, "URGENT")


async def test_when_it_was_answered_follows_our_clock(story: Story) -> None:
    """The phone runs an hour fast and was offline for twenty minutes."""
    await story.record_session()
    check_in = await story.prompted()
    await story.forward(minutes=20)
    now = await story.now()
    fast = timedelta(hours=1)
    sent = await story.phone.send(
        check_in["id"], CALM, started_at=stamp(now + fast - timedelta(minutes=16)),
        completed_at=stamp(now + fast - timedelta(minutes=15)), sent_at=stamp(now + fast),
    )  # fmt: skip
    assert sent.status_code == 201, sent.text
    (response,) = await story.timeline("response")
    ago = now - datetime.fromisoformat(response["answered_at"])
    assert timedelta(minutes=14, seconds=50) < ago < timedelta(minutes=15, seconds=10)
    await story.got("+34600111222", "Your check-in is still open")


async def test_the_phones_start_says_who_was_called_until_the_alert_is_closed(story: Story) -> None:
    async def attention() -> dict[str, str] | None:
        found: dict[str, str] | None = (await story.phone.browser.get("/api/my")).json()["attention"]
        return found

    assert await attention() is None
    await story.phone.report({"a_danger": "chest_pain"})
    await story.settle()
    for person in (OMAR, NORA):
        await story.got(person, "EMERGENCY")
    called = await attention()
    assert called is not None
    assert called["tier"] == "emergency"
    assert called["text"].startswith("A nurse has been called")
    held = await story.done("nora", await story.alert(), "acknowledge")
    seen = await attention()
    assert seen is not None
    assert seen["text"] != called["text"]
    reached = await story.done("nora", held, "follow-up", reached=True)
    await story.done("nora", reached, "close", outcome="sent_to_emergency_care")
    assert await attention() is None
    await story.settle()


async def test_what_the_patient_wrote_stands_on_the_alert(story: Story) -> None:
    await story.phone.report({"a_danger": "none"}, text="My heart is racing.", call_me=True)
    alert = await story.alert()
    assert [given.get("text") for given in alert["recent_answers"]] == ["My heart is racing."]
    await story.settle()
    await story.got("+34600000002", "URGENT")
