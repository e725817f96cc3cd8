"""The screens of working offline, in both languages, light and dark: readable, easy to hit."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.pwa.answers import WELL
from tests.pwa.conftest import Ask, Desktop
from tests.pwa.offline import ready_for_offline
from tests.pwa.test_patient_looks import LANGUAGES, Inspection

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OFFERS = """() => dispatchEvent(Object.assign(new Event("beforeinstallprompt", {cancelable: true}), {
    prompt: async () => ({outcome: "dismissed"}),
}))"""


@LANGUAGES
async def test_waiting_arrived_and_the_offer_to_install(ask: Ask, desktop: Desktop, own: dict[str, Any]) -> None:
    phone = (await ask("Ina Install", **own)).phone
    page = phone.page
    see = Inspection(phone)
    desktop.expects("ERR_INTERNET_DISCONNECTED")
    await ready_for_offline(page)
    await page.evaluate(OFFERS)
    await phone.start_due()
    await phone.rest(WELL)
    await page.context.set_offline(True)
    await phone.send()
    await expect(page.get_by_test_id("unsent")).to_be_visible()
    await see.here("not sent yet")
    await phone.press("Back to start", "Volver al inicio")
    await expect(page.get_by_test_id("install")).to_have_count(0)
    await see.here("start, offline, an answer waits")
    await page.context.set_offline(False)
    await expect(page.get_by_test_id("arrived")).to_be_visible(timeout=30_000)
    await see.here("start, the answer arrived")
    await phone.press("OK")
    await expect(page.get_by_test_id("install")).to_be_visible()
    await see.here("start, offer to install")
    await phone.press("No, thanks", "No, gracias")
    await expect(page.get_by_test_id("install")).to_have_count(0)
    await page.reload()
    await page.evaluate(OFFERS)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_test_id("install")).to_have_count(0)
    assert see.wrong == [], "\n".join(see.wrong)


async def test_an_iphone_is_told_where_to_tap(ask: Ask) -> None:
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 Version/18.4 Safari/604.1"
    phone = (await ask("Iris Iphone", window={"user_agent": agent})).phone
    await phone.start_due()
    await phone.rest(WELL)
    await phone.send()
    await expect(phone.sent()).to_be_visible()
    await phone.press("Back to start")
    hint = phone.page.get_by_test_id("install")
    await expect(hint).to_contain_text("Add to Home Screen")
    await expect(hint.get_by_role("button")).to_have_count(1)
