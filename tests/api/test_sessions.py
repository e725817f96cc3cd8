"""Recording a session: what the nurse gets back, what it warns of, when it is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.flow.story import Story, stamp


async def body(story: Story, **changed: Any) -> dict[str, Any]:
    now = await story.now()
    return {
        "drug": "ketamine", "route": "iv", "dose_mg": 40.5, "indication": "treatment_resistant_depression",
        "started_at": stamp(now - timedelta(minutes=40)), "ended_at": stamp(now),
    } | changed  # fmt: skip


async def test_every_expected_check_in_exists_from_the_moment_it_is_recorded(story: Story) -> None:
    recorded = await story.record_session()
    assert recorded.keys() >= {"id", "check_ins", "cancelled_late"}
    for check_in in recorded["check_ins"]:
        assert check_in.keys() >= {"id", "key", "opens_at", "due_at", "closes_at", "state"}
        assert check_in["opens_at"] <= check_in["due_at"] < check_in["closes_at"]
        assert check_in["due_at"].endswith("Z")
    assert [c["state"] for c in recorded["check_ins"]] == ["planned"] * (4 + 12 + 6)
    stored = await story.rows("select id::text from check_ins")
    assert {row["id"] for row in stored} == {c["id"] for c in recorded["check_ins"]}


async def test_a_session_reads_back_as_it_was_recorded(story: Story) -> None:
    given = await body(story, risk=["sedative"], staying_with="her sister", note="calm throughout", setting="clinic")
    nora = story.staff("nora")
    recorded = (await nora.post(f"/api/patients/{story.ana}/sessions", given)).json()
    shown = (await story.staff("vera").get(f"/api/sessions/{recorded['id']}")).json()
    for name in ("drug", "route", "dose_mg", "indication", "setting", "risk", "staying_with", "note"):
        assert shown[name] == given[name], name
    assert (shown["number"], shown["protocol"]) == (1, {"key": "clinic", "version": 1})
    assert set(shown["risk_reasons"]) == {"sedative", "early_session"}


async def test_the_first_two_a_raised_dose_and_age_are_risks_by_themselves(story: Story) -> None:
    await story.earlier_sessions()
    nora = story.staff("nora")
    same = (await nora.post(f"/api/patients/{story.ana}/sessions", await body(story, dose_mg=40))).json()
    assert (await nora.get(f"/api/sessions/{same['id']}")).json()["risk_reasons"] == []
    raised = (await nora.post(f"/api/patients/{story.ana}/sessions", await body(story, dose_mg=60))).json()
    assert (await nora.get(f"/api/sessions/{raised['id']}")).json()["risk_reasons"] == ["dose_raised"]


async def test_it_warns_when_nobody_is_on_duty_and_when_no_phone_is_bound(story: Story) -> None:
    """H12."""
    await story.set_time(datetime(2026, 3, 6, 17, 0, tzinfo=UTC))
    recorded = await story.record_session()
    assert any("21:00 falls outside your hours" in warning for warning in recorded["warnings"])
    nora = story.staff("nora")
    (device,) = (await nora.get(f"/api/patients/{story.ana}/devices")).json()["items"]
    await nora.call("DELETE", f"/api/patients/{story.ana}/devices/{device['id']}")
    again = await story.record_session()
    assert any("No phone is linked yet" in warning for warning in again["warnings"])


async def test_no_real_session_uses_a_protocol_that_nobody_signed(story: Story) -> None:
    """H26: Zoe's clinic has not signed yet."""
    zoe = story.staff("zoe")
    patient = (await zoe.post("/api/patients", {
        "name": "Finn Byrne", "date_of_birth": "1990-01-01", "phone": "+353861111111", "time_zone": "Europe/Dublin",
        "language": "en", "consent": True})).json()  # fmt: skip
    refused = await zoe.post(f"/api/patients/{patient['id']}/sessions", await body(story))
    assert refused.status_code == 409
    assert "signed" in refused.json()["title"]
    assert (await zoe.post("/api/protocols/clinic/1/sign-off", {})).status_code == 200
    assert (await zoe.post(f"/api/patients/{patient['id']}/sessions", await body(story))).status_code == 201


async def test_what_can_be_ticked(story: Story) -> None:
    risks = (await story.staff("nora").get("/api/sessions/risks")).json()["items"]
    by_id = {risk["id"]: risk for risk in risks}
    assert by_id["sedative"]["flags"]
    assert not by_id["blood_thinner"]["flags"]
    assert {"home_dose", "early_session", "dose_raised", "age_65"}.isdisjoint(by_id)
    assert all(risk["text"].keys() >= {"en", "es"} for risk in risks)


async def test_the_same_session_sent_twice_is_one_session(story: Story) -> None:
    nora, given = story.staff("nora"), await body(story)
    path = f"/api/patients/{story.ana}/sessions"
    first = (await nora.post(path, given)).json()
    again = await nora.post(path, given)
    assert (again.status_code, again.json()["session_id"]) == (409, first["id"])
    other = (await nora.post(path, given | {"started_at": stamp(await story.now() - timedelta(minutes=90))})).json()
    moved = await nora.call("PATCH", f"/api/sessions/{other['id']}", {"started_at": given["started_at"]})
    assert moved.status_code == 409
    await nora.post(f"/api/sessions/{first['id']}/cancel", {"reason": "wrong patient"})
    assert (await nora.post(path, given)).status_code == 201
    assert len(await story.rows("select from treatment_sessions where cancelled_at is null")) == 2
