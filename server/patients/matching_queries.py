"""Every patient of the clinic by what a file may name them with: no more is opened than is asked for."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.patients.model import QuietHours
from server.patients.queries import born_on, quiet_of

LIST_KNOWN = """
select id, phone_hmac, name_enc, date_of_birth_enc, time_zone, quiet_from, quiet_to from patients where clinic_id = $1
"""

COUNT_WITHOUT_PHONE = """
select count(*) as patients from patients p
where p.clinic_id = $1 and p.id = any($2)
and not exists (
  select from devices d where d.clinic_id = p.clinic_id and d.patient_id = p.id and d.revoked_at is null
)
"""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A patient to be found: blind index of the phone, the rest still sealed."""

    id: UUID
    phone_hmac: bytes
    name_enc: bytes
    date_of_birth_enc: bytes
    time_zone: str
    quiet_hours: QuietHours | None


async def list_known(tx: Tx) -> dict[UUID, Known]:
    """All patients by id."""
    return {
        r["id"]: Known(
            id=r["id"], phone_hmac=r["phone_hmac"], name_enc=r["name_enc"], date_of_birth_enc=r["date_of_birth_enc"],
            time_zone=r["time_zone"], quiet_hours=quiet_of(r),
        )
        for r in await tx.all(LIST_KNOWN, tx.clinic_id)
    }  # fmt: skip


async def count_without_phone(tx: Tx, patient_ids: Sequence[UUID]) -> int:
    """How many of these patients have no phone linked."""
    row = await tx.one(COUNT_WITHOUT_PHONE, tx.clinic_id, patient_ids)
    return 0 if row is None else int(row["patients"])


def name_of(tx: Tx, known: Known) -> str:
    return tx.cipher.open("patients.name", known.id, known.name_enc)


def born(tx: Tx, known: Known) -> date:
    return born_on(tx, known.id, known.date_of_birth_enc)
