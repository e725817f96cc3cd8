"""The team's channels at an admin's phone: tested for real, added, changed, removed; an address is never seen again."""

import pytest
from playwright.async_api import expect

from tests.pwa import looks
from tests.pwa.conftest import PHONE, Desktop
from tests.pwa.demo import Demo
from tests.pwa.staff import Colleague
from tests.pwa.team import Team
from tests.pwa.test_team_looks import speak_spanish

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def right(team: Team) -> None:
    assert await looks.wrong_with(team.page) + await looks.sideways_when_narrow(team.page) == []


async def test_an_admin_tries_a_channel_out_and_reads_what_came_of_it(desktop: Desktop, demo: Demo) -> None:
    team = await desktop.team("lena", **PHONE)
    await team.go("Settings")
    panel = team.page.get_by_test_id("team-channels")
    await expect(panel).to_contain_text("Care team room")
    await expect(panel).not_to_contain_text("care-team")
    await panel.get_by_role("button", name="Send a test to Care team room").click()
    await expect(panel).to_contain_text("Test taken by the service", timeout=15_000)
    told = [message for message in await demo.messages("care-team") if message["body"].startswith("TEST")]
    assert len(told) == 1
    desktop.expects("status of 409")
    await panel.get_by_role("button", name="Send a test to Care team room").click()
    await expect(panel.get_by_role("alert")).to_contain_text("A test was sent just now.")
    await right(team)


async def test_a_channel_is_added_changed_and_removed(desktop: Desktop, lena: Colleague) -> None:
    team = await desktop.team("lena", **PHONE)
    await team.go("Settings")
    panel = team.page.get_by_test_id("team-channels")
    await panel.get_by_role("button", name="Add a channel").click()
    await panel.get_by_label("Name").fill("Night phone")
    await panel.get_by_label("Address (URL)").fill("nowhere")
    desktop.expects("status of 422")
    await panel.get_by_role("button", name="Save").click()
    await expect(panel).to_contain_text("This is not the address of a service we can send to.")
    await right(team)
    await panel.get_by_label("Address (URL)").fill("http://127.0.0.1:9/secret-part")
    await panel.get_by_label("Same-day").uncheck()
    await panel.get_by_role("button", name="Save").click()
    await expect(panel).to_contain_text("Night phone Webhook · 127.0.0.1")
    await expect(panel).not_to_contain_text("secret-part")

    await panel.get_by_role("button", name="Send a test to Night phone").click()
    await expect(panel).to_contain_text("The service cannot be reached.", timeout=15_000)
    await panel.get_by_role("button", name="Change Night phone").click()
    await panel.get_by_label("Name").fill("Night room")
    await panel.get_by_role("button", name="Save").click()
    await expect(panel).to_contain_text("Night room")
    await right(team)

    await panel.get_by_role("button", name="Remove Night room").click()
    await team.page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    await expect(panel.get_by_text("Night room")).to_have_count(0)
    items = (await lena.call("GET", "/api/clinic/team-channels"))["items"]
    assert [item["name"] for item in items] == ["Care team room"]


async def test_it_is_read_in_spanish_too(desktop: Desktop) -> None:
    team = await desktop.team("lena", **PHONE)
    await speak_spanish(team)
    await team.go("Ajustes")
    panel = team.page.get_by_test_id("team-channels")
    await expect(panel.get_by_role("heading")).to_have_text("Canales del equipo")
    await panel.get_by_role("button", name="Añadir un canal").click()
    await panel.get_by_label("Nombre").fill("Sala")
    await panel.get_by_label("Dirección (URL)").fill("nada")
    desktop.expects("status of 422")
    await panel.get_by_role("button", name="Guardar").click()
    await expect(panel).to_contain_text("Esta no es la dirección de un servicio")
    await right(team)
