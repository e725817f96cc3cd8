"""Facts that quality indicators are made of, and indicators as shown (safety.md section 5)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from server.protocols.model import Tier

Unit = Literal["minutes", "percent", "per_100", "count", "hours", "seconds"]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """What indicators can be looked at apart by. `older`: 65 or more. Without a session only the language is known."""

    route: str | None
    setting: str | None
    number: int | None
    older: bool
    language: str


class AlertFact(msgspec.Struct, frozen=True, kw_only=True):
    """`taken_at`: first acknowledged. `covered`: opened while the clinic was at work. `rules`: those that made it,
    `missed`: all of them about silence."""

    patient_id: UUID
    group: Group
    tier: Tier
    safety: bool
    missed: bool
    opened_at: datetime
    covered: bool
    taken_at: datetime | None
    reached_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    useful: str | None
    rules: tuple[str, ...]


class CheckInFact(msgspec.Struct, frozen=True, kw_only=True):
    """A check-in whose window is over or that is answered. `kind`: its key without a number. `answered_by` and
    `seconds` (from the first question to the last) of its first answer."""

    session_id: UUID
    group: Group
    kind: str
    due_at: datetime
    state: str
    answered_by: str | None
    seconds: float | None


class SessionFact(msgspec.Struct, frozen=True, kw_only=True):
    """`covered`: the clinic was at work one hour and six hours after its end. `signed`: its protocol version is.
    `confirmed`: a person spoke with the patient about an alert of it, or knew them looked after."""

    id: UUID
    group: Group
    ended_at: datetime
    covered: bool
    signed: bool
    confirmed: bool


class AnswerFact(msgspec.Struct, frozen=True, kw_only=True):
    """One answer as given, `hours` after its session's end."""

    session_id: UUID
    group: Group
    at: datetime
    hours: float
    answers: Mapping[str, Any]


class HarmFact(msgspec.Struct, frozen=True, kw_only=True):
    happened_on: date
    reviewed: bool


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in the time looked at. `pages`: when each page to a colleague was made, and whether that was at night
    (22 to 7 on the clinic's clock). `numbers_old`: help numbers nobody has checked for 90 days."""

    alerts: tuple[AlertFact, ...]
    check_ins: tuple[CheckInFact, ...]
    sessions: tuple[SessionFact, ...]
    answers: tuple[AnswerFact, ...]
    harms: tuple[HarmFact, ...]
    night_pages: tuple[datetime, ...]
    numbers_old: int


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One number of an indicator: `value` in `unit` (None: nothing to count), made of `count` cases. `goal`: what
    safety.md asks for, reached when `met`; `at_least`: which way is better."""

    name: str
    unit: Unit
    value: float | None
    count: int
    goal: float | None = None
    at_least: bool = True
    met: bool | None = None


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """`weekly`: the first part's value in each week, oldest first."""

    id: str
    parts: tuple[Part, ...]
    weekly: tuple[float | None, ...] = ()


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A group to look at; None is everybody."""

    route: str | None = None
    setting: str | None = None
    language: str | None = None
    older: bool | None = None
    first_sessions: bool | None = None

    def has(self, group: Group) -> bool:
        """Whether somebody of this group is meant. `first_sessions`: the first two, or the later ones."""
        early = group.number is not None and group.number <= 2
        pairs = (
            (self.route, group.route), (self.setting, group.setting), (self.language, group.language),
            (self.older, group.older), (self.first_sessions, early),
        )  # fmt: skip
        return all(wanted is None or wanted == actual for wanted, actual in pairs)
