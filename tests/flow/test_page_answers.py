"""A page is answered from the page itself: by its link without signing in, or by a text sent back."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from server.alerts.queries import LOCK_PATIENT
from server.worker import housekeeping
from tests.api.instance import ORIGIN
from tests.flow.home import LUIS, Companion
from tests.flow.story import ANAS_PHONE, CALM, LENA, NORA, OMAR, Phone, Story, enrol
from tests.flow.test_delivery import OMARS_MAIL, urgent
from tests.flow.test_observed import silent_for_twenty_minutes

INBOUND = f"{ORIGIN}/api/provider/sms/received"
ANAS_MAIL = "ana@example.org"


async def paged(story: Story) -> tuple[dict[str, Any], str]:
    """Omar was paged: the alert and the token of his link."""
    alert = await urgent(story)
    await story.settle()
    page = await story.got(OMAR, "URGENT", channel="sms")
    assert page.link is not None
    link, _, token = page.link.partition("#")
    assert link == f"https://localhost/team/alerts/{alert['reference']}"
    return alert, token


async def press(story: Story, token: str, act: str = "", **body: Any) -> httpx.Response:
    """On the page behind the link, by somebody who is not signed in."""
    return await story.instance.browser().post(f"/api/page{act}", {"token": token, **body})


async def handed_over(story: Story, sender: str, body: str, sid: str | None = None) -> httpx.Response:
    """By the provider, once."""
    params, headers = story.sms.incoming(INBOUND, sender, body, sid)
    return await story.instance.browser().http.post(INBOUND, data=params, headers=headers)


async def text(story: Story, sender: str, body: str, sid: str | None = None) -> str:
    """Sent back by text; what our number answers."""
    answer = await handed_over(story, sender, body, sid)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/xml")
    said = re.search("<Message>(.*)</Message>", answer.text)
    return said.group(1) if said else ""


async def test_the_link_shows_the_alert_and_nothing_of_the_patient(story: Story) -> None:
    alert, token = await paged(story)
    seen = await press(story, token)
    assert seen.status_code == 200, seen.text
    assert seen.json() == {
        "reference": alert["reference"], "tier": "urgent", "state": "open", "version": alert["version"],
        "step": alert["step"], "opened_at": alert["opened_at"], "yours": False, "held_by": None, "language": "en",
    }  # fmt: skip
    assert (await story.alert())["state"] == "open"
    rows = await story.rows("select patient_id from audit_log where action = 'alert.read' and detail->>'via' = 'link'")
    assert rows == [{"patient_id": story.ana}]


async def test_one_press_takes_the_alert(story: Story) -> None:
    alert, token = await paged(story)
    taken = await press(story, token, "/acknowledge", version=alert["version"])
    assert (taken.status_code, taken.json()["yours"]) == (200, True)
    held = await story.alert()
    assert (held["state"], held["acknowledged_by"]["name"]) == ("acknowledged", "Omar")
    told = held["events"][-1]
    assert (told["kind"], told["by"], told["detail"]["via"]) == ("acknowledged", "Omar", "link")
    rows = await story.rows("select actor_id, detail from audit_log where action = 'alert.acknowledged'")
    assert rows == [{"actor_id": story.world.ids.staff["omar"], "detail": {"via": "link"}}]
    await story.forward(minutes=19)
    await story.quiet()


async def test_one_press_passes_it_on(story: Story) -> None:
    alert, token = await paged(story)
    passed = await press(story, token, "/escalate", version=alert["version"], step=alert["step"])
    assert passed.status_code == 200, passed.text
    await story.settle()
    await story.got(NORA, "URGENT", alert["reference"])


async def test_a_stale_press_changes_nothing_and_shows_what_is(story: Story) -> None:
    alert, token = await paged(story)
    await story.done("nora", alert, "acknowledge")
    for act, seen in (("/acknowledge", {}), ("/escalate", {"step": alert["step"]})):
        late = await press(story, token, act, version=alert["version"], **seen)
        assert (late.status_code, late.json()["current"]["held_by"]) == (409, "Nora")
    assert (await story.alert())["acknowledged_by"]["name"] == "Nora"
    now = (await press(story, token)).json()
    assert (await press(story, token, "/escalate", version=now["version"], step=now["step"])).status_code == 409


async def test_a_link_opens_one_alert_for_one_person_and_ends(story: Story) -> None:
    _, token = await paged(story)
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "A" * 24):
        assert (await press(story, wrong)).status_code == 404
    assert (await press(story, "short")).status_code == 422
    await story.instance.owner.execute("update notifications set created_at = created_at - interval '12 hours'")
    assert (await press(story, token)).status_code == 404


async def test_where_a_link_led_is_forgotten_when_it_can_open_nothing_any_more(story: Story) -> None:
    alert, token = await paged(story)
    links = "select subject_id::text from credential_lookup where kind = 'page'"

    async def hours_later(hours: int) -> None:
        await story.set_time(await story.now() + timedelta(hours=hours))
        await housekeeping(story.engine)

    await hours_later(13)
    assert await story.rows(links) == [{"subject_id": alert["id"]}]
    held = await story.done("nora", await story.alert(), "acknowledge")
    held = await story.done("nora", held, "follow-up", reached=True)
    await story.done("nora", held, "close", outcome="reassured_expected", harm="none", useful="needed")
    await hours_later(11)
    assert await story.rows(links) == [{"subject_id": alert["id"]}]
    await hours_later(2)
    assert await story.rows(links) == []
    assert (await press(story, token)).status_code == 404


async def test_a_colleague_who_left_takes_nothing(story: Story) -> None:
    alert, token = await paged(story)
    omar = story.world.ids.staff["omar"]
    await story.staff("lena").call("PATCH", f"/api/staff/{omar}", {"disabled": True})
    assert (await press(story, token, "/acknowledge", version=alert["version"])).status_code == 404


async def test_opening_a_link_is_nothing(story: Story) -> None:
    """A mail scanner that follows it ten times changes nothing."""
    _, token = await paged(story)
    before = await story.rows("select version, state from alerts")
    browser = story.instance.browser()
    for _ in range(10):
        await browser.http.get(f"/team/alerts/X#{token}")
        await browser.http.head(f"/team/alerts/X#{token}")
    assert await story.rows("select version, state from alerts") == before


async def test_ok_and_the_code_takes_the_alert(story: Story) -> None:
    alert, _ = await paged(story)
    said = await text(story, OMAR, f"ok {alert['reference'].lower()}")
    assert said.startswith(f"{alert['reference']}: you have it")
    held = await story.alert()
    assert (held["state"], held["events"][-1]["detail"]["via"]) == ("acknowledged", "text")
    assert (await text(story, OMAR, f"OK {alert['reference']}")).startswith(f"{alert['reference']}: you have it")
    await story.quiet()


@pytest.mark.parametrize("words", ["NO", "Pass {}", "paso {}"])
async def test_no_passes_it_on(story: Story, words: str) -> None:
    alert, _ = await paged(story)
    assert "passed on" in await text(story, OMAR, words.format(alert["reference"][:3]))
    await story.settle()
    await story.got(NORA, "URGENT", alert["reference"])


async def test_ok_without_the_code_takes_nothing(story: Story) -> None:
    """Sender numbers can be forged; the code is in the page alone."""
    await paged(story)
    assert "Which alert" in await text(story, OMAR, "OK")
    assert "no open page" in await text(story, OMAR, "OK ZZZZZ")
    assert (await story.alert())["state"] == "open"


async def test_a_number_that_was_not_paged_answers_nothing(story: Story) -> None:
    alert, _ = await paged(story)
    assert "no open page" in await text(story, NORA, f"OK {alert['reference']}")
    assert "Nobody reads this number" in await text(story, "+34600999999", f"OK {alert['reference']}")
    assert (await story.alert())["state"] == "open"


async def test_what_is_no_word_of_ours_gets_help_and_no_more(story: Story) -> None:
    alert, _ = await paged(story)
    assert "Reply OK and the code" in await text(story, OMAR, "no thank you very much")
    assert "emergency number" in await text(story, ANAS_PHONE, "I feel terrible")
    assert (await story.alert())["version"] == alert["version"]


async def test_a_text_handed_over_twice_counts_once(story: Story) -> None:
    alert, _ = await paged(story)
    first = await text(story, OMAR, "NO", sid="SM7")
    assert await text(story, OMAR, "NO", sid="SM7") == first
    await story.settle()
    await story.got(NORA, "URGENT", alert["reference"])
    await story.quiet()


async def test_a_text_that_failed_is_done_when_it_is_handed_over_again(story: Story) -> None:
    """Somebody is at work on Ana for longer than a text waits."""
    alert, _ = await paged(story)
    words = f"OK {alert['reference']}"
    async with story.instance.owner.transaction():
        await story.instance.owner.execute(LOCK_PATIENT, str(story.world.ids.harbor), str(story.ana))
        first = asyncio.create_task(handed_over(story, OMAR, words, "SM8"))
        await asyncio.sleep(1)
        assert (await handed_over(story, OMAR, words, "SM8")).status_code == 503
        assert (await first).status_code == 503
    assert (await story.alert())["state"] == "open"
    assert "you have it" in await text(story, OMAR, words, "SM8")
    assert (await story.alert())["state"] == "acknowledged"


async def test_a_forged_text_is_refused(story: Story) -> None:
    alert, _ = await paged(story)
    params, _ = story.sms.incoming(INBOUND, OMAR, f"OK {alert['reference']}")
    for signature in ("", "AAAA"):
        headers = {"X-Twilio-Signature": signature}
        answer = await story.instance.browser().http.post(INBOUND, data=params, headers=headers)
        assert answer.status_code == 403
    assert (await story.alert())["state"] == "open"


async def got_worse(story: Story) -> tuple[dict[str, Any], str]:
    """Omar was sent the urgent page; then Ana taps chest pain. The alert as he was told of it and his link's token."""
    await story.record_session()
    check_in, form = await story.prompted(), uuid4()
    await story.phone.tap(check_in["id"], "a_sick", "many", form)
    alert = await story.alert()
    await story.settle()
    page = await story.got(OMAR, "URGENT", alert["reference"], channel="sms")
    await story.phone.tap(check_in["id"], "a_danger", "chest_pain", form)
    worse = await story.alert()
    assert (worse["reference"], worse["tier"], worse["state"]) == (alert["reference"], "emergency", "open")
    return alert, (page.link or "").partition("#")[2]


async def test_an_alert_that_got_worse_is_told_before_it_is_taken(story: Story) -> None:
    """Omar's OK was to the urgent page: the emergency's pages still wait to be sent, and they stay."""
    alert, _ = await got_worse(story)
    assert "EMERGENCY now" in await text(story, OMAR, f"OK {alert['reference']}")
    assert (await story.alert())["state"] == "open"
    said = await text(story, OMAR, f"OK {alert['reference']}")
    assert said.startswith(f"{alert['reference']}: you have it. It is EMERGENCY.")
    assert (await story.alert())["state"] == "acknowledged"


async def test_the_pages_of_what_got_worse_go_out_all_the_same(story: Story) -> None:
    alert, _ = await got_worse(story)
    assert "EMERGENCY now" in await text(story, OMAR, f"OK {alert['reference']}")
    await story.settle()
    for person in (OMAR, NORA):
        await story.got(person, "EMERGENCY", alert["reference"])
    assert "It is EMERGENCY." in await text(story, NORA, f"OK {alert['reference']}")
    await story.quiet()


async def test_a_link_that_showed_less_takes_nothing(story: Story) -> None:
    """What Omar has on his screen is the urgent alert."""
    alert, token = await got_worse(story)
    late = await press(story, token, "/acknowledge", version=alert["version"])
    assert (late.status_code, late.json()["current"]["tier"]) == (409, "emergency")
    assert (await story.alert())["state"] == "open"
    await story.settle()
    for person in (OMAR, NORA):
        await story.got(person, "EMERGENCY", alert["reference"])


async def test_of_two_at_once_one_wins_and_the_other_sees_who(story: Story) -> None:
    alert, token = await paged(story)
    await press(story, token, "/escalate", version=alert["version"], step=alert["step"])
    await story.settle()
    page = await story.got(NORA, "URGENT")
    noras = (page.link or "").partition("#")[2]
    version = (await story.alert())["version"]
    answers = await asyncio.gather(
        press(story, token, "/acknowledge", version=version), press(story, noras, "/acknowledge", version=version)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (late,) = [answer.json()["current"] for answer in answers if answer.status_code == 409]
    assert (late["state"], late["held_by"]) == ("acknowledged", (await story.alert())["acknowledged_by"]["name"])


async def chest_pain(story: Story) -> dict[str, Any]:
    """Omar and Nora are both paged about the same emergency."""
    await story.record_session()
    await story.phone.answer(await story.prompted(), CALM, a_danger="chest_pain")
    await story.settle()
    alert = await story.alert()
    for person in (OMAR, NORA):
        await story.got(person, "EMERGENCY", alert["reference"])
    return alert


async def passed_on_times(story: Story) -> int:
    (row,) = await story.rows("select count(*) as times from alert_events where kind = 'passed_on'")
    return int(row["times"])


async def test_two_who_pass_it_on_at_once_climb_one_step(story: Story) -> None:
    alert = await chest_pain(story)
    answers = await asyncio.gather(*(story.act(who, alert, "escalate") for who in ("omar", "nora")))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (late,) = [answer.json()["current"] for answer in answers if answer.status_code == 409]
    assert (late["state"], late["version"], late["step"]) == ("open", alert["version"], alert["step"] + 1)
    assert await passed_on_times(story) == 1
    await story.settle()
    await story.got(LENA, "EMERGENCY")
    await story.quiet()


async def test_who_takes_it_while_a_colleague_passes_it_on_is_not_too_late(story: Story) -> None:
    alert = await chest_pain(story)
    passed = await story.done("omar", alert, "escalate")
    assert passed["version"] == alert["version"]
    held = await story.done("nora", alert, "acknowledge")
    assert (held["state"], held["acknowledged_by"]["name"]) == ("acknowledged", "Nora")
    await story.quiet()


async def test_what_climbed_by_itself_is_not_passed_on_unseen(story: Story) -> None:
    """Also once the plan is spent, and everybody is called again and again."""
    alert = await chest_pain(story)
    seen = alert
    for _ in range(5):
        due = datetime.fromisoformat(seen["next_action_at"]) - await story.now()
        await story.forward(seconds=max(due.total_seconds(), 0) + 1)
        late = await story.act("omar", seen, "escalate")
        assert late.status_code == 409, seen
        seen = await story.alert()
    assert seen["exhausted"]
    assert await passed_on_times(story) == 0
    for message in story.messages.unexpected():
        await story.got(message.to)


async def test_two_who_text_no_climb_one_step(story: Story) -> None:
    """Nora's answer is to the page she got: Lena was paged since."""
    alert = await chest_pain(story)
    words = f"NO {alert['reference']}"
    said = await asyncio.gather(text(story, OMAR, words), text(story, NORA, words))
    assert all("passed on" in one for one in said)
    assert "passed on" in await text(story, NORA, words)
    assert await passed_on_times(story) == 1
    await story.settle()
    await story.got(LENA, "EMERGENCY")
    await story.quiet()


async def test_stop_from_who_is_on_call_is_an_incident_and_the_next_is_paged(story: Story) -> None:
    story.expected_errors.add("texts_stopped")
    alert, _ = await paged(story)
    assert await text(story, OMAR, "STOP") == ""
    await story.settle()
    await story.got(NORA, "URGENT", alert["reference"])
    for person in (NORA, LENA):
        await story.got(person, "SYSTEM  a colleague's phone takes no more texts")
    await story.got(OMARS_MAIL, "SYSTEM  a colleague's phone takes no more texts", channel="email")
    assert await text(story, OMAR, "STOP") == ""
    await story.quiet()
    await story.forward(minutes=30)
    await story.got(LENA, "URGENT")
    await story.forward(minutes=10)
    await story.got(OMARS_MAIL, "URGENT TO ALL", channel="email")
    story.messages.forget()
    assert await text(story, OMAR, "start") == ""
    await story.forward(minutes=10)
    await story.got(OMAR, "URGENT TO ALL", channel="sms")
    story.messages.forget()


async def test_stop_from_a_patient_goes_on_by_mail_and_the_clinic_sees_it(story: Story) -> None:
    changed = await story.staff("nora").call("PATCH", f"/api/patients/{story.ana}", {"email": ANAS_MAIL})
    assert changed.json()["texts_stopped_at"] is None
    await story.record_session()
    assert await text(story, ANAS_PHONE, "STOP") == ""
    await story.forward(hours=3)
    await story.got(ANAS_MAIL, "Time to check in", channel="email")
    seen = (await story.staff("nora").get(f"/api/patients/{story.ana}")).json()
    assert seen["texts_stopped_at"]
    moved = await story.staff("nora").call("PATCH", f"/api/patients/{story.ana}", {"phone": "+34600111333"})
    assert moved.json()["texts_stopped_at"] is None


async def test_a_provider_that_says_stop_is_heard_too(story: Story) -> None:
    story.expected_errors.add("texts_stopped")
    alert = await urgent(story)
    story.sms.faults.fail(400, code=21610)
    await story.settle()
    await story.got(OMARS_MAIL, "URGENT", alert["reference"], channel="email")
    await story.got(OMARS_MAIL, "SYSTEM", channel="email")
    for person in (NORA, LENA):
        await story.got(person, "SYSTEM  a colleague's phone takes no more texts")
    await story.got(NORA, "URGENT", alert["reference"])


async def test_a_page_by_text_is_good_for_five_minutes(story: Story) -> None:
    await paged(story)
    assert story.sms.forms[-1]["ValidityPeriod"] == "300"
    assert "Reply OK/NO" in story.sms.forms[-1]["Body"]


async def test_a_prompt_by_text_is_good_until_its_window_ends(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    await story.phone.answer(check_in, CALM)
    assert int(story.sms.forms[-1]["ValidityPeriod"]) > 3000


async def test_stop_from_a_companion_ends_their_texts(story: Story) -> None:
    await silent_for_twenty_minutes(story)
    assert await text(story, LUIS, "STOP") == ""
    await story.forward(minutes=41)
    await story.got(ANAS_PHONE, "We have not heard")
    await story.got(OMAR, "URGENT")
    await story.quiet()
    told = await story.rows("select clinic_id from audit_log where action = 'texts.stopped'")
    assert story.world.ids.harbor in {row["clinic_id"] for row in told}


async def test_a_companion_who_wants_no_texts_is_still_listened_to(story: Story) -> None:
    asked = await silent_for_twenty_minutes(story)
    assert await text(story, LUIS, "STOP") == ""
    luis = await Companion.opens(story, asked)
    assert (await luis.answers()).status_code == 201
    await story.forward(hours=1)
    await story.quiet()


async def test_who_stops_texts_locks_patients_in_the_order_of_all(story: Story) -> None:
    """Whoever is waited for first is the first of all: no lock of another is held meanwhile."""
    story.expected_errors.add("texts_stopped")
    ana, beas_phone = story.ana, "+34612345670"
    bea = await enrol(story.staff("lena"), name="Bea", phone=beas_phone, email=None)
    beas = await Phone.bound(story.instance, story.staff("nora"), bea)
    for story.ana in (bea, ana):
        await story.record_session()
    await story.forward(hours=3)
    for number, phone in ((ANAS_PHONE, story.phone), (beas_phone, beas)):
        await story.got(number, "Time to check in")
        await phone.answer(await phone.open(), CALM, a_sick="many")
        await story.forward(minutes=1)
        await story.got(OMAR, "URGENT")
    owner, clinic = story.instance.owner, str(story.world.ids.harbor)
    async with owner.transaction():
        await owner.execute(LOCK_PATIENT, clinic, str(min(ana, bea)))
        stopping = asyncio.create_task(text(story, OMAR, "STOP"))
        await asyncio.sleep(1)
        assert not stopping.done()
        free = LOCK_PATIENT.replace("pg_advisory", "pg_try_advisory")
        assert await owner.fetchval(free, clinic, str(max(ana, bea)))
    assert await stopping == ""
    await story.settle()
    story.messages.forget()
