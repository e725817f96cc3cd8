"""A session recorded by mistake is taken back on its page: in a dialog, with a reason, seen by everybody at once."""

import pytest
from playwright.async_api import Page, expect

from tests.pwa import looks
from tests.pwa.conftest import Ask, Desktop, NewPatient
from tests.pwa.staff import Colleague
from tests.pwa.team import Team

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def at_session(desktop: Desktop, session_id: str) -> tuple[Team, Page]:
    """Nora's screen with the page of this session."""
    team = await desktop.team("nora")
    await team.page.goto(f"/team/sessions/{session_id}")
    await expect(team.button("Cancel session")).to_be_visible()
    return team, team.page


async def test_it_takes_a_reason_and_what_is_open_is_not_asked(ask: Ask, nora: Colleague, desktop: Desktop) -> None:
    asked = await ask("Tara Taken")
    items = (await nora.call("GET", f"/api/patients/{asked.patient.id}/timeline"))["items"]
    (session_id,) = (item["id"] for item in items if item["kind"] == "session")
    team, page = await at_session(desktop, session_id)
    dialog = page.get_by_role("alertdialog")
    await team.button("Cancel session").click()
    await expect(dialog).to_contain_text("What was answered stays.")
    assert await looks.wrong_with(page) == []
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)

    await team.button("Cancel session").click()
    await dialog.get_by_role("button", name="Cancel session").click()
    await expect(dialog).to_contain_text("Give a reason.")
    await dialog.get_by_label("Reason").fill("   ")
    await dialog.get_by_role("button", name="Cancel session").click()
    await expect(dialog).to_contain_text("Give a reason.")
    assert (await nora.call("GET", f"/api/sessions/{session_id}"))["cancelled_at"] is None

    await dialog.get_by_label("Reason").fill("Recorded for the wrong patient.")
    await dialog.get_by_role("button", name="Cancel session").click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_text("This session is cancelled.")).to_be_visible()
    await expect(team.button("Cancel session")).to_have_count(0)
    states = {c["state"] for c in (await nora.call("GET", f"/api/sessions/{session_id}"))["check_ins"]}
    assert states == {"cancelled"}
    await asked.phone.page.reload()
    await expect(asked.phone.page.get_by_text("Hello Tara")).to_be_visible()
    await expect(asked.phone.page.get_by_role("button", name="Answer now")).to_have_count(0)


async def test_who_comes_second_is_told_and_keeps_their_words(
    new_patient: NewPatient, nora: Colleague, desktop: Desktop
) -> None:
    session = await nora.record_session(await new_patient("Tim Twice"))
    team, page = await at_session(desktop, session["id"])
    await team.button("Cancel session").click()
    dialog = page.get_by_role("alertdialog")
    await dialog.get_by_label("Reason").fill("Never took place.")
    await nora.call("POST", f"/api/sessions/{session['id']}/cancel", {"reason": "Twice."})
    desktop.expects("status of 409")
    await dialog.get_by_role("button", name="Cancel session").click()
    await expect(dialog).to_contain_text("This session is cancelled already.")
    await expect(dialog.get_by_label("Reason")).to_have_value("Never took place.")
