"""Who holds the phone decides what it shows; what is dangerous shows the right numbers at once."""

import pytest
from playwright.async_api import Locator, expect

from tests.pwa.answers import COMPANION, NEXT_DAY, WELL
from tests.pwa.conftest import Ask, Desktop
from tests.pwa.staff import LEFT_A_DAY_AGO, Colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_a_companion_is_asked_the_companions_questions_and_nothing_private(ask: Ask, nora: Colleague) -> None:
    asked = await ask("Cora Companion")
    phone = asked.phone
    await phone.start_due()
    await phone.choose_and_move_on("companion")
    met: list[str] = []
    while items := await phone.asked():
        met += items
        await expect(phone.page.get_by_test_id("private-notice")).to_have_count(0)
        await expect(phone.page.get_by_test_id("rest")).to_have_count(0)
        await phone.choose_and_move_on(COMPANION[items.pop()])
    assert met == list(COMPANION)[1:]
    await expect(phone.page.locator(".answers")).not_to_contain_text("Private")
    await phone.send()
    await expect(phone.sent()).to_be_visible()
    (response,) = await nora.responses(asked.patient)
    assert response["answered_by"] == "companion"
    assert not any(answer["private"] for answer in response["answers"])


async def test_changing_to_the_companion_hides_and_drops_what_was_private(ask: Ask, nora: Colleague) -> None:
    asked = await ask("Paul Private")
    phone = asked.phone
    await phone.start_due()
    await phone.fill(WELL)
    summary = phone.page.locator(".answers")
    await expect(summary).to_contain_text("Answered, hidden")
    await expect(summary).not_to_contain_text("Calm")
    await summary.get_by_role("button", name="Private questions").tap()
    await expect(phone.page.get_by_text("Your answer is hidden.")).to_be_visible()
    await expect(phone.page.locator('[aria-checked="true"]')).to_have_count(0)
    await phone.choose_and_move_on("calm")
    await summary.get_by_role("button", name="Who is holding this phone?").tap()
    await phone.choose_and_move_on("companion")
    await phone.fill(COMPANION)
    await expect(summary).not_to_contain_text("Private")
    await phone.send()
    await expect(phone.sent()).to_be_visible()
    (response,) = await nora.responses(asked.patient)
    assert {answer["item"] for answer in response["answers"]} == set(COMPANION)


async def test_this_is_not_for_me_ends_it_once_the_clinic_knows(ask: Ask, nora: Colleague, desktop: Desktop) -> None:
    asked = await ask("Stina Stranger")
    phone = asked.phone
    await phone.start_due()
    await phone.choose("not_me")
    await expect(phone.heading()).to_have_text("Is this not for you?")
    await expect(phone.page.locator("body")).not_to_contain_text("Stina")
    desktop.expects("ERR_INTERNET_DISCONNECTED")
    await phone.page.context.set_offline(True)
    await phone.press("Yes, it is not for me")
    await expect(phone.heading()).to_have_text("Not sent yet")
    await phone.page.context.set_offline(False)
    await expect(phone.page.get_by_text("Thank you. You can close this page.")).to_be_visible()
    await expect(phone.page.locator(".option")).to_have_count(0)
    assert await nora.tier_about(asked.patient) == "same_day"


async def test_a_slip_of_the_finger_is_taken_back(ask: Ask) -> None:
    phone = (await ask("Ulla Undo")).phone
    await phone.start_due()
    await phone.choose("not_me")
    await phone.page.locator("main").get_by_role("button", name="Back").tap()
    await phone.choose_and_move_on("patient")
    await phone.choose_and_move_on("none")
    await expect(phone.page.get_by_text("You chose: None of these")).to_be_visible()
    await phone.page.get_by_test_id("undo").tap()
    await expect(phone.heading()).to_have_text("Is any of this happening right now?")
    await expect(phone.page.locator('[aria-checked="true"]')).to_have_count(0)


async def calls(card: Locator, *numbers: str) -> None:
    """The card offers exactly these numbers, in this order."""
    links = await card.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert links == [f"tel:{number}" for number in numbers]


async def test_the_safety_question_shows_the_crisis_line_first_and_keeps_it(ask: Ask, nora: Colleague) -> None:
    asked = await ask("Siri Safety", ago=LEFT_A_DAY_AGO)
    phone = asked.phone
    await phone.start_due()
    await phone.fill(NEXT_DAY, until="s_open")
    await phone.choose("yes")
    card = phone.page.get_by_test_id("card-crisis")
    await expect(card).to_be_visible(timeout=500)
    await calls(card, "988", "911", "+15555550100")
    await expect(card).to_contain_text("Hand them this phone or go to them.")
    await phone.press("Continue")
    await expect(phone.page.get_by_test_id("pinned-help")).to_be_in_viewport()
    await phone.choose("not_sure")
    await phone.press("Continue")
    await phone.choose_and_move_on("no")
    await expect(phone.page.get_by_test_id("pinned-help")).to_be_in_viewport()
    assert await nora.tier_about(asked.patient) == "emergency", "cannot say they are safe until tomorrow"


async def test_who_is_driving_is_told_to_stop(ask: Ask, nora: Colleague) -> None:
    asked = await ask("Dan Driving")
    phone = asked.phone
    await phone.start_due()
    await phone.fill(WELL, until="a_place")
    await phone.choose("driving")
    card = phone.page.get_by_test_id("card-stop_driving")
    await expect(card).to_be_visible(timeout=500)
    await expect(card.get_by_role("heading")).to_have_text("Stop somewhere safe, then call")
    await calls(card, "+15555550100", "911")
    await expect(card).to_contain_text("Your clinic has this answer.")
    assert await nora.tier_about(asked.patient) == "urgent"


async def test_i_need_to_rest_asks_only_what_is_needed(ask: Ask, nora: Colleague) -> None:
    asked = await ask("Rita Rest")
    phone = asked.phone
    await phone.start_due()
    await phone.choose_and_move_on("patient")
    await phone.tap(phone.page.get_by_test_id("rest"))
    await phone.fill(WELL)
    await expect(phone.heading()).to_have_text("Rest now")
    assert phone.taps <= 7
    await phone.send()
    await expect(phone.sent()).to_be_visible()
    (response,) = await nora.responses(asked.patient)
    assert {answer["item"] for answer in response["answers"]} >= {"a_danger", "a_place"}
