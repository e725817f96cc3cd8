"""Open a visit, record its steps, look at it."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post, put
from litestar.handlers.base import BaseRouteHandler

from server.access.guards import staff_only
from server.access.model import CARE, EVERYBODY, Staff
from server.flow.visit_shown import VisitShown, shown
from server.flow.visits import get as require_visit
from server.flow.visits import step_recorded, visit_opened, visits_of
from server.kit import audit
from server.kit.db import Database
from server.visits.model import NewStep, NewVisit, Visit


class VisitListed(msgspec.Struct, frozen=True):
    """One line of a patient's visits; without `closed_at` it is going on."""

    id: UUID
    drug: str
    route: str
    opened_at: datetime
    closed_at: datetime | None
    session_id: UUID | None


def _listed(visit: Visit) -> VisitListed:
    return VisitListed(visit.id, visit.drug, visit.route, visit.opened_at, visit.closed_at, visit.session_id)


@get("/api/patients/{patient_id:uuid}/visits", guards=[staff_only(*EVERYBODY)])
async def list_visits(patient_id: UUID, staff: Staff, db: Database) -> dict[str, list[VisitListed]]:
    """Newest first."""
    async with db.begin(staff.actor) as tx:
        found = await visits_of(tx, patient_id)
        await audit.record(tx, "visits.listed", "patient", patient_id, patient_id=patient_id)
    return {"items": [_listed(visit) for visit in found]}


@post("/api/patients/{patient_id:uuid}/visits", guards=[staff_only(*CARE)])
async def open_visit(patient_id: UUID, data: NewVisit, staff: Staff, db: Database) -> Response[VisitShown]:
    """201; 200 when this id is open already."""
    async with db.begin(staff.actor) as tx:
        done = await visit_opened(tx, patient_id, data)
        body = await shown(tx, done.visit, staff.language)
        if not done.new:
            await audit.record(tx, "visit.read", "visit", body.id, patient_id=patient_id)
    return Response(body, status_code=201 if done.new else 200)


@get("/api/visits/{visit_id:uuid}", guards=[staff_only(*EVERYBODY)])
async def get_visit(visit_id: UUID, staff: Staff, db: Database) -> VisitShown:
    async with db.begin(staff.actor) as tx:
        body = await shown(tx, await require_visit(tx, visit_id), staff.language)
        await audit.record(tx, "visit.read", "visit", visit_id, patient_id=body.patient_id)
    return body


@put("/api/visits/{visit_id:uuid}/steps/{step_id:uuid}", guards=[staff_only(*CARE)])
async def record_step(visit_id: UUID, step_id: UUID, data: NewStep, staff: Staff, db: Database) -> Response[VisitShown]:
    """`step_id` is made by the device: 201 first, 200 the same again, 409 with `reasons` when a start is held."""
    async with db.begin(staff.actor) as tx:
        done = await step_recorded(tx, staff, visit_id, step_id, data)
        body = await shown(tx, done.visit, staff.language, done.warnings)
        if not done.new:
            await audit.record(tx, "visit.read", "visit", visit_id, patient_id=body.patient_id)
    return Response(body, status_code=201 if done.new else 200)


HANDLERS: list[BaseRouteHandler] = [list_visits, open_visit, get_visit, record_step]
