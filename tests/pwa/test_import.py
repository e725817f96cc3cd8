"""A file of sessions on the team's screen: what is wrong by row and column, all rows or none, what came of it."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import FilePayload, Route, expect

from tests.pwa import looks
from tests.pwa.conftest import PHONE, Desktop, NewPatient
from tests.pwa.staff import Colleague, Patient
from tests.pwa.team import Team

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEADER = "phone,drug,route,dose_mg,indication,started_at,ended_at"


def row(patient: Patient, ended: datetime, route: str = "iv") -> str:
    wall = ended.astimezone(ZoneInfo("America/New_York"))
    started = wall - timedelta(minutes=40)
    return f"{patient.phone},ketamine,{route},40,depression,{started:%Y-%m-%d %H:%M},{wall:%Y-%m-%d %H:%M}"


def sheet(*rows: str) -> FilePayload:
    """As a spreadsheet on Windows names the type."""
    return {
        "name": "sessions.csv", "mimeType": "application/vnd.ms-excel", "buffer": "\r\n".join([HEADER, *rows]).encode()
    }  # fmt: skip


async def choose(team: Team, file: FilePayload) -> None:
    await team.page.locator("input[type=file]").set_input_files(file)


async def sessions_of(nora: Colleague, patient: Patient) -> int:
    items = (await nora.call("GET", f"/api/patients/{patient.id}/timeline"))["items"]
    return sum(item["kind"] == "session" for item in items)


async def test_all_rows_or_none(desktop: Desktop, nora: Colleague, new_patient: NewPatient) -> None:
    patient = await new_patient("Iris Import")
    now = await nora.now()
    team = await desktop.team("omar")
    page = team.page
    desktop.expects("status of 422")
    await team.go("Patients")
    await team.link("Import sessions").click()
    await team.button("Import all rows").click()
    await expect(page.get_by_text("Choose a file first.")).to_be_visible()
    good, old = row(patient, now - timedelta(minutes=5)), row(patient, now - timedelta(days=300))
    await choose(team, sheet(good, row(patient, now - timedelta(days=1), "nasal"), old))
    await expect(page.get_by_text("sessions.csv: 3 rows")).to_be_visible()
    await team.button("Import all rows").click()
    refused = page.get_by_role("alert").filter(has=page.get_by_role("heading", name="Nothing was imported"))
    cells = refused.locator("tbody td")
    await expect(cells).to_have_count(3)
    assert (await cells.all_inner_texts())[:2] == ["3", "route"]
    await expect(cells.last).to_contain_text("Must be one of: iv, im")
    assert await looks.wrong_with(page) == []
    assert await sessions_of(nora, patient) == 0

    await choose(team, sheet(good, old))
    await team.button("Import all rows").click()
    await expect(page.get_by_role("status").filter(has_text="2 sessions are imported.")).to_be_visible()
    await expect(page.get_by_text("Recorded late:")).to_be_visible()
    await expect(page.get_by_text("1 of these patients have no phone linked")).to_be_visible()
    assert await looks.wrong_with(page) == []
    assert await sessions_of(nora, patient) == 2


async def test_in_spanish_on_a_phone_and_while_it_works(
    desktop: Desktop, nora: Colleague, new_patient: NewPatient
) -> None:
    patient = await new_patient("Ines Import")
    team = await desktop.team("lena", **PHONE)
    page = team.page
    desktop.expects("status of 422", "ERR_FAILED")
    await page.locator(".whoami summary").click()
    await team.button("Español").click()
    await team.link("Pacientes").click()
    await team.link("Importar sesiones").click()
    await choose(team, sheet(row(patient, await nora.now() + timedelta(hours=2))))
    release = asyncio.Event()

    async def held(route: Route) -> None:
        await release.wait()
        await route.continue_()

    await page.route("**/api/sessions/import", held)
    await team.button("Importar todas las filas").click()
    await expect(page.get_by_role("status").filter(has_text="Leyendo y guardando 1 fila…")).to_be_visible()
    await expect(page.get_by_role("progressbar")).to_be_visible()
    assert await looks.wrong_with(page) == []
    release.set()
    await expect(page.locator(".wrong-places tbody td").last).to_have_text("Es una hora futura.")
    assert await looks.wrong_with(page) == []
    assert await looks.sideways_when_narrow(page) == []

    await page.unroute("**/api/sessions/import", held)
    await page.route("**/api/sessions/import", lambda route: route.abort("failed"))
    await choose(team, sheet(row(patient, await nora.now())))
    await team.button("Importar todas las filas").click()
    await expect(page.get_by_role("heading", name="No llegó respuesta")).to_be_focused()


async def test_who_may_not_import_is_not_offered_it(desktop: Desktop) -> None:
    team = await desktop.team("nora")
    await team.go("Patients")
    await expect(team.link("Enrol patient")).to_be_visible()
    await expect(team.link("Import sessions")).to_have_count(0)
    await team.page.goto("/team/sessions/import")
    await expect(team.page.get_by_text("Your role does not allow this.")).to_be_visible()
    await expect(team.page.locator("input[type=file]")).to_have_count(0)
