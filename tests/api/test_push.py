"""A phone's own switch for notifications: what is accepted, what is kept, what is refused and how."""

from typing import Any

import msgspec
import pytest

from server.app import create_app
from server.settings import PUSH_SERVICES, SettingsError, from_env
from tests.api.instance import Instance
from tests.flow.story import CALM, Story
from tests.flow.world import settings

LIVE = "select id, endpoint_hmac, last_seen_at from push_subscriptions where retired_at is null"


async def state(story: Story) -> dict[str, Any]:
    answer: dict[str, Any] = (await story.phone.browser.get("/api/my/push")).json()
    return answer


async def put(story: Story, body: Any) -> tuple[int, list[str]]:
    answer = await story.phone.browser.call("PUT", "/api/my/push", body)
    return answer.status_code, [error["field"] for error in answer.json().get("errors", [])]


async def test_it_is_off_then_on_then_off_again(story: Story) -> None:
    before = await state(story)
    assert (before["state"], before["ask"]) == ("off", False)
    assert (await story.phone.browser.post("/api/my/push/test")).status_code == 409
    await story.takes_push()
    assert (await state(story))["state"] == "on"
    for _ in range(2):
        assert (await story.phone.browser.call("DELETE", "/api/my/push")).status_code == 204
    assert (await state(story))["state"] == "off"
    await story.takes_push()
    assert (await state(story))["state"] == "on"


async def test_notifications_are_offered_after_the_first_answer(story: Story) -> None:
    await story.record_session()
    check_in = await story.prompted()
    assert not (await state(story))["ask"]
    assert (await story.phone.answer(check_in, CALM)).status_code == 201
    assert (await state(story))["ask"]


async def test_the_same_phone_again_is_seen_again(story: Story) -> None:
    given = await story.takes_push()
    (before,) = await story.rows(LIVE)
    await story.wait(600)
    assert await put(story, given) == (200, [])
    (after,) = await story.rows(LIVE)
    assert after["id"] == before["id"]
    assert (after["last_seen_at"] - before["last_seen_at"]).total_seconds() >= 600


async def test_a_new_address_takes_the_place_of_the_old_one(story: Story) -> None:
    await story.takes_push()
    (before,) = await story.rows(LIVE)
    await story.takes_push()
    (after,) = await story.rows(LIVE)
    assert after["id"] != before["id"]
    (old,) = await story.rows("select retired_for from push_subscriptions where id = $1", before["id"])
    assert old["retired_for"] == "replaced"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": "https://fcm.googleapis.com/fcm/send/x"}, "endpoint"),
        ({"endpoint": "http://127.0.0.1:1/push/1"}, "endpoint"),
        ({"endpoint": "x" * 2001}, "endpoint"),
        ({"endpoint": 1}, "endpoint"),
        ({"public_key": "A" * 87}, "public_key"),
        ({"public_key": ""}, "public_key"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAAAAAAAAAAAAAAAAAAAA"}}, "keys.p256dh"),
        ({"keys": {"p256dh": "B" + "A" * 86, "auth": "AAAAAAAAAAAAAAAAAAAAAA"}}, "keys.p256dh"),
        ({"keys": {"auth": "AAAAAAAAAAAAAAAAAAAAAA"}}, "keys.p256dh"),
        ({"expirationTime": None}, "expirationTime"),
    ],
)
async def test_bad_input_names_its_field_and_nothing_is_stored(
    story: Story, change: dict[str, Any], field: str
) -> None:
    status, fields = await put(story, await story.subscription() | change)
    assert status == 422
    assert field in fields
    assert await story.rows(LIVE) == []


async def test_a_bad_secret_names_its_field(story: Story) -> None:
    given = await story.subscription()
    assert await put(story, given | {"keys": given["keys"] | {"auth": "AAAA"}}) == (422, ["keys.auth"])


async def test_without_a_contact_there_are_no_notifications(instance: Instance, story: Story) -> None:
    own = msgspec.structs.replace(settings(), push=None)
    app = create_app(own, story.instance.db)
    plain = Instance(app, story.instance.db, story.instance.owner, story.instance.ids, story.instance.urls)
    browser = plain.browser()
    browser.http.cookies.update(story.world.cookies["ana"])
    assert (await browser.get("/api/my/push")).json() == {"state": "unavailable", "public_key": None, "ask": False}
    assert (await browser.call("PUT", "/api/my/push", await story.subscription())).status_code == 409
    assert (await browser.post("/api/my/push/test")).status_code == 409
    await plain.close()


@pytest.mark.parametrize(
    "contact",
    [
        "mailto:care@localhost", "mailto:care@box.local", "https://localhost", "https://127.0.0.1",
        "care@clinic.example",
        "mailto:care@clinic", "mailto:<care@clinic.example>", "mailto: care@clinic.example", "http://clinic.example",
        "https://clinic.example/care", "https://10.0.0.1",
    ],
)  # fmt: skip
def test_a_contact_that_push_services_refuse_is_refused_at_the_start(contact: str) -> None:
    with pytest.raises(SettingsError, match="PUSH_CONTACT"):
        from_env({"PUSH_CONTACT": contact})


@pytest.mark.parametrize(
    ("env", "contact"),
    [
        ({"AFTERGLOW_URL": "https://care.clinic.example:8443"}, "https://care.clinic.example"),
        ({"AFTERGLOW_URL": "https://a.example", "PUSH_CONTACT": "mailto:b@c.example"}, "mailto:b@c.example"),
        ({"PUSH_CONTACT": "https://clinic.example"}, "https://clinic.example"),
        ({}, None),
        ({"AFTERGLOW_URL": "https://box.local"}, None),
        ({"AFTERGLOW_URL": "https://192.168.1.5"}, None),
    ],
)  # fmt: skip
def test_the_contact_is_the_public_address_unless_one_is_named(env: dict[str, str], contact: str | None) -> None:
    push = from_env(env).push
    assert (push and push.contact) == contact
    assert push is None or push.hosts == PUSH_SERVICES


@pytest.mark.parametrize(
    "hosts", ["127.0.0.1:8000", "localhost:1", "*", "https://fcm.googleapis.com", "10.0.0.1", "com"]
)
def test_only_names_of_push_services_can_be_listed(hosts: str) -> None:
    with pytest.raises(SettingsError, match="PUSH_HOSTS"):
        from_env({"PUSH_CONTACT": "https://clinic.example", "PUSH_HOSTS": hosts})


def test_the_demo_may_list_its_simulator() -> None:
    env = {"AFTERGLOW_DEMO": "1", "PUSH_CONTACT": "https://clinic.example", "PUSH_HOSTS": "127.0.0.1:8000"}
    push = from_env(env).push
    assert push is not None
    assert push.hosts == ("127.0.0.1:8000",)
