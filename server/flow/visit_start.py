"""What speaks against starting, and who may start all the same."""

from collections.abc import Sequence

from server.access.model import Role, Staff
from server.checkins.rules import plan
from server.flow.holds import is_held
from server.flow.paging import calendar_of
from server.flow.planned import quiet_hours
from server.flow.recording import facts_of_new, open_shelf
from server.flow.sessions import warnings_for
from server.flow.visit_session import draft_of
from server.kit import audit, errors
from server.kit.db import Tx
from server.patients import queries as patients
from server.patients.model import Patient
from server.visits.holds import Hold, HoldFacts, holds
from server.visits.model import NewStep, Step, Visit
from server.visits.standing import find

HELD_BACK = "Something speaks against starting now."
ONLY_CLINICIAN = "Only a clinician can start all the same. Call one."
CLINICIANS: tuple[Role, ...] = ("admin", "clinician")


async def require_start(tx: Tx, staff: Staff, visit: Visit, steps: Sequence[Step], new: NewStep) -> list[str]:
    """409 with the reasons, unless a clinician starts all the same and says why: then those that were overridden."""
    against = await holds_now(tx, visit, await patients.get_patient(tx, visit.patient_id), steps)
    override = new.start.override if new.start is not None else None
    if not against:
        return []
    if override is None or staff.role not in CLINICIANS:
        reasons = [{"id": hold.id, "text": hold.words(staff.language)} for hold in against]
        raise errors.conflict(HELD_BACK if override is None else ONLY_CLINICIAN, reasons=reasons)
    await audit.record(tx, "visit.hold_overridden", "visit", visit.id, patient_id=visit.patient_id)
    return [hold.id for hold in against]


async def holds_now(tx: Tx, visit: Visit, patient: Patient, steps: Sequence[Step]) -> tuple[Hold, ...]:
    """What speaks against starting; nothing once the dose has begun. `steps` are those that stand."""
    if find(steps, "start") is not None or visit.closed_at is not None:
        return ()
    facts = HoldFacts(
        setting=visit.setting, age=patient.age, steps=steps, held=await is_held(tx, patient.id),
        zone=(await calendar_of(tx)).zone, now=tx.now,
    )  # fmt: skip
    return holds(facts)


async def cover_now(tx: Tx, visit: Visit, patient: Patient) -> list[str]:
    """What recording would warn of (H12) if the dose ended now: said while it can still be put off."""
    if visit.session_id is not None or visit.closed_at is not None:
        return []
    draft = draft_of(visit, tx.now)
    version = (await open_shelf(tx)).version_for(draft)
    planned = plan(facts_of_new(draft), version, patient.time_zone, quiet_hours(patient), tx.now)
    return await warnings_for(tx, planned, patient, visit.route, visit.setting, version)
