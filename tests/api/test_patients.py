"""Enrolment of patients: what is stored, what is refused, and that another clinic sees nothing at all."""

from typing import Any

import pytest

from server.kit.ids import uuid7
from tests.api.instance import ANA, Browser, Instance

FULL = {
    **ANA,
    "email": "ana@example.org",
    "quiet_hours": {"from": "22:00", "to": "07:30"},
    "companion": {"name": "Luis", "phone": "600 333 444"},
    "address": "Calle Mayor 1, Madrid",
}


async def enrol(browser: Browser, **different: Any) -> dict[str, Any]:
    answer = await browser.post("/api/patients", {**ANA, **different})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_an_enrolled_patient_reads_back_as_entered(instance: Instance) -> None:
    nora = await instance.as_staff("nora")
    made = (await nora.post("/api/patients", FULL)).json()
    assert {name: made[name] for name in FULL if name not in ("consent", "companion")} == {
        name: FULL[name] for name in FULL if name not in ("consent", "companion")
    }
    assert made["companion"] == {"name": "Luis", "phone": "+34600333444"}
    assert made["consent"]["given_at"].endswith("Z")
    assert (made["devices"], made["session_count"]) == (0, 0)
    assert made["age"] >= 41
    assert (await nora.get(f"/api/patients/{made['id']}")).json() == made


async def test_nothing_that_identifies_a_patient_is_stored_in_clear(instance: Instance) -> None:
    await (await instance.as_staff("nora")).post("/api/patients", FULL)
    for table in ("patients", "consents", "audit_log"):
        dump = (await instance.owner.fetchval(f"select string_agg(t::text, ' ') from {table} t")).lower()
        for word in ("ruiz", "1984-03-09", "600111222", "600333444", "luis", "example.org", "mayor"):
            assert word not in dump
            assert word.encode().hex() not in dump


async def test_a_change_touches_only_what_it_names(instance: Instance) -> None:
    nora = await instance.as_staff("nora")
    made = (await nora.post("/api/patients", FULL)).json()
    answer = await nora.call("PATCH", f"/api/patients/{made['id']}", {"phone": "600 999 888", "companion": None})
    assert answer.status_code == 200
    assert answer.json() == {**made, "phone": "+34600999888", "companion": None}
    row = await instance.owner.fetchrow("select action, detail from audit_log where action = 'patient_changed'")
    assert row["detail"] == {"fields": ["phone", "companion"]}


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "Ana\x00"}, "name"),
        ({"name": 7}, "name"),
        ({"name": None}, "name"),
        ({"date_of_birth": "1984-02-30"}, "date_of_birth"),
        ({"date_of_birth": "9 March 1984"}, "date_of_birth"),
        ({"date_of_birth": "2015-01-01"}, "date_of_birth"),
        ({"date_of_birth": "2999-01-01"}, "date_of_birth"),
        ({"phone": "12"}, "phone"),
        ({"phone": "6" * 41}, "phone"),
        ({"phone": 600111222}, "phone"),
        ({"email": "ana@"}, "email"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"language": "xx"}, "language"),
        ({"consent": False}, "consent"),
        ({"consent": "true"}, "consent"),
        ({"consent": 1}, "consent"),
        ({"quiet_hours": {"from": "25:00", "to": "07:00"}}, "quiet_hours.from"),
        ({"quiet_hours": {"from": "22:00"}}, "quiet_hours.to"),
        ({"companion": {"name": "Luis", "phone": "x"}}, "companion.phone"),
        ({"companion": {"name": "Luis", "phone": "+34600333444", "kin": 1}}, "companion.kin"),
        ({"address": "x" * 501}, "address"),
        ({"address": "Calle\u0007"}, "address"),
        ({"surname": "Ruiz"}, "surname"),
    ],
)
async def test_each_wrong_field_is_named_and_nothing_is_stored(
    instance: Instance, field: dict[str, Any], wrong: str
) -> None:
    nora = await instance.as_staff("nora")
    answer = await nora.post("/api/patients", {**ANA, **field})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [wrong]
    assert "Ruiz" not in answer.text
    assert await instance.owner.fetchval("select count(*) from patients") == 0


@pytest.mark.parametrize("field", ["name", "date_of_birth", "phone", "time_zone", "language", "consent"])
async def test_each_missing_field_is_named(instance: Instance, field: str) -> None:
    nora = await instance.as_staff("nora")
    answer = await nora.post("/api/patients", {name: value for name, value in ANA.items() if name != field})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": field, "message": "Is missing."}]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b'{"name": "\\ud800"}', 400),
        (b'{"name": ', 400),
        (b"\xff\xfe", 400),
        (b"", 422),
        (b"[]", 422),
        (b"null", 422),
        (b"[" * 100_00, 400),
        (b'{"name": "' + b"x" * 1_000_000 + b'"}', 413),
    ],
)
async def test_bodies_that_are_no_patient_at_all(instance: Instance, content: bytes, status: int) -> None:
    nora = await instance.as_staff("nora")
    headers = {"X-Afterglow": "1", "Content-Type": "application/json"}
    answer = await nora.http.post("/api/patients", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_list_is_by_name_and_pages_without_gaps(instance: Instance) -> None:
    nora = await instance.as_staff("nora")
    for name in ("Zoé Álvarez", "ana Ruiz", "Bea", "Álvaro", "Ana Ruiz"):
        await enrol(nora, name=name)
    first = (await nora.get("/api/patients?limit=2")).json()
    second = (await nora.get(f"/api/patients?limit=2&after={first['next']}")).json()
    third = (await nora.get(f"/api/patients?limit=2&after={second['next']}")).json()
    names = [item["name"] for page in (first, second, third) for item in page["items"]]
    assert names == ["Álvaro", "ana Ruiz", "Ana Ruiz", "Bea", "Zoé Álvarez"]
    assert "next" not in third
    line = first["items"][0]
    assert (line["device_bound"], line["open_alert_tier"], line["next_check_in_at"], line["last_session_at"]) == (
        False, None, None, None,
    )  # fmt: skip


async def test_search_finds_parts_of_names_and_whole_phones(instance: Instance) -> None:
    nora = await instance.as_staff("nora")
    await enrol(nora, name="José Núñez")
    await enrol(nora, name="Bea Ruiz", phone="+34600555666")
    found = {q: [i["name"] for i in (await nora.get(f"/api/patients?q={q}")).json()["items"]] for q in
             ("nunez", "RUIZ", "600 555 666", "600555", "%", "nobody")}  # fmt: skip
    assert found == {"nunez": ["José Núñez"], "RUIZ": ["Bea Ruiz"], "600 555 666": ["Bea Ruiz"], "600555": [], "%": [],
                     "nobody": []}  # fmt: skip


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=many", "after=x"])
async def test_a_wrong_page_is_refused(instance: Instance, query: str) -> None:
    nora = await instance.as_staff("nora")
    assert (await nora.get(f"/api/patients?{query}")).status_code in (400, 422)


async def test_reads_and_writes_are_audited_without_values(instance: Instance) -> None:
    nora = await instance.as_staff("nora")
    patient = await enrol(nora)
    await nora.get("/api/patients")
    await nora.get(f"/api/patients/{patient['id']}")
    rows = await instance.owner.fetch("select action, detail from audit_log where actor_kind = 'staff' order by at, id")
    assert [(r["action"], r["detail"]) for r in rows][1:] == [
        ("patient_enrolled", {}),
        ("patients_listed", {"count": 1}),
        ("patient_read", {}),
    ]


async def test_another_clinics_patient_is_the_same_as_none(instance: Instance) -> None:
    patient = await enrol(await instance.as_staff("nora"))
    zoe = await instance.as_staff("zoe")
    assert (await zoe.get("/api/patients")).json()["items"] == []
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"language": "en"}),
        ("POST", "/invitation", None),
        ("GET", "/devices", None),
        ("DELETE", f"/devices/{uuid7()}", None),
    ):
        foreign = await zoe.call(method, f"/api/patients/{patient['id']}{path}", body)
        unknown = await zoe.call(method, f"/api/patients/{uuid7()}{path}", body)
        assert foreign.status_code == 404, path
        assert (foreign.content, foreign.headers.get("content-type")) == (
            unknown.content, unknown.headers.get("content-type"),
        )  # fmt: skip


async def test_who_may_do_what(instance: Instance) -> None:
    patient = await enrol(await instance.as_staff("nora"))
    one = f"/api/patients/{patient['id']}"
    viewer, nobody = await instance.as_staff("vera"), instance.browser()
    assert (await viewer.get("/api/patients")).status_code == 200
    assert (await viewer.get(one)).status_code == 200
    for method, path, body in (("POST", "/api/patients", ANA), ("PATCH", one, {"language": "en"}),
                               ("POST", f"{one}/invitation", None)):  # fmt: skip
        assert (await viewer.call(method, path, body)).status_code == 403
        assert (await nobody.call(method, path, body)).status_code == 401
