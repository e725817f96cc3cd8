"""The phone's start screen says what must wait after the session, and for how long."""

import pytest
from playwright.async_api import expect

from tests.pwa import looks
from tests.pwa.conftest import Ask, Desktop
from tests.pwa.offline import ready_for_offline

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(
    ("language", "heading", "driving", "until"),
    [
        ("en", "Please wait with these", "Do not drive", "and only after you have slept"),
        ("es", "Por favor, espere con esto", "No conduzca", "y solo después de haber dormido"),
    ],
)
async def test_what_must_wait(ask: Ask, language: str, heading: str, driving: str, until: str) -> None:
    page = (await ask(f"Rita Restricted {language}", language=language)).phone.page
    card = page.get_by_test_id("restrictions")
    await expect(card.get_by_role("heading", name=heading)).to_be_visible()
    line = card.get_by_role("listitem").filter(has_text=driving)
    await expect(line).to_contain_text(until)
    assert await card.get_by_role("listitem").count() == 4
    assert await looks.wrong_with(page) == []


async def test_it_is_there_without_a_network(ask: Ask, desktop: Desktop) -> None:
    page = (await ask("Rolf Restricted")).phone.page
    desktop.expects("ERR_INTERNET_DISCONNECTED")
    await ready_for_offline(page)
    await page.context.set_offline(True)
    await page.reload()
    await expect(page.get_by_test_id("restrictions")).to_contain_text("Do not drive")
