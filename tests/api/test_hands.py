"""A phone that two patients share, as the server sees it."""

from uuid import uuid4

import pytest

from server.worker import housekeeping
from tests.api.instance import ANA, Browser
from tests.flow.story import CALM, Story, form

LIVE = "select retired_at from push_subscriptions where retired_at is null"


async def handed_over(story: Story) -> tuple[Browser, str]:
    """Ben opens his invitation in Ana's browser; (the browser, his id)."""
    nora = story.staff("nora")
    ben = (await nora.post("/api/patients", ANA | {"name": "Ben Otero", "phone": "+34600111333"})).json()["id"]
    link = (await nora.post(f"/api/patients/{ben}/invitation")).json()["link"]
    browser = story.phone.browser
    assert (await browser.post("/api/enrolment", {"token": link.partition("#token=")[2]})).status_code == 200
    return browser, ben


async def test_messages_for_the_patient_before_do_not_show_on_it(story: Story) -> None:
    await story.takes_push()
    assert len(await story.rows(LIVE)) == 1
    await handed_over(story)
    assert await story.rows(LIVE) == []
    audited = await story.rows("select patient_id from audit_log where action = 'device_handed_over'")
    assert [row["patient_id"] for row in audited] == [story.ana]


@pytest.mark.parametrize("switched_off", [False, True])
async def test_the_address_of_the_patient_before_is_forgotten_a_month_later(story: Story, switched_off: bool) -> None:
    await story.takes_push()
    if switched_off:
        assert (await story.phone.browser.call("DELETE", "/api/my/push")).status_code == 204
    await handed_over(story)
    await story.instance.owner.execute("update push_subscriptions set retired_at = retired_at - interval '31 days'")
    await housekeeping(story.engine)
    assert await story.rows("select from push_subscriptions") == []


async def test_the_same_patient_again_hands_nothing_over(story: Story) -> None:
    link = (await story.staff("nora").post(f"/api/patients/{story.ana}/invitation")).json()["link"]
    body = {"token": link.partition("#token=")[2], "replace": True}
    assert (await story.phone.browser.post("/api/enrolment", body)).status_code == 200
    assert await story.rows("select 1 from audit_log where action = 'device_handed_over'") == []


async def test_an_answer_that_waits_on_it_goes_in_by_its_token_alone_and_to_its_own_patient(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    asked = {item["id"] for item in check_in["questionnaire"]["items"]}
    body = form(await story.phone.now(), {key: value for key, value in CALM.items() if key in asked})
    browser, ben = await handed_over(story)
    path = f"/api/my/check-ins/{check_in['id']}/response"
    assert (await browser.call("PUT", path, body | {"response_id": str(uuid4())})).status_code == 404
    token = {"authorization": f"Bearer {check_in['submit_token']}"}
    assert (await story.instance.browser().call("PUT", path, body, **token)).status_code == 201
    assert len(await story.timeline("response")) == 1
    items = (await story.staff("nora").get(f"/api/patients/{ben}/timeline")).json()["items"]
    assert [item for item in items if item["kind"] == "response"] == []
