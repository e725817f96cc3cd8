"""A link's page says "This is not for me" (H5): the companion's, and the patient's."""

import httpx

from tests.flow.home import LUIS, QUESTIONS, Companion, change_ana, dose_at_home, token_of, try_dose
from tests.flow.story import ANAS_PHONE, NORA, OMAR, Story


async def not_for_me(story: Story, token: str) -> httpx.Response:
    return await story.instance.browser().post("/api/my/link/not-for-me", {"token": token})


async def test_a_companions_link_that_reached_somebody_else_ends_and_nobody_is_there(story: Story) -> None:
    await dose_at_home(story)
    await story.forward(minutes=30)
    message = await story.got(LUIS, QUESTIONS, channel="sms")
    opened = await Companion.opens(story, message)
    assert (await not_for_me(story, token_of(message))).status_code == 204
    await story.settle()
    await story.got(OMAR, "URGENT")
    alert = await story.alert()
    assert [flag["rule"] for flag in alert["flags"]] == ["companion.not_me_home"]
    assert "nobody has confirmed that an adult is there" in alert["flags"][0]["explanation"]
    assert (await story.check_ins())["c30"] == "open", "nobody has looked at Ana"
    for answer in (
        await story.instance.browser().post("/api/my/link", {"token": token_of(message)}),
        await not_for_me(story, token_of(message)),
    ):
        assert answer.status_code == 404
    late = await opened.answers()
    assert (late.status_code, (await story.check_ins())["c30"]) == (201, "open")
    ana = (await story.staff("nora").get(f"/api/patients/{story.ana}")).json()
    assert (ana["text_companion"], ana["messages_stopped_at"]) == (False, None)
    assert (await try_dose(story)).json()["missing"] == ["companion_consent"]
    await story.forward(minutes=15)
    for person in (OMAR, NORA):
        await story.got(person, "EMERGENCY")
    await story.forward(hours=1)
    assert len([m for m in story.sms.inbox.latest() if m.to == LUIS]) == 1
    story.messages.forget()


async def test_once_the_number_is_put_right_the_old_link_stays_shut(story: Story) -> None:
    await dose_at_home(story)
    await story.forward(minutes=30)
    message = await story.got(LUIS, QUESTIONS, channel="sms")
    assert (await not_for_me(story, token_of(message))).status_code == 204
    await story.forward(minutes=10)
    right = "+34600333555"
    await change_ana(story, companion={"name": "Luis Ruiz", "phone": right}, text_companion=True)
    await story.forward(minutes=20)
    await story.got(right, QUESTIONS, channel="sms")
    assert (await story.instance.browser().post("/api/my/link", {"token": token_of(message)})).status_code == 404
    story.messages.forget()


async def test_a_patients_link_that_reached_somebody_else_stops_the_messages_once(story: Story) -> None:
    await story.record_session()
    await story.forward(hours=3)
    message = await story.got(ANAS_PHONE, "Time to check in")
    for _ in range(2):
        assert (await not_for_me(story, token_of(message))).status_code == 204
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    alert = await story.alert()
    assert [flag["rule"] for flag in alert["flags"]] == ["who.not_me"]
    assert alert["patient"]["messages_stopped_at"] is not None
    assert (await story.check_ins())["h1"] == "open"


async def test_links_that_nobody_was_sent_say_nothing(story: Story) -> None:
    assert (await not_for_me(story, "A" * 32)).status_code == 404
