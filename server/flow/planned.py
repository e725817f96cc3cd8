"""Stored rows as the planner sees them."""

from datetime import time

import msgspec

from server.checkins.model import PlannedCheckIn, QuietHours
from server.checkins.queries import CheckIn
from server.checkins.wall import USUAL_NIGHT
from server.patients.matching_queries import Known
from server.patients.model import Patient, PatientContact


def planned_from(check_in: CheckIn) -> PlannedCheckIn:
    """A stored check-in as the planner sees it; one that was asked or answered is fixed whatever its state says."""
    asked = check_in.actions_done > 0 and check_in.state == "planned"
    return PlannedCheckIn(
        key=check_in.key, questionnaire=check_in.questionnaire, opens_at=check_in.opens_at, due_at=check_in.due_at,
        closes_at=check_in.closes_at, state="open" if asked else check_in.state,
        reason=msgspec.convert(check_in.reason, PlannedCheckIn.__annotations__["reason"]) if check_in.reason else None,
        asked_of=check_in.asked_of, stands_in_for=check_in.stands_in_for,
    )  # fmt: skip


def quiet_hours(patient: Patient | PatientContact | Known) -> QuietHours:
    """The patient's own quiet hours for the planner, else the usual night."""
    if patient.quiet_hours is None:
        return USUAL_NIGHT
    quiet = patient.quiet_hours
    return QuietHours(time.fromisoformat(quiet.start), time.fromisoformat(quiet.end))
