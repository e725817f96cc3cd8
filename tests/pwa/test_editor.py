"""A protocol of the clinic's own: an admin shapes it without a line of code, a clinician reads what changes and
publishes it, and only new sessions use it."""

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from tests.pwa import looks
from tests.pwa.conftest import PHONE, Desktop
from tests.pwa.staff import Colleague
from tests.pwa.team import Team

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def open_protocols(team: Team) -> None:
    await team.go("Settings")
    await team.link("See and change what we ask").click()
    await expect(team.page.get_by_role("heading", level=1)).to_have_text("What we ask, and when")


async def looks_right(page: Page) -> list[str]:
    return await looks.wrong_with(page) + await looks.sideways_when_narrow(page)


async def session_with_ocd(nora: Colleague, patient_id: str, hours_ago: float) -> dict[str, object]:
    ended = await nora.now() - timedelta(hours=hours_ago)
    body = {
        "drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": "ocd", "ended_at": ended.isoformat(),
        "started_at": (ended - timedelta(minutes=40)).isoformat(),
    }  # fmt: skip
    recorded = await nora.call("POST", f"/api/patients/{patient_id}/sessions", body)
    shown: dict[str, object] = await nora.call("GET", f"/api/sessions/{recorded['id']}")
    return shown


async def test_a_protocol_is_shaped_by_one_person_and_published_by_another(
    desktop: Desktop, lena: Colleague, nora: Colleague
) -> None:
    patient = await nora.enrol("Olga Own", "+12015550187")
    old = await session_with_ocd(nora, patient.id, 40)
    team = await desktop.team("lena", **PHONE)
    page = team.page
    await open_protocols(team)
    assert await looks_right(page) == []
    await page.get_by_text("A protocol of our own").click()
    await page.get_by_label("Name").fill("OCD follow-up")
    await team.button("Begin").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Draft: OCD follow-up")
    await team.button("Change: Which sessions it is for").click()
    await page.get_by_label("OCD").check()
    await team.button("Save").click()
    await expect(page.get_by_text("in the clinic, OCD")).to_be_visible()

    await team.button("Change: The next day").click()
    await page.get_by_label("How long after").fill("30")
    await team.button("Save").click()
    await expect(page.get_by_text("asked 30 h after the end")).to_be_visible()

    await page.get_by_label("Find a rule").fill("Bad, but I can cope”: same day")
    await page.get_by_role("button", name="Change: If “Any headache").click()
    await page.get_by_label("How urgent").first.select_option("urgent")
    await team.button("Save").click()
    await page.get_by_label("Find a rule").fill("Bad, but I can cope”: urgent")
    await expect(page.get_by_text("1 rule", exact=True)).to_be_visible()

    form = page.locator("details").filter(has_text="How are you today?").first
    await form.locator("summary").first.click()
    await form.get_by_text("Add a question", exact=True).first.click()
    await form.get_by_label("Question (English)").fill("Did you do the task?")
    await form.get_by_label("Question (Spanish)").fill("¿Hizo la tarea?")
    await form.get_by_label("Answers, one a line (English)").fill("Yes\nNo")
    await form.get_by_label("Answers, one a line (Spanish)").fill("Sí\nNo")
    await form.get_by_role("button", name="Add a question").click()
    await expect(form.get_by_text("Did you do the task?").first).to_be_visible()

    await team.button("Show the timeline").click()
    await expect(page.get_by_test_id("timeline").get_by_text("The next day").first).to_be_visible()
    assert await looks_right(page) == []
    await team.button("Sign and submit").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Sign and submit").click()
    await expect(page.get_by_text("Waiting for a second person").first).to_be_visible()
    await expect(team.button("Sign and publish")).to_have_count(0)

    second = await desktop.team("omar")
    await open_protocols(second)
    await second.link("OCD follow-up").click()
    await second.button("Show what changes").click()
    for words in ("asked 24 h after the end → asked 30 h after the end", "same day → urgent", "Did you do the task?"):
        await expect(second.page.locator("section", has_text="What changes").get_by_text(words).first).to_be_visible()
    await second.button("Sign and publish").click()
    await second.page.get_by_role("alertdialog").get_by_role("button", name="Sign and publish").click()
    await expect(second.link("OCD follow-up version 1")).to_be_visible()

    new = await session_with_ocd(nora, patient.id, 1)
    assert new["protocol"] == {"key": "ocd_follow_up", "version": 1}
    again = await lena.call("GET", f"/api/sessions/{old['id']}")
    assert again["protocol"] == old["protocol"] == {"key": "clinic", "version": 1}


async def test_restrictions_and_what_is_usual_are_changed_by_hand(desktop: Desktop, lena: Colleague) -> None:
    """Hours that cannot be stand marked at their restriction; what ends sooner asks for a yes."""
    team = await desktop.team("lena", **PHONE)
    page = team.page
    await open_protocols(team)
    await page.get_by_text("A protocol of our own").click()
    await page.get_by_label("Name").fill("Other hours")
    await team.button("Begin").click()
    driving = page.locator("article", has_text="Do not drive, ride a bike")
    await driving.get_by_role("button", name="Change").click()
    await driving.get_by_label("Hours after the session").fill("-1")
    await driving.locator("form").evaluate("form => form.noValidate = true")
    await driving.get_by_role("button", name="Save").click()
    await expect(driving.get_by_text("Hours: it ends before it begins.")).to_be_visible()
    await driving.get_by_role("button", name="Change").click()
    await driving.get_by_label("Hours after the session").fill("12")
    await driving.get_by_role("button", name="Save").click()
    await expect(driving.get_by_text("This would end sooner than in the built-in protocol")).to_be_visible()
    await expect(driving.get_by_role("paragraph").filter(has_text="for 12 h after").last).to_be_visible()
    await team.button("Add a restriction").click()
    await page.get_by_label("What patients read (English)").fill("Do not lift heavy things")
    await page.get_by_label("What patients read (Spanish)").fill("No levante peso")
    await page.get_by_label("Not before having slept", exact=True).check()
    await team.button("Save").click()
    await expect(page.get_by_role("heading", name="Do not lift heavy things")).to_be_visible()

    usual = page.locator("details", has_text="What is usual at which hour")
    await usual.get_by_text("What is usual at which hour").click()
    await usual.get_by_role("button", name="Change: After infusion (IV), “Have you felt sick").click()
    await usual.get_by_label("Before hour").fill("3")
    assert await looks_right(page) == []
    await usual.get_by_role("button", name="Save").click()
    await expect(usual.get_by_role("button", name="Save")).to_have_count(0)
    after_iv = usual.get_by_role("paragraph").filter(has_text="After infusion (IV), “Have you felt sick")
    await expect(after_iv).to_contain_text("“Threw up once or twice” before 3 h")

    await team.button("Change: A form that is not finished").click()
    await page.get_by_label("Minutes for the rest of a form").fill("5")
    await team.button("Save").click()
    await expect(page.get_by_text("The rest of a form may take 5 min")).to_be_visible()
    rule = page.locator("details", has_text="Add a rule")
    await rule.get_by_text("Add a rule").first.click()
    await rule.get_by_label("Question").select_option(label="Have you felt sick or thrown up?")
    await rule.get_by_label("Compare with the person's own earlier sessions").check()
    await rule.get_by_label("Above").select_option("median")
    assert await looks_right(page) == []
    await rule.get_by_role("button", name="Add a rule").click()
    await page.get_by_label("Find a rule").fill("2 or more above the median answer")
    await expect(page.get_by_text("1 rule", exact=True)).to_be_visible()
    await team.button("Show what changes").click()
    changes = page.locator("section", has_text="What changes")
    await expect(changes.get_by_text("New restriction: Do not lift heavy things").first).to_be_visible()
    assert await looks_right(page) == []
