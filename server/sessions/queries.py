"""SQL of treatment sessions. The engine may read everything here but the free text."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.protocols.model import Phase
from server.sessions.model import NewSession, Session, SessionText
from server.sessions.rules import Given

COLUMNS = """
select s.id, s.patient_id, s.protocol_key, s.protocol_version, s.drug, s.route, s.setting, s.dose_mg::float8 as dose_mg, s.indication,
       s.number, s.phase, s.phase_given, s.started_at, s.ended_at, s.discharged_at, s.risk, s.risk_reasons, s.cancelled_at, s.badly_tolerated,
       s.baseline_mood
from treatment_sessions s
"""

GET = COLUMNS + " where s.clinic_id = $1 and s.id = $2"

LIST_PROTOCOLS = """
select id, protocol_key, protocol_version from treatment_sessions where clinic_id = $1 and id = any($2::uuid[])
"""

FIND_LATEST = COLUMNS + (
    " where s.clinic_id = $1 and s.patient_id = $2 and s.cancelled_at is null and s.ended_at <= $3"
    " order by s.ended_at desc limit 1"
)

FIND_SAME = "select id from treatment_sessions where clinic_id = $1 and patient_id = $2 and started_at = $3 and cancelled_at is null"

LIST_OF_PATIENT = COLUMNS + " where s.clinic_id = $1 and s.patient_id = $2 order by s.ended_at desc limit 500"

GET_TEXT = "select staying_with_enc, note_enc from treatment_sessions where clinic_id = $1 and id = $2"

LIST_COURSES = """
select patient_id, ended_at, dose_mg::float8 as dose_mg, badly_tolerated from treatment_sessions
where clinic_id = $1 and patient_id = any($2::uuid[]) and cancelled_at is null
order by patient_id, ended_at, dose_mg, badly_tolerated
"""

LIST_STANDING = COLUMNS + (" where s.clinic_id = $1 and s.patient_id = any($2::uuid[]) and s.cancelled_at is null")

RENUMBER = """
update treatment_sessions s set number = u.number, risk_reasons = string_to_array(u.risk_reasons, ','), phase = u.phase
from unnest($2::uuid[], $3::int[], $4::text[], $5::text[]) as u (id, number, risk_reasons, phase) where s.clinic_id = $1 and s.id = u.id
"""

LIST_TIMES = """
select patient_id, started_at, ended_at from treatment_sessions
where clinic_id = $1 and patient_id = any($2::uuid[]) and cancelled_at is null
"""

INSERT_MANY = """
insert into treatment_sessions (clinic_id, id, patient_id, protocol_key, protocol_version, drug, route, setting, dose_mg, indication,
    other_indications, number, started_at, ended_at, discharged_at, risk, risk_reasons, staying_with_enc, note_enc, recorded_at, recorded_by, phase, phase_given)
select $1, u.id, u.patient_id, u.protocol_key, u.protocol_version, u.drug, u.route, u.setting, u.dose_mg, u.indication,
    string_to_array(u.other_indications, ','), u.number, u.started_at, u.ended_at, u.discharged_at, string_to_array(u.risk, ','),
    string_to_array(u.risk_reasons, ','), u.staying_with, u.note, $22, $23, u.phase, u.phase_given
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::float8[], $10::text[], $11::text[],
            $12::int[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::text[], $17::text[], $18::bytea[], $19::bytea[],
            $20::text[], $21::text[])
     as u (id, patient_id, protocol_key, protocol_version, drug, route, setting, dose_mg, indication, other_indications,
           number, started_at, ended_at, discharged_at, risk, risk_reasons, staying_with, note, phase, phase_given)
"""

UPDATE = """
update treatment_sessions set dose_mg = $3::float8, started_at = $4, ended_at = $5, discharged_at = $6, risk = $7
where clinic_id = $1 and id = $2
"""

SET_OBSERVED = """
update treatment_sessions set badly_tolerated = $3, baseline_mood = $4 where clinic_id = $1 and id = $2
"""

UPDATE_TEXT = "update treatment_sessions set staying_with_enc = $3, note_enc = $4 where clinic_id = $1 and id = $2"

CANCEL = """
update treatment_sessions set cancelled_at = $3, cancel_reason_enc = $4 where clinic_id = $1 and id = $2 and cancelled_at is null
"""


async def find(tx: Tx, session_id: UUID) -> Session | None:
    row = await tx.one(GET, tx.clinic_id, session_id)
    return None if row is None else msgspec.convert(dict(row), Session)


async def find_latest(tx: Tx, patient_id: UUID, now: datetime) -> Session | None:
    """The patient's last session that has ended and was not cancelled."""
    row = await tx.one(FIND_LATEST, tx.clinic_id, patient_id, now)
    return None if row is None else msgspec.convert(dict(row), Session)


async def list_protocols(tx: Tx, session_ids: Collection[UUID]) -> dict[UUID, tuple[str, int]]:
    """The protocol and the version of it that each session is pinned to."""
    rows = await tx.all(LIST_PROTOCOLS, tx.clinic_id, list(session_ids))
    return {row["id"]: (row["protocol_key"], row["protocol_version"]) for row in rows}


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


async def list_courses(tx: Tx, patient_ids: Sequence[UUID]) -> dict[UUID, list[Given]]:
    """Each patient's sessions that were not cancelled, sorted."""
    courses: dict[UUID, list[Given]] = {}
    for row in await tx.all(LIST_COURSES, tx.clinic_id, patient_ids):
        courses.setdefault(row["patient_id"], []).append((row["ended_at"], row["dose_mg"], row["badly_tolerated"]))
    return courses


async def list_standing(tx: Tx, patient_ids: Sequence[UUID]) -> list[Session]:
    """These patients' sessions that were not cancelled."""
    return [msgspec.convert(dict(r), Session) for r in await tx.all(LIST_STANDING, tx.clinic_id, list(patient_ids))]


async def renumber(tx: Tx, sessions: Sequence[Session]) -> None:
    """Store number and reasons to worry."""
    await tx.run(
        RENUMBER, tx.clinic_id, [s.id for s in sessions], [s.number for s in sessions],
        [",".join(s.risk_reasons) for s in sessions], [s.phase for s in sessions],
    )  # fmt: skip


async def list_times(tx: Tx, patient_ids: Sequence[UUID]) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """When each patient's sessions that were not cancelled began and ended."""
    times: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for row in await tx.all(LIST_TIMES, tx.clinic_id, patient_ids):
        times.setdefault(row["patient_id"], []).append((row["started_at"], row["ended_at"]))
    return times


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A session ready to be stored, under the protocol version (key, number) it is pinned to."""

    id: UUID
    patient_id: UUID
    new: NewSession
    setting: str
    protocol: tuple[str, int]
    number: int
    phase: Phase
    risk_reasons: Sequence[str]


async def insert_many(tx: Tx, placed: Sequence[Placed]) -> None:
    """Store sessions; none may be there already."""
    seal = tx.cipher.seal_if
    rows = [
        (
            s.id, s.patient_id, *s.protocol, s.new.drug, s.new.route, s.setting, s.new.dose_mg, s.new.indication,
            ",".join(s.new.other_indications), s.number, s.new.started_at, s.new.ended_at, s.new.discharged_at,
            ",".join(s.new.risk), ",".join(s.risk_reasons), seal("treatment_sessions.staying_with", s.id, s.new.staying_with),
            seal("treatment_sessions.note", s.id, s.new.note), s.phase, s.new.phase,
        )
        for s in placed
    ]  # fmt: skip
    await tx.run(INSERT_MANY, tx.clinic_id, *map(list, zip(*rows, strict=True)), tx.now, tx.actor.id)


async def update(tx: Tx, session: Session) -> None:
    """What a person may edit; number and reasons to worry are counted from it."""
    await tx.run(
        UPDATE, tx.clinic_id, session.id, session.dose_mg, session.started_at, session.ended_at, session.discharged_at,
        session.risk,
    )  # fmt: skip


async def set_observed(tx: Tx, session_id: UUID, badly_tolerated: bool, baseline_mood: int | None) -> None:
    """How the session was tolerated counts for the one after it, the mood before it for the answers that follow."""
    await tx.run(SET_OBSERVED, tx.clinic_id, session_id, badly_tolerated, baseline_mood)


async def update_text(tx: Tx, session_id: UUID, text: SessionText) -> None:
    staying = tx.cipher.seal_if("treatment_sessions.staying_with", session_id, text.staying_with)
    note = tx.cipher.seal_if("treatment_sessions.note", session_id, text.note)
    await tx.run(UPDATE_TEXT, tx.clinic_id, session_id, staying, note)


async def cancel(tx: Tx, session_id: UUID, reason: str) -> bool:
    """Take a session back; False when it is cancelled already."""
    sealed = tx.cipher.seal("treatment_sessions.cancel_reason", session_id, reason)
    return await tx.run(CANCEL, tx.clinic_id, session_id, tx.now, sealed) == 1
