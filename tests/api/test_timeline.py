"""One patient's story in order, for staff."""

import csv
import io

from tests.flow.story import CALM, OMAR, Story


async def test_everything_is_there_in_order(story: Story) -> None:
    await story.record_session()
    answer = await story.phone.answer(await story.prompted(), CALM, a_sick="many")
    assert answer.status_code == 201, answer.text
    await story.settle()
    await story.got(OMAR, "URGENT")
    items = (await story.staff("vera").get(f"/api/patients/{story.ana}/timeline")).json()["items"]
    kinds = {item["kind"] for item in items}
    assert kinds >= {"session", "check_in", "message", "response", "flag", "alert"}
    assert [item["at"] for item in items] == sorted(item["at"] for item in items)
    assert all(item.keys() >= {"kind", "id", "at"} for item in items)


async def test_answers_are_in_words_with_their_tiers(story: Story) -> None:
    await story.record_session()
    answer = await story.phone.answer(await story.prompted(), CALM, a_sick="many")
    assert answer.status_code == 201, answer.text
    (response,) = await story.timeline("response")
    assert (response["check_in_key"], response["questionnaire"], response["answered_by"]) == (
        "h1",
        "acute@1",
        "patient",
    )
    sick = next(a for a in response["answers"] if a["item"] == "a_sick")
    assert sick["text"] == "Have you felt sick or thrown up?"
    assert sick["value_text"].startswith("Threw up 3 times or more")
    assert (sick["tier"], sick["private"]) == ("urgent", False)
    mind = next(a for a in response["answers"] if a["item"] == "a_mind")
    assert (mind["tier"], mind["private"]) == (None, True)
    await story.settle()
    await story.got(OMAR, "URGENT")


async def test_what_is_to_come_and_why_something_is_not(story: Story) -> None:
    await story.record_session()
    assert (await story.phone.answer(await story.prompted(), CALM)).status_code == 201
    await story.forward(hours=4)
    found = {item["key"]: item for item in await story.timeline("check_in")}
    assert (found["h1"]["state"], found["h1"]["upcoming"]) == ("answered", False)
    assert (found["h6"]["state"], found["h6"]["reason"]) == ("cancelled", "not_needed")
    assert (found["h24"]["state"], found["h24"]["upcoming"]) == ("planned", True)


async def test_messages_show_how_far_they_got(story: Story) -> None:
    await story.record_session()
    await story.prompted()
    (sent,) = await story.timeline("message")
    assert (sent["channel"], sent["state"], sent["to"], sent["template"]) == ("sms", "sent", "patient", "check_in")
    assert (await story.provider_reports("delivered")).status_code == 204
    (delivered,) = await story.timeline("message")
    assert delivered["state"] == "delivered"
    assert delivered["delivered_at"] is not None


async def test_curves_count_from_the_session_and_go_into_a_file_without_a_name(story: Story) -> None:
    await story.record_session()
    await story.phone.answer(await story.prompted(), CALM, a_sick="once_or_twice")
    nora = story.staff("nora")
    found = (await nora.get(f"/api/patients/{story.ana}/curves")).json()
    (session,) = found["sessions"]
    sick = next(curve for curve in found["curves"] if curve["id"] == "sick")
    (point,) = sick["points"]
    assert (point["session_id"], point["level"], point["text"]) == (session["id"], 2, "Threw up once or twice")
    assert 0.9 < point["hours"] < 3.1
    file = await nora.get(f"/api/patients/{story.ana}/curves.csv")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in file.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert len(rows) == sum(len(curve["points"]) for curve in found["curves"])
    assert {"session": "1", "curve": "Sick or throwing up", "level": "2", "answer": point["text"]}.items() <= next(
        row for row in rows if row["curve"] == sick["title"]
    ).items()
    assert "Ana" not in file.text
