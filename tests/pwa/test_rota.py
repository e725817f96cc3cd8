"""Who is on call: at the top of the queue, on the page of the rota, in a nurse's hand and at an admin's desk."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.pwa import looks
from tests.pwa.conftest import PHONE, Desktop
from tests.pwa.demo import Demo
from tests.pwa.staff import Colleague
from tests.pwa.team import Team
from tests.pwa.test_team_looks import speak_spanish

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OMARS_PHONE = "+15555550102"


@pytest.fixture
async def rota_kept(lena: Colleague) -> AsyncIterator[None]:
    """What a test makes of the rota does not outlive it."""
    before = await lena.call("GET", "/api/clinic/rota")
    yield
    now = await lena.call("GET", "/api/clinic/rota")
    for change in now["changes"]:
        if change["id"] in {one["id"] for one in (await lena.call("GET", "/api/clinic/rota"))["changes"]}:
            await lena.call("DELETE", f"/api/clinic/rota/changes/{change['id']}")
    kept = {name: before[name] for name in ("layers", "coverage")}
    await lena.call("PUT", "/api/clinic/rota", kept | {"version": now["version"]})


async def open_rota(team: Team) -> None:
    await team.page.get_by_test_id("on-call").get_by_role("link").click()
    await expect(team.page.get_by_role("heading", level=1)).to_have_text("Who is on call")


async def looks_right(page: Page) -> list[str]:
    return await looks.wrong_with(page) + await looks.sideways_when_narrow(page)


async def test_a_nurse_sees_who_is_on_call_and_takes_over(desktop: Desktop, rota_kept: None) -> None:
    team = await desktop.team("omar", **PHONE)
    page = team.page
    await expect(page.get_by_test_id("on-call")).to_contain_text("On call: Nora Berg")
    await expect(page.get_by_test_id("on-call")).to_contain_text("Next: Omar Haddad")
    await open_rota(team)
    await expect(page.get_by_role("listitem").filter(has_text="Nora Berg").first).to_be_visible()
    await expect(team.button("Save the rota")).to_have_count(0)
    assert await looks_right(page) == []
    await team.button("I take over").click()
    assert await looks_right(page) == []
    await team.button("Save").click()
    await expect(page.get_by_text("Omar Haddad for Nora Berg")).to_be_visible()
    await team.go("Queue")
    await expect(page.get_by_test_id("on-call")).to_contain_text("On call: Omar Haddad")


async def test_it_is_read_in_spanish_too(desktop: Desktop) -> None:
    team = await desktop.team("lena", **PHONE)
    await speak_spanish(team)
    await expect(team.page.get_by_test_id("on-call")).to_contain_text("De guardia: Nora Berg")
    await team.page.get_by_test_id("on-call").get_by_role("link").click()
    await expect(team.page.get_by_role("heading", level=1)).to_have_text("Quién está de guardia")
    await expect(team.page.get_by_test_id("findings")).to_contain_text("En los últimos 30 días")
    assert await looks_right(team.page) == []


async def test_an_admin_makes_layers_hours_and_a_swap(desktop: Desktop, rota_kept: None) -> None:
    team = await desktop.team("lena", **PHONE)
    page = team.page
    await open_rota(team)
    assert await looks_right(page) == []
    await team.button("Swap two turns").click()
    await page.get_by_label("This turn", exact=True).select_option(index=1)
    await page.get_by_label("for this turn", exact=True).select_option(index=1)
    assert await looks_right(page) == []
    await team.button("Save").click()
    await expect(page.get_by_text("Omar Haddad for Nora Berg")).to_be_visible()
    await page.get_by_role("button", name=re.compile("^Take back: Omar Haddad for Nora Berg")).click()
    await expect(page.get_by_text("No changes ahead.")).to_be_visible()

    await team.button("Add a layer").click()
    backup = page.get_by_role("group", name="Called as number 2")
    await backup.get_by_label("Add to these turns").select_option("Lena Fischer")
    await backup.get_by_role("button", name="Limit to hours").click()
    assert await looks_right(page) == []
    await team.button("Save the rota").click()
    await expect(page.get_by_text("Nora Berg, then Lena Fischer").first).to_be_visible()


async def test_a_test_page_is_sent_and_proven(desktop: Desktop, demo: Demo) -> None:
    admin = await desktop.team("lena", **PHONE)
    await open_rota(admin)
    omar = admin.page.get_by_role("listitem").filter(has=admin.button("Send Omar Haddad a test page"))
    await expect(omar).to_contain_text("SMS: not verified")
    await admin.button("Send Omar Haddad a test page").click()
    await expect(omar).to_contain_text("sent")
    # Real pages may have reached him before, with links of their own.
    link = await demo.link_to(OMARS_PHONE, "/team/test#code=")

    clinician = await desktop.team("omar", **PHONE)
    await clinician.page.goto(link)
    await expect(clinician.page.get_by_text("No patient needs you.")).to_be_visible()
    assert await looks_right(clinician.page) == []
    await clinician.button("It arrived").click()
    await expect(clinician.page.get_by_text("Pages reach you here (SMS).")).to_be_visible()
    await expect(omar).to_contain_text("SMS: tested, arrived")
    assert await looks_right(admin.page) == []
    await expect(admin.page.get_by_test_id("findings")).to_contain_text("ways to page Nora Berg were tested")


async def test_a_test_page_of_somebody_else_proves_nothing(desktop: Desktop) -> None:
    team = await desktop.team("nora", **PHONE)
    await team.page.goto("/team/test#code=AAAAAAAA")
    desktop.expects("status of 404")
    await team.button("It arrived").click()
    await expect(team.page.get_by_text("is not yours")).to_be_visible()
