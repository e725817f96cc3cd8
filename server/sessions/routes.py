"""Record a session, look at it, correct it, take it back."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, patch, post
from litestar.handlers.base import BaseRouteHandler
from msgspec import Meta

from server.access.guards import staff_only
from server.access.model import CARE, EVERYBODY, Staff
from server.checkins.risk import NOTED, RISKS
from server.flow.holds import is_held
from server.flow.home import home_dose_lacks
from server.flow.sessions import session_cancelled, session_changed, session_recorded
from server.kit import audit
from server.kit.db import Database
from server.sessions.model import Missing, NewSession, SessionChange
from server.timeline.sessions import CheckInBrief, SessionShown, brief, shown


class SessionRecorded(msgspec.Struct, frozen=True):
    """What follows from a session. `cancelled_late`: check-ins whose window was over before it was recorded."""

    id: UUID
    check_ins: list[CheckInBrief]
    cancelled_late: int
    warnings: list[str]


class Cancellation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a session is taken back."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class HomeDose(msgspec.Struct, frozen=True):
    """What a dose at home still lacks before it can be recorded; nothing: it can. `held`: an answer says to hold the
    next dose; it can be recorded all the same, once it has been taken."""

    missing: list[Missing]
    held: bool


class Risk(msgspec.Struct, frozen=True):
    """A fact to tick. `flags`: alone, it makes silence after the session a reason to worry."""

    id: str
    text: dict[str, str]
    flags: bool


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


@get("/api/patients/{patient_id:uuid}/home-dose", guards=[staff_only(*EVERYBODY)])
async def home_dose(patient_id: UUID, staff: Staff, db: Database) -> HomeDose:
    """For a dose taken now."""
    async with db.begin(staff.actor) as tx:
        missing = await home_dose_lacks(tx, patient_id)
        held = await is_held(tx, patient_id)
        await audit.record(tx, "home_dose.read", "patient", patient_id, patient_id=patient_id)
    return HomeDose(list(missing), held)


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


HANDLERS: list[BaseRouteHandler] = [list_risks, home_dose, record_session, get_session, change_session, cancel_session]
