"""The list of patients: names are opened and sorted here, because the database cannot read them."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from server.kit.db import Tx
from server.patients import rules
from server.patients.model import PatientListed
from server.patients.queries import born_on

LIST_NAMES = "select id, name_enc, phone_hmac from patients where clinic_id = $1"


LIST_PATIENTS = """
select p.id, p.name_enc, p.date_of_birth_enc, p.language, p.time_zone,
  exists (select from devices d where d.clinic_id = p.clinic_id and d.patient_id = p.id and d.revoked_at is null)
    as device_bound,
  (select a.tier from alerts a where a.clinic_id = p.clinic_id and a.patient_id = p.id and a.state <> 'closed'
   order by array_position(array['emergency', 'urgent', 'same_day'], a.tier) limit 1) as open_alert_tier,
  (select min(c.due_at) from check_ins c where c.clinic_id = p.clinic_id and c.patient_id = p.id
   and c.state in ('planned', 'open')) as next_check_in_at,
  (select max(s.ended_at) from treatment_sessions s where s.clinic_id = p.clinic_id and s.patient_id = p.id
   and s.cancelled_at is null) as last_session_at
from patients p where p.clinic_id = $1 and p.id = any($2)
"""


async def list_names(tx: Tx) -> list[tuple[str, UUID, bytes]]:
    """(search key, id, phone's blind index) of every patient, sorted by name."""
    rows = await tx.all(LIST_NAMES, tx.clinic_id)
    opened = tx.cipher.open
    return sorted(
        (rules.search_key(opened("patients.name", r["id"], r["name_enc"])), r["id"], r["phone_hmac"]) for r in rows
    )


async def list_patients(tx: Tx, patient_ids: Sequence[UUID]) -> list[PatientListed]:
    """These patients' lines, in the order of the ids."""
    rows = {row["id"]: row for row in await tx.all(LIST_PATIENTS, tx.clinic_id, list(patient_ids))}
    return [_listed(tx, rows[i]) for i in patient_ids if i in rows]


def _listed(tx: Tx, row: asyncpg.Record) -> PatientListed:
    born = born_on(tx, row["id"], row["date_of_birth_enc"])
    return PatientListed(
        id=row["id"],
        name=tx.cipher.open("patients.name", row["id"], row["name_enc"]),
        date_of_birth=born,
        age=rules.age(born, rules.local_day(tx.now, row["time_zone"])),
        language=row["language"],
        time_zone=row["time_zone"],
        device_bound=row["device_bound"],
        open_alert_tier=row["open_alert_tier"],
        next_check_in_at=row["next_check_in_at"],
        last_session_at=row["last_session_at"],
    )
