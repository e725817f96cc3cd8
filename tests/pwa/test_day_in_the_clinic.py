"""The main job in one story: a session is recorded, the phone is asked, the alert is seen, acknowledged and closed."""

import re
import time

import pytest
from playwright.async_api import Locator, Page, expect

from tests.pwa.conftest import Desktop
from tests.pwa.demo import Demo
from tests.pwa.phone import Phone
from tests.pwa.team import Team

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME, NUMBER = "Maya Stone", "+15555550901"
NEXT_ANSWERS = {
    "a_place": "with_adult", "a_awake": "awake", "a_real": "no", "a_steady": "steady", "a_sick": "no", "a_pain": "no",
    "a_mind": "calm", "a_overall": "better",
}  # fmt: skip


async def test_from_a_session_recorded_to_an_alert_closed(desktop: Desktop, demo: Demo) -> None:
    team = await desktop.team("nora")
    await enrol(team)
    await record_session(team)
    link = await invite(team)
    phone = await desktop.phone()
    await bind(phone, link)
    await team.go("Queue")

    prompt = await turn_until_prompted(desktop)
    await open_prompt(phone, prompt)
    await say_chest_pain(phone, team)
    await finish(phone)
    page = await paged(demo)
    await acknowledge(team, phone, page)
    await close(team)
    await everything_stands_in_order(team)


async def enrol(team: Team) -> None:
    page = team.page
    await team.go("Patients")
    await team.link("Enrol patient").click()
    await page.get_by_label("Name", exact=True).fill(NAME)
    await page.get_by_label("Date of birth").fill("1984-03-09")
    await page.get_by_label("Mobile phone").fill(NUMBER)
    await page.get_by_label("Home address").fill("12 Harbor Street, Portland, Maine")
    await page.get_by_label(re.compile("^The patient agrees")).check()
    await team.button("Enrol patient").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(NAME)


async def record_session(team: Team) -> None:
    """Half a minute's work: five taps and a number."""
    page = team.page
    await team.link("Record session").click()
    await page.get_by_label("Dose (mg)").fill("40")
    await page.get_by_label("Indication").select_option("depression")
    await team.button("Ended just now").click()
    await team.button("Leaving now").click()
    await team.button("Record session").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Session recorded")
    await expect(page.locator(".plan").first.locator("li")).to_have_count(5)
    await expect(page.get_by_text(re.compile("^and \\d+ later$"))).to_be_visible()
    await team.link(f"To {NAME}").click()


async def invite(team: Team) -> str:
    """The link as the dialog shows it, with the code and the picture."""
    page = team.page
    await expect(page.get_by_text("No phone bound yet")).to_be_visible()
    await team.button("Invite phone").click()
    dialog = page.get_by_role("dialog")
    picture = dialog.get_by_role("img", name="QR code of the invitation")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.complete && image.naturalWidth > 0")
    await expect(dialog.locator(".invite-code")).to_have_text(re.compile(r"^[A-Z0-9 -]{6,}$"))
    link = await dialog.locator(".invite-link").inner_text()
    await team.button("Done").click()
    return link


async def bind(phone: Phone, link: str) -> None:
    await phone.bind(link)
    assert phone.taps == 1
    await expect(phone.heading()).to_have_text("Hello Maya")
    await expect(phone.page.get_by_text("One hour after you left")).to_be_visible()
    assert phone.page.url.endswith("/")


async def turn_until_prompted(desktop: Desktop) -> Locator:
    """On the demo page: an hour later the phone shows a message."""
    context, _ = await desktop.window(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    await page.goto("/demo")
    await page.get_by_role("button", name="+1 h").click()
    await expect(page.get_by_text("Done.")).to_be_visible(timeout=60_000)
    await page.get_by_label("Show messages for").select_option(NUMBER)
    messages = page.locator(".bubble")
    await expect(messages).to_have_count(1)
    await expect(messages).not_to_contain_text(re.compile("ketamine|Maya|Stone|session|treatment", re.IGNORECASE))
    return messages.get_by_role("link")


async def open_prompt(phone: Phone, prompt: Locator) -> None:
    link = await prompt.get_attribute("href")
    assert link
    await phone.open(link)
    await phone.press("Start")
    await expect(phone.heading()).to_have_text("Who is holding this phone?")
    await expect(phone.page.get_by_test_id("progress")).to_have_text("1 of 10")
    assert "token" not in phone.page.url


async def say_chest_pain(phone: Phone, team: Team) -> None:
    """The card at once, the alert on the other screen within a second or two and without a reload."""
    await phone.choose_and_move_on("patient")
    await phone.choose("chest_pain")
    tapped = time.monotonic()
    card = phone.page.get_by_test_id("card-emergency")
    await expect(card).to_be_visible(timeout=500)
    await expect(card.get_by_role("heading")).to_have_text("Call 911 now")
    assert await card.get_by_test_id("call-emergency").get_attribute("href") == "tel:911"
    alert = team.alert(NAME)
    await expect(alert).to_be_visible(timeout=2_500)
    assert time.monotonic() - tapped < 3
    await expect(alert).to_contain_text("EMERGENCY")
    await expect(alert.get_by_role("heading", level=2)).to_have_text(re.compile("Chest pain"))
    await expect(alert).to_contain_text("12 Harbor Street")
    await expect(card).to_contain_text("Your clinic has this answer.")
    await phone.press("Continue")


async def finish(phone: Phone) -> None:
    """Back and forth, the summary, Send, and the advice."""
    await expect(phone.heading()).to_have_text("Where are you now?")
    await expect(phone.page.get_by_test_id("pinned-help")).to_be_visible()
    await phone.page.get_by_test_id("back").tap()
    await expect(phone.option("chest_pain")).to_have_attribute("aria-checked", "true")
    await phone.choose("chest_pain")
    await phone.press("Continue")
    await phone.fill(NEXT_ANSWERS)
    await expect(phone.heading()).to_have_text("Check and send")
    summary = phone.page.locator(".answers")
    await expect(summary).to_contain_text("Chest pain or a tight chest")
    await expect(summary).to_contain_text("Answered, hidden")
    await phone.send()
    await expect(phone.sent()).to_be_visible()
    await expect(phone.page.get_by_test_id("advice").first).to_contain_text("911")


async def paged(demo: Demo) -> str:
    """The page that reached Nora: tier, reference, deadline, link, and nothing about whom or why."""
    for address in ("+15555550101", "nora@demo.example"):
        for message in await demo.messages(address):
            if message["body"].startswith("EMERGENCY"):
                assert not re.search("Maya|Stone|chest|ketamine|pain", message["body"], re.IGNORECASE)
                return str(message["link"])
    raise AssertionError("Nora was not paged.")


async def acknowledge(team: Team, phone: Phone, link: str) -> None:
    await team.page.goto(link)
    await expect(team.page.get_by_role("heading", level=1)).to_have_text(re.compile("Chest pain"))
    await team.button("Acknowledge").click()
    await expect(team.button("Patient reached")).to_be_visible()
    seen = phone.page.locator('[data-state="seen"]')
    await expect(seen).to_have_text(re.compile(r"^A nurse opened this at .+\.$"))
    await team.button("Patient reached").click()
    await expect(team.page.get_by_text("Patient reached", exact=False).first).to_be_visible()


async def close(team: Team) -> None:
    """Three taps."""
    await team.button("Close alert").click()
    dialog = team.page.get_by_role("dialog")
    await dialog.locator(".step-outcome button").filter(has_text=re.compile("ambulance", re.IGNORECASE)).click()
    await dialog.locator(".step-harm button").first.click()
    await dialog.locator(".step-useful button").first.click()
    await expect(dialog).to_be_hidden()
    await expect(team.page.get_by_text("Closed.")).to_be_visible()
    await team.go("Queue")
    await expect(team.alert(NAME)).to_be_hidden()


async def everything_stands_in_order(team: Team) -> None:
    await team.open_patient(NAME)
    await expect(team.page.locator(".entry-session")).to_be_visible()
    kinds = await entries(team.page)
    wanted = ["session", "message", "flag", "alert", "response"]
    assert set(wanted) <= set(kinds), kinds
    assert kinds[-1] == "session", "newest first"
    times = await team.page.locator(".day time").evaluate_all("all => all.map(one => Date.parse(one.dateTime))")
    assert times == sorted(times, reverse=True)


async def entries(page: Page) -> list[str]:
    """The kinds of the past entries, newest first."""
    kinds: list[str] = await page.locator(".day .entry").evaluate_all(
        "all => all.map(one => [...one.classList].find(name => name.startsWith('entry-')).slice(6))"
    )
    return kinds
