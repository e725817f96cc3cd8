"""The form before a session: filled in on the patient's phone, offline too, and confirmed on the team's screen."""

from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.pwa.conftest import Desktop, NewPatient
from tests.pwa.looks import wrong_with
from tests.pwa.staff import Colleague, Patient

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def open_visit(nora: Colleague, patient: Patient) -> str:
    """Somebody has come for a session; the visit's id."""
    visit_id = str(uuid4())
    visit = {"id": visit_id, "drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": "depression"}
    await nora.call("POST", f"/api/patients/{patient.id}/visits", visit)
    return visit_id


async def test_filled_in_on_the_phone_and_confirmed_by_the_team(
    desktop: Desktop, new_patient: NewPatient, nora: Colleague
) -> None:
    patient = await new_patient("Bea Before")
    visit_id = await open_visit(nora, patient)
    phone = await desktop.phone()
    page = phone.page
    await phone.bind((await nora.invite(patient))["link"])
    await expect(page.get_by_role("heading", name="Before your session")).to_be_visible()
    assert await wrong_with(page) == []
    desktop.expects("ERR_INTERNET_DISCONNECTED")
    await phone.start_due()
    await phone.choose_and_move_on("no")
    await phone.choose_and_move_on("yes")
    assert await wrong_with(page) == []
    await phone.write("Kit, her brother")
    await phone.write("5 Elm Street, Springfield")
    await phone.choose_and_move_on("yes")
    await phone.write("Lithium 300 mg")
    async with phone.moves_on():
        await phone.choose("none")
        await phone.tap(page.get_by_test_id("next"))
    await phone.choose_and_move_on("no")
    await expect(page.get_by_test_id("private-notice")).to_be_visible()
    assert await wrong_with(page) == []
    await phone.choose_and_move_on("no")
    await page.context.set_offline(True)
    await phone.send()
    await expect(phone.heading()).to_have_text("Not sent yet")
    await page.context.set_offline(False)
    await expect(phone.sent()).to_be_visible()
    team = await desktop.team("nora")
    await team.page.goto(f"/team/visits/{visit_id}")
    await expect(team.page.get_by_text("by the patient, on their phone")).to_be_visible()
    await expect(team.page.get_by_text("Lithium 300 mg")).to_be_visible()
    holds = team.page.get_by_test_id("holds")
    await expect(holds).to_contain_text("go through it with them and confirm it")
    await expect(holds).to_contain_text("New medicine or dose")
    assert await wrong_with(team.page) == []
    await team.button("Gone through together: confirm").click()
    await expect(team.page.get_by_text("Saved: Form before the session")).to_be_visible()
    await expect(holds).not_to_contain_text("go through it with them")
    await expect(holds).to_contain_text("New medicine or dose")


async def test_a_worrying_answer_brings_help_at_once(
    desktop: Desktop, new_patient: NewPatient, nora: Colleague
) -> None:
    patient = await new_patient("Ida Inside")
    await open_visit(nora, patient)
    phone = await desktop.phone()
    await phone.bind((await nora.invite(patient))["link"])
    await phone.start_due()
    for value in ("no", "no"):
        await phone.choose_and_move_on(value)
    await phone.write("5 Elm Street, Springfield")
    await phone.choose_and_move_on("no")
    async with phone.moves_on():
        await phone.choose("none")
        await phone.tap(phone.page.get_by_test_id("next"))
    await phone.choose_and_move_on("no")
    await phone.choose("talk")
    await expect(phone.page.get_by_role("alertdialog").get_by_role("link").first).to_be_visible()
    assert await nora.tier_about(patient) == "urgent"
