"""A dose at home in stories: Ana takes it under her tongue, Luis is with her."""

from datetime import timedelta
from typing import Any

import httpx

from server.demo.inbox import Delivered
from tests.api.instance import Browser
from tests.flow.story import Story, form, stamp
from tests.rules.answering import WELL

LUIS = "+34600333444"
LUIS_AND_ADDRESS = {"companion": {"name": "Luis Ruiz", "phone": LUIS}, "address": "Calle Mayor 3"}
CALM_COMPANION = {item: value for item, value in WELL["companion"].items() if item != "a_who"}
QUESTIONS = "There are a few short questions for you. Please answer now. Open: "


async def change_ana(story: Story, **changed: Any) -> None:
    """Nora edits Ana's details."""
    answer = await story.staff("nora").call("PATCH", f"/api/patients/{story.ana}", changed)
    assert answer.status_code == 200, answer.text


async def try_dose(story: Story, *, minutes_ago: float = 0, **changed: Any) -> httpx.Response:
    """Nora records what Ana has just taken at home."""
    taken = stamp(await story.now() - timedelta(minutes=minutes_ago))
    body = {
        "drug": "ketamine", "route": "sublingual", "dose_mg": 100, "indication": "depression", "started_at": taken,
        "ended_at": taken,
    }  # fmt: skip
    return await story.staff("nora").post(f"/api/patients/{story.ana}/sessions", body | changed)


async def dose_at_home(story: Story) -> dict[str, Any]:
    """Everything is there, the dose is recorded."""
    await change_ana(story, **LUIS_AND_ADDRESS)
    answer = await try_dose(story)
    assert answer.status_code == 201, answer.text
    recorded: dict[str, Any] = answer.json()
    return recorded


class Companion:
    """Luis's phone: it knows nothing but the link that it was sent."""

    def __init__(self, story: Story, browser: Browser, opened: dict[str, Any]) -> None:
        self.story = story
        self.browser = browser
        self.opened = opened

    @classmethod
    async def opens(cls, story: Story, message: Delivered) -> "Companion":
        """Luis taps the link of a message."""
        browser = story.instance.browser()
        found = await browser.post("/api/my/link", {"token": token_of(message)})
        assert found.status_code == 200, found.text
        return cls(story, browser, found.json())

    @classmethod
    async def prompted(cls, story: Story) -> "Companion":
        """The text has come, Luis opens it."""
        return await cls.opens(story, await story.got(LUIS, QUESTIONS, channel="sms"))

    async def answers(self, **changed: Any) -> httpx.Response:
        """Luis sends the form: all is calm but for what has changed."""
        return await self.sends(CALM_COMPANION | changed)

    async def sends(self, answers: dict[str, Any], **more: Any) -> httpx.Response:
        """Exactly these answers."""
        body = form(await self.story.now(), answers) | more
        path = f"/api/my/check-ins/{self.opened['id']}/response"
        return await self.browser.http.put(path, json=body, headers=self.bearer)

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.opened['submit_token']}"}


def token_of(message: Delivered) -> str:
    assert message.link is not None
    return message.link.partition("#token=")[2]
