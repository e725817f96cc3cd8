"""Trying a protocol on the demo clinic's answers, at the desk in English and on a nurse's own phone in Spanish."""

import re

import pytest
from playwright.async_api import expect

from tests.pwa import looks
from tests.pwa.conftest import PHONE, Desktop
from tests.pwa.test_team_looks import speak_spanish

pytestmark = [pytest.mark.browser, pytest.mark.slow]

A_MINUTE_MS = 60_000
WORDS = {
    "en": ("Try on past answers", "Try", "Made-up patients", "What changes", "No answer would be judged otherwise."),
    "es": ("Probar con respuestas pasadas", "Probar", "Pacientes inventados", "Qué cambia",
           "Ninguna respuesta se juzgaría de otro modo."),
}  # fmt: skip


@pytest.mark.parametrize(("window", "language"), [({}, "en"), (PHONE, "es")], ids=["desk-en", "phone-es"])
async def test_what_a_version_would_change(desktop: Desktop, window: dict[str, object], language: str) -> None:
    lab, start, made_up, changes, nothing = WORDS[language]
    team = await desktop.team("omar", **window)
    page = team.page
    if language == "es":
        await speak_spanish(team)
    await page.get_by_role("navigation").get_by_role("link", name=re.compile("^(Settings|Ajustes)")).click()
    await page.get_by_role("link", name=lab).first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(lab)
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert await looks.wrong_with(page) == []
    await team.button(start).focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=changes)).to_be_visible(timeout=A_MINUTE_MS)
    await expect(page.get_by_text(nothing)).to_be_visible()
    await expect(page.locator(".lab-table").first.locator("tbody tr")).to_have_count(5)
    assert await looks.wrong_with(page) == []
    await page.get_by_text(made_up, exact=True).click()
    await team.button(start).click()
    await expect(page.locator("progress")).to_be_visible()
    await expect(page.get_by_role("heading", name=changes)).to_be_visible(timeout=2 * A_MINUTE_MS)
    assert await looks.wrong_with(page) == []


async def test_a_nurse_does_not_try_protocols(desktop: Desktop) -> None:
    team = await desktop.team("nora")
    await team.go("Settings")
    await expect(team.page.get_by_text("Session in the clinic")).to_be_visible()
    await expect(team.page.get_by_role("link", name="Try on past answers")).to_have_count(0)
    await team.page.goto("/team/lab/clinic/1")
    await expect(team.page.get_by_role("button", name="Try", exact=True)).to_have_count(0)
