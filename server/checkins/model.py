"""Values of the planner. All datetimes are aware and UTC."""

from datetime import datetime, time, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from server.protocols.model import AskedOf, Phase

CheckInState = Literal["planned", "open", "missed", "answered", "cancelled", "paused"]
Reason = Literal[
    "recorded_late", "quiet_hours", "not_needed", "newer_session", "session_cancelled", "recheck", "no_risk",
    "course_over", "one_a_day", "admitted", "on_holiday", "withdrawn", "deceased", "not_for_session", "asked_lately",
]  # fmt: skip
ActionKind = Literal["prompt", "nudge", "close"]
LINKS_LAST = timedelta(days=14)
"""After a check-in's window has closed, what its links and submit tokens open stays open so long."""


class SessionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What planning and judging need of a treatment session. `risk`: recorded or derived, see `checkins.risk`.
    `number` counts the patient's sessions from 1."""

    drug: str
    route: str
    setting: str
    ended_at: datetime
    discharged_at: datetime | None = None
    started_at: datetime | None = None
    risk: tuple[str, ...] = ()
    indication: str = ""
    number: int = 1
    phase: Phase = "induction"

    @property
    def t0(self) -> datetime:
        """Where hours count from: "T0 (end of administration; home: dose taken)" (safety, decision 6)."""
        return self.started_at if self.setting == "home" and self.started_at is not None else self.ended_at


class RiskFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the risk flag is made of. `ticked` are risks recorded by staff, see `checkins.rules.RISKS`."""

    setting: str
    number: int
    dose_mg: float
    last_dose_mg: float | None = None
    last_badly_tolerated: bool = False
    age: int | None = None
    ticked: tuple[str, ...] = ()


class QuietHours(msgspec.Struct, frozen=True):
    """Local times between which no routine prompt goes out; equal times mean none. May span midnight."""

    starts: time
    ends: time


class PlannedCheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """One check-in as planned. `reason` says why it is cancelled or paused, or `recheck` for an extra one.
    `stands_in_for`: key of the patient's check-in whose place the companion's answer takes while that one is silent."""

    key: str
    questionnaire: str
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    state: CheckInState = "planned"
    reason: Reason | None = None
    asked_of: AskedOf = "patient"
    stands_in_for: str | None = None


class CourseSession(msgspec.Struct, frozen=True):
    """A session as the clock of its course sees it."""

    id: UUID
    ended_at: datetime


class CourseCheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """A check-in of the course. It belongs to the session that it follows. `id` None: not stored yet."""

    id: UUID | None
    session_id: UUID
    check_in: PlannedCheckIn
    asked: bool = False


class LastCheckIn(msgspec.Struct, frozen=True):
    """The check-in before the one in question: its state and, when answered, whether it was clear."""

    state: CheckInState
    clear: bool | None = None


class Action(msgspec.Struct, frozen=True):
    """Something due on a check-in. `number`: which of its step's actions it is, whenever it comes: 0 the prompt, then
    the nudges, last the close. `channel` is the hint of a nudge."""

    kind: ActionKind
    at: datetime
    number: int
    channel: Literal["any", "sms"] = "any"


class NextAction(msgspec.Struct, frozen=True):
    """What to do now (None: nothing yet), how many of the step's actions are then behind us, and when to look again
    (None: never)."""

    action: Action | None
    done: int
    next_at: datetime | None
