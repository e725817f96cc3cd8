"""What phones send, as it comes over the wire."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from server.kit.crypto import Cipher
from server.responses.model import AnsweredBy

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FAR = datetime(2200, 1, 1, tzinfo=UTC)
Instant = Annotated[datetime, Meta(tz=True)]
ItemId = Annotated[str, Meta(min_length=1, max_length=60)]
AnswerMap = Annotated[dict[ItemId, Any], Meta(max_length=100)]


class ResponseBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finished form. Times are the phone's; `sent_at` tells how far its clock is off. `birth_year`: link-only."""

    response_id: UUID
    answers: AnswerMap
    started_at: Instant
    completed_at: Instant
    sent_at: Instant
    answered_by: AnsweredBy = "patient"
    birth_year: Annotated[int, Meta(ge=1900, le=2100)] | None = None


class SignalBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One dangerous answer, sent on tap."""

    response_id: UUID
    item: ItemId
    value: Any
    at: Instant
    sent_at: Instant
    answered_by: AnsweredBy = "patient"


class ReportBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Unprompted: "I feel unwell now"."""

    response_id: UUID
    answers: AnswerMap
    started_at: Instant
    completed_at: Instant
    sent_at: Instant
    text: Annotated[str, Meta(max_length=4000)] | None = None
    call_me: bool = False


class Sealed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the bodies above without `response_id` and `sent_at`, sealed to the clinic's key `key_id` (base64).

    `sealed_for`: the id it was sealed under, when a conflict made the phone send it again under a new `response_id`.
    """

    response_id: UUID
    sent_at: Instant
    key_id: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    sealed: Annotated[str, Meta(min_length=100, max_length=60_000)]
    sealed_for: UUID | None = None


class SealedReport(Sealed, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`patient_id`: whose report it is. Reports have no token of their own, and a phone may change hands."""

    patient_id: UUID


def body_hash(cipher: Cipher, body: ResponseBody | ReportBody) -> bytes:
    """What makes two sendings the same: all but `sent_at`, which each try sets anew, and the birth year."""
    document = msgspec.to_builtins(body)
    for name in ("sent_at", "birth_year"):
        document.pop(name, None)
    return cipher.fingerprint(msgspec.json.encode(document, order="deterministic"))


def value_hash(cipher: Cipher, item: str, value: Any) -> bytes:
    """What makes two taps the same."""
    return cipher.fingerprint(msgspec.json.encode([item, value], order="deterministic"))


def answered_at(at: datetime, sent_at: datetime, now: datetime, opens_at: datetime) -> datetime:
    """When it was answered on our clock: "completed_at + (server time - `sent_at`), clamped between opens_at and
    arrival" (design, section 2). The phone's clock may stand anywhere: only differences are used."""
    before_arrival = max(sent_at - at, timedelta(0))
    return now - min(before_arrival, max(now - opens_at, timedelta(0)))


def within_reach(at: datetime) -> datetime:
    """The phone's own time as far as a broken clock leaves it in reach of the database."""
    return min(max(at, EPOCH), FAR)
