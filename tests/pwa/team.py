"""A colleague's screen of the team app."""

import re

from playwright.async_api import Locator, Page, expect

from tests.pwa.demo import PASSWORD


class Team:
    """One page of the team app."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def sign_in(self, who: str) -> None:
        """By hand, on the sign-in screen."""
        await self.page.goto("/team")
        await self.page.get_by_label("E-mail").fill(f"{who}@demo.example")
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.button("Sign in").click()
        await expect(self.page.get_by_text("Live", exact=True)).to_be_visible()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)

    async def go(self, section: str) -> None:
        """Queue, Patients or Settings; the queue's tab may carry a count."""
        await self.page.get_by_role("navigation").get_by_role("link", name=re.compile(f"^{section}")).click()
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(section)

    async def open_patient(self, name: str) -> None:
        await self.go("Patients")
        await self.page.get_by_role("link", name=re.compile(f"^{name}")).click()
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(name)

    def alert(self, name: str) -> Locator:
        """The card of the alert about this patient."""
        return self.page.get_by_test_id("alert").filter(has=self.page.get_by_role("link", name=name, exact=True))
