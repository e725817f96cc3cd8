"""The rota as the team's screens show it."""

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from server.access.model import CARE, Hours, Role
from server.alerts import rota_queries as queries
from server.alerts.rota import periods
from server.alerts.rota_queries import StoredRota
from server.flow.on_call import is_made, list_colleagues
from server.kit.db import Tx


class Colleague(msgspec.Struct, frozen=True):
    """Somebody of the rota; `fit` False: they left, or may not handle alerts any more."""

    id: UUID
    name: str
    role: Role
    fit: bool


class ShownLayer(msgspec.Struct, frozen=True):
    staff_ids: list[UUID]
    first_day: date
    hand_over: str
    weeks: int
    hours: list[Hours]


class ShownChange(msgspec.Struct, frozen=True):
    """A change that is not over; both sides of a swap share `swap_id`."""

    id: UUID
    swap_id: UUID | None
    begins: datetime
    ends: datetime
    staff_id: UUID
    instead_of: UUID | None
    made_by: UUID


class ShownPeriod(msgspec.Struct, frozen=True):
    """Who is on call in a time; groups of ids, the first is called first."""

    begins: datetime
    ends: datetime
    on_call: list[list[UUID]]


class RotaShown(msgspec.Struct, frozen=True):
    """The rota, those whom it names or could name, and who is on call on the days to come, from care time `now`."""

    version: int
    time_zone: str
    now: datetime
    coverage: list[Hours]
    layers: list[ShownLayer]
    changes: list[ShownChange]
    people: list[Colleague]
    periods: list[ShownPeriod]


async def shown(tx: Tx, days: int = 14) -> RotaShown:
    stored = await queries.get_rota(tx, tx.now)
    rota = stored.rota
    ahead = periods(rota, tx.now, tx.now + timedelta(days=days)) if is_made(stored) else []
    return RotaShown(
        stored.version, rota.zone, tx.now, list(rota.coverage),
        [ShownLayer(list(e.people), e.first_day, e.hand_over, e.weeks, list(e.hours)) for e in rota.layers],
        [
            ShownChange(c.id, c.swap_id, c.begins, c.ends, c.staff_id, c.instead_of, c.made_by)
            for c in stored.changes
        ],
        await _people(tx, stored), [ShownPeriod(p.begins, p.ends, [list(g) for g in p.line]) for p in ahead],
    )  # fmt: skip


async def _people(tx: Tx, stored: StoredRota) -> list[Colleague]:
    fit = await fit_colleagues(tx)
    named = {who for layer in stored.rota.layers for who in layer.people}
    named |= {who for c in stored.changes for who in (c.staff_id, c.instead_of, c.made_by) if who}
    return [
        Colleague(one.id, one.name, one.role, one.id in fit)
        for one in await list_colleagues(tx)
        if one.id in fit | named
    ]


async def fit_colleagues(tx: Tx) -> set[UUID]:
    return {one.id for one in await list_colleagues(tx) if not one.disabled and one.role in CARE}
