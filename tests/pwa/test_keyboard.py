"""Everything in the main job works without a mouse and without a finger."""

import pytest
from playwright.async_api import expect

from tests.pwa.answers import WELL
from tests.pwa.conftest import Ask, Desktop
from tests.pwa.demo import PASSWORD
from tests.pwa.keyboard import press, tab_to
from tests.pwa.phone import Phone

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def answer_by_keys(phone: Phone, value: str) -> None:
    """Tab to the answers, arrows to the one meant, Enter."""
    keyboard = phone.page.keyboard
    async with phone.moves_on():
        for _ in range(5):
            await keyboard.press("Tab")
            if await phone.page.evaluate("() => document.activeElement.matches('.option')"):
                break
        while not await phone.option(value).evaluate("one => one === document.activeElement"):
            await keyboard.press("ArrowDown")
        assert await phone.page.locator('[aria-checked="true"]').count() == 0, "arrows choose nothing"
        await keyboard.press("Enter")


async def test_an_acute_form_and_its_emergency_card(ask: Ask) -> None:
    phone = (await ask("Kai Keys")).phone
    page = phone.page
    await press(page, "Answer now")
    await expect(phone.heading()).to_be_focused()
    for item, value in WELL.items():
        if item == "a_steady":
            await press(page, "Get help now")
            await expect(page.get_by_test_id("help-sheet")).to_be_visible()
            await page.keyboard.press("Escape")
            await expect(page.get_by_test_id("help")).to_be_focused()
        await answer_by_keys(phone, value)
    await press(page, "Send")
    await expect(phone.sent()).to_be_visible()


async def test_the_emergency_card_takes_the_focus_and_gives_it_back(ask: Ask) -> None:
    phone = (await ask("Kim Keys")).phone
    page = phone.page
    await press(page, "Answer now")
    await answer_by_keys(phone, "patient")
    await expect(phone.heading()).to_be_focused()
    await tab_to(page, "Chest pain")
    await page.keyboard.press("Space")
    card = page.get_by_test_id("card-emergency")
    await expect(card.get_by_role("heading")).to_be_focused()
    await tab_to(page, "Call 911")
    await press(page, "Continue")
    await expect(card).to_be_hidden()
    await expect(phone.heading()).to_have_text("Where are you now?")


async def test_sign_in_acknowledge_and_close(desktop: Desktop, ask: Ask) -> None:
    asked = await ask("Kit Keys")
    await asked.phone.start_due()
    await asked.phone.choose_and_move_on("patient")
    await asked.phone.choose("passed_out")
    await expect(asked.phone.page.get_by_text("Your clinic has this answer.")).to_be_visible()
    team = await desktop.team()
    page = team.page
    await page.goto("/team")
    await expect(page.get_by_label("E-mail")).to_be_focused()
    await page.keyboard.type("nora@demo.example")
    await tab_to(page, "Password")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(team.alert(asked.patient.name)).to_be_visible()
    reference = await team.alert(asked.patient.name).locator(".reference").inner_text()
    await press(page, reference)
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await press(page, "Acknowledge")
    await expect(team.button("Patient reached")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(team.button("Patient reached")).to_have_count(0)
    await expect(team.button("Note and review time")).to_be_focused()
    await press(page, "Close alert")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(team.button("Close alert")).to_be_focused()
    await page.keyboard.press("Enter")
    # The outcomes come over the network; each question takes the focus when it stands.
    for question in ("outcome", "harm", "useful"):
        await expect(dialog.locator(f".step-{question}")).to_be_visible()
        await expect(dialog.get_by_role("heading", level=3)).to_be_focused()
        if question == "outcome":
            await press(page, "Ambulance called")
        else:
            await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")
    await expect(page.get_by_text("Closed.")).to_be_visible()
