"""Who may do what: staff, phones, and a person answering one check-in."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from server.kit import errors
from server.kit.actor import Actor

Role = Literal["admin", "clinician", "nurse", "viewer"]
CARE: tuple[Role, ...] = ("admin", "clinician", "nurse")
EVERYBODY: tuple[Role, ...] = (*CARE, "viewer")
LEAD: tuple[Role, ...] = ("admin", "clinician")


class Staff(msgspec.Struct, frozen=True):
    """A signed-in colleague in one request."""

    clinic_id: UUID
    id: UUID
    role: Role
    language: str
    sign_in_id: UUID
    request_id: UUID

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.clinic_id, self.id, self.request_id)


class Phone(msgspec.Struct, frozen=True):
    """A patient's bound phone in one request."""

    clinic_id: UUID
    patient_id: UUID
    device_id: UUID
    request_id: UUID

    @property
    def actor(self) -> Actor:
        return Actor("patient", self.clinic_id, self.patient_id, self.request_id)

    @property
    def answering(self) -> "Answering":
        return Answering(self.clinic_id, self.patient_id, self.device_id, None, "phone", self.request_id)


class Answering(msgspec.Struct, frozen=True):
    """Somebody answering: with a bound phone (`phone`), its submit token (`token`) or a message's link (`link`).

    `check_in_id` is set for token and link: they open that check-in and nothing else.
    """

    clinic_id: UUID
    patient_id: UUID
    device_id: UUID | None
    check_in_id: UUID | None
    via: Literal["phone", "token", "link"]
    request_id: UUID

    @property
    def actor(self) -> Actor:
        kind = "link" if self.via == "link" else "patient"
        return Actor(kind, self.clinic_id, self.patient_id, self.request_id)


class Claim(msgspec.Struct, frozen=True):
    """Who says that they are answering, not yet proven: the statement that loads for them looks whether the phone is
    still bound, and `expires_unix` (care time) whether its token is still good. None: proven by the phone's cookie."""

    who: Answering
    expires_unix: int | None = None

    @property
    def device_to_prove(self) -> UUID | None:
        return None if self.expires_unix is None else self.who.device_id

    def proven(self, bound: bool, now: datetime) -> Answering:
        """401 unless `bound` and in time."""
        if self.expires_unix is not None and (not bound or now.timestamp() >= self.expires_unix):
            raise errors.signed_out()
        return self.who


class SealingKey(msgspec.Struct, frozen=True):
    """What a phone seals answers to: a point on P-256, uncompressed (65 bytes, base64 on the wire)."""

    key_id: int
    public_key: bytes


class Hours(msgspec.Struct, frozen=True):
    """Working hours in the clinic's zone: ISO weekdays, HH:MM."""

    days: tuple[int, ...]
    start: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")


class Clinic(msgspec.Struct, frozen=True):
    """The clinic as every stage may know it."""

    id: UUID
    name: str
    time_zone: str
    country: str
    language: str
    phone: str | None
    hours: Hours
    demo: bool


class StaffContact(msgspec.Struct, frozen=True):
    """An enabled colleague and how to reach them; `position` on the call list from 1, None when not on it."""

    id: UUID
    role: Role
    name: str
    language: str
    email: str | None
    phone: str | None
    position: int | None

    @property
    def pageable(self) -> bool:
        """Whether they may be paged about alerts, and something reaches them."""
        return self.role in CARE and bool(self.phone or self.email)


class StaffRow(msgspec.Struct, frozen=True):
    """A colleague as an admin sees them."""

    id: UUID
    name: str
    role: Role
    email: str
    phone_masked: str | None
    disabled: bool
    on_call_list: bool


class SignIn(msgspec.Struct, frozen=True):
    """A sign-in that is still good."""

    id: UUID
    staff_id: UUID
    role: Role
    language: str


class PasswordOnFile(msgspec.Struct, frozen=True):
    """What a sign-in is checked against."""

    staff_id: UUID
    password_hash: str
    enabled: bool


PERMISSIONS: dict[Role, tuple[str, ...]] = {
    "admin": ("patients", "sessions", "alerts", "protocols", "call_list", "staff"),
    "clinician": ("patients", "sessions", "alerts", "protocols"),
    "nurse": ("patients", "sessions", "alerts"),
    "viewer": (),
}


def hours_of(document: Any) -> Hours:
    """Hours from the clinic row's document."""
    return msgspec.convert(document, Hours)


class NewClinic(msgspec.Struct, frozen=True, kw_only=True):
    """A clinic to make, and its lead: an admin, the first on the call list. Phones may be national ones."""

    name: str
    time_zone: str
    country: str
    language: str
    hours: Hours
    phone: str | None
    lead_name: str
    lead_email: str
    lead_phone: str | None
    password: str
    demo: bool = False
