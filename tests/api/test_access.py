"""Signing in: ids of our own, expiry, lock-out, no enumeration, and calls that only our own pages can make."""

import asyncio
from typing import Any

import pytest

from server.access.guards import still_signed_in
from server.access.model import Staff
from server.kit.ids import uuid7
from tests.api.instance import PASSWORD, Browser, Instance

COOKIE = "__Host-staff"


async def test_who_signs_in_is_told_who_they_are(instance: Instance) -> None:
    browser = instance.browser()
    answer = await browser.sign_in("nora")
    me = answer.json()
    assert answer.status_code == 200
    assert (me["name"], me["role"], me["clinic"]["name"]) == ("Nora", "nurse", "Harbor Clinic")
    assert me["clinic"]["hours"] == {"days": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00"}
    assert me["now"].endswith("Z")
    assert (await browser.get("/api/me")).json()["id"] == me["id"]


async def test_the_cookie_is_bound_to_the_host_and_out_of_reach_of_scripts(instance: Instance) -> None:
    header = (await instance.browser().sign_in("nora")).headers["set-cookie"].lower()
    assert header.startswith("__host-staff=")
    assert {"secure", "httponly", "path=/", "samesite=strict"} <= {part.strip() for part in header.split(";")}
    assert "domain" not in header


async def test_a_cookie_that_the_client_brings_is_never_adopted(instance: Instance) -> None:
    browser = instance.browser()
    browser.http.cookies.set(COOKIE, "planted", domain="localhost")
    await browser.sign_in("nora")
    planted = instance.browser()
    planted.http.cookies.set(COOKIE, "planted", domain="localhost")
    assert (await planted.get("/api/me")).status_code == 401


async def test_signing_in_again_ends_the_sign_in_before(instance: Instance) -> None:
    browser = await instance.as_staff("nora")
    before = browser.http.cookies[COOKIE]
    await browser.sign_in("nora")
    old = instance.browser()
    old.http.cookies.set(COOKIE, before, domain="localhost")
    assert browser.http.cookies[COOKIE] != before
    assert (await old.get("/api/me")).status_code == 401


async def test_signing_out_ends_the_sign_in_on_the_server(instance: Instance) -> None:
    browser = await instance.as_staff("nora")
    kept = browser.http.cookies[COOKIE]
    assert (await browser.call("DELETE", "/api/sign-in")).status_code == 204
    copy = instance.browser()
    copy.http.cookies.set(COOKIE, kept, domain="localhost")
    assert (await copy.get("/api/me")).status_code == 401


async def test_fifteen_idle_minutes_end_a_sign_in(instance: Instance) -> None:
    browser = await instance.as_staff("nora")
    await instance.forward(minutes=14)
    assert (await browser.get("/api/me")).status_code == 200
    await instance.forward(minutes=14)
    assert (await browser.get("/api/me")).status_code == 200
    await instance.forward(minutes=15.1)
    assert (await browser.get("/api/me")).status_code == 401


async def test_twelve_hours_end_a_sign_in_that_is_in_use(instance: Instance) -> None:
    browser = await instance.as_staff("nora")
    for _ in range(71):
        await instance.forward(minutes=10)
        assert (await browser.get("/api/me")).status_code == 200
    await instance.forward(minutes=10)
    assert (await browser.get("/api/me")).status_code == 401


async def test_care_time_does_not_sign_anybody_out(instance: Instance) -> None:
    browser = await instance.as_staff("nora")
    await instance.owner.execute("update app_clock set care_offset = interval '7 days'")
    assert (await browser.get("/api/me")).status_code == 200


async def test_an_open_stream_does_not_prolong_a_sign_in(instance: Instance) -> None:
    browser = await instance.as_staff("nora")
    await instance.forward(minutes=10)
    assert (await browser.call("GET", "/api/me", accept="text/event-stream")).status_code == 200
    row = await instance.owner.fetchrow("select id, staff_id from staff_sign_ins")
    staff = Staff(instance.ids.harbor, row["staff_id"], "nurse", "en", row["id"], uuid7())
    assert await still_signed_in(instance.db, staff)
    await instance.forward(minutes=6)
    assert not await still_signed_in(instance.db, staff)
    assert (await browser.get("/api/me")).status_code == 401


async def test_what_is_stored_is_only_a_hash(instance: Instance) -> None:
    browser = await instance.as_staff("nora")
    token = browser.http.cookies[COOKIE].encode()
    for table in ("staff_sign_ins", "credential_lookup", "audit_log"):
        dump = await instance.owner.fetchval(f"select string_agg(t::text, ' ') from {table} t")
        assert token.decode() not in dump
        assert token.hex() not in dump


async def test_five_wrong_passwords_lock_the_account_for_a_while(instance: Instance) -> None:
    browser = instance.browser()
    for _ in range(5):
        assert (await browser.sign_in("nora", "wrong wrong wrong")).status_code == 401
    answer = await browser.sign_in("nora")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 15 * 60 + 1
    assert (await browser.sign_in("omar")).status_code == 200
    await instance.forward(minutes=15.1)
    assert (await browser.sign_in("nora")).status_code == 200


async def test_the_lock_holds_when_all_tries_come_at_once(instance: Instance) -> None:
    browser = instance.browser()
    answers = await asyncio.gather(*(browser.sign_in("nora", f"wrong wrong {n}") for n in range(16)))
    assert sorted(a.status_code for a in answers) == [401] * 5 + [429] * 11


async def test_a_forwarded_address_from_a_stranger_does_not_dodge_the_limit(instance: Instance) -> None:
    browser = instance.browser("203.0.113.7")
    seen = []
    for n in range(55):
        body = {"email": f"nobody{n}@example.org", "password": "wrong wrong wrong"}
        seen.append((await browser.call("POST", "/api/sign-in", body, x_forwarded_for=f"198.51.100.{n}")).status_code)
        if seen[-1] == 429:
            break
    assert seen == [401] * 50 + [429]
    assert (await instance.browser("203.0.113.8").sign_in("nora")).status_code == 200


async def test_a_waiting_room_that_signs_in_properly_is_never_limited(instance: Instance) -> None:
    for _ in range(60):
        assert (await instance.browser().sign_in("nora")).status_code == 200


async def test_an_unknown_e_mail_looks_like_a_wrong_password(instance: Instance) -> None:
    browser = instance.browser()
    known, unknown = await browser.sign_in("nora", "wrong wrong wrong"), await browser.sign_in("nobody")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    for _ in range(4):
        await browser.sign_in("nobody")
    assert (await browser.sign_in("nobody")).status_code == 429


async def test_a_disabled_colleague_is_refused_like_a_wrong_password(instance: Instance) -> None:
    await instance.owner.execute(
        "update staff set disabled_at = wall_now() where clinic_id = $1 and id = $2",
        instance.ids.harbor, instance.ids.staff["nora"],
    )  # fmt: skip
    browser = instance.browser()
    assert (await browser.sign_in("nora")).content == (await browser.sign_in("omar", "wrong wrong wrong")).content


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"X-Afterglow": ""}, {}),
        ({"X-Afterglow": "1", "Sec-Fetch-Site": "cross-site"}, {}),
        ({"X-Afterglow": "1", "Sec-Fetch-Site": "same-site"}, {}),
        ({"X-Afterglow": "1", "Content-Type": "text/plain"}, {}),
        ({"X-Afterglow": "1", "Content-Type": "application/x-www-form-urlencoded"}, {}),
    ],
)
async def test_another_site_cannot_sign_in_or_act(instance: Instance, headers: dict[str, str], body: Any) -> None:
    browser = await instance.as_staff("lena")
    calls = [
        ("POST", "/api/sign-in"),
        ("POST", "/api/enrolment"),
        ("POST", "/api/patients"),
        ("PUT", "/api/clinic/call-list"),
    ]
    for method, path in calls:
        sent = {"Content-Type": "application/json", **headers}
        answer = await browser.http.request(method, path, content=b"{}", headers=sent)
        assert answer.status_code == 403, path
    signed_in: Browser = browser
    assert (await signed_in.get("/api/me")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"email": "nora@example.org"},
        {"email": "nora@example.org", "password": 12},
        {"email": "nora@example.org", "password": PASSWORD, "remember": True},
        {"email": "nora@example.org", "password": "x" * 201},
        {"email": "nora\x00@example.org", "password": PASSWORD},
        [],
    ],
)
async def test_a_malformed_sign_in_names_the_field_and_echoes_nothing(instance: Instance, body: Any) -> None:
    answer = await instance.browser().post("/api/sign-in", body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"]
    assert "nora" not in answer.text


async def test_every_sign_in_is_in_the_audit_log(instance: Instance) -> None:
    browser = await instance.as_staff("nora")
    await browser.call("DELETE", "/api/sign-in")
    rows = await instance.owner.fetch("select action, actor_id from audit_log where actor_kind = 'staff' order by at")
    assert [(r["action"], r["actor_id"]) for r in rows] == [
        ("signed_in", instance.ids.staff["nora"]),
        ("signed_out", instance.ids.staff["nora"]),
    ]
