"""A patient's phone: what fingers do on it, by the words on the screen."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Locator, Page, expect

from server.protocols.builtin import load_builtin

# A text may have a time of the day filled in.
WORDS = [
    (re.compile(re.escape(text).replace(r"\{time\}", ".+")), item.id)
    for version in load_builtin()
    for questionnaire in version.questionnaires
    for item in questionnaire.items
    for text in item.text.values()
]


class Phone:
    """One page of the patient app. `taps` counts what a finger did."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    async def open(self, link: str) -> None:
        """Follow a link or type an address; the token of a second link on the same page is read too."""
        await self.page.goto(link)
        await expect(self.page.locator("h1").first).to_be_visible()

    async def bind(self, link: str) -> None:
        """Open an invitation and press the one button."""
        await self.open(link)
        await self.press("Start on this phone", "Empezar en este teléfono")
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(re.compile("Hello|Hola"))

    async def tap(self, target: Locator) -> None:
        await target.tap()
        self.taps += 1

    async def press(self, *words: str) -> None:
        """The button with one of these words on it."""
        pattern = re.compile("|".join(f"^{re.escape(word)}$" for word in words))
        await self.tap(self.page.get_by_role("button", name=pattern))

    def heading(self) -> Locator:
        return self.page.locator("main h1")

    async def asked(self) -> set[str]:
        """The ids of the items with the words on the screen; none when it shows no question."""
        words = await self.heading().inner_text()
        return {item for pattern, item in WORDS if pattern.fullmatch(words)}

    def option(self, value: Any) -> Locator:
        return self.page.locator(f'.option[data-value="{value}"]')

    async def choose(self, value: Any) -> None:
        """Tap an option of the question on the screen."""
        await self.tap(self.option(value))

    async def choose_and_move_on(self, value: Any) -> None:
        async with self.moves_on():
            await self.choose(value)

    async def write(self, words: str) -> None:
        """A typed answer to the question on the screen."""
        async with self.moves_on():
            await self.page.get_by_role("textbox").fill(words)
            await self.tap(self.page.get_by_test_id("next"))

    @asynccontextmanager
    async def moves_on(self) -> AsyncIterator[None]:
        """What is done inside leads to another screen."""
        before = await self.heading().inner_text()
        yield
        await self.page.wait_for_function(
            "before => document.querySelector('main h1')?.innerText !== before", arg=before
        )

    async def fill(self, answers: dict[str, Any], until: str | None = None) -> None:
        """Answer what is asked until the summary, or until this item is on the screen."""
        await expect(self.page.locator(".option").first).to_be_visible()
        while (items := await self.asked()) and until not in items:
            (value,) = (answers[item] for item in items & answers.keys())
            async with self.moves_on():
                for one in value if isinstance(value, list) else [value]:
                    await self.choose(one)
                if isinstance(value, list):
                    await self.tap(self.page.get_by_test_id("next"))

    async def rest(self, answers: dict[str, Any]) -> None:
        """The short way to a summary: "I need to rest" after the first question."""
        await self.fill(answers, until="a_danger")
        await self.tap(self.page.get_by_test_id("rest"))
        await self.fill(answers)
        await expect(self.heading()).to_have_text(re.compile("^(Rest now|Descanse ahora)"))

    async def send(self) -> None:
        await self.tap(self.page.get_by_test_id("send"))

    async def start_due(self) -> None:
        """From the start screen into the check-in that is open."""
        await self.press("Answer now", "Responder ahora")
        await expect(self.page.locator(".option").first).to_be_visible()

    async def start_due_or_summary(self) -> None:
        """Into the check-in that is open, wherever its answer stands."""
        await self.press("Answer now", "Responder ahora")

    def sent(self) -> Locator:
        """The heading that tells the answer has arrived."""
        return self.page.get_by_role("heading", name=re.compile("^(Sent|Enviado)"))
