"""The companion answers on Ana's phone: what they see decides, what is private stays Ana's."""

from tests.flow.story import CALM, NORA, OMAR, Story
from tests.rules.answering import WELL

LOOKING_AFTER = WELL["companion"]


async def test_a_calm_companion_is_enough(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    check_in = await story.prompted()
    answer = await story.phone.send(check_in["id"], LOOKING_AFTER, answered_by="companion")
    assert answer.status_code == 201, answer.text
    (response,) = await story.timeline("response")
    assert (response["answered_by"], response["clear"]) == ("companion", True)
    assert not [a for a in response["answers"] if a["private"]]
    assert await story.alerts() == []


async def test_what_the_companion_sees_pages(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    sent = await story.phone.send(check_in["id"], LOOKING_AFTER | {"c_wake": "does_not_wake"}, answered_by="companion")
    assert sent.status_code == 201, sent.text
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    assert (await story.alert())["answered_by"] == "companion"


async def test_a_companion_cannot_answer_what_is_private(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    for private in ({"a_mind": "calm"}, {"s_keep": "yes"}, {"s_with": "no"}):
        refused = await story.phone.send(check_in["id"], LOOKING_AFTER | private, answered_by="companion")
        assert refused.status_code == 422
        assert [e["field"] for e in refused.json()["errors"]] == [f"answers.{next(iter(private))}"]
    assert await story.timeline("response") == []
    private_items = {item["id"] for item in check_in["questionnaire"]["items"] if item.get("private")}
    assert private_items == {"a_mind", "s_keep", "s_with"}
    assert (await story.phone.answer(check_in, CALM)).status_code == 201


async def test_a_clear_companion_closes_a_missed_alert(story: Story) -> None:
    """Decision 23: "a clear answer from a bound patient or companion"."""
    await story.record_session()
    check_in = await story.prompted()
    await story.forward(hours=1, minutes=1)
    for words in ("still open", "We have not heard"):
        await story.got("+34600111222", words)
    await story.got(OMAR, "URGENT")
    answer = await story.phone.send(check_in["id"], LOOKING_AFTER, answered_by="companion")
    assert answer.status_code == 201, answer.text
    assert await story.alerts() == []


async def test_resting_ends_the_form_and_is_not_clear(story: Story) -> None:
    await story.earlier_sessions()
    await story.record_session()
    check_in = await story.prompted()
    resting = {"a_who": "patient", "a_danger": "none", "a_place": "with_adult", "a_rest": True}
    answer = await story.phone.send(check_in["id"], resting)
    assert answer.status_code == 201, answer.text
    (response,) = await story.timeline("response")
    assert not response["clear"]
    assert (await story.check_ins())["h1"] == "answered"
