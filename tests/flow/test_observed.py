"""The patient is silent or rests: the companion is asked on their own phone (decisions 2 and 24, H1, H6 to H8)."""

from uuid import uuid4

from server.demo.inbox import Delivered
from tests.flow.home import CALM_COMPANION, LUIS, LUIS_AND_ADDRESS, QUESTIONS, Companion, change_ana, token_of
from tests.flow.story import ANAS_PHONE, CALM, NORA, OMAR, Story, form, stamp

RESTING = {"a_who": "patient", "a_danger": "none", "a_place": "with_adult", "a_rest": True}


async def silent_for_twenty_minutes(story: Story) -> Delivered:
    """Ana does not answer an hour after leaving; Luis is asked what he sees."""
    await change_ana(story, **LUIS_AND_ADDRESS)
    await story.record_session()
    await story.prompted()
    await story.forward(minutes=19)
    await story.got(ANAS_PHONE, "Your check-in is still open")
    await story.quiet()
    await story.forward(minutes=1)
    return await story.got(LUIS, QUESTIONS, channel="sms")


async def test_a_calm_companion_answers_for_a_silent_patient(story: Story) -> None:
    luis = await Companion.opens(story, await silent_for_twenty_minutes(story))
    assert (luis.opened["answered_by"], luis.opened["needs_birth_year"]) == ("companion", False)
    answer = await luis.answers()
    assert answer.status_code == 201, answer.text
    assert "birth_year_fits" not in answer.json()
    assert "Nothing you told us needs a call" in answer.text
    assert "If they get worse, call" in answer.text
    states = await story.check_ins()
    assert (states["h1"], states["companion_h1"]) == ("answered", "answered")
    await story.forward(hours=4)
    await story.quiet()
    assert (await story.check_ins())["h6"] == "cancelled"
    assert await story.alerts() == []


async def test_when_both_are_silent_the_page_says_so(story: Story) -> None:
    await silent_for_twenty_minutes(story)
    await story.forward(minutes=41)
    await story.got(LUIS, QUESTIONS)
    await story.got(ANAS_PHONE, "We have not heard")
    await story.got(OMAR, "URGENT")
    alert = await story.alert()
    assert {flag["rule"] for flag in alert["flags"]} >= {"missed.acute_at_risk", "missed.companion_at_risk"}
    assert alert["silent"] == ["patient", "companion"]
    luis = await Companion.opens(story, next(m for m in story.sms.inbox.latest() if m.to == LUIS))
    assert (await luis.answers()).status_code == 201
    assert await story.alerts() == []
    (closed,) = await story.alerts(state="closed")
    assert closed["outcome"] == "answered_late_clear"


async def test_a_patient_who_answers_late_needs_no_companion_as_well(story: Story) -> None:
    await silent_for_twenty_minutes(story)
    await story.forward(minutes=41)
    story.messages.forget()
    missed = next(item for item in await story.timeline("check_in") if item["key"] == "h1")
    assert (await story.phone.answer(await story.phone.open(missed["id"]), CALM)).status_code == 201
    assert await story.alerts() == []


async def test_a_patient_who_answers_in_time_calls_the_companion_off(story: Story) -> None:
    await silent_for_twenty_minutes(story)
    assert (await story.phone.answer(await story.phone.open(), CALM)).status_code == 201
    assert (await story.check_ins())["companion_h1"] == "cancelled"
    await story.forward(hours=1)
    await story.quiet()


async def test_nobody_is_written_to_without_consent_or_against_it(story: Story) -> None:
    for changed in ({"text_companion": False}, {"companion_blocked": True, "text_companion": True}):
        await change_ana(story, **LUIS_AND_ADDRESS | changed)
        await story.record_session(ended_minutes_ago=1 if "companion_blocked" in changed else 0)
    await story.forward(hours=5)
    assert LUIS not in {message.to for message in story.sms.inbox.latest()}
    assert "companion_h1" not in await story.check_ins()
    story.messages.forget()


async def test_who_rests_is_left_to_sleep_and_the_companion_is_asked_after_an_hour(story: Story) -> None:
    await change_ana(story, **LUIS_AND_ADDRESS)
    await story.earlier_sessions()
    await story.record_session()
    check_in = await story.prompted()
    assert (await story.phone.send(check_in["id"], RESTING)).status_code == 201
    await story.forward(minutes=59)
    await story.quiet()
    await story.forward(minutes=1)
    luis = await Companion.prompted(story)
    assert (await luis.answers()).status_code == 201
    assert "recheck_1" not in await story.check_ins()
    assert await story.alerts() == []


async def test_rest_with_a_risk_and_nobody_to_ask_is_called_about_the_same_day(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    assert (await story.phone.send(check_in["id"], RESTING)).status_code == 201
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    rules = {flag["rule"] for flag in (await story.alert())["flags"]}
    assert "rest.nobody_to_ask" in rules
    assert (await story.check_ins())["recheck_1"] == "planned"


async def test_a_companion_who_does_not_answer_for_somebody_resting_is_called_about(story: Story) -> None:
    await change_ana(story, **LUIS_AND_ADDRESS)
    await story.record_session()
    check_in = await story.prompted()
    assert (await story.phone.send(check_in["id"], RESTING)).status_code == 201
    await story.forward(hours=1, minutes=41)
    await story.got(OMAR, "URGENT")
    alert = await story.alert()
    assert alert["silent"] == ["companion"]
    assert (await story.phone.report({"a_sick": "no"})).status_code == 201
    assert (await story.alert())["state"] == "open"
    story.messages.forget()


async def test_the_companions_link_shows_nothing_of_the_patient(story: Story) -> None:
    """H6, H8: no name, no answer, no private question; one fixed sentence on the phone."""
    await change_ana(story, **LUIS_AND_ADDRESS)
    await story.record_session(risk=["suicidal_thoughts"])
    check_in = await story.prompted()
    tapped = await story.phone.tap(check_in["id"], "a_mind", "very_upset", uuid4())
    assert tapped.status_code == 202
    await story.forward(minutes=20)
    message = await story.got(LUIS, QUESTIONS)
    assert message.body == f"{QUESTIONS}{message.link}"
    luis = await Companion.opens(story, message)
    shown = str(luis.opened)
    for secret in ("Ana", "Luis", "ketamine", "suicid", "a_mind", "upset", "s_open", "Harbor"):
        assert secret not in shown, secret
    items = luis.opened["questionnaire"]["items"]
    assert {item["id"] for item in items} == set(CALM_COMPANION)
    assert not any(item["private"] for item in items)
    assert luis.opened["private_notice"] is None
    for private in ("a_mind", "s_keep", "s_open"):
        assert (await luis.sends(CALM_COMPANION | {private: "calm"})).status_code == 422
    story.messages.forget()


async def test_each_link_opens_its_own_form_and_nothing_else(story: Story) -> None:
    message = await silent_for_twenty_minutes(story)
    luis = await Companion.opens(story, message)
    theirs, (h1,) = luis.opened["id"], [item for item in await story.phone.listed() if item["key"] == "h1"]
    assert theirs not in {item["id"] for item in await story.phone.listed()}
    for path in ("/api/my", "/api/my/check-ins", f"/api/my/check-ins/{h1['id']}", f"/api/my/check-ins/{theirs}"):
        assert (await luis.browser.http.get(path, headers=luis.bearer)).status_code == 401
    sent = form(await story.now(), CALM_COMPANION)
    foreign = await luis.browser.http.put(f"/api/my/check-ins/{h1['id']}/response", json=sent, headers=luis.bearer)
    assert foreign.status_code == 404
    assert (await story.phone.browser.get(f"/api/my/check-ins/{theirs}")).status_code == 404
    assert (await story.phone.send(theirs, CALM_COMPANION)).status_code == 404
    assert (await story.phone.tap(theirs, "c_breath", "blue", uuid4())).status_code == 404
    for path in (f"/api/patients/{story.ana}/home-dose",):
        assert (await story.staff("zoe").get(path)).status_code == 404
    links = [m.link for m in story.sms.inbox.latest() if m.link and "/c#" in m.link]
    assert len({link.partition("#")[2] for link in links}) == 2


async def test_what_the_companion_taps_travels_at_once(story: Story) -> None:
    luis = await Companion.opens(story, await silent_for_twenty_minutes(story))
    now = stamp(await story.now())
    tap = {"response_id": str(uuid4()), "item": "c_breath", "value": "slow", "at": now, "sent_at": now}
    path = f"/api/my/check-ins/{luis.opened['id']}/signals"
    assert (await luis.browser.http.post(path, json=tap, headers=luis.bearer)).status_code == 202
    await story.settle()
    for person in (OMAR, NORA):
        await story.got(person, "EMERGENCY")
    assert (await story.alert())["answered_by"] == "companion"
    assert token_of(next(m for m in story.sms.inbox.latest() if m.to == LUIS))
