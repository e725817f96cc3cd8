"""Whom to page, in which order: the first is on call."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, put

from server.access import call_list_queries, queries, rules
from server.access.guards import staff_only
from server.access.model import Role, Staff, StaffContact
from server.kit import audit, contacts, errors
from server.kit.db import Database


class Listed(msgspec.Struct, frozen=True):
    """An entry as the list shows it; only who it is counts."""

    staff_id: UUID


class CallListBody(msgspec.Struct, frozen=True):
    """The people in order: ids, or the `items` of the list as it was read."""

    staff_ids: Annotated[list[UUID], msgspec.Meta(max_length=50)] | None = None
    items: Annotated[list[Listed], msgspec.Meta(max_length=50)] | None = None

    def wanted(self) -> list[UUID]:
        """422 when neither is given, or both."""
        if (self.staff_ids is None) == (self.items is None):
            raise errors.invalid(("staff_ids", "Give staff_ids, or the items of the list."))
        return self.staff_ids if self.staff_ids is not None else [entry.staff_id for entry in self.items or []]


class CallListEntry(msgspec.Struct, frozen=True):
    """One person to page; contacts are masked."""

    staff_id: UUID
    name: str
    role: Role
    phone_masked: str | None
    email_masked: str | None
    reachable: bool


class CallList(msgspec.Struct, frozen=True):
    """The list in order, how many of it can be reached, and a warning when that is too few."""

    items: list[CallListEntry]
    reachable: int
    warning: str | None


@get("/api/clinic/call-list", guards=[staff_only("admin")])
async def get_call_list(staff: Staff, db: Database) -> CallList:
    """The clinic's call list."""
    async with db.begin(staff.actor) as tx:
        return _shown(await queries.list_reachable(tx))


@put("/api/clinic/call-list", guards=[staff_only("admin")])
async def put_call_list(data: CallListBody, staff: Staff, db: Database) -> CallList:
    """Replace the call list; the change reaches the next page of every alert."""
    wanted = data.wanted()
    async with db.begin(staff.actor) as tx:
        people = {s.id: s for s in await queries.list_reachable(tx)}
        _refuse_unfit(wanted, people)
        await call_list_queries.replace_call_list(tx, wanted)
        detail = {"staff_ids": [str(i) for i in wanted]}
        await audit.record(tx, "call_list_changed", "clinic", tx.clinic_id, detail=detail)
        return _shown(await queries.list_reachable(tx))


def _refuse_unfit(staff_ids: Sequence[UUID], people: dict[UUID, StaffContact]) -> None:
    for index, staff_id in enumerate(staff_ids):
        field = f"staff_ids[{index}]"
        if staff_id not in people:
            raise errors.invalid((field, "Is not a colleague who can be paged."))
        if not rules.may_handle_alerts(people[staff_id].role):
            raise errors.invalid((field, "A viewer cannot handle alerts. Change the role first."))
        if staff_id in staff_ids[:index]:
            raise errors.invalid((field, "Is on the list twice."))


def _shown(people: Sequence[StaffContact]) -> CallList:
    items = [
        CallListEntry(
            s.id, s.name, s.role, s.phone and contacts.mask_phone(s.phone), s.email and contacts.mask_email(s.email),
            bool(s.phone or s.email),
        )
        for s in people
        if s.position is not None
    ]  # fmt: skip
    reachable = sum(item.reachable for item in items)
    return CallList(items, reachable, rules.call_list_warning(reachable))


HANDLERS = [get_call_list, put_call_list]
