"""A session is recorded, changed, taken back: its check-ins follow."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from server.access.model import Staff
from server.alerts.queries import lock_patient
from server.checkins import queries as checkins
from server.checkins.model import PlannedCheckIn, SessionFacts
from server.checkins.queries import CheckIn
from server.checkins.rules import replan
from server.flow.courses import clock_of, follow_courses, require_no_import
from server.flow.holds import HELD, is_held
from server.flow.home import LACKS, is_watched, lacking, require_start
from server.flow.on_call import goes_by_rota, is_on_call_throughout
from server.flow.paging import calendar_of
from server.flow.pauses import require_asked
from server.flow.planned import last_answers, planned_from, quiet_hours
from server.flow.recording import Entry, facts_of_new, give_way, open_shelf, store_sessions
from server.flow.recount import recount
from server.kit import audit, errors
from server.kit.db import Tx
from server.notifications import queries as outbox
from server.patients import queries as patients
from server.patients.model import Patient
from server.protocols import queries as protocols
from server.protocols.model import ProtocolVersion
from server.sessions import queries
from server.sessions.model import NewSession, Session, SessionChange, SessionText
from server.sessions.rules import risk_errors, time_errors

OUTSIDE_HOURS = "The check-in at {} falls outside your hours. Pages go to the call list."
NOBODY_THEN = "The check-in at {} falls outside your hours, and nobody is on call then. Pages go to everybody."
NO_OWN_PROTOCOL = (
    "There is no protocol of its own for this route: the check-ins are those of any other session at the clinic."
    " Watch the first hours yourselves."
)
TWICE = "This patient has a session that began at that time already. Look at it before you record another."


class Recorded(msgspec.Struct, frozen=True):
    """What came of recording or changing a session. `warnings` are for the person who recorded it."""

    session_id: UUID
    check_ins: list[CheckIn]
    cancelled_late: int
    warnings: list[str]


async def session_recorded(tx: Tx, staff: Staff, patient_id: UUID, new: NewSession) -> Recorded:
    """Pin the protocol version, plan, store every check-in; older follow-ups beyond +24 h give way (decision 8)."""
    if found := time_errors(new.started_at, new.ended_at, new.discharged_at, tx.now) + risk_errors(new.risk):
        raise errors.invalid(*found)
    await require_no_import(tx)
    patient = await patients.get_patient(tx, patient_id)
    await lock_patient(tx, patient_id)
    await _only_once(tx, patient_id, new.started_at)
    await require_asked(tx, patient_id, new.ended_at)
    facts = facts_of_new(new)
    if facts.setting == "home":
        await require_start(tx, patient, new.risk, facts.t0)
    version = (await open_shelf(tx)).version_for(new)
    entry = Entry(
        patient_id=patient_id, age=patient.age, zone=patient.time_zone, quiet=quiet_hours(patient), new=new,
        version=version,
    )  # fmt: skip
    (stored,) = await store_sessions(tx, [entry])
    warnings = await warnings_for(tx, stored.planned, patient, new.route, facts.setting, version)
    check_ins = await checkins.list_of_session(tx, stored.session_id)
    late = sum(c.reason == "recorded_late" for c in check_ins)
    return Recorded(stored.session_id, check_ins, late, warnings)


async def _only_once(tx: Tx, patient_id: UUID, started_at: datetime, itself: UUID | None = None) -> None:
    """A form sent twice plans nothing twice: 409 with the id of the session that is there."""
    same = await queries.find_same(tx, patient_id, started_at)
    if same not in (None, itself):
        raise errors.conflict(TWICE, session_id=str(same))


async def warnings_for(
    tx: Tx, planned: Sequence[PlannedCheckIn | CheckIn], patient: Patient, route: str, setting: str,
    version: ProtocolVersion,
) -> list[str]:  # fmt: skip
    """H12: "recording warns: +1 h, +6 h: nobody on duty"; no phone, a hold (H18), no protocol of its own."""
    calendar = await calendar_of(tx)
    zone = ZoneInfo(calendar.zone)
    uncovered = [p for p in planned if p.questionnaire == "acute@1" and p.state == "planned"
                 and not (calendar.is_open(p.due_at) and calendar.is_open(p.closes_at))]  # fmt: skip
    by_rota = await goes_by_rota(tx)
    found = [
        (NOBODY_THEN if by_rota else OUTSIDE_HOURS).format(f"{p.due_at.astimezone(zone):%H:%M}")
        for p in uncovered
        if not (by_rota and await is_on_call_throughout(tx, p.due_at, p.closes_at))
    ]
    if patient.devices == 0:
        found.append("No phone is linked yet: prompts go by text message. Invite the patient before they leave.")
    if await is_held(tx, patient.id):
        found.append(HELD)
    if setting not in version.settings or route not in version.routes:
        found.append(NO_OWN_PROTOCOL)
    return found


async def session_changed(tx: Tx, session_id: UUID, change: SessionChange) -> Recorded:
    """Edited times or the discharge re-plan only what has not been asked."""
    await require_no_import(tx)
    await lock_patient(tx, (await _get(tx, session_id)).patient_id)
    before = await _get(tx, session_id)
    if before.cancelled_at is not None:
        raise errors.conflict("This session was cancelled. Record a new one.")
    edits = {
        name: value for name in ("dose_mg", "started_at", "ended_at", "discharged_at", "risk")
        if (value := getattr(change, name)) is not msgspec.UNSET
    }  # fmt: skip
    after = msgspec.structs.replace(before, **edits)
    if found := time_errors(after.started_at, after.ended_at, after.discharged_at, tx.now) + risk_errors(after.risk):
        raise errors.invalid(*found)
    await _only_once(tx, before.patient_id, after.started_at, session_id)
    patient = await patients.get_patient(tx, before.patient_id)
    cautions = await _start_again(tx, patient, before, after)
    await queries.update(tx, after)
    await recount(tx, [before.patient_id])
    after = await _get(tx, session_id)
    await _change_text(tx, session_id, change)
    version = await protocols.get_version(tx, after.protocol_key, after.protocol_version)
    await checkins.restore_latest(tx, [before.patient_id])
    stored = [planned_from(c) for c in await checkins.list_of_session(tx, session_id)]
    answered = await last_answers(tx, [(patient.id, version)])
    changed = replan(
        stored, facts_of(after), version, patient.time_zone, quiet_hours(patient), tx.now, answered.get(patient.id)
    )  # fmt: skip
    await checkins.insert_many(tx, before.patient_id, session_id, changed)
    await checkins.reschedule(tx, session_id, changed)
    await give_way(tx, [before.patient_id], version)
    await follow_courses(tx, [clock_of(patient)])
    await audit.record(
        tx, "session.changed", "session", session_id, patient_id=before.patient_id, detail={"fields": _names(change)}
    )
    late = sum(p.reason == "recorded_late" for p in changed)
    planned = await checkins.list_of_session(tx, session_id)
    cautions += await warnings_for(tx, planned, patient, after.route, after.setting, version)
    return Recorded(session_id, planned, late, cautions)


async def _start_again(tx: Tx, patient: Patient, before: Session, after: Session) -> list[str]:
    """A dose at home that the edit begins later needs what any start needs: else its start could be recorded in the
    past and moved. What is learnt about one that has begun is never refused: it is warned of."""
    was, now = facts_of(before), facts_of(after)
    if not is_watched(now, tx.now):
        return []
    if now.t0 > was.t0:
        await require_start(tx, patient, after.risk, now.t0)
        return []
    return [LACKS[name] for name in await lacking(tx, patient, after.risk, now.t0)]


async def _change_text(tx: Tx, session_id: UUID, change: SessionChange) -> None:
    if change.staying_with is msgspec.UNSET and change.note is msgspec.UNSET:
        return
    text = await queries.get_text(tx, session_id)
    staying = text.staying_with if change.staying_with is msgspec.UNSET else change.staying_with
    note = text.note if change.note is msgspec.UNSET else change.note
    await queries.update_text(tx, session_id, SessionText(staying, note))


def _names(change: SessionChange) -> list[str]:
    return [name for name in change.__struct_fields__ if getattr(change, name) is not msgspec.UNSET]


async def session_cancelled(tx: Tx, session_id: UUID, reason: str) -> None:
    """Recorded by mistake: what is planned or open is cancelled, unsent prompts with it; what gave way to it
    is asked again. Answers and alerts stay."""
    session = await _get(tx, session_id)
    await require_no_import(tx)
    await lock_patient(tx, session.patient_id)
    if not await queries.cancel(tx, session_id, reason):
        raise errors.conflict("This session is cancelled already.")
    await checkins.restore_latest(tx, [session.patient_id])
    await recount(tx, [session.patient_id])
    await follow_courses(tx, [clock_of(await patients.get_patient(tx, session.patient_id))])
    cancelled = await checkins.cancel_of_session(tx, session_id, "session_cancelled")
    await outbox.cancel_for_check_ins(tx, cancelled)
    await audit.record(tx, "session.cancelled", "session", session_id, patient_id=session.patient_id)


async def _get(tx: Tx, session_id: UUID) -> Session:
    session = await queries.find(tx, session_id)
    if session is None:
        raise errors.not_found()
    return session


def facts_of(session: Session) -> SessionFacts:
    """The session as planner and rules see it."""
    return SessionFacts(
        drug=session.drug, route=session.route, setting=session.setting, ended_at=session.ended_at,
        discharged_at=session.discharged_at, started_at=session.started_at, risk=tuple(session.risk_reasons),
        indication=session.indication, number=session.number, phase=session.phase,
    )  # fmt: skip


def hours_since(session: Session, at: datetime) -> float:
    """Hours since the session's T0."""
    return hours_between(facts_of(session).t0, at)


def hours_between(earlier: datetime, later: datetime) -> float:
    """Hours from one instant to another."""
    return (later - earlier) / timedelta(hours=1)
