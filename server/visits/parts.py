"""What a step of a visit can hold, one part for each sort of step."""

from typing import Annotated

import msgspec
from msgspec import Meta

from server.sessions.model import DoseMg, Instant, Risks, ShortText
from server.visits.codes import (
    Breathing,
    Diastolic,
    Experience,
    Feeling,
    GivenBy,
    Grade,
    HeartRate,
    MedicineGroup,
    Pregnancy,
    SafetyAnswer,
    Severity,
    SideEffect,
    Systolic,
    TakenToday,
    Unit,
)


class Vitals(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Blood pressure in mmHg, heart rate per minute, SpO2 in percent, breaths per minute and how breathing looks;
    what was not measured stays out (safety, decision 19)."""

    systolic: Systolic | None = None
    diastolic: Diastolic | None = None
    heart_rate: HeartRate | None = None
    spo2: Annotated[int, Meta(ge=50, le=100)] | None = None
    breaths: Annotated[int, Meta(ge=0, le=80)] | None = None
    breathing: Breathing | None = None


class State(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How sleepy and how far away: 0 not at all, 4 cannot be woken, 4 not aware of the room. Own wording."""

    sedation: Grade
    dissociation: Grade


class Effect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A side effect with its severity, or what the patient lived through and how it felt: two different things."""

    side_effect: SideEffect | None = None
    experience: Experience | None = None
    words: ShortText | None = None
    severity: Severity | None = None
    feeling: Feeling | None = None
    resolved_at: Instant | None = None
    with_medicine: bool = False


class Medicine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A medicine that was given, beside the treatment itself."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    dose: Annotated[float, Meta(gt=0, le=100000)]
    unit: Unit
    given_by: GivenBy


class PreForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Asked 0-24 h before (clinical, section 1.2). `safety` is the first question of our safety set."""

    fasting: bool
    safety: SafetyAnswer
    pregnancy: Pregnancy
    mood: Annotated[int, Meta(ge=0, le=10)] | None = None
    escort: ShortText | None = None
    address_tonight: Annotated[str, Meta(max_length=300)] | None = None
    new_medicines: Annotated[str, Meta(max_length=500)] | None = None
    taken_today: Annotated[list[TakenToday], Meta(max_length=3)] = []
    regular_medicines: Annotated[list[MedicineGroup], Meta(max_length=5)] = []
    attempt_90_days: bool = False
    systolic: Systolic | None = None
    diastolic: Diastolic | None = None


class Suitability(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """History looked at, and whether treatment may go on today."""

    cleared: bool


class Start(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The first of the dose. `override`: why a clinician starts although something speaks against it."""

    dose_mg: DoseMg | None = None
    lot: Annotated[str, Meta(max_length=60)] | None = None
    override: Annotated[str, Meta(min_length=1, max_length=500)] | None = None


class Discharge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the patient leaves. `risk`: facts that staff tick beside what follows from the record."""

    alone_tonight: bool
    staying_with: ShortText | None = None
    serious_event: bool = False
    risk: Risks = []
