"""A whole esketamine visit on a tablet: arrival to discharge, a correction, a lost connection, the REMS worksheet."""

from io import BytesIO
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from pypdf import PdfReader

from tests.pwa.conftest import Desktop, NewPatient
from tests.pwa.looks import wrong_with
from tests.pwa.team import Team

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_a_visit_from_arrival_to_discharge(desktop: Desktop, new_patient: NewPatient) -> None:
    patient = await new_patient("Íñigo Vale")
    team = await desktop.team("omar")
    desktop.expects("ERR_INTERNET_DISCONNECTED")
    page = team.page
    await page.set_viewport_size({"width": 820, "height": 1180})
    await team.open_patient(patient.name)
    await team.link("Visit").click()
    await choose(page, "Drug", "Esketamine")
    await choose(page, "Route", "Nose")
    await page.get_by_label("Dose (mg)").fill("84")
    await page.get_by_label("Indication").select_option("treatment_resistant_depression")
    await team.button("Start the visit").click()
    await before_the_dose(team)
    await the_dose(team)
    await a_lost_connection_loses_nothing(team)
    await leaving(team)
    await worksheet(page)


async def choose(page: Page, legend: str, option: str) -> None:
    await page.get_by_role("group", name=legend).get_by_label(option, exact=True).check()


async def take(team: Team, step: str) -> None:
    """The big button of the step that is on the screen; then it is saved."""
    await team.button(f"{step}: Record now").click()
    await expect(team.page.get_by_text(f"Saved: {step}")).to_be_visible()


async def vitals(page: Page, upper: str, lower: str) -> None:
    await page.get_by_label("Upper (systolic)").fill(upper)
    await page.get_by_label("Lower (diastolic)").fill(lower)
    await page.get_by_label("Pulse a minute").fill("72")
    await page.get_by_label("SpO2 %").fill("98")
    await choose(page, "Breathing", "Calm and even")


async def before_the_dose(team: Team) -> None:
    page = team.page
    await take(team, "Arrival")
    assert await wrong_with(page) == []
    await choose(page, "No food for 2 hours, no drink for 30 minutes?", "Yes")
    await page.get_by_label("Who takes the patient home?").fill("Kit, her brother")
    await page.get_by_label("Address for tonight").fill("5 Elm Street")
    await page.get_by_role("group", name="Takes regularly").get_by_label("MAOI").check()
    await choose(page, "Pregnant or breastfeeding?", "No, or not possible")
    await choose(page, "Since we last asked, did you think about harming yourself or ending your life?", "No")
    await take(team, "Form before the session")
    await vitals(page, "148", "84")
    await take(team, "Vitals before")
    await expect(page.get_by_test_id("holds")).to_contain_text("148/84 is above 140/90")
    await page.get_by_role("button", name="Correct: Vitals before").click()
    await page.get_by_label("Upper (systolic)").fill("128")
    await team.button("Save: Vitals before").click()
    await expect(page.get_by_test_id("last-vitals")).to_contain_text("128/84 mmHg")
    await page.get_by_label("Show earlier values").check()
    await expect(page.get_by_text("148/84 mmHg")).to_be_visible()
    await choose(page, "May treatment go on today?", "Yes")
    await take(team, "Cleared for treatment")
    await take(team, "Explained, questions answered")
    await take(team, "Risks discussed, consent given")


async def the_dose(team: Team) -> None:
    page = team.page
    await expect(page.get_by_test_id("holds")).to_contain_text("Nothing recorded here speaks against starting.")
    await page.get_by_label("Lot number").fill("LOT-77")
    await take(team, "Start of the dose")
    await take(team, "End of the dose")
    await expect(team.link("The session and its check-ins")).to_be_visible()


async def a_lost_connection_loses_nothing(team: Team) -> None:
    page = team.page
    await page.context.set_offline(True)
    await team.button("Vitals during").click()
    await vitals(page, "165", "101")
    await team.button("Vitals during: Record now").click()
    await expect(page.get_by_test_id("unsent")).to_contain_text("Vitals during is kept on this device")
    await page.context.set_offline(False)
    await expect(page.get_by_test_id("unsent")).to_have_count(0)
    await expect(page.get_by_test_id("last-vitals")).to_contain_text("165/101 mmHg")
    await expect(page.get_by_test_id("risk")).to_contain_text("blood pressure 160/100 or more at leaving")
    await page.get_by_role("button", name="Effect", exact=True).click()
    await choose(page, "What is it?", "Experience")
    await choose(page, "Which", "Like a dream")
    await choose(page, "How it feels to the patient", "Pleasant")
    await take(team, "Effect")


async def leaving(team: Team) -> None:
    page = team.page
    await take(team, "Rest")
    await take(team, "Ready to leave")
    await vitals(page, "131", "80")
    await take(team, "Vitals on leaving")
    await expect(page.get_by_test_id("risk")).not_to_contain_text("160/100")
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await wrong_with(page) == []
    await choose(page, "Alone tonight?", "No")
    await page.get_by_label("Who stays tonight, until when?").fill("Kit, all night")
    await take(team, "Discharge")
    await expect(page.get_by_test_id("risk")).to_contain_text("one of the first two sessions")


async def worksheet(page: Page) -> None:
    async with page.expect_download() as started:
        await page.get_by_role("link", name="REMS worksheet (PDF)").click()
    content = Path(await (await started.value).path()).read_bytes()
    words = " ".join(" ".join(p.extract_text() for p in PdfReader(BytesIO(content)).pages).split())
    for expected in (
        "Name Íñigo Vale", "Dose 84 mg", "Lot number LOT-77", "(MAOI) Yes", "before the dose 128/84",
        "before leaving 131/80", "the clinic submits itself within 7 days",
    ):  # fmt: skip
        assert expected in words, (expected, words)
