"""A made-up patient, and the timeline that a protocol document has for them."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from server.protocols.model import AskedOf, Phase, Tier
from server.sessions.model import Drug, Indication, Instant, Risks, Route, Setting


class MadeUp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The patient and the session to try it on. `number` counts their sessions from 1."""

    route: Route
    drug: Drug
    setting: Setting
    indication: Indication
    ended_at: Instant
    time_zone: Annotated[str, Meta(max_length=60)]
    number: Annotated[int, Meta(ge=1, le=1000)] = 1
    phase: Phase = "induction"
    risk: Risks = []
    started_at: Instant | None = None
    discharged_at: Instant | None = None


class Reminder(msgspec.Struct, frozen=True):
    """A message about a check-in; `sms`: asked for as a text."""

    at: datetime
    sms: bool


class PreviewedCheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """One check-in. `left_out`: why it is not asked (None: it is). `conditional`: asked only if the one before was
    missed or not clear. `taps`: when all is well. `silence`: what follows when nobody answers; `tier`: how urgent."""

    key: str
    title: str
    questionnaire: str
    asked_of: AskedOf
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    reminders: list[Reminder]
    taps: int
    conditional: bool
    left_out: str | None
    silence: list[str]
    tier: Tier | None


class Preview(msgspec.Struct, frozen=True):
    """The timeline, in order. `not_for`: titles of steps that this session does not have."""

    items: list[PreviewedCheckIn]
    not_for: list[str]
