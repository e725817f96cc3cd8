"""The esketamine REMS worksheet of a session. The clinic submits the form itself; nothing is sent from here."""

from uuid import UUID

import msgspec

from server.access import queries as access
from server.kit import audit, errors
from server.kit.db import Tx
from server.patients import queries as patients
from server.sessions import queries as sessions
from server.visits import queries, step_queries
from server.visits.standing import standing
from server.visits.worksheet import Facts, Section, submit_by, worksheet

TITLE = "Esketamine REMS patient monitoring: worksheet"
NOTICE = "Worksheet, not a form: the clinic submits itself within 7 days, by {date}. Empty lines are filled in by hand."
ESKETAMINE_ONLY = "The worksheet is for esketamine only."


class Sheet(msgspec.Struct, frozen=True):
    """What is printed, and whether on letter paper."""

    title: str
    notice: str
    sections: tuple[Section, ...]
    letter: bool


async def rems_sheet(tx: Tx, session_id: UUID) -> Sheet:
    """404 when the session is foreign or unknown, 409 when it is not one of esketamine."""
    session = await sessions.find(tx, session_id)
    if session is None:
        raise errors.not_found()
    if session.drug != "esketamine":
        raise errors.conflict(ESKETAMINE_ONLY)
    patient, clinic = await patients.get_patient(tx, session.patient_id), await access.get_clinic(tx)
    visit = await queries.find_of_session(tx, session_id)
    facts = Facts(
        patient=patient.name, born=patient.date_of_birth, clinic=clinic.name, zone=clinic.time_zone, session=session,
        steps=standing(await step_queries.list_steps(tx, visit.id)) if visit is not None else (),
    )  # fmt: skip
    await audit.record(tx, "rems_worksheet.exported", "session", session_id, patient_id=session.patient_id)
    notice = NOTICE.format(date=f"{submit_by(facts):%d %B %Y}")
    return Sheet(TITLE, notice, worksheet(facts), clinic.country in ("US", "CA", "MX"))
