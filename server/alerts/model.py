"""Values of alerting: what stands, what a new flag or a passing deadline makes of it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from server.protocols.model import Escalation, EscalationPlan, Tier, Who

State = Literal["open", "acknowledged", "in_follow_up", "closed"]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that is not closed, as far as deciding needs it. `topics`: of its flags; `responses`: their sources.
    `plan` is the one of its tier from `escalation`, the alert's own copy."""

    id: UUID
    state: State
    tier: Tier
    version: int
    escalation: Escalation
    plan: EscalationPlan
    step: int
    triggered_at: datetime
    next_action_at: datetime
    exhausted: bool = False
    reached_at: datetime | None = None
    topics: tuple[str, ...] = ()
    responses: tuple[UUID, ...] = ()
    missed_only: bool = False
    held_by: UUID | None = None
    acknowledged_at: datetime | None = None


class FlagSource(msgspec.Struct, frozen=True, kw_only=True):
    """What flags are about: a check-in that was answered or missed, the form that answered it, and when."""

    patient_id: UUID
    session_id: UUID | None
    check_in_id: UUID | None
    response_id: UUID | None
    at: datetime


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Page `who` now; look again at `next_at`. `step`: how often people will have been called then, since it was last
    raised: the next step to fire, and past the last one as often as a spent plan repeats; `exhausted`: it is spent."""

    who: tuple[Who, ...]
    step: int
    next_at: datetime
    exhausted: bool = False
    digest: bool = False


class Later(msgspec.Struct, frozen=True):
    """Nothing to do before `next_at`."""

    next_at: datetime


class Reopen(msgspec.Struct, frozen=True):
    """An acknowledgement or a follow-up ran out: open again, from step 0."""

    reason: Literal["not_reached", "review_due"]


class Remind(msgspec.Struct, frozen=True):
    """Whoever holds the alert has not said that the patient was reached: asked once, looked at again at `next_at`."""

    next_at: datetime


class Worsen(msgspec.Struct, frozen=True):
    """The alert waited too long for its tier: it rises to `to` and starts over, with `escalation` as its own copy from
    then on. `unreached`: since nobody reached the patient, not only since nobody acknowledged."""

    to: Tier
    escalation: Escalation
    unreached: bool = False


class Open(msgspec.Struct, frozen=True):
    """No alert stands: open one of this tier."""

    tier: Tier


class Append(msgspec.Struct, frozen=True):
    """Add the flags; the climb goes on."""


class Restart(msgspec.Struct, frozen=True):
    """Add the flags and start over from step 0 at this tier."""

    tier: Tier
