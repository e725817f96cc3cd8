"""The clock of a patient's course follows their sessions: told when one of these, or the patient's zone, changes."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import msgspec

from server.alerts.queries import lock_patient
from server.checkins import course_queries as courses
from server.checkins.course import CourseFrame, plan_course
from server.checkins.course_queries import SessionOfCourse
from server.checkins.model import CourseCheckIn, CourseSession, QuietHours
from server.checkins.queries import CheckIn
from server.checkins.rules import is_for, is_routine
from server.checkins.wall import local
from server.flow.planned import planned_from, quiet_hours
from server.kit import errors
from server.kit.db import Tx
from server.patients import queries as patients
from server.patients.model import Patient
from server.protocols import queries as protocols
from server.protocols.model import ProtocolVersion, kind_of
from server.sessions.import_queries import share_plans

IMPORTING = "A file of sessions is being imported. Try again in a minute."


class PatientClock(msgspec.Struct, frozen=True):
    """A patient, their time zone and quiet hours."""

    patient_id: UUID
    zone: str
    quiet: QuietHours | None


def clock_of(patient: Patient) -> PatientClock:
    """The clock that this patient's prompts go by."""
    return PatientClock(patient.id, patient.time_zone, quiet_hours(patient))


async def follow_courses(tx: Tx, clocks: Sequence[PatientClock]) -> None:
    """Work out the course's check-ins of each patient from all their sessions and store what is new or changed; a
    repeat changes nothing. The protocol, and what its steps are limited to, go by the latest session. The patients'
    locks are the caller's."""
    ids = [clock.patient_id for clock in clocks]
    recorded: dict[UUID, list[SessionOfCourse]] = defaultdict(list)
    for session in await courses.list_course_sessions(tx, ids):
        recorded[session.patient_id].append(session)
    stored: dict[UUID, list[CheckIn]] = defaultdict(list)
    for check_in in await courses.list_of_patients(tx, ids):
        stored[check_in.patient_id].append(check_in)
    changed: list[tuple[UUID, CourseCheckIn]] = []
    for clock in clocks:
        of_patient = recorded[clock.patient_id]
        versions = [await protocols.get_version(tx, s.protocol_key, s.protocol_version) for s in of_patient]
        found = _plan(tx, clock, of_patient, versions, stored[clock.patient_id])
        changed += [(clock.patient_id, c) for c in found]
    await courses.store(tx, changed)


def _plan(
    tx: Tx,
    clock: PatientClock,
    recorded: Sequence[SessionOfCourse],
    versions: Sequence[ProtocolVersion],
    stored: Sequence[CheckIn],
) -> Sequence[CourseCheckIn]:
    repeating = {step.key for version in versions for step in version.course}
    going_on = {
        session.id: version for session, version in zip(recorded, versions, strict=True) if not session.cancelled
    }
    frame = CourseFrame(
        sessions=tuple(CourseSession(s.id, s.ended_at) for s in recorded if not s.cancelled),
        busy=frozenset(
            local(c.due_at, clock.zone).date() for c in stored
            if kind_of(c.key) not in repeating and c.state != "cancelled" and c.session_id in going_on
            and is_routine(going_on[c.session_id].step(c.key))
        ),
        zone=clock.zone, quiet=clock.quiet, now=tx.now,
    )  # fmt: skip
    latest = [session for session in recorded if not session.cancelled][-1:]
    steps = [s for of in latest for s in going_on[of.id].course if is_for(s.only_for, of.facts)]
    return plan_course(steps, [_of_course(c) for c in stored if kind_of(c.key) in repeating], frame)


def _of_course(check_in: CheckIn) -> CourseCheckIn:
    assert check_in.session_id is not None
    return CourseCheckIn(
        id=check_in.id, session_id=check_in.session_id, check_in=planned_from(check_in), asked=check_in.actions_done > 0
    )


async def require_no_import(tx: Tx) -> None:
    """409 while a file of sessions comes in: its plans and these would not know of each other. Until the transaction
    ends none begins."""
    if not await share_plans(tx):
        raise errors.conflict(IMPORTING)


async def hold_patient(tx: Tx, patient_id: UUID) -> None:
    """The patient's lock, for whoever changes the clock that the course goes by: taken before any row of theirs."""
    await lock_patient(tx, patient_id)


async def patient_clock_changed(tx: Tx, patient_id: UUID) -> None:
    """Another time zone, other quiet hours: what was not asked yet keeps its day and gets its hour anew."""
    await require_no_import(tx)
    await follow_courses(tx, [clock_of(await patients.get_patient(tx, patient_id))])
