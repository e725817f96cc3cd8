"""Record a session, look at it, correct it, take it back."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import get, patch, post
from litestar.handlers.base import BaseRouteHandler

from server.access.guards import staff_only
from server.access.model import CARE, EVERYBODY, Staff
from server.checkins import queries as checkins
from server.checkins.queries import CheckIn
from server.checkins.risk import NOTED, RISKS
from server.flow.sessions import session_cancelled, session_changed, session_recorded
from server.kit import audit, errors
from server.kit.db import Database, Tx
from server.sessions import queries
from server.sessions.model import Cancellation, NewSession, SessionChange


class CheckInBrief(msgspec.Struct, frozen=True):
    """A planned check-in; `reason` says why it is cancelled or extra."""

    id: UUID
    key: str
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    state: str
    reason: str | None = None


class SessionRecorded(msgspec.Struct, frozen=True):
    """What follows from a session. `cancelled_late`: check-ins whose window was over before it was recorded."""

    id: UUID
    check_ins: list[CheckInBrief]
    cancelled_late: int
    warnings: list[str]


class SessionShown(msgspec.Struct, frozen=True, kw_only=True):
    """A session with its check-ins and free text."""

    id: UUID
    patient_id: UUID
    protocol: dict[str, Any]
    drug: str
    route: str
    setting: str
    dose_mg: float
    indication: str
    number: int
    started_at: datetime
    ended_at: datetime
    discharged_at: datetime | None
    risk: list[str]
    risk_reasons: list[str]
    staying_with: str | None
    note: str | None
    cancelled_at: datetime | None
    check_ins: list[CheckInBrief]
    warnings: list[str] = []


class Risk(msgspec.Struct, frozen=True):
    """A fact to tick. `flags`: alone, it makes silence after the session a reason to worry."""

    id: str
    text: dict[str, str]
    flags: bool


def brief(check_in: CheckIn) -> CheckInBrief:
    return CheckInBrief(
        check_in.id,
        check_in.key,
        check_in.opens_at,
        check_in.due_at,
        check_in.closes_at,
        check_in.state,
        check_in.reason,
    )


async def shown(tx: Tx, session_id: UUID, warnings: list[str]) -> SessionShown:
    """The session as staff see it; 404 when foreign or unknown."""
    session = await queries.find(tx, session_id)
    if session is None:
        raise errors.not_found()
    text = await queries.get_text(tx, session_id)
    return SessionShown(
        id=session.id, patient_id=session.patient_id, drug=session.drug, route=session.route, setting=session.setting,
        protocol={"key": session.protocol_key, "version": session.protocol_version}, dose_mg=session.dose_mg,
        indication=session.indication, number=session.number, started_at=session.started_at, ended_at=session.ended_at,
        discharged_at=session.discharged_at, risk=session.risk, risk_reasons=session.risk_reasons,
        staying_with=text.staying_with, note=text.note, cancelled_at=session.cancelled_at,
        check_ins=[brief(c) for c in await checkins.list_of_session(tx, session_id)], warnings=warnings,
    )  # fmt: skip


@get("/api/sessions/risks", guards=[staff_only(*EVERYBODY)], sync_to_thread=False)
def list_risks() -> dict[str, list[Risk]]:
    """What can be ticked when recording a session; age, home dose, raised dose and first sessions are derived."""
    derived = ("home_dose", "early_session", "dose_raised", "age_65")
    items = [Risk(key, text, True) for key, text in RISKS.items() if key not in derived]
    return {"items": items + [Risk(key, text, False) for key, text in NOTED.items()]}


@post("/api/patients/{patient_id:uuid}/sessions", guards=[staff_only(*CARE)])
async def record_session(patient_id: UUID, data: NewSession, staff: Staff, db: Database) -> SessionRecorded:
    """Every expected check-in exists when this answers 201."""
    async with db.begin(staff.actor) as tx:
        done = await session_recorded(tx, staff, patient_id, data)
    return SessionRecorded(done.session_id, [brief(c) for c in done.check_ins], done.cancelled_late, done.warnings)


@get("/api/sessions/{session_id:uuid}", guards=[staff_only(*EVERYBODY)])
async def get_session(session_id: UUID, staff: Staff, db: Database) -> SessionShown:
    async with db.begin(staff.actor) as tx:
        session = await shown(tx, session_id, [])
        await audit.record(tx, "session.read", "session", session_id, patient_id=session.patient_id)
    return session


@patch("/api/sessions/{session_id:uuid}", guards=[staff_only(*CARE)])
async def change_session(session_id: UUID, data: SessionChange, staff: Staff, db: Database) -> SessionShown:
    """Only what has not been asked moves."""
    async with db.begin(staff.actor) as tx:
        done = await session_changed(tx, session_id, data)
        return await shown(tx, session_id, done.warnings)


@post("/api/sessions/{session_id:uuid}/cancel", guards=[staff_only(*CARE)], status_code=200)
async def cancel_session(session_id: UUID, data: Cancellation, staff: Staff, db: Database) -> SessionShown:
    async with db.begin(staff.actor) as tx:
        await session_cancelled(tx, session_id, data.reason)
        return await shown(tx, session_id, [])


HANDLERS: list[BaseRouteHandler] = [list_risks, record_session, get_session, change_session, cancel_session]
