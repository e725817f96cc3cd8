"""Help is one tap away: on every screen, signed out, and with the network gone."""

from itertools import pairwise

import pytest
from playwright.async_api import expect

from tests.pwa.answers import NEXT_DAY, WELL
from tests.pwa.conftest import Ask, Desktop, NewPatient
from tests.pwa.phone import Phone
from tests.pwa.staff import LEFT_A_DAY_AGO, Colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def help_is_here(phone: Phone, *, clinic: bool = True) -> None:
    """Seen without scrolling, opened by one tap, with the numbers of where the phone is; and gone again by one."""
    page = phone.page
    button = page.get_by_test_id("help")
    await expect(button).to_be_in_viewport(ratio=1)
    await button.tap()
    sheet = page.get_by_test_id("help-sheet")
    await expect(sheet).to_be_visible(timeout=500)
    assert await sheet.get_by_test_id("call-emergency").get_attribute("href") == "tel:911"
    assert await sheet.get_by_test_id("call-crisis").get_attribute("href") == "tel:988"
    assert await sheet.get_by_test_id("call-clinic").count() == int(clinic)
    await phone.press("Close")
    await expect(sheet).to_be_hidden()


async def test_before_and_after_setting_up(desktop: Desktop, nora: Colleague, new_patient: NewPatient) -> None:
    patient = await new_patient("Hedda Help")
    phone = await desktop.phone()
    desktop.expects("401")
    await phone.open("/")
    await help_is_here(phone, clinic=False)
    await phone.press("I have a code")
    await help_is_here(phone, clinic=False)
    await phone.open((await nora.invite(patient))["link"])
    await help_is_here(phone, clinic=False)
    await phone.press("Start on this phone")
    await expect(phone.heading()).to_have_text("Hello Hedda")
    await help_is_here(phone)
    await phone.press("Sign this phone out")
    await phone.page.get_by_role("dialog").get_by_role("button", name="Sign out").tap()
    await expect(phone.heading()).not_to_have_text("Hello Hedda")
    await help_is_here(phone, clinic=False)
    desktop.expects("ERR_INTERNET_DISCONNECTED")
    await phone.page.context.set_offline(True)
    await help_is_here(phone, clinic=False)


@pytest.mark.parametrize(
    ("zone", "calls"),
    [
        ("Europe/Madrid", ["tel:112", "tel:024"]),
        ("Europe/London", ["tel:999", "tel:111", "tel:116123"]),
        ("Asia/Tokyo", []),
    ],
)
async def test_numbers_are_those_of_the_place_where_the_phone_is(desktop: Desktop, zone: str, calls: list[str]) -> None:
    """Never a guess: where we know none, the sheet says whom to call in words."""
    phone = await desktop.phone(timezone_id=zone)
    desktop.expects("status of 401")
    await phone.open("/")
    await phone.page.get_by_test_id("help").tap()
    sheet = phone.page.get_by_test_id("help-sheet")
    links = sheet.locator("a")
    assert await links.evaluate_all("all => all.map(one => one.getAttribute('href'))") == calls
    await expect(sheet.get_by_text("Call your local emergency number.")).to_have_count(0 if calls else 1)
    await sheet.get_by_label("Where are you now?").select_option("IE")
    await expect(links.first).to_have_attribute("href", "tel:112")


async def test_on_every_screen_of_a_check_in_with_the_network_gone(ask: Ask, desktop: Desktop) -> None:
    phone = (await ask("Noel Network")).phone
    desktop.expects("ERR_INTERNET_DISCONNECTED")
    await phone.start_due()
    await phone.page.context.set_offline(True)
    for item, following in pairwise([*WELL, ""]):
        assert item in await phone.asked()
        await help_is_here(phone)
        await phone.fill(WELL, until=following)
    await expect(phone.heading()).to_have_text("Check and send")
    await help_is_here(phone)
    await phone.send()
    await expect(phone.heading()).to_have_text("Not sent yet")
    await help_is_here(phone)
    await phone.press("Back to start")
    await expect(phone.page.get_by_test_id("unsent")).to_be_visible()
    await help_is_here(phone)


async def test_on_private_questions_the_leave_button_and_the_plain_page(ask: Ask) -> None:
    phone = (await ask("Priya Private", ago=LEFT_A_DAY_AGO)).phone
    await phone.start_due()
    await phone.fill(NEXT_DAY, until="s_open")
    await expect(phone.page.get_by_test_id("private-notice")).to_contain_text("A person may not read this right away.")
    await expect(phone.page.get_by_test_id("private-notice")).to_contain_text("988")
    await help_is_here(phone)
    await phone.tap(phone.page.get_by_test_id("leave"))
    await expect(phone.heading()).to_have_text("Notes")
    await expect(phone.page).to_have_title("Notes")
    await expect(phone.page.locator("body")).not_to_contain_text("Check")
    await help_is_here(phone)


async def test_reporting_something_now(ask: Ask, nora: Colleague) -> None:
    asked = await ask("Rosa Report")
    phone = asked.phone
    await phone.press("Report something now")
    await expect(phone.page.locator(".option").first).to_be_visible()
    await help_is_here(phone)
    await phone.fill(WELL | {"a_overall": "call_now"})
    await phone.page.get_by_label("Anything else you want to say?").fill("It came back an hour ago.")
    await phone.page.get_by_label("Please call me").check()
    await phone.send()
    await expect(phone.sent()).to_be_visible()
    assert await nora.tier_about(asked.patient) == "urgent"
