"""What a notification is made of: the message a provider gets, its answer, and what to do next."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

Channel = Literal["push", "sms", "email", "team"]
Kind = Literal["prompt", "page", "notice", "post"]
Hears = Literal["emergency", "urgent", "same_day", "incident"]
"""What a team channel is told of: alerts of a tier, trouble with the system itself."""
Priority = Literal["urgent", "normal"]
Lane = Literal["pages", "rest"]
Language = Literal["en", "es"]
Result = Literal["accepted", "temporary", "permanent", "configuration"]
Receipt = Literal["queued", "sent", "failed", "delivered"]
HELD = "provider_in_trouble"
"""Nothing was tried: the provider is left alone for a while."""
TIMED_OUT = "timeout"


class PushTarget(msgspec.Struct, frozen=True, kw_only=True):
    """One phone at its push service: `p256dh` and `auth` are base64url as the phone gave them, `private_key` the 32
    bytes of the key that it subscribed to. A later message of the same `topic` replaces an earlier one. `signed_at`:
    machine time of this attempt."""

    subscription_id: UUID
    endpoint: str
    p256dh: str
    auth: str
    private_key: bytes
    topic: str
    signed_at: datetime


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message on one channel, complete: `id` stays the same on every attempt, so that a copy can be recognised.

    `at` (the instant of this attempt) and `expires_at` are on the same clock: care time. `tried_since` is the
    machine time of the first attempt whose end is unknown (crash or timeout); None when nothing can be out there.
    `clinic_id`: for the address to which a provider reports.
    """

    id: UUID
    channel: Channel
    to: str
    body: str
    language: Language
    at: datetime
    title: str | None = None
    link: str | None = None
    expires_at: datetime | None = None
    tried_since: datetime | None = None
    push: PushTarget | None = None
    clinic_id: UUID | None = None
    team_channel_id: UUID | None = None


class Outcome(msgspec.Struct, frozen=True):
    """How a provider answered. `error_code` is a short code of ours, never its text: that may hold addresses.

    "accepted" means the provider took it, not that anybody saw it. `retry_after_s` is the provider's wish in seconds.
    """

    result: Result
    provider_ref: str | None = None
    error_code: str | None = None
    retry_after_s: int | None = None


class StatusReport(msgspec.Struct, frozen=True):
    """What a provider's callback says about a message it accepted earlier; `failure` is set when it failed."""

    provider_ref: str
    receipt: Receipt
    failure: Outcome | None = None


class Retry(msgspec.Struct, frozen=True):
    """Send again on the same channel at `at` (machine time); `parallel`: and start the next channel now."""

    at: datetime
    parallel: bool = False


class NextChannel(msgspec.Struct, frozen=True):
    """This channel is of no use for this message: go on with the next one at once."""


class GiveUp(msgspec.Struct, frozen=True):
    """No way is left. The caller must say so aloud: a failed prompt is shown, a failed page is an incident."""

    reason: Literal["expired", "no_channel_left"]


class ClaimAlone(msgspec.Struct, frozen=True):
    """Send again, but outside the batch, so that a message that kills its sender takes no other with it."""


class Park(msgspec.Struct, frozen=True):
    """Stop trying; a parked page is an incident and the next escalation step starts now."""
