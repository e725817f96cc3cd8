"""While nobody at the clinic is on duty the phone says so: after Send, and on the start."""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
from playwright.async_api import expect

from server.kit.embedded import EmbeddedPostgres
from tests.pwa import looks
from tests.pwa.answers import WELL
from tests.pwa.conftest import Ask
from tests.pwa.demo import Demo
from tests.pwa.staff import Colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GET_HOURS = "select hours::text from clinics"
SET_HOURS = "update clinics set hours = $1::jsonb"


@pytest.fixture
async def nobody_on_duty(demo: Demo, lena: Colleague) -> AsyncIterator[None]:
    """The clinic is at work, and its rota covers, on one day of the week only, which is not today."""
    day = (await lena.now() + timedelta(days=3)).isoweekday()
    before = await lena.call("GET", "/api/clinic/rota")
    conn = await asyncpg.connect(EmbeddedPostgres(demo.data).owner_url)
    hours = await conn.fetchval(GET_HOURS)
    try:
        await conn.execute(SET_HOURS, f'{{"days": [{day}], "from": "08:00", "to": "18:00"}}')
        covered = [{"days": [day], "from": "08:00", "to": "18:00"}]
        body = {"version": before["version"], "layers": before["layers"], "coverage": covered}
        await lena.call("PUT", "/api/clinic/rota", body)
        yield
    finally:
        await conn.execute(SET_HOURS, hours)
        await conn.close()
        body = {"version": before["version"] + 1, "layers": before["layers"], "coverage": before["coverage"]}
        await lena.call("PUT", "/api/clinic/rota", body)


async def test_the_phone_says_that_nobody_is_there_and_whom_to_call(nobody_on_duty: None, ask: Ask) -> None:
    asked = await ask("Oda Offduty")
    page = asked.phone.page
    await expect(page.get_by_text("Nobody is on duty until")).to_be_visible()
    await asked.phone.start_due()
    await asked.phone.fill(WELL)
    await asked.phone.send()
    await expect(asked.phone.sent()).to_be_visible()
    await expect(page.get_by_test_id("status")).to_contain_text("Nobody at the clinic is on duty until")
    assert await looks.wrong_with(page) == []


async def test_an_urgent_answer_is_told_not_to_wait(nobody_on_duty: None, ask: Ask) -> None:
    asked = await ask("Ulf Offduty")
    page = asked.phone.page
    await asked.phone.start_due()
    await asked.phone.fill(WELL | {"a_sick": "many"})
    await asked.phone.send()
    await expect(asked.phone.sent()).to_be_visible()
    advice = page.get_by_test_id("advice").last
    await expect(advice).to_contain_text("nobody at the clinic is on duty until")
    await expect(advice).to_contain_text("Do not wait for a call.")
    await expect(page.get_by_text("A nurse has been called")).to_have_count(0)
    assert await looks.wrong_with(page) == []
