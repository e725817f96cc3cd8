"""Answers that lay sealed on the phone: opened on the server, then as good as open ones; opened for nobody else."""

import base64
from typing import Any
from uuid import uuid4

import httpx
import pytest

from server.access.setup import complete_clinics
from server.kit.sealing import CannotOpen, new_pair, open_sealed, seal
from tests.api.instance import KEY
from tests.flow.story import CALM, NORA, OMAR, Phone, Story, form, sealed, stamp


async def send(story: Story, check_in: dict[str, Any], body: dict[str, Any]) -> httpx.Response:
    return await story.phone.browser.call("PUT", f"/api/my/check-ins/{check_in['id']}/sealed-response", body)


async def asked(story: Story) -> dict[str, Any]:
    await story.record_session()
    return await story.prompted()


async def test_it_is_stored_once_whichever_way_it_comes(story: Story) -> None:
    check_in = await asked(story)
    body = form(await story.now(), CALM) | {"answered_by": "patient"}
    first = await send(story, check_in, sealed(check_in, body))
    assert (first.status_code, first.json()["response_id"]) == (201, body["response_id"])
    again = await send(story, check_in, sealed(check_in, body))
    openly = await story.phone.browser.call("PUT", f"/api/my/check-ins/{check_in['id']}/response", body)
    assert [(one.status_code, one.json()) for one in (again, openly)] == [(200, first.json())] * 2
    assert len(await story.timeline("response")) == 1
    assert (await story.check_ins())["h1"] == "answered"


async def test_the_submit_token_is_enough_without_a_cookie(story: Story) -> None:
    check_in = await asked(story)
    bearer = {"Authorization": f"Bearer {check_in['submit_token']}"}
    body = sealed(check_in, form(await story.now(), CALM))
    path = f"/api/my/check-ins/{check_in['id']}/sealed-response"
    sent = await story.instance.browser().http.put(path, json=body, headers=bearer)
    assert sent.status_code == 201, sent.text


async def test_a_conflict_is_sent_again_under_a_new_id_without_sealing_anew(story: Story) -> None:
    check_in = await asked(story)
    body = form(await story.now(), CALM)
    await send(story, check_in, sealed(check_in, body))
    other = sealed(check_in, body | {"answers": CALM | {"a_pain": "mild"}})
    assert (await send(story, check_in, other)).status_code == 409
    renewed = other | {"response_id": str(uuid4()), "sealed_for": body["response_id"]}
    assert (await send(story, check_in, renewed)).status_code == 201
    assert len(await story.timeline("response")) == 2


async def test_what_cannot_be_opened_is_refused_without_a_word_about_it(story: Story) -> None:
    check_in = await asked(story)
    body = form(await story.now(), CALM)
    good = sealed(check_in, body)
    raw = bytearray(base64.b64decode(good["sealed"]))
    raw[-1] ^= 1
    attempts = [
        good | {"sealed": base64.b64encode(raw).decode()},
        good | {"sealed": good["sealed"][:-8]},
        good | {"sealed": "?" * 200},
        good | {"response_id": str(uuid4())},
        good | {"key_id": 7},
        sealed(check_in, body, public=new_pair().public),
        sealed(check_in, body, under=str(uuid4())),
    ]
    answers = [await send(story, check_in, attempt) for attempt in attempts]
    assert {one.status_code for one in answers} == {422}
    assert len({one.text for one in answers}) == 1
    assert answers[0].headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answers[0].json()["errors"]] == ["sealed"]
    assert await story.timeline("response") == []


async def test_another_clinics_key_does_not_open_it(story: Story) -> None:
    check_in = await asked(story)
    rows = await story.rows("select clinic_id, public_key from clinic_sealing_keys")
    assert len({row["public_key"] for row in rows}) == len(rows) > 1
    (theirs,) = [row["public_key"] for row in rows if row["clinic_id"] == story.world.ids.elsewhere]
    body = sealed(check_in, form(await story.now(), CALM), public=theirs)
    assert (await send(story, check_in, body)).status_code == 422


async def test_what_is_inside_is_checked_like_an_open_one(story: Story) -> None:
    check_in = await asked(story)
    now = await story.now()
    for changed, field in (
        ({"answers": {"a_sick": "martian"}}, "answers.a_sick"),
        ({"completed_at": "yesterday"}, "completed_at"),
        ({"colour": "red"}, "colour"),
    ):
        refused = await send(story, check_in, sealed(check_in, form(now, CALM) | changed))
        assert refused.status_code == 422
        assert field in {error["field"] for error in refused.json()["errors"]}
        assert "martian" not in refused.text
    assert await story.timeline("response") == []


async def test_another_phone_finds_nothing_to_answer(story: Story) -> None:
    check_in = await asked(story)
    nora = story.staff("nora")
    eva = {"name": "Eva Sol", "date_of_birth": "1990-01-01", "phone": "+34600111333", "time_zone": "Europe/Madrid"}
    enrolled = await nora.post("/api/patients", eva | {"language": "es", "consent": True})
    other = await Phone.bound(story.instance, nora, enrolled.json()["id"])
    body = sealed(check_in, form(await story.now(), CALM))
    path = f"/api/my/check-ins/{check_in['id']}"
    foreign = await other.browser.call("PUT", f"{path}/sealed-response", body)
    unknown = await other.browser.call("PUT", f"/api/my/check-ins/{uuid4()}/sealed-response", body)
    assert (foreign.status_code, foreign.text) == (404, unknown.text)
    report = sealed(check_in, form(await story.now(), {"a_pain": "mild"}), patient_id=str(story.ana))
    assert (await other.browser.post("/api/my/sealed-reports", report)).status_code == 404
    assert (await story.phone.browser.post("/api/my/sealed-reports", report)).status_code == 201


async def test_a_sealed_tap_alarms_and_its_form_joins(story: Story) -> None:
    check_in = await asked(story)
    now = stamp(await story.now())
    tap = {
        "response_id": str(uuid4()), "item": "a_danger", "value": "breathing", "at": now, "sent_at": now,
        "answered_by": "patient",
    }  # fmt: skip
    path = f"/api/my/check-ins/{check_in['id']}/sealed-signals"
    for _ in range(2):
        told = await story.phone.browser.post(path, sealed(check_in, tap))
        assert told.status_code == 202, told.text
    alert = await story.alert()
    assert alert["tier"] == "emergency"
    await story.settle()
    for who in (OMAR, NORA):
        await story.got(who, "EMERGENCY")


async def test_a_clinic_from_before_gets_its_key_once(story: Story) -> None:
    owner = story.instance.owner
    await owner.execute("delete from clinic_sealing_keys where clinic_id = $1", story.world.ids.harbor)
    await complete_clinics(owner, KEY)
    made = await story.rows("select public_key from clinic_sealing_keys order by clinic_id")
    await complete_clinics(owner, KEY)
    assert await story.rows("select public_key from clinic_sealing_keys order by clinic_id") == made
    check_in = await asked(story)
    assert (await send(story, check_in, sealed(check_in, form(await story.now(), CALM)))).status_code == 201


def test_only_the_right_key_and_id_open() -> None:
    pair, other = new_pair(), new_pair()
    message = seal(pair.public, "one", b"words")
    assert open_sealed(pair.private, "one", message) == b"words"
    for private, context, text in (
        (other.private, "one", message), (pair.private, "two", message), (pair.private, "one", message[:64]),
        (pair.private, "one", bytes(65) + message[65:]), (pair.private, "one", b""),
    ):  # fmt: skip
        with pytest.raises(CannotOpen):
            open_sealed(private, context, text)
