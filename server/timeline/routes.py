"""One patient's story for staff."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.handlers.base import BaseRouteHandler

from server.access.guards import staff_only
from server.access.model import EVERYBODY, Staff
from server.kit import audit
from server.kit.db import Database
from server.patients.queries import require_patient
from server.timeline import queries
from server.timeline.curves import Curves, as_csv, list_curves


class Timeline(msgspec.Struct, frozen=True):
    """`{kind: session|pause|step|check_in|response|score|flag|alert|message, id, at, ...}`, oldest first."""

    items: list[dict[str, Any]]


@get("/api/patients/{patient_id:uuid}/timeline", guards=[staff_only(*EVERYBODY)])
async def get_timeline(patient_id: UUID, staff: Staff, db: Database) -> Timeline:
    async with db.begin(staff.actor) as tx:
        await require_patient(tx, patient_id)
        items = await queries.list_timeline(tx, patient_id, staff.language)
        await audit.record(tx, "timeline.read", "patient", patient_id, patient_id=patient_id)
    return Timeline(items)


@get("/api/patients/{patient_id:uuid}/curves", guards=[staff_only(*EVERYBODY)])
async def get_curves(patient_id: UUID, staff: Staff, db: Database) -> Curves:
    """Symptoms, mood and scores over the hours since each session."""
    async with db.begin(staff.actor) as tx:
        await require_patient(tx, patient_id)
        found = await list_curves(tx, patient_id, staff.language)
        await audit.record(tx, "curves.read", "patient", patient_id, patient_id=patient_id)
    return found


@get("/api/patients/{patient_id:uuid}/curves.csv", guards=[staff_only(*EVERYBODY)], media_type="text/csv")
async def export_curves(patient_id: UUID, staff: Staff, db: Database) -> Response[str]:
    """The same as a file."""
    async with db.begin(staff.actor) as tx:
        await require_patient(tx, patient_id)
        found = await list_curves(tx, patient_id, staff.language)
        await audit.record(tx, "curves.exported", "patient", patient_id, patient_id=patient_id)
    named = {"content-disposition": f'attachment; filename="curves-{patient_id}.csv"'}
    return Response(as_csv(found), media_type="text/csv", headers=named)


HANDLERS: list[BaseRouteHandler] = [get_timeline, get_curves, export_curves]
