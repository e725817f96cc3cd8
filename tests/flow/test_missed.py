"""Silence: reminders, then what it means, and what a late answer makes of it."""

from typing import Any

from tests.flow.story import ANAS_PHONE, CALM, LENA, NORA, OMAR, Story


async def silent_first_hour(story: Story, *, risky: bool) -> None:
    """Nobody answers the check-in one hour after leaving."""
    if not risky:
        await story.earlier_sessions()
    await story.record_session()
    await story.prompted()
    await story.forward(minutes=10)
    await story.got(ANAS_PHONE, "Your check-in is still open")
    await story.forward(minutes=25)
    await story.got(ANAS_PHONE, "We have not heard from you yet", channel="sms")
    await story.forward(minutes=24)
    await story.quiet()
    assert await story.alerts() == []
    await story.forward(minutes=2)


async def test_reminders_come_after_10_and_35_minutes_and_each_once(story: Story) -> None:
    await story.record_session()
    await story.prompted()
    await story.forward(minutes=9)
    await story.quiet()
    await story.forward(minutes=2)
    await story.got(ANAS_PHONE, "Your check-in is still open")
    await story.forward(minutes=23)
    await story.quiet()
    await story.forward(minutes=2)
    await story.got(ANAS_PHONE, "We have not heard from you yet")
    answered = await story.phone.answer(await story.phone.open(), CALM)
    assert answered.status_code == 201, answered.text
    await story.forward(hours=1)
    await story.quiet()


async def test_silence_without_a_risk_is_a_same_day_call_within_an_hour(story: Story) -> None:
    await silent_first_hour(story, risky=False)
    await story.got(OMAR, "SAME-DAY", "ack by 15:00")
    alert = await story.alert()
    assert (alert["tier"], alert["missed"]) == ("same_day", True)
    assert [flag["rule"] for flag in alert["flags"]] == ["missed.acute"]
    assert (await story.check_ins())["h1"] == "missed"
    await story.forward(minutes=57)
    await story.quiet()
    await story.forward(minutes=3)
    await story.got(LENA, "SAME-DAY  ")


async def test_silence_with_a_risk_is_urgent(story: Story) -> None:
    """The first two sessions are a risk by themselves (decision 3)."""
    await silent_first_hour(story, risky=True)
    await story.got(OMAR, "URGENT")
    alert = await story.alert()
    assert (alert["tier"], alert["missed"]) == ("urgent", True)
    assert "one of the first two sessions" in alert["flags"][0]["explanation"]
    assert (alert["messages"]["sent"], alert["messages"]["delivered"]) == (3, 0)


async def test_a_ticked_risk_counts_too(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session(risk=["sedative"])
    await story.prompted()
    await story.forward(hours=1, minutes=1)
    await story.got(ANAS_PHONE, "Your check-in is still open")
    await story.got(ANAS_PHONE, "We have not heard from you yet")
    await story.got(OMAR, "URGENT")
    assert (await story.alert())["session"]["risk"] == ["sedative"]


async def late_answer(story: Story, **changed: Any) -> Any:
    """Ana answers the check-in that was missed a quarter of an hour ago."""
    await silent_first_hour(story, risky=True)
    await story.got(OMAR, "URGENT")
    check_in = (await story.timeline("check_in"))[0]
    await story.forward(minutes=13)
    answer = await story.phone.answer(await story.phone.open(check_in["id"]), CALM, **changed)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_late_clear_answer_closes_a_missed_alert(story: Story) -> None:
    await late_answer(story)
    assert await story.alerts() == []
    (closed,) = await story.alerts(state="closed")
    assert closed["outcome"] == "answered_late_clear"
    assert (await story.check_ins())["h1"] == "answered"
    (response,) = await story.timeline("response")
    assert (response["late"], response["unexpected"]) == (True, False)
    await story.forward(hours=2)
    await story.quiet()


async def test_an_old_clear_answer_does_not_close_an_alert_about_later_silence(story: Story) -> None:
    """The form of the first hour arrives when the sixth hour was silent too."""
    await silent_first_hour(story, risky=True)
    await story.got(OMAR, "URGENT")
    alert = await story.alert()
    held = await story.done("omar", alert, "acknowledge")
    await story.done("omar", held, "follow-up", note="no answer, trying again")
    first = (await story.timeline("check_in"))[0]
    await story.forward(hours=4, minutes=30)
    await story.instance.owner.execute("update alerts set state = 'open'")
    assert (await story.check_ins())["h6"] == "missed"
    answer = await story.phone.answer(await story.phone.open(first["id"]), CALM)
    assert answer.status_code == 201
    assert (await story.alert())["id"] == alert["id"]
    story.messages.forget()


async def test_a_late_bad_answer_keeps_its_tier_and_shows_its_age(story: Story) -> None:
    await late_answer(story, a_danger="breathing")
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    alert = await story.alert()
    assert (alert["tier"], alert["missed"]) == ("emergency", False)
    assert "4 h 14" in alert["flags"][-1]["explanation"]


async def test_a_clear_answer_does_not_close_what_a_nurse_holds(story: Story) -> None:
    await silent_first_hour(story, risky=True)
    await story.got(OMAR, "URGENT")
    await story.done("nora", await story.alert(), "acknowledge")
    check_in = (await story.timeline("check_in"))[0]
    answer = await story.phone.answer(await story.phone.open(check_in["id"]), CALM)
    assert answer.status_code == 201, answer.text
    assert (await story.alert())["state"] == "acknowledged"


async def test_a_clear_answer_does_not_close_an_alert_that_is_about_more(story: Story) -> None:
    await silent_first_hour(story, risky=True)
    await story.got(OMAR, "URGENT")
    report = await story.phone.report({"a_sick": "many"})
    assert report.status_code == 201, report.text
    check_in = (await story.timeline("check_in"))[0]
    answer = await story.phone.answer(await story.phone.open(check_in["id"]), CALM)
    assert answer.status_code == 201, answer.text
    assert (await story.alert())["state"] == "open"


async def test_two_missed_in_a_row(story: Story) -> None:
    """+6 h follows a missed +1 h; its silence joins the same alert."""
    await silent_first_hour(story, risky=False)
    await story.got(OMAR, "SAME-DAY")
    await story.forward(hours=4, minutes=5)
    await story.got(LENA, "SAME-DAY  ")
    for words in ("Time to check in", "Your check-in is still open", "We have not heard from you yet"):
        await story.got(ANAS_PHONE, words)
    alert = await story.alert()
    assert {flag["rule"] for flag in alert["flags"]} == {"missed.acute", "missed.two_in_a_row"}


async def test_a_prompt_that_never_went_out_is_missed_all_the_same(story: Story) -> None:
    """The worker was away for the whole window: nothing is sent late in a burst, the silence is judged."""
    await story.record_session()
    now = await story.now()
    await story.set_time(now.replace(hour=now.hour + 5))
    await story.settle()
    await story.got(OMAR, "URGENT")
    assert (await story.check_ins())["h1"] == "missed"
    await story.quiet()


async def test_the_next_day_missed_is_listed_and_wakes_nobody(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    assert (await story.phone.answer(await story.prompted(), CALM)).status_code == 201
    await story.forward(hours=21)
    await story.got(ANAS_PHONE, "Time to check in")
    await story.forward(hours=9)
    await story.got(ANAS_PHONE, "Your check-in is still open")
    await story.got(ANAS_PHONE, "We have not heard from you yet")
    assert await story.alerts() == []
    assert [flag["rule"] for flag in await story.timeline("flag")] == ["missed.later"]
