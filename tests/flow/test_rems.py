"""The esketamine REMS worksheet: filled in from the record, blanks left to fill in by hand."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader

from tests.flow.story import Story
from tests.flow.test_visits import CALM_VITALS, Visit


def text_of(content: bytes) -> str:
    """The words of a PDF, one space between them."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


async def sheet_of(story: Story, session_id: str, who: str = "nora") -> Any:
    return await story.staff(who).get(f"/api/sessions/{session_id}/rems.pdf")


async def test_the_worksheet_says_what_the_record_says(story: Story) -> None:
    name = await story.staff("nora").call("PATCH", f"/api/patients/{story.ana}", {"name": "Íñigo Muñoz <b>& Łuz"})
    assert name.status_code == 200, name.text
    visit = Visit(story)
    await visit.until_start(regular_medicines=["maoi", "benzodiazepine"])
    await visit.step("start", start={"lot": "L123", "dose_mg": 84})
    await visit.step("end")
    await story.forward(minutes=20)
    await visit.step("state", state={"sedation": 2, "dissociation": 3})
    await story.forward(minutes=20)
    await visit.step("vitals_during", vitals=CALM_VITALS | {"systolic": 151, "breathing": "slow"})
    await story.forward(minutes=50)
    await visit.step("state", state={"sedation": 0, "dissociation": 0})
    await visit.step("ready")
    await story.forward(minutes=20)
    await visit.step("vitals_leaving", vitals=CALM_VITALS | {"systolic": 128})
    await visit.leave(serious_event=True)
    session = await visit.session()
    answer = await sheet_of(story, session["id"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    words = text_of(answer.content)
    for expected in (
        "Worksheet, not a form: the clinic submits itself within 7 days", "Name Íñigo Muñoz <b>& Łuz", "Sex First",
        "(MAOI) Yes", "Benzodiazepines Yes", "Opioids No", "Dose 84 mg", "Lot number L123",
        "(120 or more) 110 (under 120",
        "had the 2 hours not applied 90", "before the dose 124/78", "40 minutes after 151/78", "before leaving 128/78",
        "Sedation: highest (0 to 4), from, until 2,", "Dissociation: highest (0 to 4), from, until 3,",
        "slow or paused breathing, from, until Yes,", "Serious adverse event Yes: describe",
    ):  # fmt: skip
        assert expected in words, (expected, words)
    (row,) = await story.rows("select patient_id from audit_log where action = 'rems_worksheet.exported'")
    assert row["patient_id"] == story.ana
    assert (await sheet_of(story, session["id"], "zoe")).status_code == 404
    await story.forward(hours=1)
    await story.messages.got("+34600111222", "Time to check in")


async def test_a_session_recorded_afterwards_leaves_lines_to_write_on(story: Story) -> None:
    recorded = await story.record_session(drug="esketamine", route="intranasal", dose_mg=70)
    words = text_of((await sheet_of(story, recorded["id"])).content)
    assert "Dose 70 mg (other) Lot number Dose begun" in words
    assert "Opioids Treatment" in words
    other = await story.record_session(ended_minutes_ago=100)
    assert (await sheet_of(story, other["id"])).status_code == 409
