"""A visit to the clinic, or a dose at home that somebody attends to, as it happens: timed steps, sent and stored."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from server.sessions.model import DoseMg, Drug, Indication, Instant, Note, Route, Setting
from server.visits.parts import Discharge, Effect, Medicine, PreForm, Start, State, Suitability, Vitals

Kind = Literal[
    "arrival", "pre_form", "vitals_before", "suitability", "explained", "consent", "start", "vitals_during", "state",
    "effect", "medicine", "end", "rest", "ready", "vitals_leaving", "discharge", "stopped", "note",
]  # fmt: skip
ONCE: tuple[Kind, ...] = (
    "arrival", "pre_form", "suitability", "explained", "consent", "start", "end", "rest", "ready", "discharge",
    "stopped",
)  # fmt: skip
"""Steps of which a visit has one: what comes later corrects it."""


class Details(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a step holds: the part that its kind needs, and a note. `overridden`: the holds that a clinician started in
    spite of, worked out here."""

    vitals: Vitals | None = None
    state: State | None = None
    effect: Effect | None = None
    medicine: Medicine | None = None
    pre_form: PreForm | None = None
    suitability: Suitability | None = None
    start: Start | None = None
    discharge: Discharge | None = None
    overridden: list[str] | None = None
    note: Note | None = None


class NewStep(Details, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step to record. `corrects`: the step whose place it takes; `struck`: that one was entered by mistake."""

    kind: Kind
    at: Instant
    corrects: UUID | None = None
    struck: bool = False

    @property
    def details(self) -> Details:
        return Details(**{name: getattr(self, name) for name in Details.__struct_fields__})


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A stored step: when it happened, what it holds, who wrote it down (None: the patient) and when."""

    id: UUID
    kind: Kind
    at: datetime
    details: Details
    recorded_at: datetime
    recorded_by: UUID | None
    corrects: UUID | None = None
    struck: bool = False


class NewVisit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is going to be given. `id` is made by the device that opens the visit: sent twice it is one visit."""

    id: UUID
    drug: Drug
    route: Route
    dose_mg: DoseMg
    indication: Indication
    setting: Setting | None = None
    other_indications: Annotated[list[Indication], Meta(max_length=8)] = []


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A stored visit without its steps."""

    id: UUID
    patient_id: UUID
    drug: Drug
    route: Route
    setting: Setting
    dose_mg: float
    indication: Indication
    other_indications: list[Indication]
    session_id: UUID | None
    opened_at: datetime
    opened_by: UUID
    closed_at: datetime | None
