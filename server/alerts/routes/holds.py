"""What holds a patient's next session; ending it."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.handlers.base import BaseRouteHandler
from msgspec import Meta

from server.access.guards import staff_only
from server.access.model import EVERYBODY, LEAD, Staff
from server.flow import holds as flow
from server.kit import audit
from server.kit.db import Database
from server.timeline.holds import Hold, list_holds


class HoldList(msgspec.Struct, frozen=True):
    """Those that hold first, then those that somebody has ended."""

    items: list[Hold]


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why treatment may go on."""

    reason: Annotated[str, Meta(min_length=1, max_length=1000)]


@get("/api/patients/{patient_id:uuid}/holds", guards=[staff_only(*EVERYBODY)])
async def get_holds(patient_id: UUID, staff: Staff, db: Database) -> HoldList:
    """To be looked at before the next session."""
    async with db.begin(staff.actor) as tx:
        items = await list_holds(tx, patient_id)
        await audit.record(tx, "holds.read", "patient", patient_id, patient_id=patient_id)
    return HoldList(items)


@post(
    "/api/patients/{patient_id:uuid}/holds/{hold_id:uuid}/end",
    guards=[staff_only(*LEAD)],
    status_code=200,
)
async def end_hold(patient_id: UUID, hold_id: UUID, data: Ending, staff: Staff, db: Database) -> HoldList:
    """A prescriber's decision, like signing a protocol off."""
    async with db.begin(staff.actor) as tx:
        await flow.hold_ended(tx, staff, patient_id, hold_id, data.reason)
        return HoldList(await list_holds(tx, patient_id))


HANDLERS: list[BaseRouteHandler] = [get_holds, end_hold]
