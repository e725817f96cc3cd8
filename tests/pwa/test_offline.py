"""Without network, in a killed browser, in two tabs, while a new version comes: asked, answered, sent once."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Error, Page, Route, async_playwright, expect

from tests.pwa.answers import WELL
from tests.pwa.conftest import FLAGS, PHONE, Ask, Desktop, NewPatient, chromium_path
from tests.pwa.demo import Demo
from tests.pwa.offline import STORED, controlled, front, kill, launch, ready_for_offline, until
from tests.pwa.phone import Phone
from tests.pwa.staff import Colleague, Patient

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OFFLINE = "ERR_INTERNET_DISCONNECTED"
JAVASCRIPT = "text/javascript; charset=utf-8"
ARRIVES_MS = 30_000
HELLO = re.compile("^Hello")


async def stored_once(nora: Colleague, patient: Patient) -> None:
    async def there() -> bool:
        return bool(await nora.responses(patient))

    await until(there, 30)
    assert len(await nora.responses(patient)) == 1


async def test_offline_the_app_opens_resumes_and_sends_once_later(ask: Ask, nora: Colleague, desktop: Desktop) -> None:
    asked = await ask("Oona Offline")
    phone, page = asked.phone, asked.phone.page
    desktop.expects(OFFLINE)
    await ready_for_offline(page)
    await page.context.set_offline(True)
    await page.reload()
    await expect(phone.heading()).to_have_text(HELLO)
    await phone.start_due()
    await phone.fill(WELL, until="a_place")
    await page.reload()
    await phone.start_due()
    assert await phone.asked() == {"a_place"}
    await phone.fill(WELL)
    await phone.send()
    await expect(page.get_by_role("heading", name="Not sent yet")).to_be_visible()
    await page.reload()
    await expect(page.get_by_test_id("unsent")).to_be_visible()
    await expect(page.get_by_role("button", name="Answer now")).to_have_count(0)
    seen = await page.evaluate(STORED)
    assert "with_adult" not in seen
    assert "a_place" not in seen
    assert await nora.responses(asked.patient) == []
    await page.context.set_offline(False)
    arrived = page.get_by_test_id("arrived")
    await expect(arrived).to_contain_text(re.compile(r"Sent \d\d:\d\d"), timeout=ARRIVES_MS)
    await expect(arrived.get_by_test_id("advice")).not_to_have_count(0)
    await stored_once(nora, asked.patient)
    await arrived.get_by_role("button", name="OK").tap()
    await page.reload()
    await expect(phone.heading()).to_have_text(HELLO)
    await expect(page.get_by_test_id("arrived")).to_have_count(0)


async def test_a_killed_browser_goes_on_at_the_same_question_and_sends_once(
    nora: Colleague, new_patient: NewPatient, demo: Demo, tmp_path: Path
) -> None:
    patient = await new_patient("Kim Killed")
    await nora.opened(await nora.record_session(patient))
    settings = {**PHONE, "base_url": demo.url, "locale": "en-US", "reduced_motion": "reduce"}
    async with async_playwright() as playwright:

        async def begin() -> tuple[BrowserContext, Phone]:
            context = await launch(playwright, chromium_path(), FLAGS, tmp_path, **settings)
            return context, Phone(context.pages[0])

        context, phone = await begin()
        await phone.bind((await nora.invite(patient))["link"])
        await ready_for_offline(phone.page)
        await phone.start_due()
        await phone.fill(WELL, until="a_awake")
        await kill(context, tmp_path)
        context, phone = await begin()
        await context.set_offline(True)
        await phone.open("/")
        await phone.start_due()
        assert await phone.asked() == {"a_awake"}
        await phone.fill(WELL)
        await phone.send()
        await expect(phone.page.get_by_role("heading", name="Not sent yet")).to_be_visible()
        assert await nora.responses(patient) == []
        await kill(context, tmp_path)
        context, phone = await begin()
        # The sign-in may not have reached the disk before the kill: the answer has a token of its own.
        await phone.open("/")
        await stored_once(nora, patient)
        await context.close()


async def test_two_tabs_send_one_answer(ask: Ask, nora: Colleague, desktop: Desktop) -> None:
    asked = await ask("Tia Twotabs")
    desktop.expects(OFFLINE)
    first, context = asked.phone, asked.phone.page.context
    await ready_for_offline(first.page)
    await first.start_due()
    await first.rest(WELL)
    other = Phone(await context.new_page())
    await other.open("/")
    await other.start_due_or_summary()
    await expect(other.page.get_by_test_id("send")).to_be_visible()
    await context.set_offline(True)
    await first.send()
    await expect(first.page.get_by_test_id("unsent")).to_be_visible()
    await expect(other.page.get_by_test_id("unsent")).to_be_visible()
    await context.set_offline(False)
    await expect(first.sent()).to_be_visible(timeout=ARRIVES_MS)
    await expect(other.sent()).to_be_visible(timeout=ARRIVES_MS)
    await stored_once(nora, asked.patient)


async def test_an_answer_whose_receipt_is_cut_off_is_stored_once(ask: Ask, nora: Colleague, desktop: Desktop) -> None:
    asked = await ask("Cora Cut")
    page = asked.phone.page
    desktop.expects("ERR_FAILED")
    await asked.phone.start_due()
    await asked.phone.rest(WELL)

    async def cut(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/sealed-response", cut, times=1)
    await asked.phone.send()
    await expect(asked.phone.sent()).to_be_visible(timeout=ARRIVES_MS)
    await stored_once(nora, asked.patient)


async def test_a_new_version_waits_for_the_end_of_the_answer(
    nora: Colleague, new_patient: NewPatient, desktop: Desktop, demo: Demo
) -> None:
    patient = await new_patient("Una Update")
    await nora.opened(await nora.record_session(patient))
    async with front(demo.url) as proxy:
        phone = await desktop.phone(base_url=proxy.url)
        page = phone.page
        await phone.bind((await nora.invite(patient))["link"].replace(demo.url, proxy.url))
        await controlled(page)
        loads: list[Page] = []
        page.on("load", lambda loaded: loads.append(loaded))
        await phone.start_due()
        await phone.choose_and_move_on("patient")
        proxy.next_version = True
        await page.evaluate("async () => void (await (await navigator.serviceWorker.ready).update())")
        waits = "async () => Boolean((await navigator.serviceWorker.ready).waiting)"
        await until(lambda: page.evaluate(waits))
        await phone.choose_and_move_on("none")
        assert await phone.asked() == {"a_place"}
        assert loads == []
        await page.reload()
        await phone.start_due()
        assert await phone.asked() == {"a_place"}
        await page.go_back()
        for _ in range(2):
            await page.get_by_test_id("back").tap()
        loads.clear()
        async with page.expect_event("load"):
            await phone.press("Load it now")
        assert not await page.evaluate(waits)
        await expect(page.get_by_test_id("update")).to_have_count(0)
        await expect(phone.heading()).to_have_text(HELLO)
        assert len(loads) == 1
        desktop.expects("ERR_CONNECTION_REFUSED")


async def test_the_worker_answers_the_patients_pages_and_nothing_else(ask: Ask, desktop: Desktop, demo: Demo) -> None:
    script = await demo.http.get("/sw.js")
    assert (script.headers["cache-control"], script.headers["content-type"]) == ("no-cache", JAVASCRIPT)
    page = (await ask("Wim Worker")).phone.page
    desktop.expects(OFFLINE)
    await controlled(page)
    await page.context.set_offline(True)
    for path in ("/", "/c#token=none", "/e", "/report", "/help"):
        await page.goto(path)
        await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    for path in ("/team", "/demo", "/api/my", "/elsewhere"):
        with pytest.raises(Error, match=OFFLINE):
            await page.goto(path)


async def test_signing_out_with_an_answer_on_the_phone_warns(ask: Ask, desktop: Desktop) -> None:
    asked = await ask("Sue Signout", ago=timedelta(minutes=61))
    phone, page = asked.phone, asked.phone.page
    desktop.expects(OFFLINE)
    await ready_for_offline(page)
    await phone.start_due()
    await phone.rest(WELL)
    await page.context.set_offline(True)
    await phone.send()
    await phone.press("Back to start")
    await phone.press("Sign this phone out")
    await expect(page.get_by_role("dialog")).to_contain_text("An answer is not sent yet. It stays locked")
