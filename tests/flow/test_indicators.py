"""What the clinic sees of its own work: indicators from a day's story, and harm learned of elsewhere."""

from typing import Any

from tests.flow.story import CALM, OMAR, Story


async def shown(story: Story, **group: str) -> dict[str, dict[str, Any]]:
    """Parts by indicator and name."""
    query = "&".join(f"{name}={value}" for name, value in group.items())
    answer = await story.staff("omar").get(f"/api/indicators?{query}")
    assert answer.status_code == 200, answer.text
    return {item["id"]: {part["name"]: part for part in item["parts"]} for item in answer.json()["items"]}


async def test_a_day_in_numbers(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    await story.phone.answer(check_in, CALM | {"a_sick": "many"})
    alert = await story.alert()
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.forward(minutes=4)
    alert = await story.done("omar", alert, "acknowledge")
    await story.forward(minutes=3)
    alert = await story.done("omar", alert, "follow-up", reached=True)
    await story.done("omar", alert, "close", outcome="reassured_expected", useful="needed", harm="none")
    found = await shown(story)
    assert list(found) == [f"Q{n}" for n in range(1, 15)]
    assert found["Q1"]["urgent_median"] == {
        "name": "urgent_median", "unit": "minutes", "value": 7.0, "count": 1, "goal": 30.0, "at_least": False,
        "met": True,
    }  # fmt: skip
    assert found["Q4"]["h1"]["value"] == 100
    assert (found["Q5"]["answers"]["value"], found["Q5"]["answers"]["met"]) == (100, False)
    assert found["Q6"]["rule:sick.many"]["value"] == 100
    assert found["Q9"]["closed_unreached"]["value"] == 0
    assert found["Q3"]["clinic"]["value"] == 100
    assert (await shown(story, route="oral"))["Q1"]["urgent_median"]["value"] is None
    assert (await shown(story, route="iv", first_sessions="true"))["Q1"]["urgent_median"]["value"] == 7


async def test_harm_learned_of_elsewhere_takes_a_second_person(story: Story) -> None:
    today = (await story.now()).date().isoformat()
    case = {"patient_id": str(story.ana), "kind": "emergency_visit", "happened_on": today, "note": "Told by her sister"}
    recorded = await story.staff("omar").post("/api/harms", case)
    assert recorded.status_code == 201, recorded.text
    (harm,) = recorded.json()["items"]
    assert (await shown(story))["Q7"]["not_reviewed"]["value"] == 1
    path, words = f"/api/harms/{harm['id']}/review", {"review": "She did not answer; we ask her sister from now on"}
    assert (await story.staff("omar").post(path, words)).status_code == 409
    assert (await story.staff("nora").post(path, words)).status_code == 403
    reviewed = await story.staff("lena").post(path, words)
    assert reviewed.status_code == 200, reviewed.text
    assert reviewed.json()["items"][0]["review"] == words["review"]
    assert (await story.staff("lena").post(path, words)).status_code == 409
    found = await shown(story)
    assert (found["Q7"]["harms"]["value"], found["Q7"]["not_reviewed"]["value"]) == (1, 0)
    assert found["Q7"]["harms"]["met"] is False
    (stored,) = await story.rows(
        "select note_enc, review_enc from missed_harms where clinic_id = $1", story.world.ids.harbor
    )
    assert b"sister" not in bytes(stored["note_enc"]) + bytes(stored["review_enc"])


async def test_a_day_to_come_and_a_stranger_are_refused(story: Story) -> None:
    case = {"patient_id": str(story.ana), "kind": "other", "happened_on": "2999-01-01", "note": "x"}
    refused = await story.staff("nora").post("/api/harms", case)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "happened_on")
    case |= {"happened_on": "2026-01-01", "patient_id": str(story.world.ids.harbor)}
    assert (await story.staff("nora").post("/api/harms", case)).status_code == 404
