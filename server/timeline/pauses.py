"""When a patient was not asked, and who said so."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.patients.model import PauseReason
from server.patients.queries import require_patient

LIST_PAUSES = """
select p.id, p.reason, p.starts_at, p.ends_at, p.ended_at, p.started_by, p.ended_by,
       b.name_enc as began, e.name_enc as ended
from pauses p
join staff b on b.clinic_id = p.clinic_id and b.id = p.started_by
left join staff e on e.clinic_id = p.clinic_id and e.id = p.ended_by
where p.clinic_id = $1 and p.patient_id = $2 order by p.starts_at, p.id
"""


class PauseShown(msgspec.Struct, frozen=True, kw_only=True):
    """`until`: when it ends or ended, None: it has no end. `over`: it is behind us. `by`: who began it; `ended_by`: who
    ended it, None when nobody did."""

    id: UUID
    reason: PauseReason
    at: datetime
    until: datetime | None
    over: bool
    by: str
    ended_by: str | None


async def list_pauses(tx: Tx, patient_id: UUID) -> list[PauseShown]:
    """Oldest first."""
    await require_patient(tx, patient_id)
    found = []
    for row in await tx.all(LIST_PAUSES, tx.clinic_id, patient_id):
        until = min((at for at in (row["ends_at"], row["ended_at"]) if at is not None), default=None)
        ended_by = None if row["ended_by"] is None else tx.cipher.open("staff.name", row["ended_by"], row["ended"])
        found.append(
            PauseShown(
                id=row["id"], reason=row["reason"], at=row["starts_at"], until=until,
                over=until is not None and until <= tx.now,
                by=tx.cipher.open("staff.name", row["started_by"], row["began"]), ended_by=ended_by,
            )
        )  # fmt: skip
    return found
