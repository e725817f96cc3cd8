"""The rota as it travels: what an admin sends, checked field by field."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from server.access.model import Hours
from server.alerts.rota_model import Layer

Clock = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Annotated[int, Meta(ge=1, le=7)]
Fault = tuple[str, str]
NOT_A_COLLEAGUE = "Is not a colleague who can be paged."


class HoursBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Clock times of the clinic on these ISO weekdays; an end at or before the start is on the next day."""

    days: Annotated[list[Weekday], Meta(min_length=1, max_length=7)]
    start: Clock = msgspec.field(name="from")
    end: Clock = msgspec.field(name="to")

    def value(self) -> Hours:
        return Hours(tuple(sorted(set(self.days))), self.start, self.end)


SomeHours = Annotated[list[HoursBody], Meta(max_length=14)]


class LayerBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People in the order of their turns: the first of them from `first_day` at `hand_over`, each for `weeks`. `hours`:
    when the layer is on call, none means at any hour."""

    staff_ids: Annotated[list[UUID], Meta(min_length=1, max_length=50)]
    first_day: date
    hand_over: Clock
    weeks: Annotated[int, Meta(ge=1, le=8)] = 1
    hours: SomeHours = []

    def value(self) -> Layer:
        return Layer(
            people=tuple(self.staff_ids), first_day=self.first_day, hand_over=self.hand_over, weeks=self.weeks,
            hours=tuple(each.value() for each in self.hours),
        )  # fmt: skip


class RotaBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All layers, the first is called first; none: the call list holds again. `version`: of the one looked at.
    `coverage`: for which hours the clinic promises somebody on call, none means at any hour."""

    version: Annotated[int, Meta(ge=0)]
    layers: Annotated[list[LayerBody], Meta(max_length=6)]
    coverage: SomeHours = []


def rota_faults(body: RotaBody, colleagues: Collection[UUID]) -> Iterator[Fault]:
    """What cannot be stored."""
    for place, layer in enumerate(body.layers):
        for nth, who in enumerate(layer.staff_ids):
            field = f"layers[{place}].staff_ids[{nth}]"
            if who not in colleagues:
                yield field, NOT_A_COLLEAGUE
            elif who in layer.staff_ids[:nth]:
                yield field, "Is in this layer twice."
        if not date(2000, 1, 1) <= layer.first_day <= date(2100, 1, 1):
            yield f"layers[{place}].first_day", "Is too far away."
