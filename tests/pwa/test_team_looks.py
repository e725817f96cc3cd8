"""Every screen of the team app and the demo's page, at the desk and on a nurse's own phone, in light and dark."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.pwa import looks
from tests.pwa.answers import WELL
from tests.pwa.conftest import PHONE, Ask, Desktop
from tests.pwa.demo import Demo
from tests.pwa.team import Team

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SURNAMES = iter(["Adler", "Brandt", "Conrad", "Decker", "Ernst", "Falk"])
See = Callable[[str], Awaitable[None]]


def seeing(team: Team, wrong: list[str]) -> See:
    """Looks at the screen as it is now."""

    async def see(name: str) -> None:
        wrong.extend(f"{name}: {one}" for one in await looks.wrong_with(team.page))

    return see


async def speak_spanish(team: Team) -> None:
    """With the switch in the menu behind the name."""
    await team.page.locator(".whoami summary").click()
    await team.button("Español").click()
    await team.page.keyboard.press("Escape")
    await expect(team.page.locator("html")).to_have_attribute("lang", "es")


@pytest.fixture
async def somebody(ask: Ask) -> str:
    """The name of a patient with an emergency that is open and answers that are sent."""
    asked = await ask(f"Nils {next(SURNAMES)}")
    await asked.phone.start_due()
    await asked.phone.choose_and_move_on("patient")
    await asked.phone.choose("one_side")
    await asked.phone.press("Continue")
    await asked.phone.fill(WELL | {"a_pain": "bad"})
    await asked.phone.send()
    await expect(asked.phone.sent()).to_be_visible()
    return asked.patient.name


@pytest.mark.parametrize(("window", "language"), [({}, "en"), (PHONE, "es")], ids=["desk-en", "phone-es"])
async def test_alerts_and_patients(desktop: Desktop, somebody: str, window: dict[str, object], language: str) -> None:
    team = await desktop.team("omar", **window)
    page, wrong = team.page, list[str]()
    see = seeing(team, wrong)
    if language == "es":
        await speak_spanish(team)
    await see("queue")
    await page.locator(".whoami summary").click()
    await see("menu")
    await page.keyboard.press("Escape")
    await team.alert(somebody).locator(".reference").click()
    await expect(page.locator("h1.alert-what")).to_be_visible()
    await see("alert")
    dialog = page.get_by_role("dialog")
    await page.locator(".actions").get_by_role("button", name=re.compile("^(Close alert|Cerrar)")).click()
    await expect(dialog.locator(".step-outcome")).to_be_visible()
    await see("close: outcome")
    await dialog.locator(".step-outcome button").first.click()
    await dialog.locator(".step-harm button").first.click()
    await expect(dialog.locator(".step-useful")).to_be_visible()
    await see("close: useful")
    await page.keyboard.press("Escape")
    await page.locator(".alert-who a").first.click()
    await expect(page.locator(".entry-response")).to_be_visible()
    await page.locator(".entry-response summary").click()
    await see("patient")
    patient = page.url
    await page.goto(patient + "/session")
    await expect(page.locator("fieldset.choices")).to_have_count(5)
    await see("record a session")
    await page.goto(patient + "/edit")
    await expect(page.locator("form")).to_be_visible()
    await see("change patient")
    await page.goto(patient.partition("/patients")[0] + "/patients")
    await expect(page.locator(".row").first).to_be_visible()
    await see("patients")
    assert wrong == [], "\n".join(wrong)


async def test_what_admins_set_and_what_goes_wrong(desktop: Desktop) -> None:
    team = await desktop.team()
    desktop.expects("status of 401")
    page, wrong = team.page, list[str]()
    see = seeing(team, wrong)
    await page.goto("/team")
    await see("sign in")
    await page.get_by_label("E-mail").fill("nobody@demo.example")
    await page.get_by_label("Password").fill("not the password")
    await team.button("Sign in").click()
    await expect(page.get_by_role("alert").filter(has_text="do not belong together")).to_be_visible()
    await see("wrong password")
    await team.sign_in("lena")
    await team.go("Settings")
    await expect(team.button("Disable Nora Berg")).to_be_visible()
    await see("settings")
    await team.button("Disable Nora Berg").click()
    await see("sure?")
    await page.keyboard.press("Escape")
    await team.button("Add colleague").click()
    await see("add a colleague")
    await team.go("Patients")
    await team.open_patient("Ana Ruiz")
    await team.button("Invite phone").click()
    await expect(page.get_by_role("dialog").locator(".invite-code")).to_be_visible()
    await see("invite")
    await team.button("Done").click()
    await page.get_by_role("link", name="Session 1").click()
    await expect(page.locator(".plan").first).to_be_visible()
    await see("session")
    await page.goto("/team/nowhere")
    await expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    await see("no such page")
    assert wrong == [], "\n".join(wrong)


async def test_the_demos_page(desktop: Desktop, demo: Demo) -> None:
    team = await desktop.team()
    wrong = list[str]()
    await team.page.goto("/demo")
    await expect(team.page.locator(".bubble").first).to_be_visible()
    await seeing(team, wrong)("demo")
    await team.page.get_by_label("Show messages for").select_option("+15555550102")
    await team.page.get_by_label("Text back from Omar").fill("OK ZZZZZ")
    await team.button("Send").click()
    await expect(team.page.get_by_text("There is no open page for you with this code.")).to_be_visible()
    await seeing(team, wrong)("text back")
    assert wrong == [], "\n".join(wrong)


async def test_who_opens_a_page_on_a_phone_can_acknowledge_without_scrolling(desktop: Desktop, somebody: str) -> None:
    team = await desktop.team("nora", **PHONE)
    await team.alert(somebody).locator(".reference").click()
    await expect(team.page.locator("h1.alert-what")).to_be_visible()
    acknowledge = team.button("Acknowledge")
    await expect(acknowledge).to_be_in_viewport(ratio=1)
    covered = await acknowledge.evaluate(
        """one => {
            const box = one.getBoundingClientRect();
            return document.elementFromPoint(box.x + box.width / 2, box.bottom - 2) !== one;
        }"""
    )
    assert not covered


async def test_what_is_wrong_is_found(desktop: Desktop) -> None:
    """Pale letters, a field without a name, a line that is too wide: else the tests here would prove nothing."""
    team = await desktop.team()
    desktop.expects("status of 401")
    await team.page.goto("/team")
    await expect(team.button("Sign in")).to_be_visible()
    await team.page.evaluate(
        """() => {
            document.querySelector("h1").style.color = "#777";
            document.querySelector("label").remove();
            document.querySelector("label").style.color = "#999";
            document.querySelector("form").style.width = "2000px";
        }"""
    )
    wrong = " ".join(await looks.wrong_with(team.page, enhanced=True))
    for rule in ("color-contrast", "color-contrast-enhanced", "dark: color-contrast-enhanced", "label", "sideways"):
        assert f"{rule}:" in wrong
    assert await looks.too_small(team.page) != []
