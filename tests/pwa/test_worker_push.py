"""Push messages reach the real worker: each is shown, whatever it holds; shown and opened are reported."""

import json
import random
from typing import Any

import pytest
from playwright.async_api import CDPSession, Page, expect

from tests.pwa.conftest import Ask, Asked
from tests.pwa.demo import Demo
from tests.pwa.offline import controlled, until
from tests.pwa.staff import Colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTIFICATIONS = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
    .map(({title, body, tag, lang, data}) => ({title, body, tag, lang, data}))"""
CLICK = """async tag => {
    const [notification] = await self.registration.getNotifications({tag});
    self.dispatchEvent(new NotificationEvent("notificationclick", {notification}));
}"""
SEED = 20261123


class Pushed:
    """A phone that allows notifications, and a way to hand its worker a message as the browser does."""

    def __init__(self, page: Page, cdp: CDPSession, origin: str, registration: str) -> None:
        self.page = page
        self._cdp = cdp
        self._to = {"origin": origin, "registrationId": registration}

    @classmethod
    async def to(cls, page: Page, origin: str) -> "Pushed":
        await page.context.grant_permissions(["notifications"], origin=origin)
        await controlled(page)
        cdp = await page.context.new_cdp_session(page)
        found: list[dict[str, Any]] = []
        cdp.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
        await cdp.send("ServiceWorker.enable")

        async def registered() -> list[dict[str, Any]]:
            return found

        await until(registered)
        return cls(page, cdp, origin, found[-1]["registrationId"])

    async def deliver(self, data: str) -> None:
        await self._cdp.send("ServiceWorker.deliverPushMessage", {**self._to, "data": data})

    async def shown(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.page.evaluate(NOTIFICATIONS)
        return found

    async def shows(self, count: int) -> list[dict[str, Any]]:
        async def enough() -> bool:
            return len(await self.shown()) >= count

        await until(enough)
        return await self.shown()


def payload(link: str, **changed: Any) -> str:
    """Declarative web push."""
    own = {"title": "Time to check in", "body": "It takes about a minute.", "navigate": link, "tag": "c1", "lang": "en"}
    return json.dumps({"web_push": 8030, "notification": own | changed})


async def prompt_of(nora: Colleague, asked: Asked) -> dict[str, Any]:
    items = (await nora.call("GET", f"/api/patients/{asked.patient.id}/timeline"))["items"]
    return next(item for item in items if item["kind"] == "message" and item.get("check_in_id") == asked.check_in["id"])


async def test_a_push_is_shown_reported_and_opens_its_check_in(ask: Ask, nora: Colleague, demo: Demo) -> None:
    asked = await ask("Pia Pushed")
    page = asked.phone.page
    link = await demo.link_to(asked.patient.phone)
    phone = await Pushed.to(page, demo.url)
    await phone.deliver(payload(link))
    (notification,) = await phone.shows(1)
    assert notification == {
        "title": "Time to check in", "body": "It takes about a minute.", "tag": "c1", "lang": "en", "data": link,
    }  # fmt: skip

    async def reported(what: str) -> bool:
        return bool((await prompt_of(nora, asked)).get(what))

    await until(lambda: reported("shown_at"))
    assert not await reported("opened_at")
    (worker,) = page.context.service_workers
    await worker.evaluate(CLICK, "c1")
    await expect(page.get_by_role("button", name="Start")).to_be_visible()
    await until(lambda: reported("opened_at"))
    assert await phone.shown() == []


async def test_whatever_comes_is_shown_and_leads_nowhere_else(ask: Ask, demo: Demo) -> None:
    asked = await ask("Fay Fuzzed", language="es", window={"locale": "es-MX"})
    phone = await Pushed.to(asked.phone.page, demo.url)
    dice = random.Random(SEED)
    odd: list[Any] = [
        None,
        0,
        -1,
        "",
        " ",
        [],
        {},
        True,
        "\x00",
        "a" * 5000,
        "https://elsewhere.example/",
        "javascript:1",
    ]
    fuzzed = ["", "null", "[]", "{", "8030", '"text"', '{"notification":null}', "\ufffd\ufffd", "{}" * 50]
    for _ in range(30):
        keys = dice.sample(["title", "body", "navigate", "lang", "data", "actions", "icon"], dice.randint(0, 5))
        fuzzed.append(json.dumps({"web_push": 8030, "notification": {key: dice.choice(odd) for key in keys}}))
    for count, data in enumerate(fuzzed, start=1):
        await phone.deliver(data)
        await phone.shows(count)
    shown = await phone.shown()
    assert len(shown) == len(fuzzed)
    assert all(one["title"].strip() for one in shown)
    assert {one["data"] for one in shown} == {f"{demo.url}/"}
    neutral = [one for one in shown if one["title"] == "Preguntas"]
    assert {one["body"] for one in neutral} >= {"Abra la aplicación para ver si hay algo para usted."}
