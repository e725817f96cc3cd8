"""SQL of pauses: spans in which a patient is not asked, and their silence means nothing."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from server.kit.db import Tx
from server.kit.ids import uuid7
from server.patients.model import Pause, PauseReason

UNTIL = "least(ended_at, ends_at)"

INSERT = """
insert into pauses (clinic_id, id, patient_id, reason, starts_at, ends_at, started_by)
values ($1, $2, $3, $4, $5, $6, $7)
"""

LIST_OF_MANY = f"""
select patient_id, reason, starts_at, {UNTIL} as until from pauses where clinic_id = $1 and patient_id = any($2::uuid[])
order by starts_at, id
"""

END = f"""
update pauses set ended_at = $3, ended_by = $4
where clinic_id = $1 and patient_id = $2 and ended_at is null and coalesce({UNTIL} > $3, true)
returning id, reason
"""

RENEW = """
update pauses set ends_at = $4
where clinic_id = $1 and patient_id = $2 and id = $3 and ended_at is null and ends_at > $5 and ends_at < $4
"""


async def insert(tx: Tx, patient_id: UUID, reason: PauseReason, ends_at: datetime | None, by: UUID) -> UUID:
    """From now on. The patient's lock, and that no other pause goes on, are the caller's."""
    pause_id = uuid7()
    await tx.run(INSERT, tx.clinic_id, pause_id, patient_id, reason, tx.now, ends_at, by)
    return pause_id


async def list_of_many(tx: Tx, patient_ids: Collection[UUID]) -> dict[UUID, list[Pause]]:
    """Those of each patient, over or not; works in the worker's role."""
    found: dict[UUID, list[Pause]] = defaultdict(list)
    for row in await tx.all(LIST_OF_MANY, tx.clinic_id, list(patient_ids)):
        found[row["patient_id"]].append(Pause(row["reason"], row["starts_at"], row["until"]))
    return found


async def end(tx: Tx, patient_id: UUID, by: UUID) -> tuple[UUID, PauseReason] | None:
    """The pause that goes on ends now; None when there is none."""
    row = await tx.one(END, tx.clinic_id, patient_id, tx.now, by)
    return None if row is None else (row["id"], row["reason"])


async def renew(tx: Tx, patient_id: UUID, pause_id: UUID, ends_at: datetime) -> bool:
    """A later end; False when it is over, has no end, or would end sooner."""
    return await tx.run(RENEW, tx.clinic_id, patient_id, pause_id, ends_at, tx.now) == 1
