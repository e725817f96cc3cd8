"""SQL of holds on the next session. The latest flag of a rule stands for the ones before it; it holds until its end is
stored."""

from collections.abc import Sequence
from uuid import UUID

from server.kit.db import Tx

LATEST = """
select distinct on (f.patient_id, f.rule) f.patient_id, f.id,
       exists (select 1 from hold_ends e where e.clinic_id = f.clinic_id and e.flag_id = f.id) as ended
from flags f where f.clinic_id = $1 and f.patient_id = any($2::uuid[]) and f.holds
order by f.patient_id, f.rule, f.id desc
"""

LIST_HOLDING = f"select latest.patient_id, latest.id from ({LATEST}) as latest where not latest.ended"

INSERT_END = """
insert into hold_ends (clinic_id, flag_id, patient_id, ended_at, ended_by, reason_enc) values ($1, $2, $3, $4, $5, $6)
"""


async def list_holding(tx: Tx, patient_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """(patient, flag) of each hold that nobody has ended."""
    return [(r["patient_id"], r["id"]) for r in await tx.all(LIST_HOLDING, tx.clinic_id, list(patient_ids))]


async def end(tx: Tx, patient_id: UUID, flag_id: UUID, staff_id: UUID, reason: str) -> None:
    """The patient's lock, and that it still holds, are the caller's."""
    sealed = tx.cipher.seal("hold_ends.reason", flag_id, reason)
    await tx.run(INSERT_END, tx.clinic_id, flag_id, patient_id, tx.now, staff_id, sealed)
