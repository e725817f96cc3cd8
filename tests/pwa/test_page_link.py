"""The screen behind a page's link, on a colleague's phone that is not signed in."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.pwa import looks
from tests.pwa.conftest import PHONE, Ask, Desktop
from tests.pwa.demo import Demo
from tests.pwa.staff import Colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ON_CALL, BACKUP = "+15555550101", "+15555550102"
WORDS = {
    "en": ("I take it", "You have this alert.", "Nora Berg has this alert.", "Somebody was first"),
    "es": ("La tomo yo", "Usted tiene esta alerta.", "Nora Berg tiene esta alerta.", "Alguien se adelantó"),
}


async def emergency(ask: Ask, nora: Colleague, name: str) -> dict[str, Any]:
    """One that nobody has; the patient has just tapped it."""
    asked = await ask(name)
    await asked.phone.start_due()
    await asked.phone.choose_and_move_on("patient")
    await asked.phone.choose("one_side")
    await asked.phone.press("Continue")
    assert await nora.tier_about(asked.patient) == "emergency"
    return await alert_of(nora, name)


async def alert_of(nora: Colleague, name: str) -> dict[str, Any]:
    """As the team sees it."""
    found: dict[str, Any]
    (found,) = [one for one in (await nora.call("GET", "/api/alerts"))["items"] if one["patient_name"] == name]
    return found


async def opened(desktop: Desktop, link: str) -> Page:
    """The link of the page, tapped, on a phone that is set to English."""
    context, _ = await desktop.window(**PHONE)
    page = await context.new_page()
    await page.goto(link)
    await expect(page.get_by_test_id("page-answer")).to_be_visible()
    return page


@pytest.mark.parametrize("language", ["en", "es"])
async def test_one_press_takes_the_alert_and_the_second_sees_who_has_it(
    desktop: Desktop, demo: Demo, nora: Colleague, ask: Ask, language: str
) -> None:
    take, yours, held, was_first = WORDS[language]
    for who in ("nora", "omar"):
        await (await Colleague.sign_in(demo, who)).call("PATCH", "/api/me", {"language": language})
    alert = await emergency(ask, nora, f"Page Link {language}")
    path, wrong = f"/team/alerts/{alert['reference']}", list[str]()
    noras, omars = [await opened(desktop, await demo.link_to(phone, path)) for phone in (ON_CALL, BACKUP)]
    for page in (noras, omars):
        await expect(page.get_by_role("heading", level=1)).to_have_text(alert["reference"])
        await expect(page.get_by_role("button", name=take)).to_be_visible()
        await expect(page.get_by_text(alert["patient_name"])).to_have_count(0)
    wrong += [f"open: {one}" for one in await looks.wrong_with(noras)]
    await noras.reload()
    assert (await alert_of(nora, alert["patient_name"]))["state"] == "open"
    await noras.get_by_role("button", name=take).click()
    await expect(noras.locator("p[role=status]")).to_contain_text(yours)
    taken = await alert_of(nora, alert["patient_name"])
    assert (taken["state"], taken["acknowledged_by"]["name"]) == ("acknowledged", "Nora Berg")
    await omars.get_by_role("button", name=take).click()
    await expect(omars.locator("p[role=status]")).to_have_text(held)
    await expect(omars.get_by_text(was_first)).to_be_visible()
    await expect(omars.get_by_role("button", name=take)).to_have_count(0)
    for name, page in (("taken", noras), ("held", omars)):
        wrong += [f"{name}: {one}" for one in await looks.wrong_with(page)]
    desktop.expects("/api/page/acknowledge: ")
    assert wrong == []
