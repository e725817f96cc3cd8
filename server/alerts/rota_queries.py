"""SQL of the rota. Whom it names is resolved when it is read: colleagues who left are still in it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from server.access.model import Hours
from server.alerts.rota_model import Change, Layer, Rota
from server.kit.db import Tx
from server.kit.ids import uuid7


class StoredChange(Change, frozen=True, kw_only=True):
    """A change with its id; both sides of a swap share `swap_id`."""

    id: UUID
    swap_id: UUID | None
    made_by: UUID


class StoredRota(msgspec.Struct, frozen=True, kw_only=True):
    """The rota as it stands, with the changes that are not over. `version` rises when layers or coverage change; 0: the
    clinic has made none."""

    version: int
    rota: Rota
    changes: tuple[StoredChange, ...]


GET_ROTA = """
select c.time_zone, coalesce(r.version, 0) as version, coalesce(r.coverage, '[]') as coverage
from clinics c left join rotas r on r.clinic_id = c.clinic_id where c.clinic_id = $1
"""

LIST_LAYERS = """
select l.first_day, l.hand_over, l.weeks, l.hours, array_agg(p.staff_id order by p.position) as people
from rota_layers l join rota_people p on p.clinic_id = l.clinic_id and p.layer = l.position
where l.clinic_id = $1 group by l.clinic_id, l.position order by l.position
"""

LIST_CHANGES = """
select id, swap_id, begins, ends, staff_id, instead_of, made_by from rota_changes
where clinic_id = $1 and ends > $2 order by id
"""

# A first rota has no row to wait on: of two who make it at once, the second finds the first one's version.
SET_VERSION = """
insert into rotas (clinic_id, version, coverage) values ($1, 1, $3)
on conflict (clinic_id) do update set version = rotas.version + 1, coverage = excluded.coverage
where rotas.version = $2
"""

CLEAR_LAYERS = "delete from rota_layers where clinic_id = $1"

INSERT_LAYER = """
insert into rota_layers (clinic_id, position, first_day, hand_over, weeks, hours) values ($1, $2, $3, $4, $5, $6)
"""

INSERT_PEOPLE = """
insert into rota_people (clinic_id, layer, position, staff_id)
select $1, $2, p.position, p.staff_id from unnest($3::uuid[]) with ordinality as p (staff_id, position)
"""

INSERT_CHANGE = """
insert into rota_changes (clinic_id, id, swap_id, begins, ends, staff_id, instead_of, made_at, made_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

DELETE_CHANGE = """
delete from rota_changes where clinic_id = $1 and ends > $3
  and (id = $2 or swap_id = (select c.swap_id from rota_changes c where c.clinic_id = $1 and c.id = $2))
"""


async def get_rota(tx: Tx, since: datetime) -> StoredRota:
    """The clinic's rota with the changes that end after `since`. Works in the web's and the worker's role."""
    row = await tx.one(GET_ROTA, tx.clinic_id)
    assert row is not None
    changes = tuple(StoredChange(**dict(each)) for each in await tx.all(LIST_CHANGES, tx.clinic_id, since))
    layers = [
        Layer(
            people=tuple(each["people"]), first_day=each["first_day"], hand_over=each["hand_over"],
            weeks=each["weeks"], hours=hours_of(each["hours"]),
        )
        for each in await tx.all(LIST_LAYERS, tx.clinic_id)
    ]  # fmt: skip
    coverage = hours_of(row["coverage"])
    rota = Rota(zone=row["time_zone"], layers=tuple(layers), changes=changes, coverage=coverage)
    return StoredRota(version=row["version"], rota=rota, changes=changes)


def hours_of(document: object) -> tuple[Hours, ...]:
    return msgspec.convert(document, tuple[Hours, ...])


async def replace_layers(tx: Tx, version: int, layers: Sequence[Layer], coverage: Sequence[Hours]) -> bool:
    """Store layers and coverage over those of `version`; False when somebody has changed them since."""
    hours = msgspec.to_builtins(coverage)
    if version < 0 or not await tx.run(SET_VERSION, tx.clinic_id, version, hours):
        return False
    await tx.run(CLEAR_LAYERS, tx.clinic_id)
    for place, each in enumerate(layers, 1):
        await tx.run(
            INSERT_LAYER, tx.clinic_id, place, each.first_day, each.hand_over, each.weeks,
            msgspec.to_builtins(each.hours),
        )  # fmt: skip
        await tx.run(INSERT_PEOPLE, tx.clinic_id, place, list(each.people))
    return True


async def insert_changes(tx: Tx, changes: Sequence[Change], made_by: UUID) -> None:
    """One change, or both sides of a swap."""
    swap_id = uuid7() if len(changes) > 1 else None
    for each in changes:
        await tx.run(
            INSERT_CHANGE, tx.clinic_id, uuid7(), swap_id, each.begins, each.ends, each.staff_id, each.instead_of,
            tx.wall, made_by,
        )  # fmt: skip


async def delete_change(tx: Tx, change_id: UUID) -> bool:
    """Take a change back, a swap as a whole; False when there is none that is not over."""
    return await tx.run(DELETE_CHANGE, tx.clinic_id, change_id, tx.now) > 0
