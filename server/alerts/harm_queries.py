"""SQL of harm that the clinic learned of elsewhere (safety.md, Q7)."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.kit.ids import uuid7

HarmKind = Literal["emergency_visit", "serious_event", "self_harm", "other"]


class MissedHarm(msgspec.Struct, frozen=True):
    """One case. `review`: what a second person made of it; None while nobody has looked."""

    id: UUID
    patient_id: UUID
    patient_name: str
    kind: HarmKind
    happened_on: date
    note: str
    recorded_by: UUID
    recorded_at: datetime
    reviewed_at: datetime | None
    review: str | None


INSERT = """
insert into missed_harms (clinic_id, id, patient_id, kind, happened_on, note_enc, recorded_by, recorded_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""

LIST = """
select h.id, h.patient_id, p.name_enc, h.kind, h.happened_on, h.note_enc, h.recorded_by,
       h.recorded_at, h.reviewed_at, h.review_enc
from missed_harms h join patients p on p.clinic_id = h.clinic_id and p.id = h.patient_id
where h.clinic_id = $1 order by h.recorded_at desc, h.id limit 200
"""

REVIEW = """
update missed_harms set reviewed_by = $3, reviewed_at = $4, review_enc = $5
where clinic_id = $1 and id = $2 and reviewed_by is null and recorded_by <> $3 returning patient_id
"""

IS_KNOWN = "select true from missed_harms where clinic_id = $1 and id = $2"


async def insert(tx: Tx, patient_id: UUID, kind: HarmKind, happened_on: date, note: str, by: UUID) -> UUID:
    """Record a case."""
    harm_id = uuid7()
    sealed = tx.cipher.seal("missed_harms.note", harm_id, note)
    await tx.run(INSERT, tx.clinic_id, harm_id, patient_id, kind, happened_on, sealed, by, tx.now)
    return harm_id


async def list_harms(tx: Tx) -> list[MissedHarm]:
    """The newest 200."""
    return [
        MissedHarm(
            r["id"], r["patient_id"], tx.cipher.open("patients.name", r["patient_id"], r["name_enc"]), r["kind"],
            r["happened_on"], tx.cipher.open("missed_harms.note", r["id"], r["note_enc"]), r["recorded_by"],
            r["recorded_at"], r["reviewed_at"],
            None if r["review_enc"] is None else tx.cipher.open("missed_harms.review", r["id"], r["review_enc"]),
        )
        for r in await tx.all(LIST, tx.clinic_id)
    ]  # fmt: skip


async def review(tx: Tx, harm_id: UUID, by: UUID, words: str) -> UUID | None:
    """Whose case it is; None when it is unknown, reviewed already, or recorded by the same person."""
    sealed = tx.cipher.seal("missed_harms.review", harm_id, words)
    row = await tx.one(REVIEW, tx.clinic_id, harm_id, by, tx.now, sealed)
    return None if row is None else row["patient_id"]


async def is_known(tx: Tx, harm_id: UUID) -> bool:
    """Whether the clinic has such a case."""
    return await tx.one(IS_KNOWN, tx.clinic_id, harm_id) is not None
