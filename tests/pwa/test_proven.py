"""The last proven page: a quiet line while it is fresh, red when it is old, on a nurse's phone."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from playwright.async_api import expect

from server.kit.embedded import EmbeddedPostgres
from tests.pwa import looks
from tests.pwa.conftest import PHONE, Desktop
from tests.pwa.demo import Demo
from tests.pwa.test_team_looks import speak_spanish

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PROVEN = "select proven_at is not null from proven_page"
PROVEN_AGO = "update proven_page set proven_at = wall_now() - make_interval(mins => $1)"


@pytest.fixture
async def owner(demo: Demo) -> AsyncIterator[asyncpg.Connection]:
    """The age of the last proof is set by hand; it never outlives the test."""
    conn = await asyncpg.connect(EmbeddedPostgres(demo.data).owner_url)
    # A round under way would end in a fresh proof.
    while not await conn.fetchval(PROVEN):
        await asyncio.sleep(0.1)
    yield conn
    await conn.execute(PROVEN_AGO, 0)
    await conn.close()


async def test_an_old_proof_is_red_in_both_languages(desktop: Desktop, owner: asyncpg.Connection) -> None:
    await owner.execute(PROVEN_AGO, 3)
    team = await desktop.team("nora", **PHONE)
    page = team.page
    await expect(page.get_by_text("Last proven page: 3 min ago")).to_be_visible()
    await owner.execute(PROVEN_AGO, 25)
    await page.reload()
    red = page.get_by_role("alert").filter(has_text="For 25 minutes no page has been proven.")
    await expect(red).to_be_visible()
    assert await looks.wrong_with(page) + await looks.sideways_when_narrow(page) == []
    await speak_spanish(team)
    await expect(page.get_by_role("alert").filter(has_text="no se comprueba ningún aviso")).to_be_visible()
    assert await looks.wrong_with(page) == []
