"""The companion answers on their own phone; the team sees what a dose at home still needs."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.pwa import looks
from tests.pwa.answers import COMPANION
from tests.pwa.conftest import Desktop, NewPatient
from tests.pwa.demo import Demo
from tests.pwa.staff import Colleague, Patient

pytestmark = [pytest.mark.browser, pytest.mark.slow]

THEIRS = {item: value for item, value in COMPANION.items() if item != "a_who"}


async def dose_half_an_hour_ago(nora: Colleague, patient: Patient) -> None:
    """Taken at home; the companion is asked now."""
    taken = (await nora.now() - timedelta(minutes=31)).isoformat()
    body = {"drug": "ketamine", "route": "sublingual", "dose_mg": 100, "indication": "depression"}
    await nora.call("POST", f"/api/patients/{patient.id}/sessions", body | {"started_at": taken, "ended_at": taken})


async def test_the_companion_answers_on_their_own_phone_and_nothing_there_is_private(
    desktop: Desktop, demo: Demo, nora: Colleague, new_patient: NewPatient
) -> None:
    number = "+15555557701"
    patient = await new_patient("Hanna Home", companion={"name": "Kim Home", "phone": number})
    await dose_half_an_hour_ago(nora, patient)
    phone = await desktop.phone()
    await phone.open(await demo.link_to(number))
    async with phone.page.expect_response("**/api/my/link") as opening:
        await phone.press("Start")
    opened = await (await opening.value).json()
    items = opened["questionnaire"]["items"]
    asks = [*list(THEIRS)[:2], "c_spo2", *list(THEIRS)[2:]]
    assert [item["id"] for item in items] == asks
    assert not any(item["private"] for item in items)
    assert "Hanna" not in str(opened)
    met: list[str] = []
    while asked := await phone.asked() & set(asks):
        (item,) = asked
        met.append(item)
        if item == "c_spo2":
            await expect(phone.page.get_by_role("button", name="Skip")).to_be_visible()
            assert await looks.wrong_with(phone.page) == []
            await phone.write("97")
        else:
            await phone.choose_and_move_on(THEIRS[item])
    assert met == asks
    await expect(phone.page.locator(".answers")).to_contain_text("97")
    await phone.send()
    await expect(phone.sent()).to_be_visible()
    assert phone.taps == 11
    await expect(phone.page.locator("body")).to_contain_text("If they get worse, call")
    await expect(phone.page.get_by_role("button", name="Back to start")).to_have_count(0)
    (response,) = await nora.responses(patient)
    assert (response["answered_by"], response["clear"]) == ("companion", True)
    assert not any(answer["private"] for answer in response["answers"])


@pytest.mark.parametrize(
    ("language", "words", "number"),
    [
        ("en", ("This is not for me", "Yes, it is not for me", "Thank you. You can close this page."), "+15555557702"),
        ("es", ("Esto no es para mí", "No, no es para mí", "Gracias. Puede cerrar esta página."), "+15555557703"),
    ],
    ids=["en", "es"],
)
async def test_a_message_that_reached_somebody_else_ends_its_link_and_calls_the_team(
    desktop: Desktop, demo: Demo, nora: Colleague, new_patient: NewPatient, language: str,
    words: tuple[str, str, str], number: str,
) -> None:  # fmt: skip
    not_me, sure, thanks = words
    patient = await new_patient(f"Wanda Wrong {language}", companion={"name": "Kim Wrong", "phone": number})
    await dose_half_an_hour_ago(nora, patient)
    link = await demo.link_to(number)
    phone = await desktop.phone(locale=language)
    page = phone.page
    await phone.open(link)
    await phone.press(not_me)
    assert await looks.wrong_with(page, enhanced=True) == []
    assert await looks.too_small(page) == []
    await phone.press(sure)
    await expect(phone.heading()).to_have_text(thanks)
    assert "Wanda" not in await page.content()
    assert await nora.tier_about(patient) in ("urgent", "emergency")
    again = await desktop.phone()
    desktop.expects("status of 404")
    await again.open(link)
    await again.press("Start")
    await expect(again.page.get_by_role("alert")).to_contain_text("This link is used or too old.")
    team = await desktop.team("nora")
    await expect(team.alert(patient.name)).to_contain_text("The companion's message reached somebody else")


async def test_the_session_form_says_what_a_dose_at_home_still_needs(desktop: Desktop, new_patient: NewPatient) -> None:
    patient = await new_patient("Nele Needs", companion=None, address=None)
    team = await desktop.team("nora")
    await team.page.goto(f"/team/patients/{patient.id}/session")
    await team.page.get_by_text("Under the tongue").click()
    needs = team.page.get_by_test_id("home-needs")
    await expect(needs).to_contain_text("A companion with a phone number")
    await expect(needs).to_contain_text("The home address")
    await team.page.get_by_text("At the clinic", exact=True).click()
    await expect(needs).to_have_count(0)
