"""Danger travels on tap: an alert before the form is finished, one alert whatever follows."""

from datetime import datetime, timedelta
from uuid import uuid4

from tests.flow.story import CALM, NEXT_DAY, NORA, OMAR, Story


async def tapped_driving(story: Story) -> None:
    """A first worrying answer, seen by who is on call."""
    await story.earlier_sessions()
    await story.record_session()
    check_in = await story.prompted()
    await story.phone.tap(check_in["id"], "a_place", "driving", uuid4())
    await story.settle()
    await story.got(OMAR, "URGENT")


async def test_a_dangerous_tap_pages_before_the_form_is_sent(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    form = uuid4()
    tapped = await story.phone.tap(check_in["id"], "a_danger", "chest_pain", form)
    assert tapped.status_code == 202, tapped.text
    assert tapped.json()["advice"][0]["call"] == "112"
    assert tapped.json()["alert"] == {"state": "paged"}
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    alert = await story.alert()
    assert (alert["tier"], alert["answered_by"]) == ("emergency", "patient")
    assert alert["answered_at"] is not None
    (answers,) = alert["recent_answers"]
    assert (answers["check_in_key"], [(a["item"], a["tier"]) for a in answers["answers"]]) == (
        "h1",
        [("a_danger", "emergency")],
    )
    assert alert["told_patient"] == [line["text"] for line in tapped.json()["advice"]]
    status = (await story.phone.browser.get(f"/api/my/status/{form}")).json()
    assert status["state"] == "paged"


async def test_the_same_tap_twice_is_one(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    form = uuid4()
    first = await story.phone.tap(check_in["id"], "a_sick", "many", form)
    again = await story.phone.tap(check_in["id"], "a_sick", "many", form)
    assert (again.status_code, again.json()) == (202, first.json())
    await story.settle()
    await story.got(OMAR, "URGENT")
    alert = await story.alert()
    assert (alert["version"], [flag["rule"] for flag in alert["flags"]].count("sick.many")) == (1, 1)


async def test_the_form_joins_the_alert_of_its_tap(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    form = uuid4()
    await story.phone.tap(check_in["id"], "a_sick", "many", form)
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.done("omar", await story.alert(), "acknowledge")
    sent = await story.phone.send(check_in["id"], CALM | {"a_sick": "many", "a_pain": "bad"}, response_id=str(form))
    assert sent.status_code == 201, sent.text
    await story.quiet()
    alert = await story.alert()
    assert (alert["state"], alert["acknowledged_by"]["name"]) == ("acknowledged", "Omar")
    rules = [flag["rule"] for flag in alert["flags"]]
    assert (rules.count("sick.many"), len(rules)) == (1, len(set(rules)))
    assert {flag["tier"] for flag in alert["flags"]} >= {"urgent", "same_day"}
    await story.forward(minutes=11)
    await story.got(OMAR, "You have it. Reached?")
    assert [event["kind"] for event in (await story.alert())["events"]].count("restarted") == 0


async def test_a_form_worse_than_its_tap_starts_over(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    form = uuid4()
    await story.phone.tap(check_in["id"], "a_sick", "many", form)
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.done("omar", await story.alert(), "acknowledge")
    sent = await story.phone.send(
        check_in["id"], CALM | {"a_sick": "many", "a_danger": "breathing"}, response_id=str(form)
    )
    assert sent.status_code == 201, sent.text
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    alert = await story.alert()
    assert (alert["tier"], alert["state"]) == ("emergency", "open")


async def test_a_form_that_stops_midway_is_urgent_after_ten_minutes(story: Story) -> None:
    """Decision 1: a first worrying answer, and then nothing."""
    await tapped_driving(story)
    await story.forward(minutes=9)
    assert len((await story.alert())["flags"]) == 1
    await story.forward(minutes=2)
    assert [flag["rule"] for flag in (await story.alert())["flags"]][1:] == ["midway.form"]
    await story.forward(minutes=1)
    assert (await story.alert())["tier"] == "urgent"
    await story.forward(minutes=4)
    await story.got("+34600111222", "still open")
    await story.got(OMAR, "EMERGENCY AGAIN")
    await story.got(NORA, "EMERGENCY")
    alert = await story.alert()
    assert (alert["tier"], alert["unreached"], len(alert["flags"])) == ("emergency", True, 2)


async def test_a_form_that_confirms_an_adult_heads_off_the_emergency(story: Story) -> None:
    """The tap went ahead of it and could not say so."""
    await story.record_session()
    check_in = await story.prompted()
    form = uuid4()
    await story.phone.tap(check_in["id"], "a_sick", "many", form)
    await story.settle()
    await story.got(OMAR, "URGENT")
    sent = await story.phone.send(check_in["id"], CALM | {"a_sick": "many"}, response_id=str(form))
    assert sent.status_code == 201, sent.text
    await story.forward(minutes=14)
    await story.quiet()
    await story.forward(minutes=5)
    alert = await story.alert()
    assert (alert["tier"], alert["unreached"]) == ("urgent", False)
    assert "adult_confirmed" in [event["kind"] for event in alert["events"]]
    story.messages.forget()


async def test_only_an_answer_confirms_an_adult_never_the_hour(story: Story) -> None:
    """A tap in the acute window; its form comes after it."""
    await story.earlier_sessions()
    session = await story.record_session()
    h6 = next(check_in for check_in in session["check_ins"] if check_in["key"] == "h6")
    ended = datetime.fromisoformat(h6["due_at"]) - timedelta(hours=6)
    await story.set_time(ended + timedelta(hours=7, minutes=55))
    await story.settle()
    story.messages.forget()
    form = uuid4()
    await story.phone.tap(h6["id"], "a_sick", "many", form)
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.set_time(ended + timedelta(hours=8, minutes=1))
    sent = await story.phone.send(h6["id"], CALM | {"a_sick": "many", "a_place": "alone"}, response_id=str(form))
    assert sent.status_code == 201, sent.text
    await story.forward(minutes=10)
    await story.got(OMAR, "EMERGENCY AGAIN")
    await story.got(NORA, "EMERGENCY")
    alert = await story.alert()
    assert (alert["tier"], alert["unreached"]) == ("emergency", True)
    assert "adult_confirmed" not in [event["kind"] for event in alert["events"]]
    story.messages.forget()


async def test_nobody_reached_and_no_adult_confirmed_is_an_emergency(story: Story) -> None:
    """Decision 16, acknowledged or not; who reaches the patient heads it off."""
    await story.record_session()
    answer = await story.phone.answer(await story.prompted(), CALM, a_sick="many", a_place="alone")
    assert answer.status_code == 201, answer.text
    await story.settle()
    await story.got(OMAR, "URGENT")
    held = await story.done("omar", await story.alert(), "acknowledge")
    due = datetime.fromisoformat(held["reached_due_at"]) - datetime.fromisoformat(held["opened_at"])
    assert due == timedelta(minutes=15)
    await story.forward(minutes=14)
    await story.got(OMAR, "You have it. Reached?")
    await story.quiet()
    await story.forward(minutes=2)
    await story.got(OMAR, "EMERGENCY AGAIN")
    await story.got(NORA, "EMERGENCY")
    alert = await story.alert()
    assert (alert["tier"], alert["state"], alert["unreached"]) == ("emergency", "open", True)
    assert alert["events"][-2]["detail"]["reason"] == "unreached"
    reached = await story.done("nora", alert, "follow-up", reached=True)
    assert reached["unreached"] is False


async def test_a_first_safety_answer_and_then_nothing(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    assert (await story.phone.answer(await story.prompted(), CALM)).status_code == 201
    await story.forward(hours=21)
    await story.got("+34600111222", "Time to check in")
    check_in = await story.phone.open()
    tapped = await story.phone.tap(check_in["id"], "s_open", "yes", uuid4())
    assert tapped.status_code == 202, tapped.text
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    assert (await story.alert())["tier"] == "same_day"
    await story.forward(minutes=11)
    await story.got(OMAR, "URGENT")
    alert = await story.alert()
    assert (alert["tier"], alert["flags"][-1]["rule"]) == ("urgent", "midway.safety")


async def test_a_finished_form_settles_its_taps(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    form = uuid4()
    await story.phone.tap(check_in["id"], "a_place", "driving", form)
    sent = await story.phone.send(check_in["id"], CALM | {"a_place": "driving"}, response_id=str(form))
    assert sent.status_code == 201, sent.text
    assert sent.json()["alert"] == {"state": "paged"}, "its tap has"
    late_tap = await story.phone.tap(check_in["id"], "a_sick", "many", form)
    assert late_tap.status_code == 202, late_tap.text
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.forward(minutes=14)
    alert = await story.alert()
    assert "midway.form" not in [flag["rule"] for flag in alert["flags"]]
    assert len(alert["recent_answers"]) == 1, "a form and its taps are one"


async def test_once_a_colleague_has_closed_it_the_unfinished_form_raises_nothing_more(story: Story) -> None:
    await tapped_driving(story)
    held = await story.done("omar", await story.alert(), "acknowledge")
    reached = await story.done("omar", held, "follow-up", reached=True)
    await story.done("omar", reached, "close", outcome="self_care_advice")
    await story.forward(minutes=12)
    await story.got("+34600111222", "still open")
    assert await story.alerts() == []


async def test_closing_without_reaching_the_patient_settles_no_unfinished_form(story: Story) -> None:
    """Decision 15: "acknowledging is not contact"."""
    await tapped_driving(story)
    await story.done("omar", await story.alert(), "close", outcome="reassured_expected")
    await story.forward(minutes=12)
    await story.got("+34600111222", "still open")
    await story.got(OMAR, "URGENT")
    assert [flag["rule"] for flag in (await story.alert())["flags"]] == ["midway.form"]


async def test_a_passive_thought_without_a_signed_usual_level_is_looked_at_the_same_day(story: Story) -> None:
    """Decision 12: on the list only "at a level a clinician signed <= 14 days ago, otherwise S"."""
    await story.earlier_sessions()
    await story.record_session()
    assert (await story.phone.answer(await story.prompted(), CALM)).status_code == 201
    await story.forward(hours=21)
    await story.got("+34600111222", "Time to check in")
    thought = {
        "s_open": "not_worth",
        "s_keep": "yes",
        "s_done": "no",
        "s_now": "passed",
        "s_usual": "less",
        "s_with": "trusted",
    }
    sent = await story.phone.answer(await story.phone.open(), NEXT_DAY, **thought)
    assert sent.status_code == 201, sent.text
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    alert = await story.alert()
    assert (alert["tier"], [flag["rule"] for flag in alert["flags"]]) == ("same_day", ["safety.not_worth"])


async def test_a_tap_that_is_nothing_to_worry_about_asks_for_no_rest(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    check_in = await story.prompted()
    assert (await story.phone.tap(check_in["id"], "a_danger", "none", uuid4())).status_code == 202
    await story.forward(minutes=12)
    await story.got("+34600111222", "still open")
    assert await story.alerts() == []
