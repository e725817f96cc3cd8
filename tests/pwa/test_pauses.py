"""Pausing a patient's check-ins from their page, on a nurse's phone."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.pwa import looks
from tests.pwa.conftest import PHONE, Desktop
from tests.pwa.staff import Colleague
from tests.pwa.team import Team
from tests.pwa.test_team_looks import speak_spanish

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def right(team: Team) -> None:
    assert await looks.wrong_with(team.page) + await looks.sideways_when_narrow(team.page) == []


async def test_a_holiday_is_noted_told_and_ended(desktop: Desktop, nora: Colleague) -> None:
    patient = await nora.enrol("Paula Away", "+15555550178")
    await nora.record_session(patient)
    team = await desktop.team("nora", **PHONE)
    await team.open_patient(patient.name)
    await team.button("Pause check-ins").click()
    dialog = team.page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Pause").click()
    await expect(dialog).to_contain_text("Choose a reason.")
    await dialog.get_by_text("on holiday", exact=True).click()
    await expect(dialog.get_by_label("Until (at most 14 days)")).not_to_have_value("")
    await right(team)
    await dialog.get_by_role("button", name="Pause").click()
    told = team.page.get_by_test_id("pause")
    await expect(told).to_contain_text("Check-ins are paused: on holiday. Until")
    await expect(told).to_contain_text("Begun by Nora Berg.")
    await expect(team.page.get_by_text("Check-ins paused: on holiday")).to_be_visible()
    await right(team)

    await told.get_by_role("button", name="Change the end").click()
    await team.page.get_by_role("dialog").get_by_label("Until (at most 14 days)").fill("2020-01-01T10:00")
    await team.page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    await expect(team.page.get_by_role("dialog")).to_contain_text("Choose a later day, at most 14 days ahead.")
    await team.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()

    await told.get_by_role("button", name="End the pause").click()
    await team.page.get_by_role("alertdialog").get_by_role("button", name="End the pause").click()
    await expect(told).to_have_count(0)
    await expect(team.page.get_by_text("Ended by Nora Berg.")).to_be_visible()


async def test_a_death_is_noted_with_kind_words_in_spanish_too(desktop: Desktop, nora: Colleague) -> None:
    patient = await nora.enrol("Rosa Alba", "+15555550179")
    team = await desktop.team("nora", **PHONE)
    await team.open_patient(patient.name)
    await speak_spanish(team)
    await team.button("Pausar las preguntas").click()
    dialog = team.page.get_by_role("dialog")
    await dialog.get_by_text("fallecimiento", exact=True).click()
    await expect(dialog).to_contain_text("Lo sentimos.")
    await right(team)
    await dialog.get_by_role("button", name="Pausar").click()
    await expect(team.page.get_by_test_id("pause")).to_contain_text("fallecimiento. Sin fin.")
    await expect(team.button("Cambiar el final")).to_have_count(0)
    await right(team)


async def test_the_patients_phone_says_until_when_its_check_ins_rest(desktop: Desktop, nora: Colleague) -> None:
    patient = await nora.enrol("Petra Rest", "+15555550180")
    await nora.record_session(patient, ago=timedelta(minutes=20))
    until = await nora.now() + timedelta(days=2)
    body = {"reason": "on_holiday", "ends_at": until.isoformat()}
    await nora.call("POST", f"/api/patients/{patient.id}/pauses", body)
    phone = await desktop.phone()
    await phone.bind((await nora.invite(patient))["link"])
    told = phone.page.get_by_test_id("rest")
    await expect(told).to_contain_text("Your check-ins rest until")
    await expect(told).to_contain_text("tap “Report something now”")
    await expect(phone.page.get_by_text("Nothing to answer right now.")).to_have_count(0)
    await expect(phone.page.get_by_role("button", name="Report something now")).to_be_visible()
    assert await looks.wrong_with(phone.page) + await looks.sideways_when_narrow(phone.page) == []
    await phone.press("Español")
    await expect(told).to_contain_text("Sus preguntas descansan hasta")
    await nora.call("POST", f"/api/patients/{patient.id}/pauses/end")
    await phone.page.reload()
    await expect(phone.page.get_by_role("heading", level=1)).to_contain_text("Hola")
    await expect(told).to_have_count(0)
