"""One patient's story for staff."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import get
from litestar.handlers.base import BaseRouteHandler

from server.access.guards import staff_only
from server.access.model import EVERYBODY, Staff
from server.kit import audit
from server.kit.db import Database
from server.patients.queries import require_patient
from server.timeline import queries


class Timeline(msgspec.Struct, frozen=True):
    """`{kind: session|check_in|response|score|flag|alert|message, id, at, ...}`, oldest first."""

    items: list[dict[str, Any]]


@get("/api/patients/{patient_id:uuid}/timeline", guards=[staff_only(*EVERYBODY)])
async def get_timeline(patient_id: UUID, staff: Staff, db: Database) -> Timeline:
    async with db.begin(staff.actor) as tx:
        await require_patient(tx, patient_id)
        items = await queries.list_timeline(tx, patient_id, staff.language)
        await audit.record(tx, "timeline.read", "patient", patient_id, patient_id=patient_id)
    return Timeline(items)


HANDLERS: list[BaseRouteHandler] = [get_timeline]
