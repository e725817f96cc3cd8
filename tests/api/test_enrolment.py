"""The patient's phone: invited once, bound once, signed out at once."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.api.instance import ANA, Browser, Instance

COOKIE = "__Host-patient"
USED_UP = "This link is used or too old. Ask your clinic for a new one."


async def invited(instance: Instance) -> tuple[Browser, str, dict[str, Any]]:
    """(Nora's browser, the patient's path, the invitation)."""
    nora = await instance.as_staff("nora")
    patient = (await nora.post("/api/patients", ANA)).json()
    path = f"/api/patients/{patient['id']}"
    return nora, path, (await nora.post(f"{path}/invitation")).json()


def token_of(invitation: dict[str, Any]) -> str:
    link: str = invitation["link"]
    return link.split("#token=")[1]


async def enrol(browser: Browser, **body: Any) -> httpx.Response:
    return await browser.post("/api/enrolment", body)


async def test_one_button_binds_this_phone(instance: Instance) -> None:
    nora, path, invitation = await invited(instance)
    phone = instance.browser()
    phone.http.headers["user-agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"
    answer = await enrol(phone, token=token_of(invitation))
    assert answer.status_code == 200
    brief = {"first_name": "Ana", "language": "es", "time_zone": "Europe/Madrid"}
    assert {name: answer.json()["patient"][name] for name in brief} == brief
    assert answer.json()["clinic"]["hours_text"] == "lunes a viernes, 08:00 a 18:00"
    assert answer.json()["help"]["emergency"]["number"] == "112"
    header = answer.headers["set-cookie"].lower()
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= {part.strip() for part in header.split(";")}
    assert (await phone.get("/api/my")).json()["patient"] == answer.json()["patient"]
    devices = (await nora.get(f"{path}/devices")).json()["items"]
    assert [device["label"] for device in devices] == ["iPhone"]
    assert (await nora.get("/api/patients")).json()["items"][0]["device_bound"] is True


async def test_an_invitation_is_a_link_a_code_and_a_picture(instance: Instance) -> None:
    nora, path, invitation = await invited(instance)
    assert invitation["link"].startswith("https://localhost/e#token=")
    assert len(invitation["code"]) == 8
    assert invitation["qr_svg"].startswith("<svg")
    picture = await nora.post(f"{path}/invitation?format=svg")
    assert (picture.status_code, picture.headers["content-type"]) == (201, "image/svg+xml")
    assert (await nora.post(f"{path}/invitation?format=pdf")).status_code == 422


async def test_looking_at_an_invitation_changes_nothing(instance: Instance) -> None:
    _, _, invitation = await invited(instance)
    scanner = instance.browser()
    for method in ("GET", "HEAD"):
        assert (await scanner.call(method, "/api/enrolment")).status_code in (404, 405)
    assert (await enrol(instance.browser(), token=token_of(invitation))).status_code == 200


async def test_a_second_use_is_refused_in_the_words_of_an_expired_one(instance: Instance) -> None:
    _, _, invitation = await invited(instance)
    assert (await enrol(instance.browser(), token=token_of(invitation))).status_code == 200
    second = await enrol(instance.browser(), token=token_of(invitation), replace=True)
    unknown = await enrol(instance.browser(), token="never made")
    assert (second.status_code, second.json()["title"]) == (404, USED_UP)
    assert second.content == unknown.content
    assert "set-cookie" not in second.headers


async def test_of_two_phones_at_once_one_wins(instance: Instance) -> None:
    _, _, invitation = await invited(instance)
    phones = [instance.browser() for _ in range(5)]
    answers = await asyncio.gather(*(enrol(p, token=token_of(invitation), replace=True) for p in phones))
    assert sorted(a.status_code for a in answers) == [200, 404, 404, 404, 404]
    assert await instance.owner.fetchval("select count(*) from devices") == 1


async def test_an_invitation_ends_after_72_hours_of_machine_time(instance: Instance) -> None:
    _, _, invitation = await invited(instance)
    await instance.forward(hours=72)
    assert (await enrol(instance.browser(), token=token_of(invitation))).json()["title"] == USED_UP


async def test_a_new_invitation_ends_the_one_before(instance: Instance) -> None:
    nora, path, first = await invited(instance)
    second = (await nora.post(f"{path}/invitation")).json()
    assert (await enrol(instance.browser(), token=token_of(first))).status_code == 404
    assert (await enrol(instance.browser(), code=first["code"], date_of_birth="1984-03-09")).status_code == 404
    assert (await enrol(instance.browser(), token=token_of(second))).status_code == 200


async def test_the_code_needs_the_date_of_birth(instance: Instance) -> None:
    _, _, invitation = await invited(instance)
    phone = instance.browser()
    wrong = await enrol(phone, code=invitation["code"], date_of_birth="1984-03-10")
    assert (wrong.status_code, wrong.json()["title"]) == (404, USED_UP)
    assert (await enrol(phone, code=invitation["code"])).status_code == 422
    typed = f" {invitation['code'][:4].lower()} {invitation['code'][4:].lower()}"
    assert (await enrol(phone, code=typed, date_of_birth="1984-03-09")).status_code == 200


async def test_guessing_the_date_of_birth_is_stopped(instance: Instance) -> None:
    _, _, invitation = await invited(instance)
    phone = instance.browser()
    for day in range(10, 15):
        assert (await enrol(phone, code=invitation["code"], date_of_birth=f"1984-03-{day}")).status_code == 404
    assert (await enrol(phone, code=invitation["code"], date_of_birth="1984-03-09")).status_code == 429
    assert (await enrol(phone, token=token_of(invitation))).status_code == 200


async def test_a_second_phone_asks_before_it_replaces_the_first(instance: Instance) -> None:
    nora, path, invitation = await invited(instance)
    old, new = instance.browser(), instance.browser()
    await enrol(old, token=token_of(invitation))
    again = (await nora.post(f"{path}/invitation")).json()
    asked = await enrol(new, token=token_of(again))
    assert (asked.status_code, asked.json()["type"]) == (409, "already_bound")
    assert (await enrol(new, token=token_of(again), replace=True)).status_code == 200
    assert (await old.get("/api/my")).status_code == 401
    assert (await new.get("/api/my")).status_code == 200


async def test_a_revoked_phone_is_out_with_the_next_call(instance: Instance) -> None:
    nora, path, invitation = await invited(instance)
    phone = instance.browser()
    await enrol(phone, token=token_of(invitation))
    device = (await nora.get(f"{path}/devices")).json()["items"][0]
    assert (await nora.call("DELETE", f"{path}/devices/{device['id']}")).status_code == 204
    assert (await phone.get("/api/my")).status_code == 401
    assert (await nora.call("DELETE", f"{path}/devices/{device['id']}")).status_code == 404


async def test_a_phone_signs_itself_out(instance: Instance) -> None:
    _, _, invitation = await invited(instance)
    phone = instance.browser()
    await enrol(phone, token=token_of(invitation))
    kept = phone.http.cookies[COOKIE]
    assert (await phone.call("DELETE", "/api/my/device")).status_code == 204
    assert COOKIE not in phone.http.cookies
    phone.http.cookies.set(COOKIE, kept, domain="localhost")
    assert (await phone.get("/api/my")).status_code == 401


async def test_each_route_takes_one_kind_of_cookie(instance: Instance) -> None:
    nora, _, invitation = await invited(instance)
    phone = instance.browser()
    await enrol(phone, token=token_of(invitation))
    assert (await phone.get("/api/patients")).status_code == 401
    assert (await nora.get("/api/my")).status_code == 401
    phone.http.cookies.set("__Host-staff", phone.http.cookies[COOKIE], domain="localhost")
    assert (await phone.get("/api/me")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"token": "x", "code": "y"},
        {"token": ""},
        {"token": "x" * 201},
        {"token": 5},
        {"token": "x", "replace": "yes"},
        {"code": "ABCD2345", "date_of_birth": "soon"},
        {"token": "x", "pin": 1},
    ],
)
async def test_a_malformed_enrolment_is_refused(instance: Instance, body: dict[str, Any]) -> None:
    assert (await enrol(instance.browser(), **body)).status_code == 422


async def test_the_token_is_nowhere_on_the_server(instance: Instance) -> None:
    _, _, invitation = await invited(instance)
    for table in ("invitations", "credential_lookup", "audit_log"):
        dump = await instance.owner.fetchval(f"select string_agg(t::text, ' ') from {table} t")
        assert token_of(invitation) not in dump
        assert invitation["code"] not in dump


async def test_patients_choose_the_language_of_their_questions(instance: Instance) -> None:
    nora, path, invitation = await invited(instance)
    phone = instance.browser()
    await enrol(phone, token=token_of(invitation))
    assert (await phone.call("PATCH", "/api/my", {"language": "en"})).json()["patient"]["language"] == "en"
    assert (await nora.get(path)).json()["language"] == "en"
    for body in ({"language": "xx"}, {"language": "en", "name": "Eve"}, {}):
        assert (await phone.call("PATCH", "/api/my", body)).status_code == 422
