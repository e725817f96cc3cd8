"""After a restore nothing is sent: every screen says so, and an admin sees what waits and lets it go."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest
from playwright.async_api import expect

from server.backups import HOLD
from server.kit.embedded import EmbeddedPostgres
from tests.pwa import looks
from tests.pwa.conftest import Desktop, NewPatient
from tests.pwa.demo import Demo
from tests.pwa.staff import LEFT_LONG_ENOUGH_AGO, Colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Restored = Callable[[], Awaitable[None]]


@pytest.fixture
async def restored(demo: Demo, lena: Colleague) -> AsyncIterator[Restored]:
    """What a restore leaves behind in its own transaction: the hold of every clinic. It never outlives the test."""

    async def hold() -> None:
        database = EmbeddedPostgres(demo.data)
        conn = await asyncpg.connect(database.owner_url)
        try:
            async with conn.transaction():
                await conn.execute(HOLD)
        finally:
            await conn.close()

    yield hold
    await lena.call("POST", "/api/clinic/sending/start")


async def test_nothing_leaves_until_an_admin_has_seen_what_waits(
    restored: Restored, desktop: Desktop, demo: Demo, nora: Colleague, new_patient: NewPatient
) -> None:
    await restored()
    patient = await new_patient("Rita Restored")
    await nora.opened(await nora.record_session(patient, ago=LEFT_LONG_ENOUGH_AGO))
    nurse, admin = await desktop.team("nora"), await desktop.team("lena")
    held = nurse.page.get_by_role("alert").filter(has_text="No messages are sent")
    await expect(held).to_contain_text("Ask an admin to start sending.")
    await nurse.go("Settings")
    await expect(held).to_be_visible()
    await expect(nurse.button("Start sending")).to_have_count(0)

    await admin.page.get_by_role("alert").get_by_role("link", name="See what is waiting").click()
    panel = admin.page.locator(".panel").filter(has=admin.page.get_by_role("heading", name="Sending is on hold"))
    await expect(panel.locator("li").first).to_contain_text("written between")
    assert await looks.wrong_with(admin.page) == []
    await asyncio.sleep(2)
    assert await demo.messages(patient.phone) == [], "two of the worker's rounds have passed"

    await admin.button("Start sending").click()
    await expect(panel).to_have_count(0)
    await expect(admin.page.get_by_text("No messages are sent")).to_have_count(0)
    assert "/c#token=" in await demo.link_to(patient.phone)
    await nurse.page.reload()
    await expect(nurse.link("Patients")).to_be_visible()
    await expect(held).to_have_count(0)


async def test_with_nothing_waiting_it_says_so_in_spanish_too(restored: Restored, desktop: Desktop) -> None:
    await restored()
    admin = await desktop.team("lena")
    await admin.page.locator(".whoami summary").click()
    await admin.button("Español").click()
    await admin.page.keyboard.press("Escape")
    await admin.page.get_by_role("alert").get_by_role("link").click()
    await expect(admin.button("Iniciar el envío")).to_be_visible()
    assert await looks.wrong_with(admin.page) == []
    await admin.button("Iniciar el envío").click()
    await expect(admin.button("Iniciar el envío")).to_have_count(0)
