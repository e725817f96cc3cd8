"""Notifications on a phone: offered after the first answer, on at a tap, tried, off again.

No browser here reaches a vendor's push service, so the phone's own subscription is replaced by one at the demo's push
service. The question for permission, the page, the server and the message on its way are real.
"""

import json
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.pwa.answers import WELL
from tests.pwa.conftest import Ask
from tests.pwa.demo import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SUBSCRIBES = """
const given = %s;
let held = sessionStorage.getItem("held");
const subscription = {
  endpoint: given.endpoint,
  options: {},
  toJSON: () => given,
  unsubscribe: async () => { held = null; sessionStorage.removeItem("held"); return true; },
};
PushManager.prototype.getSubscription = async () => (held ? subscription : null);
PushManager.prototype.subscribe = async (options) => {
  const allowed = Notification.permission === "granted" && options.userVisibleOnly;
  if (!allowed) throw new DOMException("no", "NotAllowedError");
  held = options.applicationServerKey;
  sessionStorage.setItem("held", held);
  return subscription;
};
const worker = { pushManager: Object.create(PushManager.prototype) };
const find = ServiceWorkerContainer.prototype.getRegistration;
ServiceWorkerContainer.prototype.getRegistration = async function () { return (await find.call(this)) ?? worker; };
Object.defineProperty(ServiceWorkerContainer.prototype, "ready", { get() { return this.getRegistration(); } });
"""

TURN_OFF = (
    """() => fetch("/api/my/push", { method: "DELETE", headers: { "X-Afterglow": "1" } }).then((r) => r.status)"""
)


def given_by(demo: Demo, number: str) -> dict[str, Any]:
    """What the push service gave this phone when it was enrolled."""
    phones = [json.loads(line) for line in (demo.data / "push_phones.jsonl").read_text().splitlines()]
    phone = next(phone for phone in reversed(phones) if phone["to"] == number)
    endpoint = f"http://127.0.0.1:{(demo.data / 'push_port').read_text().strip()}/push/{phone['id']}"
    return {"endpoint": endpoint, "keys": {"p256dh": phone["public"], "auth": phone["auth"]}}


async def state(page: Page) -> str:
    found: str = await page.evaluate("() => fetch('/api/my/push').then((r) => r.json()).then((r) => r.state)")
    return found


async def test_they_are_offered_after_the_first_answer_and_work(ask: Ask, demo: Demo) -> None:
    asked = await ask("Paula Prado")
    phone, page = asked.phone, asked.phone.page
    await page.context.grant_permissions(["notifications"], origin=demo.url)
    await page.context.add_init_script(SUBSCRIBES % json.dumps(given_by(demo, asked.patient.phone)))
    assert await page.evaluate(TURN_OFF) == 204
    await page.reload()
    title = page.get_by_role("heading", name="Notifications on this phone")
    await expect(page.get_by_role("button", name="Answer now")).to_be_visible()
    await expect(title).not_to_be_visible()
    await phone.start_due()
    await phone.fill(WELL)
    await phone.send()
    await expect(phone.sent()).to_be_visible()
    await phone.press("Back to start")
    await expect(title).to_be_visible()
    await phone.press("Turn on")
    await expect(page.get_by_text("They are on.")).to_be_visible()
    assert await state(page) == "on"
    await page.reload()
    await phone.press("Send a test")
    await expect(page.get_by_text("Sent. It shows on this phone")).to_be_visible()
    for _ in range(100):
        shown = [m for m in await demo.messages(asked.patient.phone) if m.get("title") == "It works"]
        if shown:
            break
        await page.wait_for_timeout(100)
    assert [message["channel"] for message in shown] == ["push"]
    await phone.press("Turn off")
    await expect(page.get_by_role("button", name="Turn on")).to_be_visible()
    assert await state(page) == "off"


async def test_a_phone_that_cannot_have_them_says_so_and_loses_nothing(ask: Ask, demo: Demo) -> None:
    asked = await ask("Petra Pons", language="es", window={"locale": "es-MX"})
    page = asked.phone.page
    refuses = "PushManager.prototype.subscribe = async () => { throw new DOMException('no', 'AbortError'); };"
    script = SUBSCRIBES % json.dumps(given_by(demo, asked.patient.phone))
    await page.context.grant_permissions(["notifications"], origin=demo.url)
    await page.context.add_init_script(script + refuses)
    assert await page.evaluate(TURN_OFF) == 204
    await page.reload()
    await asked.phone.start_due()
    await asked.phone.fill(WELL)
    await asked.phone.send()
    await expect(asked.phone.sent()).to_be_visible()
    await asked.phone.press("Volver al inicio")
    await asked.phone.press("Activar")
    await expect(page.get_by_text("No funcionó en este teléfono.")).to_be_visible()
    assert await state(page) == "off"
