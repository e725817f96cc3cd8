"""A visit as staff see it: every step, what speaks against starting, why silence afterwards would worry."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from server.access import queries as access
from server.checkins.model import RiskFacts
from server.checkins.risk import NOTED, RISKS, risk_flag, risk_reasons
from server.flow.visit_start import CLINICIANS, cover_now, holds_now
from server.kit.db import Tx
from server.patients import queries as patients
from server.patients.model import Patient
from server.sessions import queries as sessions
from server.sessions.rules import place_in_course
from server.visits import step_queries
from server.visits.model import Details, Kind, Step, Visit
from server.visits.risks import risks_of
from server.visits.standing import standing


class StepShown(Details, frozen=True, kw_only=True, omit_defaults=True):
    """A step with who wrote it down; `by_patient`: on their own phone. `stands` False: something took its place, or it
    was struck out."""

    id: UUID
    kind: Kind
    at: datetime
    recorded_at: datetime
    recorded_by: str
    stands: bool
    corrects: UUID | None = None
    struck: bool = False
    by_patient: bool = False


class Reason(msgspec.Struct, frozen=True):
    """A hold or a risk, in words. `flags`: alone, it makes silence after the session a reason to worry."""

    id: str
    text: str
    flags: bool = True


class VisitShown(msgspec.Struct, frozen=True, kw_only=True):
    """`holds` speak against starting now, `may_override` says who may start all the same. `risk_flag` and its reasons
    are what holds if the patient left now. `warnings`: cover and what else recording warns of."""

    id: UUID
    patient_id: UUID
    drug: str
    route: str
    setting: str
    dose_mg: float
    indication: str
    session_id: UUID | None
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    steps: list[StepShown]
    holds: list[Reason]
    may_override: list[str]
    risk_flag: bool
    risk: list[Reason]
    warnings: list[str]


async def shown(tx: Tx, visit: Visit, language: str, warnings: Sequence[str] | None = None) -> VisitShown:
    """`warnings` of what has just been recorded, else what recording now would warn of."""
    names = {colleague.id: colleague.name for colleague in await access.list_staff(tx)}
    patient = await patients.get_patient(tx, visit.patient_id)
    steps = await step_queries.list_steps(tx, visit.id)
    hold = standing(steps)
    risk = await _risk(tx, visit, patient, hold)
    return VisitShown(
        id=visit.id, patient_id=visit.patient_id, drug=visit.drug, route=visit.route, setting=visit.setting,
        dose_mg=visit.dose_mg, indication=visit.indication, session_id=visit.session_id, opened_at=visit.opened_at,
        opened_by=names.get(visit.opened_by, ""), closed_at=visit.closed_at,
        steps=[_step(step, names, step in hold) for step in steps],
        holds=[Reason(h.id, h.words(language)) for h in await holds_now(tx, visit, patient, hold)],
        may_override=list(CLINICIANS), risk_flag=risk_flag(risk), risk=[risk_reason(key, language) for key in risk],
        warnings=list(warnings) if warnings else await cover_now(tx, visit, patient),
    )  # fmt: skip


def _step(step: Step, names: dict[UUID, str], stands: bool) -> StepShown:
    return StepShown(
        id=step.id, kind=step.kind, at=step.at, recorded_at=step.recorded_at, corrects=step.corrects,
        recorded_by="" if step.recorded_by is None else names.get(step.recorded_by, ""), stands=stands,
        struck=step.struck, by_patient=step.recorded_by is None,
        **msgspec.structs.asdict(step.details),
    )  # fmt: skip


def risk_reason(key: str, language: str) -> Reason:
    """A reason in words; one of the clinic's own is shown as it was written."""
    text = RISKS.get(key) or NOTED.get(key)
    words = text.get(language, text["en"]) if text else key.replace("_", " ")
    return Reason(key, words, key not in NOTED)


async def _risk(tx: Tx, visit: Visit, patient: Patient, steps: Sequence[Step]) -> tuple[str, ...]:
    """The session's own reasons once it is recorded; before, those that it would have."""
    if visit.session_id is not None and (session := await sessions.find(tx, visit.session_id)) is not None:
        return tuple(session.risk_reasons)
    course = (await sessions.list_courses(tx, [patient.id])).get(patient.id, [])
    number, last_dose, badly = place_in_course(course, tx.now)
    facts = RiskFacts(
        setting=visit.setting, number=number + 1, dose_mg=visit.dose_mg, last_dose_mg=last_dose,
        last_badly_tolerated=badly, age=patient.age, ticked=risks_of(steps),
    )  # fmt: skip
    return risk_reasons(facts)
