"""A visit is opened, its steps are recorded and corrected; once the dose has been given it is a session like others."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from server.access.model import Staff
from server.alerts.queries import lock_patient
from server.checkins import visit_queries as visit_forms
from server.flow.before import offer_form
from server.flow.courses import require_no_import
from server.flow.pauses import require_asked
from server.flow.recording import facts_of_new, open_shelf
from server.flow.visit_session import draft_of, session_follows
from server.flow.visit_start import require_start
from server.kit import audit, errors
from server.kit.db import Tx
from server.patients import queries as patients
from server.sessions.rules import risk_errors
from server.visits import queries, step_queries
from server.visits.checks import step_errors
from server.visits.model import NewStep, NewVisit, Step, Visit
from server.visits.rules import order_errors, refusal, session_of
from server.visits.standing import standing

GOING_ON = "This patient is in another visit. Go on with that one, or end it first."
ANOTHER_STEP = "There is another step with this id. Nothing was saved: record it again."


class Visited(msgspec.Struct, frozen=True):
    """What a step came to. `warnings` are about the session that it made or changed."""

    visit: Visit
    warnings: list[str]
    new: bool


async def visit_opened(tx: Tx, patient_id: UUID, new: NewVisit) -> Visited:
    """A draft. What would refuse the session, an unsigned protocol or a pause, refuses before anybody is treated."""
    patient = await patients.get_patient(tx, patient_id)
    await lock_patient(tx, patient_id)
    if (there := await queries.find(tx, new.id)) is not None:
        if there.patient_id != patient_id:
            raise errors.conflict(GOING_ON)
        return Visited(there, [], False)
    others = [v for v in await queries.list_of_patient(tx, patient_id) if v.closed_at is None]
    if others:
        raise errors.conflict(GOING_ON, visit_id=str(others[0].id))
    await require_asked(tx, patient_id, tx.now)
    draft = draft_of(new, tx.now)
    version = (await open_shelf(tx)).version_for(draft)
    await queries.insert(tx, patient.id, new, facts_of_new(draft).setting)
    await offer_form(tx, patient.id, new.id, version)
    await audit.record(tx, "visit.opened", "visit", new.id, patient_id=patient_id)
    return Visited(await get(tx, new.id), [], True)


async def step_recorded(tx: Tx, staff: Staff, visit_id: UUID, step_id: UUID, new: NewStep) -> Visited:
    """One step, once by its id; a correction takes the place of an earlier one, which stays readable. The step that
    ends the dose makes the session and plans its check-ins, once; what a later one changes is edited there."""
    await require_no_import(tx)
    visit = await get(tx, visit_id)
    await lock_patient(tx, visit.patient_id)
    visit, steps = await get(tx, visit_id), await step_queries.list_steps(tx, visit_id)
    if await _is_repeat(tx, steps, step_id, new):
        return Visited(visit, [], False)
    if found := _errors(visit, new, tx.now):
        raise errors.invalid(*found)
    if (reason := refusal(visit, steps, new)) is not None:
        raise errors.conflict(reason)
    after = standing([*steps, _as_step(new, step_id, tx.now, staff.id)])
    if wrong := order_errors(after):
        raise errors.invalid(*wrong)
    details = new.details
    if new.kind == "start" and new.corrects is None:
        overridden = await require_start(tx, staff, visit, standing(steps), new)
        details = msgspec.structs.replace(details, overridden=overridden or None)
    await step_queries.insert_step(tx, visit, step_id, new, details)
    action = "visit.step_struck" if new.struck else "visit.step_corrected" if new.corrects else "visit.step_recorded"
    await audit.record(tx, action, "visit_step", step_id, patient_id=visit.patient_id, detail={"step": new.kind})
    warnings = await session_follows(tx, staff, visit, session_of(visit, standing(steps)), session_of(visit, after))
    if new.kind in ("pre_form", "start", "stopped"):
        await visit_forms.not_needed(tx, visit_id)
    if new.kind in ("discharge", "stopped") or (new.kind == "start" and visit.setting == "home"):
        await queries.close(tx, visit_id)
    return Visited(await get(tx, visit_id), warnings, True)


async def _is_repeat(tx: Tx, steps: Sequence[Step], step_id: UUID, new: NewStep) -> bool:
    """Whether the same was recorded already; 409 when the id stands for anything else."""
    same = next((s for s in steps if s.id == step_id), None)
    if same is None:
        if await step_queries.is_taken(tx, step_id):
            raise errors.conflict(ANOTHER_STEP)
        return False
    details = msgspec.structs.replace(same.details, overridden=None)
    if (same.kind, same.at, same.corrects, same.struck, details) != (
        new.kind, new.at, new.corrects, new.struck, new.details,
    ):  # fmt: skip
        raise errors.conflict(ANOTHER_STEP)
    return True


def _errors(visit: Visit, new: NewStep, now: datetime) -> list[tuple[str, str]]:
    found = step_errors(visit, new, now)
    if new.discharge is not None:
        found += [(f"discharge.{field}", message) for field, message in risk_errors(new.discharge.risk)]
    return found


def _as_step(new: NewStep, step_id: UUID, now: datetime, staff_id: UUID) -> Step:
    return Step(
        id=step_id, kind=new.kind, at=new.at, details=new.details, recorded_at=now, recorded_by=staff_id,
        corrects=new.corrects, struck=new.struck,
    )  # fmt: skip


async def visits_of(tx: Tx, patient_id: UUID) -> list[Visit]:
    """Newest first; 404 when the patient is foreign or unknown."""
    await patients.require_patient(tx, patient_id)
    return await queries.list_of_patient(tx, patient_id)


async def get(tx: Tx, visit_id: UUID) -> Visit:
    """404 when foreign or unknown."""
    visit = await queries.find(tx, visit_id)
    if visit is None:
        raise errors.not_found()
    return visit
