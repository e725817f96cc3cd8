"""A questionnaire that the clinic brings as a file: taken on the screen, asked by a protocol that two have signed, and
judged on the phone, offline too, when an answer may mean danger."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Page, TimeoutError, expect

from tests.pwa import looks
from tests.pwa.conftest import PHONE, Desktop, NewPatient
from tests.pwa.demo import Demo
from tests.pwa.offline import ready_for_offline
from tests.pwa.phone import Phone
from tests.pwa.staff import Colleague
from tests.rules.fhir_files import instrument_file

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DRAFTS = "/api/protocols/drafts"
MORE_THAN_HALF_THE_DAYS = 2
THOUGHTS_WITH_A_WAY = {
    "s_open": "yes", "s_now": "come_and_go", "s_how": "yes", "s_ready": "no", "s_keep": "yes", "s_done": "no",
    "s_usual": "same", "s_with": "trusted",
}  # fmt: skip


async def looks_right(page: Page) -> list[str]:
    return await looks.wrong_with(page) + await looks.sideways_when_narrow(page)


async def asked_an_hour_after(form: str, lena: Colleague, omar: Colleague) -> None:
    """Signed by two: a protocol of the clinic's own for sessions against chronic pain, which no other test records."""
    begun = await lena.call("POST", DRAFTS, {"key": "clinic", "title": {"en": "Pain follow-up", "es": "Dolor"}})
    path, first = f"{DRAFTS}/{begun['draft']['id']}", begun["shown"]["document"]["check_ins"][0]
    operations = [
        {"op": "set_scope", "routes": ["iv"], "settings": ["clinic"], "indications": ["chronic_pain"]},
        {"op": "add_questionnaire", "questionnaire": form},
        {"op": "set_step", "step": first | {"questionnaire": form}},
    ]
    changed = await lena.call("PATCH", path, {"revision": begun["draft"]["revision"], "operations": operations})
    sent = await lena.call("POST", f"{path}/submit", {"revision": changed["draft"]["revision"]})
    await omar.call("POST", f"{path}/publish", {"revision": sent["draft"]["revision"]})


async def answer(phone: Phone, place: int) -> None:
    """By the place of the option: their words are the file's."""
    async with phone.moves_on():
        await phone.tap(phone.page.locator(".option").nth(place))


async def test_a_form_brought_by_the_clinic_shows_help_and_the_safety_questions_offline(
    demo: Demo, desktop: Desktop, lena: Colleague, nora: Colleague, new_patient: NewPatient, tmp_path: Path
) -> None:
    file = tmp_path / "phq9.json"
    file.write_text(json.dumps(instrument_file("phq9") | {"title": "How were your two weeks?"}))
    page = (await desktop.team("lena", **PHONE)).page
    await page.goto("/team/questionnaires")
    await page.get_by_label("File").set_input_files(file)
    assert await looks_right(page) == []
    await page.get_by_role("button", name="Take this file").click()
    await expect(page.get_by_role("heading", name="Taken as phq9@1")).to_be_focused()
    assert await looks_right(page) == []
    await page.get_by_role("link", name="Look at How were your two weeks?").click()
    await expect(page.get_by_text("A worrying answer opens the safety questions at once.")).to_be_visible()
    assert await looks_right(page) == []

    await asked_an_hour_after("phq9@1", lena, await Colleague.sign_in(demo, "omar"))
    patient = await new_patient("Paz Pain")
    await nora.opened(await nora.record_session(patient, indication="chronic_pain"))
    phone = await desktop.phone()
    await phone.bind((await nora.invite(patient))["link"])
    desktop.expects("ERR_INTERNET_DISCONNECTED")
    await ready_for_offline(phone.page)
    await phone.page.context.set_offline(True)
    await phone.start_due_or_summary()
    await expect(phone.heading()).to_have_text("Made-up words before the questions")
    await phone.press("Next")
    for _ in range(8):
        await answer(phone, 0)
    await phone.tap(phone.page.locator(".option").nth(MORE_THAN_HALF_THE_DAYS))
    crisis = phone.page.get_by_test_id("call-crisis").first
    await expect(crisis).to_be_visible()
    assert await crisis.get_attribute("href") == "tel:988"
    assert await looks.wrong_with(phone.page) == []
    async with phone.moves_on():
        await phone.press("Continue")
    assert await phone.asked() == {"s_open"}
    while items := await phone.asked():
        async with phone.moves_on():
            await phone.choose(THOUGHTS_WITH_A_WAY[items.pop()])
            card = phone.page.get_by_role("button", name="Continue")
            with suppress(TimeoutError):
                await card.tap(timeout=1_000)
    await phone.send()
    await expect(phone.heading()).to_have_text("Not sent yet")
    await expect(phone.page.get_by_test_id("call-crisis").first).to_be_visible()
    await phone.page.context.set_offline(False)
    await expect(phone.page.get_by_test_id("arrived").or_(phone.sent())).to_be_visible(timeout=30_000)
    assert await nora.tier_about(patient) == "urgent"
