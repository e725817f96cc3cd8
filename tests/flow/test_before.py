"""The form before a session on the patient's own phone: theirs in the visit until the team has confirmed it."""

from typing import Any
from uuid import uuid4

import pytest

from tests.flow.home import LUIS_AND_ADDRESS, change_ana
from tests.flow.story import NORA, OMAR, Story, form, sealed
from tests.flow.test_visits import CALM_VITALS, PRE_FORM, Visit, ids

READY: dict[str, Any] = {
    "b_food": "no", "b_escort": "yes", "b_escort_name": "Luis, her brother", "b_address": "Calle Sol 3, Madrid",
    "b_new": "no", "b_taken": ["none"], "b_pregnant": "no", "s_open": "no",
}  # fmt: skip
THOUGHTS = {
    "s_open": "yes", "s_keep": "yes", "s_done": "no", "s_now": "passed", "s_how": "no", "s_usual": "same",
    "s_with": "trusted",
}  # fmt: skip


async def opened(story: Story) -> tuple[Visit, dict[str, Any]]:
    """Nora opens a visit; the form is on Ana's phone."""
    visit = Visit(story)
    assert (await visit.open()).status_code == 201
    return visit, await story.phone.open()


def forms(shown: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for step in shown["steps"] if step["kind"] == "pre_form" and step["stands"]]


async def rest_of_record(visit: Visit) -> dict[str, Any]:
    await visit.step("vitals_before", vitals=CALM_VITALS)
    await visit.step("suitability", suitability={"cleared": True})
    await visit.step("explained")
    return await visit.step("consent")


async def test_the_patient_fills_it_in_and_a_nurse_confirms_it(story: Story) -> None:
    visit, asked = await opened(story)
    assert asked["title"] == "Before your session"
    assert asked["private_notice"]["text"]
    answer = await story.phone.answer(asked, READY)
    assert answer.status_code == 201, answer.text
    assert "Nothing you told us needs a call" in answer.text
    assert [item["state"] for item in await story.phone.listed()] == ["answered"]
    shown = await visit.get()
    (step,) = forms(shown)
    assert (step["by_patient"], step["recorded_by"]) == (True, "")
    assert step["pre_form"] == {
        "fasting": True, "safety": "no", "pregnancy": "no", "escort": "Luis, her brother",
        "address_tonight": "Calle Sol 3, Madrid",
    }  # fmt: skip
    assert ids((await rest_of_record(visit))["holds"]) == {"form_unconfirmed"}
    held = await visit.send("start", start={})
    assert (held.status_code, ids(held.json()["reasons"])) == (409, {"form_unconfirmed"})
    shown = await visit.step("pre_form", corrects=step["id"], pre_form=step["pre_form"] | {"mood": 4})
    (confirmed,) = forms(shown)
    assert ("by_patient" in confirmed, confirmed["recorded_by"], shown["holds"]) == (False, "Nora", [])
    await visit.step("start", start={"lot": "L1"})
    await story.forward(minutes=10)
    await visit.step("end")
    assert (await visit.session())["number"] == 1
    await story.quiet()
    assert await story.alerts() == []
    actions = await story.rows("select action, actor_kind from audit_log where object_kind = 'visit_step' order by at")
    assert ("visit.step_recorded", "patient") in [(row["action"], row["actor_kind"]) for row in actions]


@pytest.mark.parametrize(
    ("changed", "held"),
    [
        ({"b_food": "yes"}, "not_fasting"),
        ({"b_escort": "no"}, "no_escort"),
        ({"b_new": "yes", "b_new_which": "lithium 300 mg"}, "new_medicines"),
        ({"b_taken": ["sedative", "alcohol"]}, "taken_today"),
        ({"b_pregnant": "maybe"}, "pregnancy"),
        ({"b_pregnant": "breastfeeding"}, "breastfeeding"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_the_patient_says_holds_the_start_as_what_staff_write(
    story: Story, changed: dict[str, Any], held: str
) -> None:
    visit, asked = await opened(story)
    answers = READY | changed
    if answers["b_escort"] == "no":
        del answers["b_escort_name"]
    assert (await story.phone.answer(asked, answers)).status_code == 201
    assert ids((await rest_of_record(visit))["holds"]) == {"form_unconfirmed", held}
    (step,) = forms(await visit.get())
    shown = await visit.step("pre_form", corrects=step["id"], pre_form=step["pre_form"])
    assert ids(shown["holds"]) == {held}
    assert await story.alerts() == []


async def test_a_safety_answer_gets_help_at_once_and_stopping_there_is_urgent(story: Story) -> None:
    visit, asked = await opened(story)
    (first,) = [item for item in asked["questionnaire"]["items"] if item["id"] == "s_open"]
    assert first["signal"] == ["not_worth", "yes", "talk"]
    assert [option.get("act") for option in first["options"]] == [None, "crisis", "crisis", "crisis"]
    tapped = await story.phone.tap(asked["id"], "s_open", "yes", uuid4())
    assert tapped.status_code == 202, tapped.text
    assert tapped.json()["advice"]
    await story.settle()
    await story.got(OMAR, "SAME-DAY")
    await story.forward(minutes=10)
    await story.got(OMAR, "URGENT")
    alert = await story.alert()
    assert (alert["tier"], "session" in alert) == ("urgent", False)
    (given,) = alert["recent_answers"]
    assert (given["check_in_key"], [answer["value_text"] for answer in given["answers"]]) == ("before", ["Yes"])
    assert forms(await visit.get()) == []


async def test_the_whole_safety_set_is_judged_in_the_same_sitting(story: Story) -> None:
    visit, asked = await opened(story)
    body = form(await story.now(), READY | THOUGHTS | {"s_keep": "not_sure"}) | {"answered_by": "patient"}
    await story.phone.tap(asked["id"], "s_open", "yes", body["response_id"])
    path = f"/api/my/check-ins/{asked['id']}/sealed-response"
    answer = await story.phone.browser.call("PUT", path, sealed(asked, body))
    assert (answer.status_code, answer.json()["alert"]) == (201, {"state": "paged"}), answer.text
    await story.settle()
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    assert (await story.alert())["tier"] == "emergency"
    shown = await rest_of_record(visit)
    assert ids(shown["holds"]) == {"form_unconfirmed", "safety"}
    assert "suicidal_thoughts" in ids(shown["risk"])
    await story.phone.browser.call("PUT", path, sealed(asked, body))
    assert len(forms(await visit.get())) == 1


async def test_what_staff_wrote_stands_whatever_the_phone_sends_later(story: Story) -> None:
    visit, asked = await opened(story)
    await visit.step("pre_form", pre_form=PRE_FORM)
    assert await story.phone.listed() == []
    assert (await story.phone.answer(asked, READY | {"b_food": "yes"})).status_code == 201
    (step,) = forms(await visit.get())
    assert ("by_patient" in step, step["pre_form"]) == (False, PRE_FORM)


async def test_a_safety_answer_holds_although_staff_wrote_no(story: Story) -> None:
    """The phone was offline: the safety answer it sends later calls somebody, and holds until it was talked about."""
    visit, asked = await opened(story)
    await visit.step("pre_form", pre_form=PRE_FORM)
    assert (await rest_of_record(visit))["holds"] == []
    assert (await story.phone.answer(asked, READY | {"b_food": "yes", "s_open": "talk"})).status_code == 201
    await story.settle()
    await story.got(OMAR, "URGENT")
    shown = await visit.get()
    (step,) = forms(shown)
    assert (step["by_patient"], step["pre_form"]) == (True, PRE_FORM | {"safety": "talk"})
    assert ids(shown["holds"]) == {"form_unconfirmed", "safety"}


async def test_an_answer_after_the_dose_has_begun_stays_out_of_the_record(story: Story) -> None:
    visit, asked = await opened(story)
    await rest_of_record(visit)
    await visit.step("start", "omar", start={"override": "asked in person, the form follows"})
    assert (await story.phone.answer(asked, READY)).status_code == 201
    assert forms(await visit.get()) == []
    (response,) = await story.timeline("response")
    assert (response["questionnaire"], len(response["answers"])) == ("before@1", len(READY))


async def test_a_later_answer_takes_the_place_of_the_first_and_a_gap_leaves_it_open(story: Story) -> None:
    visit, asked = await opened(story)
    assert (await story.phone.send(asked["id"], {"b_food": "no"})).status_code == 201
    assert [item["state"] for item in await story.phone.listed()] == ["open"]
    assert forms(await visit.get()) == []
    await story.phone.answer(asked, READY | {"b_food": "yes"})
    assert (await story.phone.answer(asked, READY)).status_code == 201
    shown = await visit.get()
    (step,) = forms(shown)
    assert (step["pre_form"]["fasting"], step["by_patient"]) == (True, True)
    assert [s["stands"] for s in shown["steps"] if s["kind"] == "pre_form"] == [False, True]


async def test_nobody_is_messaged_and_silence_means_nothing(story: Story) -> None:
    await opened(story)
    await story.forward(hours=25)
    await story.quiet()
    assert await story.phone.listed() == []
    assert (await story.check_ins(), await story.alerts()) == ({"before": "cancelled"}, [])


async def test_a_visit_that_ends_untreated_asks_no_more(story: Story) -> None:
    visit, _ = await opened(story)
    await visit.step("stopped", note="Came by car, alone")
    assert await story.phone.listed() == []


async def test_a_dose_at_home_and_an_older_protocol_have_no_such_form(story: Story) -> None:
    await change_ana(story, **LUIS_AND_ADDRESS)
    home = Visit(story)
    assert (await home.open(route="sublingual", drug="ketamine", setting="home")).status_code == 201
    assert await story.phone.listed() == []
    await home.step("stopped", note="Not today")
    await story.instance.owner.execute("update protocol_versions set document = document - 'before'")
    assert (await Visit(story).open()).status_code == 201
    assert await story.phone.listed() == []


async def test_the_form_is_the_patients_own(story: Story) -> None:
    _, asked = await opened(story)
    stranger = story.instance.browser()
    refused = await stranger.call("PUT", f"/api/my/check-ins/{asked['id']}/response", form(await story.now(), READY))
    assert refused.status_code == 401
    by_companion = form(await story.now(), {"s_open": "yes"}) | {"answered_by": "companion"}
    answer = await story.phone.browser.call("PUT", f"/api/my/check-ins/{asked['id']}/response", by_companion)
    assert answer.status_code == 422
