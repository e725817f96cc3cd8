"""Links do nothing by being opened: a messenger's preview, a scanner or a second look changes nothing."""

import pytest
from playwright.async_api import expect

from tests.pwa.answers import WELL
from tests.pwa.conftest import Ask, Desktop, NewPatient
from tests.pwa.demo import Demo
from tests.pwa.staff import Colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def looked_at_often(demo: Demo, link: str) -> None:
    """As machines do it: with the token where it belongs, and where it does not."""
    for _ in range(5):
        for method in ("HEAD", "GET"):
            for address in (link, link.replace("#", "?")):
                answer = await demo.http.request(method, address)
                assert answer.status_code in (200, 405)
                assert "set-cookie" not in answer.headers


async def test_an_invitation_is_used_by_the_button_alone(
    desktop: Desktop, demo: Demo, nora: Colleague, new_patient: NewPatient
) -> None:
    patient = await new_patient("Ines Link")
    link = (await nora.invite(patient))["link"]
    await looked_at_often(demo, link)
    looker = await desktop.phone()
    for _ in range(3):
        await looker.open(link)
        await looker.page.reload()
    assert (await nora.call("GET", f"/api/patients/{patient.id}"))["devices"] == 0
    phone = await desktop.phone()
    await phone.bind(link)
    await looker.press("Start on this phone")
    await expect(looker.page.get_by_role("alert")).to_have_text(
        "This link is used or too old. Ask your clinic for a new one."
    )
    desktop.expects("/api/enrolment: ")


async def test_a_prompt_opens_nothing_before_its_button(
    desktop: Desktop, demo: Demo, nora: Colleague, ask: Ask
) -> None:
    asked = await ask("Otto Prompt")
    link = await demo.link_to(asked.patient.phone)
    await looked_at_often(demo, link)
    await asked.phone.open(link)
    await expect(asked.phone.page.locator(".option")).to_have_count(0)
    assert await nora.responses(asked.patient) == []
    await asked.phone.press("Start")
    async with asked.phone.page.expect_request(lambda request: request.method == "PUT") as sent:
        await asked.phone.rest(WELL)
        await asked.phone.send()
    assert asked.check_in["id"] in (await sent.value).url
    await expect(asked.phone.sent()).to_be_visible()


async def test_answering_from_a_phone_that_is_not_bound_asks_the_birth_year(
    desktop: Desktop, demo: Demo, nora: Colleague, ask: Ask
) -> None:
    asked = await ask("Lin Unbound")
    stranger = await desktop.phone()
    await stranger.open(await demo.link_to(asked.patient.phone))
    await stranger.press("Start")
    await stranger.rest(WELL)
    await stranger.send()
    year = stranger.page.get_by_label("Year of birth")
    await expect(stranger.page.get_by_text("which year were you born")).to_be_visible()
    await year.fill("1985")
    await stranger.send()
    await expect(stranger.page.get_by_text("That year does not match. Check it and send again.")).to_be_visible()
    await expect(stranger.sent()).to_be_visible()
    assert len(await nora.responses(asked.patient)) == 1, "the answer is stored all the same"
    await year.fill("1984")
    await stranger.send()
    await expect(stranger.page.get_by_text("Thank you. The year matches.")).to_be_visible()
    await expect(year).to_have_count(0)
    assert len(await nora.responses(asked.patient)) == 1
    await expect(stranger.page.get_by_text("You can close this page.")).to_be_visible()
    await expect(stranger.page.get_by_text("Lin")).to_have_count(0)


async def test_after_five_wrong_years_the_answer_stays_and_no_year_is_asked(
    desktop: Desktop, demo: Demo, nora: Colleague, ask: Ask
) -> None:
    asked = await ask("Gus Guess")
    stranger = await desktop.phone()
    await stranger.open(await demo.link_to(asked.patient.phone))
    await stranger.press("Start")
    await stranger.rest(WELL)
    await stranger.send()
    year = stranger.page.get_by_label("Year of birth")
    for guess in ("1950", "1951", "1952", "1953", "1954", "1955"):
        async with stranger.page.expect_response(lambda answer: answer.request.method == "PUT"):
            await year.fill(guess)
            await stranger.send()
    await expect(stranger.page.get_by_role("alert")).to_have_text("Too many tries. The clinic has your answer.")
    await expect(year).to_have_count(0)
    await expect(stranger.sent()).to_be_visible()
    assert len(await nora.responses(asked.patient)) == 1
