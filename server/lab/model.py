"""What trying a version on past or made-up answers gives."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from server.protocols.model import Tier
from server.responses.replay import Past

Change = Literal["new", "gone", "higher", "lower"]
Over = Literal["stored", "simulated"]


class Verdict(msgspec.Struct, frozen=True):
    """A tier, and by rule the sentence that says why; rules of the tier routine are left out."""

    tier: Tier
    rules: dict[str, str] = {}


NOT_ASKED = Verdict("routine")


class Tried(msgspec.Struct, frozen=True):
    """One answer or silence before and after. `after` None: this version does not ask it."""

    past: Past
    patient_id: UUID | None
    before: Verdict
    after: Verdict | None


class TierLoad(msgspec.Struct, frozen=True):
    """How often a tier came: of so many answered check-ins, per 100 of them, per week."""

    tier: Tier
    count: int
    per_100: float
    per_week: float


class Side(msgspec.Struct, frozen=True):
    """What one version calls for: of answers by tier, together, and of silence, which is counted apart."""

    tiers: list[TierLoad]
    alerts: int
    per_100: float
    per_week: float
    silences: int


class Useful(msgspec.Struct, frozen=True):
    """What colleagues said of it when they closed alerts."""

    needed: int = 0
    worth_knowing: int = 0
    not_needed: int = 0


class RuleTried(msgspec.Struct, frozen=True):
    """A rule in words, and how often it called somebody before and would with this version."""

    rule: str
    words: str
    before: int
    after: int
    useful: Useful


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is judged otherwise. `was`, `now`: why, in sentences. No patient for made-up answers."""

    change: Change
    at: datetime
    check_in: str
    missed: bool
    before: Tier
    after: Tier
    was: list[str]
    now: list[str]
    patient_id: UUID | None = None
    patient_name: str | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """`not_asked`: answers to forms that this version does not have. `left_out`: cases beyond those listed."""

    over: Over
    weeks: float
    patients: int
    answered: int
    silent: int
    not_asked: int
    before: Side
    after: Side
    new: int
    gone: int
    higher: int
    lower: int
    rules: list[RuleTried]
    cases: list[Case]
    left_out: int


class Progress(msgspec.Struct, frozen=True):
    """So many patients of all are done."""

    done: int
    of: int
