"""The steps of a patient's visits on the timeline: measurements, effects, medicines, each with its time."""

from typing import Any
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.visits import step_queries
from server.visits.standing import standing


async def list_visit_steps(tx: Tx, patient_id: UUID) -> list[dict[str, Any]]:
    """What stands; corrected and struck entries are read in the visit itself."""
    return [
        {"kind": "step", "id": step.id, "at": step.at, "step": step.kind, "visit_id": visit_id}
        | msgspec.to_builtins(step.details)
        for visit_id, steps in (await step_queries.list_steps_of_patient(tx, patient_id)).items()
        for step in standing(steps)
    ]
