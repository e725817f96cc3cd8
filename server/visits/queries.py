"""SQL of visits."""

from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.visits.model import NewVisit, Visit

COLUMNS = """
select id, patient_id, drug, route, setting, dose_mg::float8 as dose_mg, indication, other_indications, session_id, opened_at, opened_by, closed_at
from visits
"""

GET = COLUMNS + " where clinic_id = $1 and id = $2"

GET_OF_SESSION = COLUMNS + " where clinic_id = $1 and session_id = $2"

LIST_OF_PATIENT = COLUMNS + " where clinic_id = $1 and patient_id = $2 order by opened_at desc limit 200"

INSERT = """
insert into visits (clinic_id, id, patient_id, drug, route, setting, dose_mg, indication, other_indications, opened_at, opened_by)
values ($1, $2, $3, $4, $5, $6, $7::float8, $8, $9, $10, $11)
"""

SET_SESSION = "update visits set session_id = $3 where clinic_id = $1 and id = $2"

CLOSE = "update visits set closed_at = $3, closed_by = $4 where clinic_id = $1 and id = $2 and closed_at is null"


async def find(tx: Tx, visit_id: UUID) -> Visit | None:
    row = await tx.one(GET, tx.clinic_id, visit_id)
    return None if row is None else msgspec.convert(dict(row), Visit)


async def find_of_session(tx: Tx, session_id: UUID) -> Visit | None:
    """The visit that became this session."""
    row = await tx.one(GET_OF_SESSION, tx.clinic_id, session_id)
    return None if row is None else msgspec.convert(dict(row), Visit)


async def list_of_patient(tx: Tx, patient_id: UUID) -> list[Visit]:
    """The patient's visits, newest first."""
    return [msgspec.convert(dict(r), Visit) for r in await tx.all(LIST_OF_PATIENT, tx.clinic_id, patient_id)]


async def insert(tx: Tx, patient_id: UUID, new: NewVisit, setting: str) -> None:
    """None of the patient's may be going on."""
    await tx.run(
        INSERT, tx.clinic_id, new.id, patient_id, new.drug, new.route, setting, new.dose_mg, new.indication,
        new.other_indications, tx.now, tx.actor.id,
    )  # fmt: skip


async def set_session(tx: Tx, visit_id: UUID, session_id: UUID) -> None:
    await tx.run(SET_SESSION, tx.clinic_id, visit_id, session_id)


async def close(tx: Tx, visit_id: UUID) -> None:
    """A repeat changes nothing."""
    await tx.run(CLOSE, tx.clinic_id, visit_id, tx.now, tx.actor.id)
