"""A treatment session as recorded and as stored."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from server.protocols.model import Phase

Drug = Literal["ketamine", "esketamine"]
Route = Literal["iv", "im", "sc", "intranasal", "oral", "sublingual"]
Setting = Literal["clinic", "home"]
Missing = Literal[
    "companion", "companion_blocked", "companion_consent", "companion_stopped", "address", "alone", "cover"
]
Indication = Literal[
    "depression", "treatment_resistant_depression", "bipolar", "anxiety", "ptsd", "ocd", "chronic_pain",
    "suicidal_ideation", "other",
]  # fmt: skip
Instant = Annotated[datetime, Meta(tz=True)]
# The smallest that is not rounded to nothing: the database keeps two decimals.
DoseMg = Annotated[float, Meta(ge=0.01, le=2000)]
Note = Annotated[str, Meta(max_length=4000)]
ShortText = Annotated[str, Meta(max_length=200)]
Risks = Annotated[list[Annotated[str, Meta(max_length=40)]], Meta(max_length=30)]


class NewSession(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a nurse records. `setting` defaults to home for oral and sublingual, else clinic; dose in mg. At home
    `started_at` is when the dose was taken: everything counts from there. `phase` None: counted from the sessions
    before."""

    drug: Drug
    route: Route
    dose_mg: DoseMg
    indication: Indication
    started_at: Instant
    ended_at: Instant
    setting: Setting | None = None
    other_indications: Annotated[list[Indication], Meta(max_length=8)] = []
    discharged_at: Instant | None = None
    risk: Risks = []
    staying_with: ShortText | None = None
    note: Note | None = None
    phase: Phase | None = None


class SessionChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An edit; what is left out stays."""

    dose_mg: DoseMg | msgspec.UnsetType = msgspec.UNSET
    started_at: Instant | msgspec.UnsetType = msgspec.UNSET
    ended_at: Instant | msgspec.UnsetType = msgspec.UNSET
    discharged_at: Instant | msgspec.UnsetType | None = msgspec.UNSET
    risk: Risks | msgspec.UnsetType = msgspec.UNSET
    staying_with: ShortText | msgspec.UnsetType | None = msgspec.UNSET
    note: Note | msgspec.UnsetType | None = msgspec.UNSET


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A stored session without its free text. `risk` as ticked, `risk_reasons` with what follows from the facts."""

    id: UUID
    patient_id: UUID
    protocol_key: str
    protocol_version: int
    drug: str
    route: str
    setting: str
    dose_mg: float
    indication: str
    number: int
    phase: Phase
    phase_given: Phase | None
    started_at: datetime
    ended_at: datetime
    discharged_at: datetime | None
    risk: list[str]
    risk_reasons: list[str]
    cancelled_at: datetime | None
    badly_tolerated: bool = False
    baseline_mood: int | None = None


class SessionText(msgspec.Struct, frozen=True):
    """The free text of a session."""

    staying_with: str | None
    note: str | None
