"""Who is signed in."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from litestar import get, patch
from litestar.handlers.base import BaseRouteHandler

from server.access import queries, rules, sign_in_queries
from server.access.guards import staff_only
from server.access.model import EVERYBODY, PERMISSIONS, Clinic, Role, Staff
from server.flow.on_call import count_callable
from server.flow.sending import held_since
from server.kit import audit, errors
from server.kit.db import Database, Tx


class Cover(msgspec.Struct, frozen=True):
    """How many people of the rota and the call list can be reached; a warning when they are too few."""

    reachable: int
    warning: str | None


class Me(msgspec.Struct, frozen=True):
    """Who is signed in; `now` is care time. `sending_held_since` (machine time): after a restore no message leaves
    until an admin starts sending."""

    id: UUID
    name: str
    role: Role
    language: str
    clinic: Clinic
    now: datetime
    demo: bool
    can: tuple[str, ...]
    call_list: Cover
    sending_held_since: datetime | None


class MyChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What colleagues choose for themselves: the language of their screens and of messages to them."""

    language: Literal["en", "es"]


@get("/api/me", guards=[staff_only(*EVERYBODY)])
async def get_me(staff: Staff, db: Database) -> Me:
    """Who is signed in, in which clinic."""
    async with db.begin(staff.actor) as tx:
        return await me_of(tx, staff.sign_in_id)


@patch("/api/me", guards=[staff_only(*EVERYBODY)])
async def change_me(data: MyChange, staff: Staff, db: Database) -> Me:
    """From now on on every device."""
    async with db.begin(staff.actor) as tx:
        await queries.update_language(tx, staff.id, data.language)
        await audit.record(tx, "staff_changed", "staff", staff.id, detail={"fields": ["language"]})
        return await me_of(tx, staff.sign_in_id)


async def me_of(tx: Tx, sign_in_id: UUID) -> Me:
    who = await sign_in_queries.find_sign_in(tx, sign_in_id)
    if who is None:
        raise errors.signed_out()
    name, clinic = await queries.get_staff_name(tx, who.staff_id), await queries.get_clinic(tx)
    callable_now = await count_callable(tx)
    cover = Cover(callable_now, rules.call_list_warning(callable_now))
    return Me(
        who.staff_id, name, who.role, who.language, clinic, tx.now, clinic.demo, PERMISSIONS[who.role], cover,
        await held_since(tx),
    )  # fmt: skip


HANDLERS: list[BaseRouteHandler] = [get_me, change_me]
