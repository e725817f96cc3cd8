"""A patient who reads Spanish is spoken to in Spanish from the first message to the last advice."""

import re

import pytest
from playwright.async_api import expect

from tests.pwa import catalogue
from tests.pwa.answers import NEXT_DAY, WELL
from tests.pwa.conftest import Ask, Desktop, NewPatient
from tests.pwa.demo import PASSWORD, Demo
from tests.pwa.phone import Phone
from tests.pwa.staff import LEFT_A_DAY_AGO, Colleague
from tests.pwa.test_team_looks import speak_spanish

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ENGLISH = catalogue.only_in("en", "es")
SPANISH = catalogue.only_in("es", "en")
SPANISH_PHONE = {"locale": "es-MX"}


async def all_spanish(phone: Phone) -> None:
    """No sentence of ours in English; the page says its language."""
    assert await catalogue.spoken(phone.page, ENGLISH) == []
    assert await catalogue.spoken(phone.page, SPANISH) != []
    await expect(phone.page.locator("html")).to_have_attribute("lang", "es")


async def test_the_app_says_nothing_in_two_languages() -> None:
    """Else the other tests here would prove nothing."""
    assert len(ENGLISH) == len(SPANISH) > 150


async def test_from_the_message_to_the_advice(ask: Ask, demo: Demo) -> None:
    asked = await ask("Sofía Solís", language="es", window=SPANISH_PHONE)
    phone = asked.phone
    await all_spanish(phone)
    await demo.link_to(asked.patient.phone)
    (message,) = await demo.messages(asked.patient.phone)
    assert "Time to check in" not in message["body"]
    await phone.page.get_by_test_id("help").tap()
    await all_spanish(phone)
    await phone.press("Cerrar")
    await phone.start_due()
    for item in WELL:
        await all_spanish(phone)
        if item == "a_danger":
            await phone.choose("chest_pain")
            await expect(phone.page.get_by_test_id("card-emergency")).to_contain_text("Llame ahora al 911")
            await all_spanish(phone)
            await phone.press("Continuar")
        else:
            await phone.choose_and_move_on(WELL[item])
    await all_spanish(phone)
    await phone.send()
    await expect(phone.sent()).to_be_visible()
    await all_spanish(phone)
    await expect(phone.page.get_by_test_id("advice").first).to_contain_text("Llame ahora al 911")


async def test_the_safety_questions_and_the_crisis_line(ask: Ask) -> None:
    phone = (await ask("Elena Soto", language="es", ago=LEFT_A_DAY_AGO, window=SPANISH_PHONE)).phone
    await phone.start_due()
    for item in NEXT_DAY:
        await all_spanish(phone)
        if item == "s_open":
            break
        await phone.fill(NEXT_DAY, until=following(item))
    await phone.choose("yes")
    await all_spanish(phone)
    await expect(phone.page.get_by_test_id("card-crisis")).to_contain_text("988")


def following(item: str) -> str:
    items = list(NEXT_DAY)
    return items[items.index(item) + 1]


async def test_before_anybody_is_known_the_phone_decides(desktop: Desktop) -> None:
    phone = await desktop.phone(**SPANISH_PHONE)
    desktop.expects("status of 401")
    for path in ("/", "/e#token=12345678901234567890", "/c#token=12345678901234567890"):
        await phone.open(path)
        await all_spanish(phone)


async def test_a_choice_is_kept_and_the_questions_follow_it(
    desktop: Desktop, nora: Colleague, new_patient: NewPatient
) -> None:
    patient = await new_patient("Leo Switch")
    await nora.opened(await nora.record_session(patient))
    phone = await desktop.phone()
    await phone.bind((await nora.invite(patient))["link"])
    await phone.press("Español")
    await expect(phone.heading()).to_have_text("Hola, Leo")
    await all_spanish(phone)
    await phone.page.reload()
    await expect(phone.heading()).to_have_text("Hola, Leo")
    await phone.start_due()
    await all_spanish(phone)
    assert (await nora.call("GET", f"/api/patients/{patient.id}"))["language"] == "es"
    await phone.open("/")
    await phone.press("English")
    await expect(phone.heading()).to_have_text(re.compile("^Hello Leo"))


async def test_the_team_app_keeps_the_language_that_was_chosen(desktop: Desktop) -> None:
    team = await desktop.team("nora")
    async with team.page.expect_response("**/api/me") as kept:
        await speak_spanish(team)
    assert (await kept.value).ok
    await team.page.reload()
    await expect(team.page.get_by_role("heading", level=1)).to_have_text("Alertas")
    elsewhere = await desktop.team()
    await elsewhere.page.goto("/team")
    await elsewhere.page.get_by_label("E-mail").fill("nora@demo.example")
    await elsewhere.page.get_by_label("Password").fill(PASSWORD)
    await elsewhere.button("Sign in").click()
    await expect(elsewhere.page.locator("html")).to_have_attribute("lang", "es")
    await elsewhere.page.locator(".whoami summary").click()
    await elsewhere.button("Salir").click()
    await elsewhere.page.reload()
    await expect(elsewhere.button("Entrar")).to_be_visible()
