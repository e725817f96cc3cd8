"""SQL of treatment sessions. The engine may read everything here but the free text."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.kit.ids import uuid7
from server.sessions.model import NewSession, Session, SessionText

COLUMNS = """
select s.id, s.patient_id, s.protocol_key, s.protocol_version, s.drug, s.route, s.setting, s.dose_mg::float8 as dose_mg, s.indication,
       s.number, s.started_at, s.ended_at, s.discharged_at, s.risk, s.risk_reasons, s.cancelled_at
from treatment_sessions s
"""

GET = COLUMNS + " where s.clinic_id = $1 and s.id = $2"

FIND_LATEST = COLUMNS + (
    " where s.clinic_id = $1 and s.patient_id = $2 and s.cancelled_at is null and s.ended_at <= $3 order by s.ended_at desc limit 1"
)

FIND_PREVIOUS = COLUMNS + (
    " where s.clinic_id = $1 and s.patient_id = $2 and s.cancelled_at is null and s.ended_at < $3 and s.id <> $4"
    " order by s.ended_at desc limit 1"
)

FIND_SAME = "select id from treatment_sessions where clinic_id = $1 and patient_id = $2 and started_at = $3 and cancelled_at is null"

LIST_OF_PATIENT = COLUMNS + " where s.clinic_id = $1 and s.patient_id = $2 order by s.ended_at desc limit 500"

GET_TEXT = "select staying_with_enc, note_enc from treatment_sessions where clinic_id = $1 and id = $2"

COUNT_BEFORE = """
select count(*) as sessions, (array_agg(dose_mg::float8 order by ended_at desc))[1] as last_dose_mg
from treatment_sessions where clinic_id = $1 and patient_id = $2 and cancelled_at is null and ended_at < $3 and id is distinct from $4
"""

INSERT = """
insert into treatment_sessions (clinic_id, id, patient_id, protocol_key, protocol_version, drug, route, setting, dose_mg, indication,
    other_indications, number, started_at, ended_at, discharged_at, risk, risk_reasons, staying_with_enc, note_enc, recorded_at, recorded_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9::float8, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
"""

UPDATE = """
update treatment_sessions set dose_mg = $3::float8, started_at = $4, ended_at = $5, discharged_at = $6, risk = $7, risk_reasons = $8,
    number = $9
where clinic_id = $1 and id = $2
"""

UPDATE_TEXT = "update treatment_sessions set staying_with_enc = $3, note_enc = $4 where clinic_id = $1 and id = $2"

CANCEL = """
update treatment_sessions set cancelled_at = $3, cancel_reason_enc = $4 where clinic_id = $1 and id = $2 and cancelled_at is null
"""


async def find(tx: Tx, session_id: UUID) -> Session | None:
    row = await tx.one(GET, tx.clinic_id, session_id)
    return None if row is None else msgspec.convert(dict(row), Session)


async def find_latest(tx: Tx, patient_id: UUID) -> Session | None:
    """The patient's latest session that was not cancelled: the episode an unprompted report belongs to."""
    row = await tx.one(FIND_LATEST, tx.clinic_id, patient_id, tx.now)
    return None if row is None else msgspec.convert(dict(row), Session)


async def find_previous(tx: Tx, session: Session) -> Session | None:
    """The patient's session before this one."""
    row = await tx.one(FIND_PREVIOUS, tx.clinic_id, session.patient_id, session.ended_at, session.id)
    return None if row is None else msgspec.convert(dict(row), Session)


async def find_same(tx: Tx, patient_id: UUID, started_at: datetime) -> UUID | None:
    """The patient's session that started at this instant and was not cancelled."""
    row = await tx.one(FIND_SAME, tx.clinic_id, patient_id, started_at)
    found: UUID | None = None if row is None else row["id"]
    return found


async def list_of_patient(tx: Tx, patient_id: UUID) -> list[Session]:
    return [msgspec.convert(dict(r), Session) for r in await tx.all(LIST_OF_PATIENT, tx.clinic_id, patient_id)]


async def get_text(tx: Tx, session_id: UUID) -> SessionText:
    row = await tx.one(GET_TEXT, tx.clinic_id, session_id)
    if row is None:
        return SessionText(None, None)
    staying = tx.cipher.open_if("treatment_sessions.staying_with", session_id, row["staying_with_enc"])
    return SessionText(staying, tx.cipher.open_if("treatment_sessions.note", session_id, row["note_enc"]))


async def count_before(
    tx: Tx, patient_id: UUID, ended_at: datetime, itself: UUID | None = None
) -> tuple[int, float | None]:
    """(other sessions that ended earlier, dose of the latest of them in mg)."""
    row = await tx.one(COUNT_BEFORE, tx.clinic_id, patient_id, ended_at, itself)
    return (0, None) if row is None else (row["sessions"], row["last_dose_mg"])


async def insert(
    tx: Tx,
    patient_id: UUID,
    new: NewSession,
    *,
    setting: str,
    protocol: tuple[str, int],
    number: int,
    risk_reasons: list[str],
) -> UUID:
    """Store a session under the protocol version it is pinned to; its id."""
    session_id = uuid7()
    staying = tx.cipher.seal_if("treatment_sessions.staying_with", session_id, new.staying_with)
    note = tx.cipher.seal_if("treatment_sessions.note", session_id, new.note)
    await tx.run(
        INSERT, tx.clinic_id, session_id, patient_id, *protocol, new.drug, new.route, setting, new.dose_mg, new.indication,
        new.other_indications, number, new.started_at, new.ended_at, new.discharged_at, new.risk, risk_reasons, staying, note,
        tx.now, tx.actor.id,
    )  # fmt: skip
    return session_id


async def update(tx: Tx, session: Session) -> None:
    await tx.run(
        UPDATE, tx.clinic_id, session.id, session.dose_mg, session.started_at, session.ended_at, session.discharged_at,
        session.risk, session.risk_reasons, session.number,
    )  # fmt: skip


async def update_text(tx: Tx, session_id: UUID, text: SessionText) -> None:
    staying = tx.cipher.seal_if("treatment_sessions.staying_with", session_id, text.staying_with)
    note = tx.cipher.seal_if("treatment_sessions.note", session_id, text.note)
    await tx.run(UPDATE_TEXT, tx.clinic_id, session_id, staying, note)


async def cancel(tx: Tx, session_id: UUID, reason: str) -> bool:
    """Take a session back; False when it is cancelled already."""
    sealed = tx.cipher.seal("treatment_sessions.cancel_reason", session_id, reason)
    return await tx.run(CANCEL, tx.clinic_id, session_id, tx.now, sealed) == 1
