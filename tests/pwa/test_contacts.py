"""An admin corrects a colleague's number and e-mail, and is told to try them out."""

import pytest
from playwright.async_api import expect

from tests.pwa import looks
from tests.pwa.conftest import PHONE, Desktop
from tests.pwa.staff import Colleague
from tests.pwa.test_team_looks import speak_spanish

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_a_wrong_contact_is_corrected_and_asks_for_a_test(desktop: Desktop, lena: Colleague) -> None:
    iris = {"name": "Iris Wolf", "email": "iris@demo.exampel", "phone": "+15555550171", "role": "nurse"}
    made = await lena.call("POST", "/api/staff", iris | {"password": "a long password"})
    team = await desktop.team("lena", **PHONE)
    await team.go("Settings")
    panel = team.page.get_by_test_id("staff")
    line = panel.get_by_role("listitem").filter(has_text="Iris Wolf")
    await line.get_by_role("button", name="Change contact: Iris Wolf").click()
    form = panel.locator("form")
    await expect(form).to_contain_text("Now +15 ••• 71")
    desktop.expects("status of 409")
    await form.get_by_label("E-mail").fill("nora@demo.example")
    await team.button("Save contact").click()
    await expect(form).to_contain_text("This e-mail cannot be used.")
    await form.get_by_label("E-mail").fill("iris@demo.example")
    await form.get_by_label("Phone").fill("+1 555 555 0172")
    assert await looks.wrong_with(team.page) + await looks.sideways_when_narrow(team.page) == []
    await team.button("Save contact").click()
    await expect(line).to_contain_text("iris@demo.example · +15 ••• 72")
    await expect(panel.get_by_role("status")).to_contain_text("not verified until Iris Wolf has had a test page")
    await speak_spanish(team)
    await expect(panel.get_by_role("status")).to_contain_text("no está verificado hasta que Iris Wolf")
    assert await looks.wrong_with(team.page) + await looks.sideways_when_narrow(team.page) == []
    await lena.call("PATCH", f"/api/staff/{made['id']}", {"disabled": True})
