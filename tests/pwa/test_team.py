"""Several colleagues at their screens, and a screen that must not be trusted any more says so."""

import asyncio
import re

import pytest
from playwright.async_api import Route, expect

from tests.pwa.conftest import Ask, Desktop
from tests.pwa.demo import PASSWORD, Demo
from tests.pwa.staff import Colleague
from tests.pwa.team import Team

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_who_acknowledges_second_sees_who_was_first(desktop: Desktop, ask: Ask) -> None:
    """Omar's tap is on its way while Nora's arrives."""
    asked = await ask("Wanda Worse")
    nora, omar = await desktop.team("nora"), await desktop.team("omar")
    await asked.phone.start_due()
    await asked.phone.choose_and_move_on("patient")
    await asked.phone.choose("breathing")
    nora_was_first = asyncio.Event()

    async def slowly(route: Route) -> None:
        await nora_was_first.wait()
        await route.continue_()

    await omar.page.route("**/acknowledge", slowly)
    desktop.expects("status of 409")
    await omar.alert(asked.patient.name).get_by_role("button", name="Acknowledge").click()
    card = nora.alert(asked.patient.name)
    await card.get_by_role("button", name="Acknowledge").click()
    await expect(card.get_by_role("button", name="Patient reached")).to_be_visible()
    nora_was_first.set()
    await expect(omar.alert(asked.patient.name)).to_contain_text(re.compile(r"Nora Berg was first, at \d\d:\d\d\."))
    await expect(omar.alert(asked.patient.name)).to_contain_text("Nora Berg has this since")


async def test_a_sign_in_that_ends_is_told_unmistakably(desktop: Desktop, lena: Colleague) -> None:
    """Tess is disabled by Lena while her queue is open."""
    tess = {"name": "Tess Wood", "email": "tess@demo.example", "role": "nurse", "password": PASSWORD}
    await lena.call("POST", "/api/staff", tess)
    hers, admins = await desktop.team("tess"), await desktop.team("lena")
    desktop.expects("status of 401")
    await admins.go("Settings")
    await admins.button("Disable Tess Wood").click()
    await admins.page.get_by_role("alertdialog").get_by_role("button", name="Disable", exact=True).click()
    await expect(
        hers.page.get_by_text("You are signed out. If you are on call, pages still reach you by phone.")
    ).to_be_visible(timeout=3_000)
    await expect(hers.page.get_by_text("Live", exact=True)).to_be_hidden()
    await expect(hers.page.get_by_test_id("alert").filter(visible=True)).to_have_count(0)
    await expect(hers.page).to_have_title(re.compile("^Signed out"))


async def test_a_queue_that_hears_nothing_says_how_old_it_is(desktop: Desktop, demo: Demo) -> None:
    """The stream breaks and the network is gone; both come back."""
    team = await desktop.team("nora")
    desktop.expects("ERR_INTERNET_DISCONNECTED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION", "status of 502")
    await team.page.context.set_offline(True)
    demo.kill("web")
    await expect(team.page.get_by_role("alert").filter(has_text="This screen is not up to date.")).to_be_visible()
    await expect(team.page.get_by_text("Live", exact=True)).to_be_hidden()
    await team.page.context.set_offline(False)
    await expect(team.page.get_by_text("Live", exact=True)).to_be_visible(timeout=20_000)
    await expect(team.page.get_by_text("This screen is not up to date.")).to_have_count(0)


async def test_a_viewer_sees_the_queue_and_no_button_that_acts(desktop: Desktop, lena: Colleague, ask: Ask) -> None:
    vera = {"name": "Vera Voss", "email": "vera@demo.example", "role": "viewer", "password": PASSWORD}
    await lena.call("POST", "/api/staff", vera)
    asked = await ask("Vito Viewed")
    await asked.phone.start_due()
    await asked.phone.choose_and_move_on("patient")
    team: Team = await desktop.team("vera")
    await asked.phone.choose("one_side")
    await expect(team.alert(asked.patient.name)).to_be_visible(timeout=3_000)
    for action in ("Acknowledge", "Pass on", "Close alert"):
        await expect(team.button(action)).to_have_count(0)
