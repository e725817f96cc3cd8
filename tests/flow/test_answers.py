"""What an answer sets off, whenever and however it comes."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests.flow.story import ANAS_PHONE, CALM, LENA, NEXT_DAY, NORA, OMAR, Story, form, stamp
from tests.rules.answering import SAFE_WELL

# A version of its own: decoded ones are kept for as long as the process lives.
SPEECHLESS = """
insert into protocol_versions select (jsonb_populate_record(p, jsonb_build_object('version', 99,
    'document', document || jsonb_build_object('version', 99, 'rules', (
        select jsonb_agg(rule || '{"explanation": {}}') from jsonb_array_elements(document -> 'rules') rule))))).*
from protocol_versions p where key = 'clinic'
"""


async def next_day(story: Story) -> dict[str, object]:
    """The check-in of the next day, after a calm first one."""
    await story.earlier_sessions()
    await story.record_session()
    assert (await story.phone.answer(await story.prompted(), CALM)).status_code == 201
    await story.forward(hours=21)
    await story.got(ANAS_PHONE, "Time to check in")
    return await story.phone.open()


async def test_danger_on_the_next_day(story: Story) -> None:
    answer = await story.phone.answer(await next_day(story), NEXT_DAY, d_danger="one_side")
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["alert"] == {"state": "paged"}
    assert told["advice"][0] == {
        "text": "This can be an emergency. Call 112 now.", "level": "emergency", "call": "112",
    }  # fmt: skip
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    alert = await story.alert()
    assert alert["session"]["number"] == 3
    assert [flag["tier"] for flag in alert["flags"]] == ["emergency"]


@pytest.mark.parametrize(
    ("changed", "tier", "pages"),
    [
        ({"s_open": "yes", "s_keep": "no"}, "emergency", ("EMERGENCY", OMAR, NORA)),
        ({"s_open": "yes", "s_done": "yes_okay"}, "emergency", ("EMERGENCY", OMAR, NORA)),
        ({"s_open": "yes", "s_now": "right_now"}, "urgent", ("URGENT", OMAR)),
        ({"s_open": "talk"}, "urgent", ("URGENT", OMAR)),
        ({"s_open": "yes"}, "same_day", ("SAME-DAY", OMAR)),
    ],
)
async def test_thoughts_of_suicide(story: Story, changed: dict[str, str], tier: str, pages: tuple[str, ...]) -> None:
    check_in = await next_day(story)
    answer = await story.phone.answer(check_in, NEXT_DAY | SAFE_WELL, **changed)
    assert answer.status_code == 201, answer.text
    told = answer.json()["advice"]
    assert any(line.get("call") == "024" for line in told), told
    await story.settle()
    words, *people = pages
    for person in people:
        page = await story.got(person, words)
        assert "suicid" not in page.body.lower()
    alert = await story.alert()
    assert alert["tier"] == tier
    private = [a for a in alert["recent_answers"][0]["answers"] if a["private"]]
    assert {a["item"] for a in private} >= {"s_open"}


async def test_an_urgent_safety_answer_nobody_acknowledges_becomes_an_emergency(story: Story) -> None:
    """H9: "U unacknowledged 15 min: E", a day after the session; whoever acknowledges heads it off."""
    check_in = await next_day(story)
    answer = await story.phone.answer(check_in, NEXT_DAY | SAFE_WELL, s_open="talk")
    assert answer.status_code == 201, answer.text
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.forward(minutes=14)
    await story.quiet()
    await story.forward(minutes=2)
    page = await story.got(OMAR, "EMERGENCY AGAIN")
    assert "  0 min old  " in page.body
    await story.got(NORA, "EMERGENCY")
    alert = await story.alert()
    assert (alert["tier"], alert["unreached"]) == ("emergency", False)
    risen = datetime.fromisoformat(alert["tier_since"]) - datetime.fromisoformat(alert["opened_at"])
    assert timedelta(minutes=15) <= risen < timedelta(minutes=16)
    assert alert["events"][-2]["detail"]["reason"] == "waited_too_long"


async def test_an_urgent_safety_answer_somebody_acknowledges_stays_urgent(story: Story) -> None:
    check_in = await next_day(story)
    await story.phone.answer(check_in, NEXT_DAY | SAFE_WELL, s_open="talk")
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.done("omar", await story.alert(), "acknowledge")
    await story.forward(minutes=16)
    assert (await story.alert())["tier"] == "urgent"


async def test_a_second_answer_is_stored_judged_and_shown(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    assert (await story.phone.answer(check_in, CALM)).status_code == 201
    assert await story.alerts() == []
    second = await story.phone.answer(check_in, CALM, a_sick="many")
    assert second.status_code == 201, second.text
    await story.settle()
    await story.got(OMAR, "URGENT")
    assert [(r["late"], r["unexpected"]) for r in await story.timeline("response")] == [(False, False), (False, True)]


async def test_an_answer_to_a_cancelled_check_in_is_stored_and_judged(story: Story) -> None:
    recorded = await story.record_session()
    check_in = await story.prompted()
    await story.staff("nora").post(f"/api/sessions/{recorded['id']}/cancel", {"reason": "recorded twice"})
    answer = await story.phone.answer(check_in, CALM, a_danger="passed_out")
    assert answer.status_code == 201, answer.text
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    assert (await story.check_ins())["h1"] == "cancelled"
    (response,) = await story.timeline("response")
    assert response["unexpected"]


async def test_an_early_answer_is_taken(story: Story) -> None:
    recorded = await story.record_session()
    h1 = recorded["check_ins"][0]["id"]
    answer = await story.phone.answer(await story.phone.open(h1), CALM)
    assert answer.status_code == 201, answer.text
    assert (await story.check_ins())["h1"] == "answered"
    await story.forward(hours=5)
    await story.quiet()


async def test_a_form_with_gaps_is_kept_and_never_clear(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    answer = await story.phone.send(check_in["id"], {"a_who": "patient", "a_danger": "none", "a_sick": "many"})
    assert answer.status_code == 201, answer.text
    await story.settle()
    await story.got(OMAR, "URGENT")
    (response,) = await story.timeline("response")
    assert not response["clear"]


async def test_a_fragment_is_kept_and_ends_nothing(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    fragment = await story.phone.send(check_in["id"], {"a_who": "patient"})
    assert fragment.status_code == 201, fragment.text
    assert len(await story.timeline("response")) == 1
    assert (await story.check_ins())["h1"] == "open"
    await story.forward(minutes=11)
    await story.got(ANAS_PHONE, "Your check-in is still open")
    assert (await story.phone.answer(check_in, CALM)).status_code == 201
    assert (await story.check_ins())["h1"] == "answered"


async def test_a_fragment_after_the_window_is_still_missed(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    await story.forward(hours=1, minutes=1)
    for words in ("Your check-in is still open", "We have not heard from you yet"):
        await story.got(ANAS_PHONE, words)
    await story.got(OMAR, "URGENT")
    assert (await story.phone.send(check_in["id"], {"a_who": "patient"})).status_code == 201
    assert (await story.check_ins())["h1"] == "missed"
    assert (await story.alert())["state"] == "open"


async def test_resting_ends_the_form(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    rest = check_in["questionnaire"]["rest"]
    resting = {"a_who": "patient", "a_danger": "none", "a_place": "with_adult", rest["item"]: True}
    sent = await story.phone.send(check_in["id"], resting)
    assert sent.status_code == 201, sent.text
    assert (await story.check_ins())["h1"] == "answered"


async def test_an_answer_is_judged_by_what_was_known_when_it_was_given(story: Story) -> None:
    """Twice the same "a lot" is urgent the second time (2.1); one that arrives late is not the second."""
    await story.earlier_sessions()
    await story.record_session()
    check_in = await story.prompted()
    first = await story.now()
    await story.forward(minutes=5)
    second = await story.phone.answer(check_in, CALM, a_real="lot")
    assert second.status_code == 201, second.text
    await story.forward(minutes=5)
    now = await story.now()
    times = {"started_at": stamp(first), "completed_at": stamp(first), "sent_at": stamp(now)}
    late = await story.phone.send(check_in["id"], CALM | {"a_real": "lot"}, **times)
    assert late.status_code == 201, late.text
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    assert {flag["tier"] for flag in (await story.alert())["flags"]} - {"routine"} == {"same_day"}


async def test_the_same_answer_again_gets_the_same_reply(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    body = form(await story.now(), CALM | {"a_danger": "chest_pain"})
    path = f"/api/my/check-ins/{check_in['id']}/response"
    first = await story.phone.browser.call("PUT", path, body)
    assert first.status_code == 201, first.text
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    await story.forward(minutes=1)
    again = await story.phone.browser.call("PUT", path, body | {"sent_at": (await story.now()).isoformat()})
    assert (again.status_code, again.content) == (200, first.content)
    other = await story.phone.browser.call("PUT", path, body | {"answers": CALM})
    assert other.status_code == 409
    assert len(await story.timeline("response")) == 1
    assert (await story.alert())["version"] == 1
    fresh = await story.phone.browser.call("PUT", path, body | {"answers": CALM, "response_id": str(uuid4())})
    assert fresh.status_code == 201
    await story.quiet()


async def test_a_submit_token_answers_this_check_in_and_nothing_else(story: Story) -> None:
    """The phone may send in the background, without its cookie."""
    recorded = await story.record_session()
    check_in = await story.prompted()
    stranger = story.instance.browser()
    bearer = {"Authorization": f"Bearer {check_in['submit_token']}"}
    body = form(await story.now(), CALM)
    other = recorded["check_ins"][2]["id"]
    refused = await stranger.http.put(f"/api/my/check-ins/{other}/response", json=body, headers=bearer)
    assert refused.status_code == 404
    for path in ("/api/my", "/api/my/check-ins", f"/api/my/check-ins/{check_in['id']}"):
        assert (await stranger.http.get(path, headers=bearer)).status_code == 401
    taken = await stranger.http.put(f"/api/my/check-ins/{check_in['id']}/response", json=body, headers=bearer)
    assert taken.status_code == 201, taken.text
    status = await stranger.http.get(f"/api/my/status/{body['response_id']}", headers=bearer)
    assert status.json()["state"] == "received"


async def test_i_feel_unwell_now(story: Story) -> None:
    await story.record_session()
    asked = (await story.phone.browser.get("/api/my/report-form")).json()
    assert asked["questionnaire"]["id"] == "acute@1"
    report = await story.phone.report({"a_danger": "chest_pain"}, text="it started just now")
    assert report.status_code == 201, report.text
    assert report.json()["advice"][0]["call"] == "112"
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    alert = await story.alert()
    assert alert["recent_answers"][0]["check_in_key"] is None
    assert (await story.timeline("response"))[0]["text"] == "it started just now"


async def test_a_report_of_words_only_is_read_the_same_day(story: Story) -> None:
    report = await story.phone.report({}, text="I would like to ask about my tablets")
    assert report.status_code == 201, report.text
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    alert = await story.alert()
    assert (alert["tier"], alert.get("session")) == ("same_day", None)


async def test_call_me_is_called(story: Story) -> None:
    report = await story.phone.report({}, call_me=True)
    assert report.status_code == 201, report.text
    await story.settle()
    assert (await story.alert())["tier"] in ("same_day", "urgent")
    await story.got(OMAR)


async def test_the_phone_hears_when_somebody_looks(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    body = form(await story.now(), CALM | {"a_sick": "many"})
    sent = await story.phone.browser.call("PUT", f"/api/my/check-ins/{check_in['id']}/response", body)
    assert sent.status_code == 201, sent.text
    path = f"/api/my/status/{body['response_id']}"
    paged = (await story.phone.browser.get(path)).json()
    assert paged["state"] == "paged"
    assert paged["text"].startswith("A nurse has been called to look at this.")
    await story.settle()
    await story.got(OMAR, "URGENT")
    await story.done("omar", await story.alert(), "acknowledge")
    seen = (await story.phone.browser.get(path)).json()
    assert seen["state"] == "seen"
    assert seen["text"].startswith("A nurse opened this at ")
    assert (await story.phone.browser.get(f"/api/my/status/{UUID(int=1)}")).status_code == 404


async def test_at_night_a_same_day_answer_waits_for_work_and_says_so(story: Story) -> None:
    """Tuesday 02:00: nobody is on duty; an urgent answer would page, this one waits for eight o'clock."""
    await story.earlier_sessions()
    await story.forward(hours=13)
    await story.record_session()
    check_in = await story.prompted()
    answer = await story.phone.answer(check_in, CALM, a_pain="bad")
    assert answer.status_code == 201, answer.text
    text = " ".join(line["text"] for line in answer.json()["advice"])
    assert "Nobody at the clinic is on duty until 08:00" in text
    await story.quiet()
    await story.forward(hours=5, minutes=30)
    await story.quiet()
    await story.forward(hours=1, minutes=31)
    await story.got(OMAR, "SAME-DAY")
    assert LENA not in {message.to for message in story.messages.unexpected()}


async def test_an_answer_that_a_rule_fails_on_is_stored_and_somebody_is_called(story: Story) -> None:
    """The rules of this version have no sentences: they hold, and cannot say so."""
    await story.instance.owner.execute(SPEECHLESS)
    await story.record_session()
    check_in = await story.prompted()
    answer = await story.phone.answer(check_in, CALM, a_sick="many")
    assert answer.status_code == 201, answer.text
    assert await story.rows("select count(*)::int as stored from responses") == [{"stored": 1}]
    flags = (await story.alert())["flags"]
    assert "sick.many" in [flag["rule"] for flag in flags]
    assert all("could not be read" in flag["explanation"] for flag in flags)
    await story.settle()
    await story.got(OMAR, "URGENT")
