"""Takes the README's two pictures on a demo: `python -m tests.pwa.pictures`."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

from tests.pwa.answers import WELL
from tests.pwa.conftest import FLAGS, Desktop, chromium_path
from tests.pwa.demo import ROOT, Demo
from tests.pwa.phone import Phone
from tests.pwa.staff import Colleague

PLACE = ROOT / "docs/img"
MOST_BYTES = 150_000


async def asked(desktop: Desktop, nora: Colleague, name: str, number: str) -> Phone:
    """Somebody at the first question."""
    patient = await nora.enrol(name, number, companion={"name": "Luis Stone", "phone": "+15555550182"})
    await nora.opened(await nora.record_session(patient))
    phone = await desktop.phone(device_scale_factor=1.5)
    await phone.bind((await nora.invite(patient))["link"])
    await phone.start_due()
    return phone


async def take(page: Page, name: str) -> None:
    """A PNG that does not make the clone heavy."""
    path = PLACE / f"{name}.png"
    await page.screenshot(path=path)
    assert path.stat().st_size <= MOST_BYTES, f"{path} has {path.stat().st_size} bytes"


async def main() -> None:
    """The phone with a question, the queue with an emergency and a call for today."""
    PLACE.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="afterglow-pictures-"))
    async with Demo(folder) as demo, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        desktop = Desktop(browser, demo.url)
        nora = await Colleague.sign_in(demo, "nora")
        first = await asked(desktop, nora, "Jonas Weber", "+15555550171")
        await first.fill(WELL | {"a_pain": "bad", "a_overall": "call_today"})
        await first.send()
        await expect(first.sent()).to_be_visible()
        second = await asked(desktop, nora, "Maya Stone", "+15555550181")
        await second.fill(WELL, until="a_place")
        await take(second.page, "phone")
        await second.page.get_by_test_id("back").tap()
        await second.choose("chest_pain")
        await second.press("Continue")
        await second.fill(WELL | {"a_sick": "once_or_twice", "a_overall": "call_now"})
        await second.send()
        await expect(second.sent()).to_be_visible()
        team = await desktop.team("omar", viewport={"width": 1280, "height": 720})
        await expect(team.alert("Maya Stone")).to_contain_text("Patient answered")
        await expect(team.alert("Jonas Weber")).to_be_visible()
        await take(team.page, "team")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
