"""Stored rows as the planner sees them."""

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

import msgspec

from server.checkins.model import PlannedCheckIn, QuietHours
from server.checkins.queries import CheckIn
from server.checkins.wall import USUAL_NIGHT
from server.kit.db import Tx
from server.patients.matching_queries import Known
from server.patients.model import Patient, PatientContact
from server.protocols import queries as protocols
from server.protocols.model import ProtocolVersion
from server.responses import last_queries as responses
from server.sessions import queries as sessions


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


async def asked_by(tx: Tx, check_ins: Sequence[CheckIn]) -> dict[UUID, ProtocolVersion]:
    """By check-in the protocol version that asks it: its session's, or before a session its own."""
    of_sessions = {c.id: c.session_id for c in check_ins if c.session_id is not None}
    protocol_of = await sessions.list_protocols(tx, set(of_sessions.values()))
    pinned = {c.id: c.pinned or protocol_of[of_sessions[c.id]] for c in check_ins}
    versions = {pin: await protocols.get_version(tx, *pin) for pin in set(pinned.values())}
    return {check_in_id: versions[pin] for check_in_id, pin in pinned.items()}


async def last_answers(tx: Tx, planned: Sequence[tuple[UUID, ProtocolVersion]]) -> dict[UUID, dict[str, datetime]]:
    """When each patient last answered the forms whose next time depends on it; nothing is read when there is none."""
    forms = {form for _, version in planned for form in timed_forms(version)}
    return await responses.list_last(tx, {patient_id for patient_id, _ in planned}, forms) if forms else {}


def timed_forms(version: ProtocolVersion) -> frozenset[str]:
    """Forms that are not asked again within their recall period, or are asked so long after their last answer."""
    counted = {form.id for form in version.questionnaires if form.recall_days}
    return frozenset(counted | {step.questionnaire for step in version.steps if step.anchor == "last_answer"})
