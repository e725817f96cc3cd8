"""Every screen of the patient app, in both languages, light and dark: readable, easy to hit with a heavy hand."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.pwa import looks
from tests.pwa.answers import NEXT_DAY, WELL
from tests.pwa.conftest import Ask, Desktop
from tests.pwa.demo import Demo
from tests.pwa.phone import Phone
from tests.pwa.staff import LEFT_A_DAY_AGO

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SMALL_PHONE = {"viewport": {"width": 360, "height": 640}}
MOST_TAPS = 14
SPANISH: dict[str, Any] = {"language": "es", "window": {"locale": "es-MX"}}
LANGUAGES = pytest.mark.parametrize("own", [{}, SPANISH], ids=["en", "es"])


class Inspection:
    """Collects what is wrong with the screens that a walk comes by."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.wrong: list[str] = []

    async def here(self, name: str, *, enhanced: bool = False) -> None:
        page = self.phone.page
        found = await looks.wrong_with(page, enhanced=enhanced)
        found += [f"small: {one}" for one in await looks.too_small(page)]
        found += [f"narrow, sideways: {one}" for one in await looks.sideways_when_narrow(page)]
        found += [f"twice the text, sideways: {one}" for one in await looks.sideways_with_big_text(page)]
        self.wrong += [f"{name}: {one}" for one in found]


@LANGUAGES
async def test_the_acute_form_and_its_cards(ask: Ask, own: dict[str, Any]) -> None:
    phone = (await ask("Ada Acute", **own)).phone
    see = Inspection(phone)
    await see.here("start")
    await phone.page.get_by_test_id("help").tap()
    await see.here("help")
    await phone.press("Close", "Cerrar")
    await phone.start_due()
    for item, value in WELL.items():
        await see.here(item, enhanced=True)
        await phone.choose_and_move_on(value)
    await see.here("summary", enhanced=True)
    await phone.send()
    await expect(phone.sent()).to_be_visible()
    await see.here("sent")
    assert see.wrong == [], "\n".join(see.wrong)


@LANGUAGES
async def test_the_next_day_and_the_safety_questions(ask: Ask, own: dict[str, Any]) -> None:
    phone = (await ask("Ben Before", ago=LEFT_A_DAY_AGO, **own)).phone
    see = Inspection(phone)
    await phone.start_due()
    await phone.choose("chest_pain")
    await expect(phone.page.get_by_test_id("card-emergency")).to_be_visible()
    await see.here("emergency card", enhanced=True)
    await phone.press("Continue", "Continuar")
    await see.here("scale, help pinned", enhanced=True)
    await phone.fill(NEXT_DAY, until="d_left")
    await see.here("several answers")
    await phone.fill(NEXT_DAY, until="s_open")
    await see.here("safety question", enhanced=True)
    await phone.choose("not_worth")
    await expect(phone.page.get_by_test_id("card-crisis")).to_be_visible()
    await see.here("crisis card", enhanced=True)
    await phone.press("Continue", "Continuar")
    await see.here("can you keep yourself safe", enhanced=True)
    await phone.page.get_by_test_id("leave").tap()
    await see.here("left")
    assert see.wrong == [], "\n".join(see.wrong)


@LANGUAGES
async def test_links_codes_and_what_goes_wrong(ask: Ask, desktop: Desktop, demo: Demo, own: dict[str, Any]) -> None:
    asked = await ask("Lia Link", **own)
    phone = await desktop.phone(**own.get("window", {}))
    desktop.expects("status of 4", "ERR_INTERNET_DISCONNECTED")
    see = Inspection(phone)
    await phone.open("/")
    await see.here("signed out")
    await phone.press("I have a code", "Tengo un código")
    await see.here("code")
    await phone.open("/e#token=12345678901234567890")
    await phone.press("Start on this phone", "Empezar en este teléfono")
    await expect(phone.page.get_by_role("alert")).to_be_visible()
    await see.here("used invitation")
    await phone.open(await demo.link_to(asked.patient.phone))
    await see.here("link")
    await phone.press("Start", "Empezar")
    await phone.rest(WELL)
    await see.here("rest")
    await phone.send()
    await expect(phone.page.get_by_role("textbox")).to_be_visible()
    await see.here("birth year")
    await asked.phone.start_due()
    await asked.phone.choose("not_me")
    see.phone = asked.phone
    await see.here("not for me")
    await asked.phone.page.context.set_offline(True)
    await asked.phone.page.get_by_test_id("not-me").tap()
    await expect(asked.phone.page.get_by_test_id("try-now")).to_be_visible()
    await see.here("waiting")
    assert see.wrong == [], "\n".join(see.wrong)


@pytest.mark.parametrize("window", [{}, SMALL_PHONE], ids=["390x844", "360x640"])
async def test_a_calm_check_in_takes_few_taps_and_little_scrolling(ask: Ask, window: dict[str, Any]) -> None:
    """From the start screen to Sent. Every answer stands within one screen and a half."""
    phone = (await ask("Tap Counter", window=window)).phone
    phone.taps = 0
    await phone.start_due()
    for value in WELL.values():
        assert await looks.too_small(phone.page) == []
        await expect(phone.page.get_by_test_id("help")).to_be_in_viewport(ratio=1)
        await expect(phone.page.locator(".option").first).to_be_in_viewport(ratio=1)
        height = await phone.page.evaluate("() => document.scrollingElement.scrollHeight / innerHeight")
        assert height <= (1.3 if not window else 1.7), f"{await phone.heading().inner_text()}: {height} screens"
        await phone.choose_and_move_on(value)
    await phone.send()
    await expect(phone.sent()).to_be_visible()
    assert phone.taps <= MOST_TAPS
    advice = phone.page.get_by_test_id("advice").first
    await expect(advice).to_have_text(
        re.compile(
            r"^Nothing you told us needs a call right now\. Things can change\. "
            # The clinic's own number while somebody is there: it depends on the hour of the test.
            r"If you feel worse, tap Report or call (911|\+15555550100)\."
        )
    )
