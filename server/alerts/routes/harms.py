"""Harm learned of elsewhere, with no alert of ours before it: recorded by hand, reviewed by a second person."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.handlers.base import BaseRouteHandler
from msgspec import Meta

from server.access.guards import staff_only
from server.access.model import CARE, LEAD, Staff
from server.alerts import harm_queries as queries
from server.alerts.harm_queries import HarmKind, MissedHarm
from server.flow import harms as flow
from server.kit import audit
from server.kit.db import Database

Words = Annotated[str, Meta(min_length=1, max_length=4000, pattern=r"\S")]


class NewHarm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happened, on which day, and how the clinic came to know."""

    patient_id: UUID
    kind: HarmKind
    happened_on: date
    note: Words


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why no alert told of it, and what changes."""

    review: Words


class Harms(msgspec.Struct, frozen=True):
    """Newest first."""

    items: list[MissedHarm]


@get("/api/harms", guards=[staff_only(*CARE)])
async def list_harms(staff: Staff, db: Database) -> Harms:
    async with db.begin(staff.actor) as tx:
        await audit.record(tx, "harms.read", "clinic", tx.clinic_id)
        return Harms(await queries.list_harms(tx))


@post("/api/harms", guards=[staff_only(*CARE)], status_code=201)
async def record_harm(data: NewHarm, staff: Staff, db: Database) -> Harms:
    """422 for a day to come, 404 for an unknown patient."""
    async with db.begin(staff.actor) as tx:
        await flow.harm_recorded(tx, staff, data.patient_id, data.kind, data.happened_on, data.note)
        return Harms(await queries.list_harms(tx))


@post("/api/harms/{harm_id:uuid}/review", guards=[staff_only(*LEAD)], status_code=200)
async def review_harm(harm_id: UUID, data: Review, staff: Staff, db: Database) -> Harms:
    """By somebody else than who recorded it; 409 otherwise, or when it is reviewed already."""
    async with db.begin(staff.actor) as tx:
        await flow.harm_reviewed(tx, staff, harm_id, data.review)
        return Harms(await queries.list_harms(tx))


HANDLERS: list[BaseRouteHandler] = [list_harms, record_harm, review_harm]
