"""A clinician looks at how the clinic is doing, and records harm that no alert told of; a second person reviews it."""

import pytest
from playwright.async_api import expect

from tests.pwa import looks
from tests.pwa.conftest import PHONE, Ask, Desktop
from tests.pwa.staff import Colleague
from tests.pwa.test_team_looks import speak_spanish

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_numbers_and_harm_learned_of_elsewhere(ask: Ask, desktop: Desktop, lena: Colleague) -> None:
    await ask("Hana Harm")
    omar = await desktop.team("omar", **PHONE)
    page = omar.page
    await page.get_by_role("link", name="Settings").click()
    await page.get_by_role("link", name="See how we are doing").click()
    await expect(page.get_by_test_id("Q13")).to_contain_text("Sessions under an unsigned protocol")
    await page.get_by_label("Route").select_option("oral")
    await expect(page.get_by_test_id("Q4")).to_contain_text("Nothing to count yet")
    await page.get_by_label("Patient").select_option("Hana Harm")
    await page.get_by_label("On which day").fill((await lena.now()).date().isoformat())
    await page.get_by_label("What we know").fill("Her sister called: she was seen at night")
    await page.get_by_role("button", name="Record").click()
    await expect(page.get_by_text("she was seen at night")).to_be_visible()
    await expect(page.get_by_text("Somebody else than who recorded it reviews it.")).to_be_visible()
    await expect(page.get_by_test_id("Q7")).to_contain_text("Not met")
    assert await looks.wrong_with(page) + await looks.sideways_when_narrow(page) == []
    await speak_spanish(omar)
    await expect(page.get_by_role("heading", name="Cómo lo estamos haciendo")).to_be_visible()
    assert await looks.wrong_with(page) == []

    second = await desktop.team("lena")
    await second.page.goto(second.page.url.partition("/team")[0] + "/team/indicators")
    await second.page.get_by_label("Why did no alert tell of it").fill("She was not asked on that day; now she is")
    await second.page.get_by_role("button", name="Review").click()
    await expect(second.page.get_by_text("Reviewed: She was not asked on that day")).to_be_visible()
