"""What holds a patient's next session, and who has ended what held it before."""

from datetime import datetime
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.patients.queries import require_patient

LIST_HOLDS = """
select distinct on (f.rule) f.id, f.rule, f.at, f.explanation_enc, e.ended_at, e.ended_by, e.reason_enc, s.name_enc
from flags f
left join hold_ends e on e.clinic_id = f.clinic_id and e.flag_id = f.id
left join staff s on s.clinic_id = e.clinic_id and s.id = e.ended_by
where f.clinic_id = $1 and f.patient_id = $2 and f.holds order by f.rule, f.id desc
"""


class HoldEnd(msgspec.Struct, frozen=True):
    """Who decided that treatment may go on, when and why."""

    at: datetime
    by: str
    reason: str


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that holds the next session until somebody ends the hold; `text` in the clinic's words, `at` when it
    was given. `ended` None: it still holds."""

    id: UUID
    rule: str
    text: str
    at: datetime
    ended: HoldEnd | None


async def list_holds(tx: Tx, patient_id: UUID) -> list[Hold]:
    """The latest of each rule; those that still hold first."""
    await require_patient(tx, patient_id)
    found = []
    for row in await tx.all(LIST_HOLDS, tx.clinic_id, patient_id):
        ended = None
        if row["ended_at"] is not None:
            by = tx.cipher.open("staff.name", row["ended_by"], row["name_enc"])
            ended = HoldEnd(row["ended_at"], by, tx.cipher.open("hold_ends.reason", row["id"], row["reason_enc"]))
        text = tx.cipher.open("flags.explanation", row["id"], row["explanation_enc"])
        found.append(Hold(id=row["id"], rule=row["rule"], text=text, at=row["at"], ended=ended))
    return sorted(found, key=lambda hold: hold.ended is not None)
