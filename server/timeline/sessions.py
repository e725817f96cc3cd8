"""A session as staff see it, with its check-ins."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from server.checkins import queries as checkins
from server.checkins.queries import CheckIn
from server.kit import errors
from server.kit.db import Tx
from server.protocols.model import Phase
from server.sessions import queries


class CheckInBrief(msgspec.Struct, frozen=True):
    """A planned check-in; `reason` says why it is cancelled or extra, `asked_of` who answers: patient or companion."""

    id: UUID
    key: str
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    state: str
    reason: str | None = None
    asked_of: str = "patient"


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
    phase: Phase
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


def brief(check_in: CheckIn) -> CheckInBrief:
    return CheckInBrief(
        check_in.id,
        check_in.key,
        check_in.opens_at,
        check_in.due_at,
        check_in.closes_at,
        check_in.state,
        check_in.reason,
        check_in.asked_of,
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
        indication=session.indication, number=session.number, phase=session.phase,
        started_at=session.started_at, ended_at=session.ended_at,
        discharged_at=session.discharged_at, risk=session.risk, risk_reasons=session.risk_reasons,
        staying_with=text.staying_with, note=text.note, cancelled_at=session.cancelled_at,
        check_ins=[brief(c) for c in await checkins.list_of_session(tx, session_id)], warnings=warnings,
    )  # fmt: skip
