"""The patient app in Firefox: bound, kept by its worker, answered without network, sent once. Firefox has no
Background Sync, so here the page itself sends."""

from pathlib import Path

import pytest

from tests.pwa.answers import WELL
from tests.pwa.conftest import NewPatient
from tests.pwa.firefox import PROGRAM, firefox
from tests.pwa.offline import CONTROLLED, KEPT, until
from tests.pwa.staff import Colleague

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.skipif(PROGRAM is None, reason="Firefox is not installed")
]  # fmt: skip


async def test_an_answer_without_network_is_sent_once(nora: Colleague, new_patient: NewPatient, tmp_path: Path) -> None:
    patient = await new_patient("Fiona Fox")
    await nora.opened(await nora.record_session(patient))
    async with firefox(tmp_path) as browser:
        await browser.open((await nora.invite(patient))["link"])
        await browser.press("button", "Start on this phone")
        await browser.sees("Hello")
        await until(lambda: browser.run(f"return ({CONTROLLED})();"))

        async def kept() -> bool:
            keys = await browser.run(f"return await ({KEPT})();")
            return "home" in keys and any(key.startswith("form ") for key in keys)

        await until(kept)
        await browser.set_offline(True)
        await browser.command("WebDriver:Refresh")
        await browser.press("button", "Answer now")
        await browser.press('.option[data-value="patient"]')
        await browser.sees("Is any of this happening right now?")
        await browser.press('[data-testid="rest"]')
        for item in ("a_danger", "a_place"):
            await browser.press(f'.option[data-value="{WELL[item]}"]')
        await browser.press('[data-testid="send"]')
        await browser.sees("Not sent yet")
        await browser.command("WebDriver:Refresh")
        await browser.sees("Hello")
        assert await nora.responses(patient) == []
        await browser.set_offline(False)

        async def stored() -> bool:
            return bool(await nora.responses(patient))

        await until(stored, 40)
        await browser.sees("Sent")
    assert len(await nora.responses(patient)) == 1
