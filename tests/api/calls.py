"""One good call to every route, made in a clinic where something has happened."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec

from tests.flow.story import CALM, Story, form, sealed, stamp

ESKETAMINE = {"drug": "esketamine", "route": "intranasal", "dose_mg": 56, "indication": "depression"}


class Call(msgspec.Struct, frozen=True):
    """`route` as the app names it, `path` with real ids in it. `private`: it reads or writes patient data."""

    method: str
    route: str
    path: str
    body: Any = None
    private: bool = True


class Happened(msgspec.Struct, frozen=True):
    """Ids of what is there."""

    patient: str
    session: str
    check_in: str
    alert: dict[str, Any]
    response: str
    device: str
    staff: str
    draft: str
    visit: str


async def something_happens(story: Story) -> Happened:
    """A session, an answer to its first check-in, an alert of it."""
    recorded = await story.record_session()
    check_in = await story.phone.open(recorded["check_ins"][0]["id"])
    body = form(await story.now(), CALM | {"a_sick": "many"})
    sent = await story.phone.browser.call("PUT", f"/api/my/check-ins/{check_in['id']}/response", body)
    assert sent.status_code == 201, sent.text
    (device,) = (await story.staff("nora").get(f"/api/patients/{story.ana}/devices")).json()["items"]
    alert = await story.alert()
    await story.settle()
    await story.got("+34600000002", "URGENT")
    draft = (await story.staff("omar").post("/api/protocols/drafts", {"key": "clinic"})).json()
    visit = await story.staff("nora").post(f"/api/patients/{story.ana}/visits", ESKETAMINE | {"id": str(uuid4())})
    assert visit.status_code == 201, visit.text
    return Happened(
        str(story.ana), recorded["id"], check_in["id"], alert, body["response_id"], device["id"],
        str(story.world.ids.staff["vera"]), draft["draft"]["id"], visit.json()["id"],
    )  # fmt: skip


async def staff_calls(story: Story, there: Happened) -> list[Call]:
    """Routes for staff. Those that end something stand last."""
    now = await story.now()
    session = {
        "drug": "ketamine", "route": "im", "dose_mg": 30, "indication": "depression",
        "started_at": stamp(now - timedelta(hours=1)), "ended_at": stamp(now),
    }  # fmt: skip
    patient, alert = f"/api/patients/{there.patient}", f"/api/alerts/{there.alert['id']}"
    of_patient, of_session = "/api/patients/{patient_id:uuid}", "/api/sessions/{session_id:uuid}"
    version = there.alert["version"]
    made_up = {
        "drug": "ketamine", "route": "iv", "setting": "clinic", "indication": "depression", "ended_at": stamp(now),
        "time_zone": "Europe/Madrid",
    }  # fmt: skip
    drafts, of_draft, draft = "/api/protocols/drafts", "/api/protocols/drafts/{draft_id:uuid}", there.draft
    omar, nora = (str(story.world.ids.staff[who]) for who in ("omar", "nora"))
    return [
        Call("GET", "/api/me", "/api/me", private=False),
        Call("PATCH", "/api/me", "/api/me", {"language": "en"}, private=False),
        Call("GET", "/api/staff", "/api/staff", private=False),
        Call("GET", "/api/clinic/call-list", "/api/clinic/call-list", private=False),
        Call("GET", "/api/protocols", "/api/protocols", private=False),
        Call("GET", "/api/protocols/{key:str}/versions", "/api/protocols/clinic/versions", private=False),
        Call("GET", "/api/protocols/{key:str}/{version:int}", "/api/protocols/clinic/1", private=False),
        Call("GET", "/api/protocols/{key:str}/diff", "/api/protocols/clinic/diff?from=1&to=1", private=False),
        Call("POST", "/api/protocols/{key:str}/{version:int}/preview", "/api/protocols/clinic/1/preview", made_up,
             private=False),
        Call("GET", drafts, drafts, private=False),
        Call("POST", drafts, drafts, {"key": "home"}, private=False),
        Call("GET", of_draft, f"{drafts}/{draft}", private=False),
        Call("GET", of_draft + "/diff", f"{drafts}/{draft}/diff", private=False),
        Call("POST", of_draft + "/preview", f"{drafts}/{draft}/preview", made_up, private=False),
        Call("POST", of_draft + "/lab", f"{drafts}/{draft}/lab", {"over": "stored"}),
        Call("PATCH", of_draft, f"{drafts}/{draft}", {"revision": 1, "operations": [
            {"op": "set_title", "title": {"en": "Here", "es": "Aquí"}}]}, private=False),
        Call("POST", of_draft + "/submit", f"{drafts}/{draft}/submit", {"revision": 2}, private=False),
        Call("POST", of_draft + "/reopen", f"{drafts}/{draft}/reopen", {"revision": 3}, private=False),
        Call("DELETE", of_draft, f"{drafts}/{draft}?revision=4", private=False),
        Call("POST", "/api/protocols/{key:str}/{version:int}/lab", "/api/protocols/clinic/1/lab", {"over": "stored"}),
        Call("GET", "/api/questionnaires", "/api/questionnaires", private=False),
        Call("GET", "/api/questionnaires/instruments", "/api/questionnaires/instruments", private=False),
        Call("GET", "/api/questionnaires/{questionnaire_id:str}", "/api/questionnaires/safe@1", private=False),
        Call("GET", "/api/clinic/sending", "/api/clinic/sending", private=False),
        Call("POST", "/api/clinic/sending/start", "/api/clinic/sending/start", private=False),
        Call("GET", "/api/sessions/risks", "/api/sessions/risks", private=False),
        Call("GET", "/api/alerts/outcomes", "/api/alerts/outcomes", private=False),
        Call("GET", "/api/patients", "/api/patients"),
        Call("GET", "/api/indicators", "/api/indicators?route=iv&older=false"),
        Call("GET", "/api/harms", "/api/harms"),
        Call("POST", "/api/harms", "/api/harms", {
            "patient_id": there.patient, "kind": "emergency_visit", "happened_on": now.date().isoformat(),
            "note": "Seen at night, heard of it by phone"}),
        Call("GET", of_patient, patient),
        Call("GET", of_patient + "/devices", patient + "/devices"),
        Call("GET", of_patient + "/home-dose", patient + "/home-dose"),
        Call("GET", of_patient + "/holds", patient + "/holds"),
        Call("GET", of_patient + "/timeline", patient + "/timeline"),
        Call("GET", of_patient + "/pauses", patient + "/pauses"),
        Call("GET", of_patient + "/curves", patient + "/curves"),
        Call("GET", of_patient + "/curves.csv", patient + "/curves.csv"),
        Call("GET", of_session, f"/api/sessions/{there.session}"),
        Call("GET", of_patient + "/visits", patient + "/visits"),
        Call("POST", of_patient + "/visits", patient + "/visits", {
            **ESKETAMINE, "id": there.visit}),
        Call("PUT", "/api/visits/{visit_id:uuid}/steps/{step_id:uuid}", f"/api/visits/{there.visit}/steps/{uuid4()}", {
            "kind": "arrival", "at": stamp(now)}),
        Call("GET", "/api/visits/{visit_id:uuid}", f"/api/visits/{there.visit}"),
        Call("GET", "/api/alerts", "/api/alerts"),
        Call("GET", "/api/alerts/{alert_id:uuid}", alert),
        Call("PUT", "/api/clinic/call-list", "/api/clinic/call-list", {
            "staff_ids": [str(story.world.ids.staff[who]) for who in ("omar", "nora", "lena")]}, private=False),
        Call("GET", "/api/clinic/on-call", "/api/clinic/on-call", private=False),
        Call("GET", "/api/clinic/rota", "/api/clinic/rota", private=False),
        Call("GET", "/api/clinic/rota/findings", "/api/clinic/rota/findings", private=False),
        Call("PUT", "/api/clinic/rota", "/api/clinic/rota", {"version": 0, "layers": [
            {"staff_ids": [omar, nora], "first_day": "2026-03-02", "hand_over": "08:00"}]}, private=False),
        Call("POST", "/api/clinic/rota/changes", "/api/clinic/rota/changes", {
            "staff_id": nora, "begins": stamp(now), "ends": stamp(now + timedelta(hours=2))}, private=False),
        Call("POST", "/api/clinic/rota/swaps", "/api/clinic/rota/swaps", {
            "one": {"staff_id": omar, "begins": stamp(now), "ends": stamp(now + timedelta(days=1))},
            "other": {"staff_id": nora, "begins": stamp(now + timedelta(days=7)),
                      "ends": stamp(now + timedelta(days=8))}}, private=False),
        Call("GET", "/api/clinic/team-channels", "/api/clinic/team-channels", private=False),
        Call("POST", "/api/clinic/team-channels", "/api/clinic/team-channels", {
            "name": "Team room", "url": "https://hook.clinic.example/in/1", "hears": ["urgent"]}, private=False),
        Call("GET", "/api/clinic/proof", "/api/clinic/proof", private=False),
        Call("GET", "/api/clinic/page-tests", "/api/clinic/page-tests", private=False),
        Call("POST", "/api/staff/{staff_id:uuid}/test-page", f"/api/staff/{omar}/test-page", private=False),
        Call("PATCH", "/api/staff/{staff_id:uuid}", f"/api/staff/{there.staff}", {"role": "viewer"}, private=False),
        Call("POST", "/api/staff", "/api/staff", {
            "name": "Iris", "email": "iris@example.org", "role": "nurse", "password": "a long enough one",
        }, private=False),
        Call("PATCH", of_patient, patient, {"language": "en"}),
        Call("POST", of_patient + "/sessions", patient + "/sessions", session),
        Call("PATCH", of_session, f"/api/sessions/{there.session}", {"note": "tired"}),
        Call("POST", "/api/alerts/{alert_id:uuid}/acknowledge", alert + "/acknowledge", {"version": version}),
        Call("POST", "/api/alerts/{alert_id:uuid}/follow-up", alert + "/follow-up", {"version": version + 1}),
        Call("POST", "/api/alerts/{alert_id:uuid}/escalate", alert + "/escalate", {
            "version": version + 2, "step": there.alert["step"]}),
        Call("POST", "/api/alerts/{alert_id:uuid}/close", alert + "/close", {
            "version": version + 3, "outcome": "reassured_expected"}),
        Call("POST", of_patient + "/pauses", patient + "/pauses", {
            "reason": "on_holiday", "ends_at": stamp(now + timedelta(days=2))}),
        Call("POST", of_patient + "/pauses/end", patient + "/pauses/end"),
        Call("POST", of_session + "/cancel", f"/api/sessions/{there.session}/cancel", {"reason": "by mistake"}),
        Call("POST", of_patient + "/invitation", patient + "/invitation"),
        Call("DELETE", of_patient + "/devices/{device_id:uuid}", f"{patient}/devices/{there.device}"),
        Call("POST", "/api/patients", "/api/patients", {
            "name": "Eva Sol", "date_of_birth": "1990-01-01", "phone": "+34600111333", "time_zone": "Europe/Madrid",
            "language": "es", "consent": True}),
    ]  # fmt: skip


async def patient_calls(story: Story, there: Happened) -> list[Call]:
    """Routes for a bound phone."""
    now = await story.now()
    of_check_in = "/api/my/check-ins/{check_in_id:uuid}"
    tap = {
        "response_id": str(uuid4()), "item": "a_pain", "value": "mild", "at": stamp(now), "sent_at": stamp(now),
    }  # fmt: skip
    check_in = await story.phone.open(there.check_in)
    path = f"/api/my/check-ins/{there.check_in}"
    another = tap | {"response_id": str(uuid4())}
    reported = sealed(check_in, form(now, {"a_pain": "mild"}), patient_id=there.patient)
    return [
        Call("GET", "/api/my", "/api/my"),
        Call("GET", "/api/my/check-ins", "/api/my/check-ins"),
        Call("GET", of_check_in, f"/api/my/check-ins/{there.check_in}"),
        Call("GET", "/api/my/report-form", "/api/my/report-form"),
        Call("GET", "/api/my/status/{response_id:uuid}", f"/api/my/status/{there.response}"),
        Call("PUT", of_check_in + "/response", f"/api/my/check-ins/{there.check_in}/response", form(now, CALM)),
        Call("POST", of_check_in + "/signals", f"/api/my/check-ins/{there.check_in}/signals", tap),
        Call("PUT", of_check_in + "/sealed-response", path + "/sealed-response", sealed(check_in, form(now, CALM))),
        Call("POST", of_check_in + "/sealed-signals", path + "/sealed-signals", sealed(check_in, another)),
        Call("POST", "/api/my/sealed-reports", "/api/my/sealed-reports", reported),
        Call("POST", "/api/my/reports", "/api/my/reports", form(now, {"a_pain": "mild"})),
        Call("PATCH", "/api/my", "/api/my", {"language": "es"}),
        Call("GET", "/api/my/push", "/api/my/push"),
        Call("PUT", "/api/my/push", "/api/my/push", await story.subscription()),
        Call("POST", "/api/my/push/test", "/api/my/push/test"),
        Call("DELETE", "/api/my/push", "/api/my/push"),
        Call("DELETE", "/api/my/device", "/api/my/device"),
    ]  # fmt: skip


APART: dict[tuple[str, str], str] = {
    ("GET", "/api/alerts/stream"): "a stream: tests/api/test_alerts.py",
    ("DELETE", "/api/sign-in"): "ends its own sign-in: tests/api/test_access.py",
    ("POST", "/api/patients/{patient_id:uuid}/holds/{hold_id:uuid}/end"): "needs a hold: tests/flow/test_course.py",
    ("DELETE", "/api/clinic/rota/changes/{change_id:uuid}"): "needs a change: tests/flow/test_rota.py",
    ("PATCH", "/api/clinic/team-channels/{channel_id:uuid}"): "needs a channel: tests/flow/test_team_channels.py",
    ("DELETE", "/api/clinic/team-channels/{channel_id:uuid}"): "needs a channel: tests/flow/test_team_channels.py",
    ("POST", "/api/clinic/team-channels/{channel_id:uuid}/test"): "needs a channel: tests/flow/test_team_channels.py",
    (
        "POST",
        "/api/patients/{patient_id:uuid}/pauses/{pause_id:uuid}/renew",
    ): "in tests/flow/test_pauses.py",
    ("POST", "/api/harms/{harm_id:uuid}/review"): "needs a second person: tests/flow/test_indicators.py",
    ("POST", "/api/watch/proof"): "the watcher's clinic alone: tests/test_watch.py",
    ("POST", "/api/my-test-page"): "needs a test page: tests/flow/test_page_tests.py",
    ("GET", "/api/sessions/{session_id:uuid}/rems.pdf"): "of esketamine only: tests/flow/test_rems.py",
    ("POST", "/api/sessions/import"): "takes a file: tests/flow/test_imports.py",
    ("POST", "/api/protocols/drafts/{draft_id:uuid}/publish"): "by a second person: tests/api/test_drafts.py",
    ("POST", "/api/questionnaires/import"): "takes a file: tests/flow/test_questionnaires.py",
    ("POST", "/api/protocols/{key:str}/{version:int}/sign-off"): "once only: tests/api/test_access.py",
}
"""Routes with a guard of ours that the two tables leave out, and where they are tried."""
