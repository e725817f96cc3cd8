"""A session's number and its reasons to worry depend on the sessions before it: one that is recorded late, corrected or
taken back changes them for those that follow."""

from bisect import insort
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import msgspec

from server.checkins.model import RiskFacts
from server.checkins.risk import OLDER_AGE, risk_reasons
from server.kit import audit
from server.kit.db import Tx
from server.sessions import queries
from server.sessions.model import Session
from server.sessions.rules import Given, phase_of, place_in_course


async def recount(tx: Tx, patient_ids: Sequence[UUID]) -> None:
    """Number the sessions of these patients again and derive what makes silence after each worrying; a repeat changes
    nothing. The patients' locks are the caller's."""
    courses: dict[UUID, list[Given]] = defaultdict(list)
    sessions = await queries.list_standing(tx, patient_ids)
    for session in sessions:
        insort(courses[session.patient_id], (session.ended_at, session.dose_mg, session.badly_tolerated))
    changed = [after for s in sessions if (after := _counted(s, courses[s.patient_id])) != s]
    if changed:
        await queries.renumber(tx, changed)
        await audit.record_many(tx, "session.recounted", "session", [(s.id, s.patient_id) for s in changed])


def _counted(session: Session, course: Sequence[Given]) -> Session:
    """The session counted among its patient's, which are sorted. The patient was as old as when it was
    recorded."""
    earlier, last_dose, badly = place_in_course(course, session.ended_at)
    facts = RiskFacts(
        setting=session.setting, number=earlier + 1, dose_mg=session.dose_mg, last_dose_mg=last_dose,
        last_badly_tolerated=badly, age=OLDER_AGE if "age_65" in session.risk_reasons else None,
        ticked=tuple(session.risk),
    )  # fmt: skip
    return msgspec.structs.replace(
        session, number=earlier + 1, risk_reasons=list(risk_reasons(facts)),
        phase=session.phase_given or phase_of(course, session.ended_at),
    )  # fmt: skip
