"""Pauses of a patient's check-ins: begun, renewed and ended by a colleague."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.handlers.base import BaseRouteHandler

from server.access.guards import staff_only
from server.access.model import CARE, EVERYBODY, Staff
from server.flow import pauses as flow
from server.kit import audit
from server.kit.db import Database
from server.patients.model import PauseReason
from server.timeline.pauses import PauseShown, list_pauses


class NewPause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`ends_at`: for a patient who is admitted or on holiday, at most 14 days ahead; never for the other reasons."""

    reason: PauseReason
    ends_at: datetime | None = None


class LaterEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most 14 days ahead."""

    ends_at: datetime


class Pauses(msgspec.Struct, frozen=True):
    """Oldest first; at most the last goes on."""

    items: list[PauseShown]


@get("/api/patients/{patient_id:uuid}/pauses", guards=[staff_only(*EVERYBODY)])
async def get_pauses(patient_id: UUID, staff: Staff, db: Database) -> Pauses:
    """Those that are over too."""
    async with db.begin(staff.actor) as tx:
        items = await list_pauses(tx, patient_id)
        await audit.record(tx, "pauses.read", "patient", patient_id, patient_id=patient_id)
    return Pauses(items)


@post("/api/patients/{patient_id:uuid}/pauses", guards=[staff_only(*CARE)], status_code=201)
async def start_pause(patient_id: UUID, data: NewPause, staff: Staff, db: Database) -> Pauses:
    """From now on; one that goes on gives way to it."""
    async with db.begin(staff.actor) as tx:
        await flow.pause_started(tx, staff, patient_id, data.reason, data.ends_at)
        return Pauses(await list_pauses(tx, patient_id))


@post("/api/patients/{patient_id:uuid}/pauses/{pause_id:uuid}/renew", guards=[staff_only(*CARE)], status_code=200)
async def renew_pause(patient_id: UUID, pause_id: UUID, data: LaterEnd, staff: Staff, db: Database) -> Pauses:
    """A later end."""
    async with db.begin(staff.actor) as tx:
        await flow.pause_renewed(tx, patient_id, pause_id, data.ends_at)
        return Pauses(await list_pauses(tx, patient_id))


@post("/api/patients/{patient_id:uuid}/pauses/end", guards=[staff_only(*CARE)], status_code=200)
async def end_pause(patient_id: UUID, staff: Staff, db: Database) -> Pauses:
    """The one that goes on ends now."""
    async with db.begin(staff.actor) as tx:
        await flow.pause_ended(tx, staff, patient_id)
        return Pauses(await list_pauses(tx, patient_id))


HANDLERS: list[BaseRouteHandler] = [get_pauses, start_pause, renew_pause, end_pause]
