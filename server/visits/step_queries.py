"""SQL of a visit's steps: rows are only added."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.visits.model import Details, NewStep, Step, Visit

STEP_COLUMNS = """
select id, visit_id, kind, at, corrects, struck, details_enc, recorded_at, recorded_by from visit_steps
"""

LIST_STEPS = STEP_COLUMNS + " where clinic_id = $1 and visit_id = $2 order by at, recorded_at, id"

LIST_STEPS_OF_PATIENT = STEP_COLUMNS + (
    " where clinic_id = $1 and patient_id = $2 order by at desc, recorded_at desc, id desc limit 2000"
)

STEP_EXISTS = "select 1 as found from visit_steps where clinic_id = $1 and id = $2"

INSERT_STEP = """
insert into visit_steps (clinic_id, id, visit_id, patient_id, kind, at, corrects, struck, details_enc, recorded_at,
    recorded_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def list_steps(tx: Tx, visit_id: UUID) -> list[Step]:
    """Every step ever recorded, corrected ones too, oldest first."""
    return [_step(tx, row) for row in await tx.all(LIST_STEPS, tx.clinic_id, visit_id)]


async def list_steps_of_patient(tx: Tx, patient_id: UUID) -> dict[UUID, Sequence[Step]]:
    """The latest steps of the patient by visit, each oldest first."""
    found: dict[UUID, list[Step]] = defaultdict(list)
    for row in reversed(await tx.all(LIST_STEPS_OF_PATIENT, tx.clinic_id, patient_id)):
        found[row["visit_id"]].append(_step(tx, row))
    return dict(found)


def _step(tx: Tx, row: Any) -> Step:
    text = tx.cipher.open("visit_steps.details", row["id"], row["details_enc"])
    return Step(
        id=row["id"], kind=row["kind"], at=row["at"], details=msgspec.json.decode(text, type=Details),
        recorded_at=row["recorded_at"], recorded_by=row["recorded_by"], corrects=row["corrects"], struck=row["struck"],
    )  # fmt: skip


async def is_taken(tx: Tx, step_id: UUID) -> bool:
    """Whether some step of the clinic has this id."""
    return await tx.one(STEP_EXISTS, tx.clinic_id, step_id) is not None


async def insert_step(tx: Tx, visit: Visit, step_id: UUID, new: NewStep, details: Details) -> None:
    """A step, by the colleague or the patient who acts; one that corrects another leaves that one as it is."""
    by = tx.actor.id if tx.actor.kind == "staff" else None
    sealed = tx.cipher.seal("visit_steps.details", step_id, msgspec.json.encode(details).decode())
    await tx.run(
        INSERT_STEP, tx.clinic_id, step_id, visit.id, visit.patient_id, new.kind, new.at, new.corrects, new.struck,
        sealed, tx.now, by,
    )  # fmt: skip
