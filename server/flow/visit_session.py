"""A visit becomes a treatment session once the dose has been given; what is corrected later is edited there."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.access.model import Staff
from server.flow.recount import recount
from server.flow.sessions import session_changed, session_recorded
from server.kit.db import Tx
from server.sessions import queries as sessions
from server.sessions.model import NewSession, SessionChange
from server.visits import queries
from server.visits.model import NewVisit, Visit
from server.visits.rules import SessionOf


def draft_of(new: NewVisit | Visit, at: datetime) -> NewSession:
    """The session that it would be if it began and ended at `at`."""
    return NewSession(
        drug=new.drug, route=new.route, dose_mg=new.dose_mg, indication=new.indication, setting=new.setting,
        other_indications=new.other_indications, started_at=at, ended_at=at,
    )  # fmt: skip


async def session_follows(
    tx: Tx, staff: Staff, visit: Visit, before: SessionOf | None, after: SessionOf | None
) -> list[str]:
    """What the step means for the session. Only what the step itself changed: who edited the session by hand since then
    is not overruled."""
    if after is None or after == before:
        return []
    if visit.session_id is None:
        new = msgspec.structs.replace(
            draft_of(visit, after.started_at), ended_at=after.ended_at, discharged_at=after.discharged_at,
            dose_mg=after.dose_mg, staying_with=after.staying_with, risk=list(after.risk),
        )  # fmt: skip
        done = await session_recorded(tx, staff, visit.patient_id, new)
        session_id, warnings = done.session_id, done.warnings
        await queries.set_session(tx, visit.id, session_id)
    elif before is not None:
        session_id, warnings = visit.session_id, await _change(tx, visit.session_id, before, after)
    was = (False, None) if before is None else (before.badly_tolerated, before.baseline_mood)
    if (after.badly_tolerated, after.baseline_mood) != was:
        await sessions.set_observed(tx, session_id, after.badly_tolerated, after.baseline_mood)
        await recount(tx, [visit.patient_id])
    return warnings


async def _change(tx: Tx, session_id: UUID, before: SessionOf, after: SessionOf) -> list[str]:
    fields = ("started_at", "ended_at", "discharged_at", "dose_mg", "staying_with")
    edits = {name: new for name in fields if (new := getattr(after, name)) != getattr(before, name)}
    if before.risk != after.risk:
        stored = await sessions.find(tx, session_id)
        gone = set(before.risk) - set(after.risk)
        kept = [risk for risk in (stored.risk if stored else []) if risk not in gone]
        edits["risk"] = list(dict.fromkeys([*kept, *after.risk]))
    if not edits:
        return []
    return (await session_changed(tx, session_id, SessionChange(**edits))).warnings
