"""The rota as a value. Pure; instants are aware and UTC, clock times are the clinic's."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from server.access.model import Hours

Group = tuple[UUID, ...]
Line = tuple[Group, ...]


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """People who take turns of so many `weeks`: the first of them from `first_day` at `hand_over` (HH:MM), before that
    day as if it had always been so. `hours`: when anybody of this layer is on call; none means at any hour."""

    people: Group
    first_day: date
    hand_over: str
    weeks: int = 1
    hours: tuple[Hours, ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """From `begins` to `ends` `staff_id` is on call: in the place of `instead_of`, where that one would be, or, without
    it, instead of everybody and whatever the hours. A swap is two of them."""

    begins: datetime
    ends: datetime
    staff_id: UUID
    instead_of: UUID | None = None

    def holds(self, at: datetime) -> bool:
        return self.begins <= at < self.ends


class Rota(msgspec.Struct, frozen=True, kw_only=True):
    """Layers in the order in which they are called; `changes` oldest first. `coverage`: the hours for which the clinic
    promises somebody on call, outside them the layers rest; none means at any hour."""

    zone: str
    layers: tuple[Layer, ...] = ()
    changes: tuple[Change, ...] = ()
    coverage: tuple[Hours, ...] = ()


class Period(msgspec.Struct, frozen=True):
    """From `begins` to `ends` the same people are on call. `line`: a group for each layer, the first is called first;
    empty when nobody is."""

    begins: datetime
    ends: datetime
    line: Line
