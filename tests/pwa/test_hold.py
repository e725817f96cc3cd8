"""What holds the next session stands where the next session is recorded, until a prescriber decides."""

from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.pwa.conftest import Desktop
from tests.pwa.demo import Demo
from tests.pwa.staff import Colleague, Patient

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PREGNANT = {"m_pee": ["nothing"], "m_memory": "no", "m_want": "no", "m_new": ["pregnant"]}


async def tells_of_it(demo: Demo, nora: Colleague, patient: Patient) -> None:
    """The patient answers the month's form from their own phone, ahead of time."""
    session = await nora.record_session(patient)
    month = next(c["id"] for c in session["check_ins"] if c["key"] == "month_1")
    token = (await nora.invite(patient))["link"].partition("#token=")[2]
    enrolled = await demo.http.post("/api/enrolment", json={"token": token}, headers={"X-Afterglow": "1"})
    headers = {"X-Afterglow": "1", "Cookie": enrolled.headers["set-cookie"].partition(";")[0]}
    demo.http.cookies.clear()
    now = (await nora.now()).isoformat()
    body = {
        "response_id": str(uuid4()), "answers": PREGNANT, "started_at": now, "completed_at": now, "sent_at": now,
        "answered_by": "patient",
    }  # fmt: skip
    sent = await demo.http.put(f"/api/my/check-ins/{month}/response", json=body, headers=headers)
    assert sent.status_code == 201, sent.text


async def test_a_hold_is_seen_before_the_next_session_and_ended_by_a_clinician(
    desktop: Desktop, demo: Demo, nora: Colleague
) -> None:
    patient = await nora.enrol("Hope Held", "+15555550177")
    await tells_of_it(demo, nora, patient)
    nurse = await desktop.team("nora")
    await nurse.open_patient(patient.name)
    await nurse.link("Record session").click()
    held = nurse.page.get_by_test_id("hold")
    await expect(held).to_contain_text("On hold. Pregnant, may be, or trying")
    await expect(held).to_contain_text("A clinician or admin decides when treatment may go on.")
    await expect(held.get_by_role("button")).to_have_count(0)
    again = await nora.record_session(patient, ago=timedelta(minutes=5))
    assert "The next session is on hold. Look at it with the prescriber." in again["warnings"]

    clinician = await desktop.team("omar")
    await clinician.open_patient(patient.name)
    await clinician.page.get_by_test_id("hold").get_by_role("button", name="Treatment may go on").click()
    dialog = clinician.page.get_by_role("alertdialog")
    await dialog.get_by_role("button", name="Treatment may go on").click()
    await expect(dialog).to_contain_text("Give a reason.")
    await dialog.get_by_label("Reason").fill("The test was negative.")
    await dialog.get_by_role("button", name="Treatment may go on").click()
    await expect(clinician.page.get_by_test_id("hold")).to_have_count(0)
    await expect(clinician.page.get_by_text("The test was negative.")).to_be_visible()
