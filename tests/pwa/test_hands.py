"""A phone that two patients share: what one leaves on it is neither lost, nor sent or shown as the other's."""

import json
from datetime import timedelta

import pytest
from playwright.async_api import Page, Route, expect

from tests.pwa.answers import WELL
from tests.pwa.conftest import Ask, Desktop, NewPatient
from tests.pwa.demo import Demo
from tests.pwa.offline import STORED, ready_for_offline, until
from tests.pwa.staff import Colleague, Patient
from tests.pwa.test_push import SUBSCRIBES, given_by, state

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OFFLINE = "ERR_INTERNET_DISCONNECTED"
SIGNED_OUT = "401"
ARRIVES_MS = 30_000
SHOW = "async () => (await navigator.serviceWorker.ready).showNotification('Time to check in', { tag: 'a' })"
SHOWN = "async () => (await (await navigator.serviceWorker.ready).getNotifications()).length"
PAGE_SENDS = "Object.defineProperty(ServiceWorkerRegistration.prototype, 'sync', { get: () => undefined });"
HELD = "() => sessionStorage.getItem('held')"
FORMER = "the former's"


async def unbind(nora: Colleague, patient: Patient) -> None:
    (device,) = (await nora.call("GET", f"/api/patients/{patient.id}/devices"))["items"]
    await nora.call("DELETE", f"/api/patients/{patient.id}/devices/{device['id']}")


async def test_an_unsent_answer_waits_for_its_own_patient(
    ask: Ask, nora: Colleague, new_patient: NewPatient, desktop: Desktop
) -> None:
    asked = await ask("Ada Before")
    phone, page = asked.phone, asked.phone.page
    other = await new_patient("Ben After")
    desktop.expects(OFFLINE, SIGNED_OUT)
    await ready_for_offline(page)
    await page.context.set_offline(True)
    await phone.start_due()
    await phone.rest(WELL)
    await phone.send()
    await expect(page.get_by_test_id("unsent")).to_be_visible()
    await unbind(nora, asked.patient)
    await page.context.set_offline(False)
    await phone.bind((await nora.invite(other))["link"])
    await expect(phone.heading()).to_have_text("Hello Ben")
    await expect(page.get_by_test_id("of-another")).to_be_visible()
    await expect(page.get_by_test_id("unsent")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_test_id("of-another")).to_be_visible()
    assert [await nora.responses(one) for one in (asked.patient, other)] == [[], []]

    await phone.bind((await nora.invite(asked.patient))["link"])
    await expect(page.get_by_test_id("arrived")).to_be_visible(timeout=ARRIVES_MS)
    assert len(await nora.responses(asked.patient)) == 1
    assert await nora.responses(other) == []
    await expect(page.get_by_test_id("of-another")).to_have_count(0)


async def test_a_reply_is_for_nobody_else(
    ask: Ask, nora: Colleague, new_patient: NewPatient, desktop: Desktop, demo: Demo
) -> None:
    asked = await ask("Cleo Before")
    phone, page = asked.phone, asked.phone.page
    other = await new_patient("Dan After")
    desktop.expects(OFFLINE)
    await with_notifications(page, demo, asked.patient)
    await page.context.set_offline(True)
    await phone.start_due()
    await phone.rest(WELL)
    await phone.send()
    await phone.press("Back to start")
    await page.context.set_offline(False)
    await expect(page.get_by_test_id("arrived")).to_be_visible(timeout=ARRIVES_MS)
    await phone.bind((await nora.invite(other))["link"])
    await expect(phone.heading()).to_have_text("Hello Dan")
    await expect(page.get_by_test_id("arrived")).to_have_count(0)
    assert '"reply"' not in await page.evaluate(STORED)
    # The demo gives each phone a subscription as it enrols, so the app soon holds one again: the next patient's own.
    await expect(page.get_by_text("They are on.")).to_be_visible()
    assert (await page.evaluate(SHOWN), await page.evaluate(HELD) == FORMER) == (0, False)


async def test_by_its_token_an_answer_goes_out_in_other_hands_and_nobody_is_told(
    ask: Ask, nora: Colleague, new_patient: NewPatient, desktop: Desktop
) -> None:
    asked = await ask("Eva Before")
    phone, page = asked.phone, asked.phone.page
    other = await new_patient("Fay After")
    desktop.expects("ERR_FAILED")
    await page.context.add_init_script(PAGE_SENDS)
    await page.reload()
    await ready_for_offline(page)
    await page.route("**/sealed-response", lambda route: route.abort())
    await phone.start_due()
    await phone.rest(WELL)
    await phone.send()
    await expect(page.get_by_test_id("unsent")).to_be_visible()
    await phone.bind((await nora.invite(other))["link"])
    await expect(page.get_by_test_id("of-another")).to_be_visible()
    await page.unroute("**/sealed-response")

    async def there() -> bool:
        return bool(await nora.responses(asked.patient))

    await until(there, 40)
    await expect(page.get_by_test_id("of-another")).to_have_count(0)
    await expect(page.get_by_test_id("arrived")).to_have_count(0)
    assert len(await nora.responses(asked.patient)) == 1
    assert await nora.responses(other) == []


async def test_after_an_enrolment_that_was_cut_off_nobody_sees_the_list_of_the_patient_before(
    ask: Ask, nora: Colleague, new_patient: NewPatient, desktop: Desktop
) -> None:
    asked = await ask("Ida Before")
    phone, page = asked.phone, asked.phone.page
    other = await new_patient("Jon After")
    desktop.expects("ERR_FAILED", OFFLINE)
    await ready_for_offline(page)

    async def cut_off(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/api/enrolment", cut_off)
    await phone.open((await nora.invite(other))["link"])
    await phone.press("Start on this phone")
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.context.set_offline(True)
    await page.goto("/")
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
    await expect(page.get_by_text("Ida")).to_have_count(0)
    await page.context.set_offline(False)
    await expect(phone.heading()).to_have_text("Hello Jon")


async def with_notifications(page: Page, demo: Demo, patient: Patient) -> None:
    """They are on, and one is on the screen."""
    await page.context.grant_permissions(["notifications"], origin=demo.url)
    await page.context.add_init_script(SUBSCRIBES % json.dumps(given_by(demo, patient.phone)))
    await ready_for_offline(page)
    await page.evaluate("former => sessionStorage.setItem('held', former)", FORMER)
    await page.reload()
    await page.evaluate(SHOW)
    assert await page.evaluate(SHOWN) == 1
    assert await state(page) == "on"


async def test_signing_out_ends_notifications_and_forgets_what_was_begun(
    ask: Ask, nora: Colleague, desktop: Desktop, demo: Demo
) -> None:
    asked = await ask("Gus Goes", ago=timedelta(minutes=61))
    phone, page = asked.phone, asked.phone.page
    desktop.expects(SIGNED_OUT)
    await with_notifications(page, demo, asked.patient)
    await phone.start_due()
    await phone.fill(WELL, until="a_place")
    await page.reload()
    await phone.press("Sign this phone out")
    await expect(page.get_by_role("dialog")).to_contain_text("Answers you did not finish will be lost.")
    await phone.press("Sign out")
    await expect(page.get_by_role("button", name="I have a code")).to_be_visible()
    assert (await page.evaluate(SHOWN), await page.evaluate(HELD)) == (0, None)
    assert "draft" not in await page.evaluate(STORED)
