"""Patients as values: what is entered, what is shown, how they are reached."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

Language = Literal["en", "es"]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\S")]
PhoneText = Annotated[str, msgspec.Meta(max_length=40)]
EmailText = Annotated[str, msgspec.Meta(max_length=254)]
ZoneText = Annotated[str, msgspec.Meta(max_length=64)]
AddressText = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]
PauseReason = Literal["admitted", "on_holiday", "withdrawn", "deceased"]
TimeText = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class QuietHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """HH:MM on the patient's clock; may pass midnight."""

    start: TimeText = msgspec.field(name="from")
    end: TimeText = msgspec.field(name="to")


class Companion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The adult who takes the patient home."""

    name: Name
    phone: PhoneText


class Details(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a clinic knows about a patient; phones as typed until `rules.tidy` has made them E.164.

    `text_companion`: the patient agrees that we write to the companion (H8). `companion_blocked`: we must not (H7);
    it beats everything.
    """

    name: Name
    date_of_birth: date
    phone: PhoneText
    time_zone: ZoneText
    language: Language
    email: EmailText | None = None
    quiet_hours: QuietHours | None = None
    companion: Companion | None = None
    text_companion: bool = True
    companion_blocked: bool = False
    address: AddressText | None = None


class NewPatient(Details, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An enrolment; `consent` records that the patient agreed."""

    consent: bool


class PatientChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change; what is left out stays, null removes what may be missing. `resume_messages`: the number was
    looked at and is right, messages go there again."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    date_of_birth: date | msgspec.UnsetType = msgspec.UNSET
    phone: PhoneText | msgspec.UnsetType = msgspec.UNSET
    time_zone: ZoneText | msgspec.UnsetType = msgspec.UNSET
    language: Language | msgspec.UnsetType = msgspec.UNSET
    email: EmailText | msgspec.UnsetType | None = msgspec.UNSET
    quiet_hours: QuietHours | msgspec.UnsetType | None = msgspec.UNSET
    companion: Companion | msgspec.UnsetType | None = msgspec.UNSET
    text_companion: bool | msgspec.UnsetType = msgspec.UNSET
    companion_blocked: bool | msgspec.UnsetType = msgspec.UNSET
    address: AddressText | msgspec.UnsetType | None = msgspec.UNSET
    resume_messages: bool | msgspec.UnsetType = msgspec.UNSET


class Consent(msgspec.Struct, frozen=True):
    """When the patient agreed, to which text."""

    given_at: datetime
    version: str


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """A patient as staff see them; `devices` counts bound phones, `session_count` sessions that were not cancelled.
    `messages_stopped_at`: somebody said "this is not for me"; nothing goes to the number or address since.
    `texts_stopped_at`: the number asked for no more texts (STOP); messages go on by other channels.
    `companion_texts_stopped_at`: the companion's number did, and has no other."""

    id: UUID
    name: str
    date_of_birth: date
    age: int
    phone: str
    email: str | None
    time_zone: str
    language: Language
    quiet_hours: QuietHours | None
    companion: Companion | None
    text_companion: bool
    companion_blocked: bool
    address: str | None
    consent: Consent | None
    created_at: datetime
    devices: int
    session_count: int
    messages_stopped_at: datetime | None
    texts_stopped_at: datetime | None
    companion_texts_stopped_at: datetime | None


class PatientListed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list."""

    id: UUID
    name: str
    date_of_birth: date
    age: int
    language: Language
    time_zone: str
    device_bound: bool
    open_alert_tier: str | None
    next_check_in_at: datetime | None
    last_session_at: datetime | None


class PatientContact(msgspec.Struct, frozen=True):
    """How messages reach a patient; `phone` and `email` None once messages were `stopped`, or when there is none.
    `gone`: they withdrew or died, and nothing is sent any more."""

    id: UUID
    phone: str | None
    email: str | None
    language: Language
    time_zone: str
    quiet_hours: QuietHours | None
    stopped: bool
    gone: bool


class Pause(msgspec.Struct, frozen=True):
    """A span in which a patient is not asked. `until` None: it has no end."""

    reason: PauseReason
    starts_at: datetime
    until: datetime | None


class CompanionContact(msgspec.Struct, frozen=True):
    """How messages reach a patient's companion; `phone` None when there is nobody, or nobody we may write to.
    `answers_from`: the phone whose link is good, also when its number wants no more texts."""

    phone: str | None
    answers_from: str | None
    language: Language


class Invitation(msgspec.Struct, frozen=True):
    """An invitation as stored; times in machine time."""

    id: UUID
    patient_id: UUID
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class Device(msgspec.Struct, frozen=True):
    """A bound phone."""

    id: UUID
    label: str
    bound_at: datetime
    last_seen_at: datetime


class Named(msgspec.Struct, frozen=True):
    """`companion`: one is named and may be asked."""

    name: str
    companion: bool


class Brief(msgspec.Struct, frozen=True):
    """What the patient's own phone is told about its owner."""

    id: UUID
    first_name: str
    language: Language
    time_zone: str


class Clinic(msgspec.Struct, frozen=True):
    """What a stage that deals with patients needs of the clinic."""

    name: str
    phone: str | None
    country: str
    time_zone: str
    days: tuple[int, ...]
    opens: str
    closes: str
