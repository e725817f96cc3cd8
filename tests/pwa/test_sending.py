"""What is sent arrives once: with the network gone, a proxy that fails, an answer that is lost, a finger that slips."""

import pytest
from playwright.async_api import Page, Request, Route, expect

from tests.pwa.answers import WELL
from tests.pwa.conftest import Ask, Asked, Desktop
from tests.pwa.staff import Colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WAITING = "Your answer is still on this phone. Nobody at the clinic has seen it. If you need help now, call 911."
"""Agreed with clinicians, to the letter."""
ARRIVES_MS = 20_000


async def filled(ask: Ask, name: str) -> Asked:
    """At the summary of somebody who needs to rest, with one tap on Send left."""
    asked = await ask(name)
    await asked.phone.start_due()
    await asked.phone.rest(WELL)
    return asked


def sendings(page: Page) -> list[str]:
    """The addresses of whole forms sent from now on."""
    seen: list[str] = []

    def on_request(request: Request) -> None:
        if request.method == "PUT":
            seen.append(request.url)

    page.on("request", on_request)
    return seen


async def arrived_once(asked: Asked, nora: Colleague) -> None:
    await expect(asked.phone.sent()).to_be_visible(timeout=ARRIVES_MS)
    await expect(asked.phone.page.get_by_test_id("unsent")).to_have_count(0)
    assert len(await nora.responses(asked.patient)) == 1


async def test_a_double_tap_on_send_stores_one_answer(ask: Ask, nora: Colleague) -> None:
    asked = await filled(ask, "Dora Double")
    seen = sendings(asked.phone.page)
    await asked.phone.page.get_by_test_id("send").evaluate("button => { button.click(); button.click(); }")
    await arrived_once(asked, nora)
    assert len(seen) == 1


async def test_without_network_the_truth_is_told_and_the_answer_sent_once_later(
    ask: Ask, nora: Colleague, desktop: Desktop
) -> None:
    asked = await filled(ask, "Olga Offline")
    page, context = asked.phone.page, asked.phone.page.context
    desktop.expects("ERR_INTERNET_DISCONNECTED")
    await context.set_offline(True)
    await asked.phone.send()
    await expect(page.get_by_test_id("unsent").get_by_text(WAITING, exact=True)).to_be_visible()
    await asked.phone.press("Try again now")
    await expect(page.get_by_text(WAITING, exact=True)).to_be_visible()
    assert await nora.responses(asked.patient) == []
    await context.set_offline(False)
    await arrived_once(asked, nora)


async def test_a_danger_that_cannot_be_sent_says_so_and_goes_when_it_can(
    ask: Ask, nora: Colleague, desktop: Desktop
) -> None:
    asked = await ask("Emil Emergency")
    phone, context = asked.phone, asked.phone.page.context
    desktop.expects("ERR_INTERNET_DISCONNECTED")
    await phone.start_due()
    await phone.choose_and_move_on("patient")
    await context.set_offline(True)
    await phone.choose("breathing")
    card = phone.page.get_by_test_id("card-emergency")
    await expect(card).to_be_visible(timeout=500)
    await expect(card.get_by_test_id("call-emergency")).to_have_attribute("href", "tel:911")
    await expect(card).to_contain_text("Your answer is still on this phone. Nobody at the clinic has seen it.")
    await context.set_offline(False)
    await expect(card).to_contain_text("Your clinic has this answer.", timeout=ARRIVES_MS)
    assert await nora.tier_about(asked.patient) == "emergency"


async def test_a_server_that_fails_and_comes_back_gets_the_answer_once(
    ask: Ask, nora: Colleague, desktop: Desktop
) -> None:
    """First the proxy cannot reach it; then it stores the answer but the proxy loses the receipt."""
    asked = await filled(ask, "Rolf Recovery")
    desktop.expects("status of 503")
    fates = iter(["refuse", "lose", "pass"])

    async def fate(route: Route) -> None:
        match next(fates):
            case "refuse":
                await route.fulfill(status=503, content_type="application/problem+json", body="{}")
            case "lose":
                await route.fetch()
                await route.fulfill(status=503, content_type="application/problem+json", body="{}")
            case _:
                await route.continue_()

    await asked.phone.page.route("**/sealed-response", fate)
    seen = sendings(asked.phone.page)
    await asked.phone.send()
    await expect(asked.phone.page.get_by_text(WAITING, exact=True)).to_be_visible()
    await arrived_once(asked, nora)
    assert len(seen) == 3
