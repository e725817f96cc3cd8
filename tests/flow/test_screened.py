"""A clinic's own PHQ-9 in its own protocol: an answer that may mean danger opens the safety questions in the same
sitting, and breaking off there is urgent (clinical.md 1.3)."""

from typing import Any
from uuid import uuid4

import pytest

from tests.api.test_drafts import begin
from tests.flow.story import OMAR, Story
from tests.flow.test_questionnaires import send
from tests.rules.fhir_files import instrument_file

STEP = {
    "key": "x", "title": {"en": "Four days later", "es": "Cuatro días después"}, "questionnaire": "phq9@1",
    "anchor": "end", "offset_minutes": 5760, "window_minutes": 1440,
}  # fmt: skip


@pytest.fixture
async def asked(story: Story) -> dict[str, Any]:
    """The check-in of a session under a protocol that asks it, signed by two."""
    assert (await send(story, instrument_file("phq9"))).status_code == 201
    editor = await begin(story.staff("lena"))
    added = {"op": "add_questionnaire", "questionnaire": "phq9@1"}
    await editor.edit(added, {"op": "add_step", "step": STEP})
    await editor.post("submit")
    await (await editor.as_seen_by(story.staff("omar"))).post("publish")
    recorded = await story.record_session()
    (check_in,) = [one for one in recorded["check_ins"] if one["key"] not in {"h1", "h6", "h24", "h72", "d5"}
                   and not one["key"].startswith(("week", "month"))]  # fmt: skip
    return await story.phone.open(check_in["id"])


async def test_a_positive_answer_opens_the_safety_questions_and_shows_help(asked: dict[str, Any]) -> None:
    items = {item["id"]: item for item in asked["questionnaire"]["items"]}
    ninth = items["phq9_9"]
    assert ninth["private"]
    assert len(ninth["signal"]) == 3
    assert [option.get("act") for option in ninth["options"]] == [None, "crisis", "crisis", "crisis"]
    order = list(items)
    assert order[order.index("phq9_9") + 1] == "s_open"
    assert asked["help"]["crisis"]


async def test_breaking_off_there_is_urgent(story: Story, asked: dict[str, Any]) -> None:
    ninth = next(item for item in asked["questionnaire"]["items"] if item["id"] == "phq9_9")
    option = ninth["options"][2]["value"]
    tapped = await story.phone.tap(asked["id"], "phq9_9", option, uuid4())
    assert tapped.status_code == 202, tapped.text
    assert await story.alerts() == []
    await story.forward(minutes=11)
    alert = await story.alert()
    assert alert["tier"] == "urgent"
    assert "midway.safety" in {flag["rule"] for flag in alert["flags"]}
    await story.got(OMAR, "URGENT")


async def test_a_form_sent_with_its_last_question_left_empty_calls_somebody(
    story: Story, asked: dict[str, Any]
) -> None:
    """Files seldom require an answer, and no answer is not a No."""
    items = [item for item in asked["questionnaire"]["items"] if item["id"].startswith("phq9_")]
    answers = {item["id"]: item["options"][0]["value"] for item in items if item.get("options")}
    del answers["phq9_9"]
    sent = await story.phone.send(asked["id"], answers)
    assert sent.status_code == 201, sent.text
    assert any(one.get("call") for one in sent.json()["advice"])
    alert = await story.alert()
    assert [(flag["rule"], flag["tier"]) for flag in alert["flags"]] == [("empty.phq9", "same_day")]


async def test_a_score_from_the_phone_is_refused(story: Story, asked: dict[str, Any]) -> None:
    answered = {"phq9_total": 3}
    refused = await story.phone.send(asked["id"], answered)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "answers.phq9_total")


async def test_a_form_that_is_asked_cannot_be_taken_out(story: Story, asked: dict[str, Any]) -> None:
    editor = await begin(story.staff("lena"))
    gone = {"op": "remove_questionnaire", "questionnaire": "phq9@1"}
    refused = await editor.edit(gone, status=422)
    assert refused["errors"][0]["field"] == "operations[0].questionnaire"
    unknown = {"op": "add_questionnaire", "questionnaire": "nine@1"}
    assert (await editor.edit(unknown, status=422))["errors"][0]["message"] == "There is no questionnaire of this name."
    own = next(step for step in editor.document["check_ins"] if step["questionnaire"] == "phq9@1")
    await editor.edit({"op": "remove_step", "key": own["key"]}, gone)
    assert "phq9@1" not in {form["id"] for form in editor.document["questionnaires"]}
