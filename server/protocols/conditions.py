"""The language of conditions: what a rule, or an item that is asked only sometimes, depends on.

In JSON every condition is an object whose `is` names its kind, for example
`{"is": "answer", "item": "a_sick", "in": ["many"]}`.
"""

from typing import Literal

import msgspec

Value = str | int | float | bool
Bound = float | str


class Answer(
    msgspec.Struct, frozen=True, tag_field="is", tag="answer", rename={"among": "in"}, forbid_unknown_fields=True
):
    """The answer to `item` is one of `in` (for several answers: has one of them), or lies within bounds: numbers, or
    for a date or time ISO words. `answered`: there is an answer, or there is none."""

    item: str
    among: tuple[Value, ...] | None = None
    gte: Bound | None = None
    lte: Bound | None = None
    gt: Bound | None = None
    lt: Bound | None = None
    answered: bool | None = None


class LastAnswer(
    msgspec.Struct, frozen=True, tag_field="is", tag="last_answer", rename={"among": "in"}, forbid_unknown_fields=True
):
    """The same question about the answer before this one, within the same session (a course's form: the course)."""

    item: str
    among: tuple[Value, ...] | None = None
    gte: float | None = None
    lte: float | None = None


class Changed(msgspec.Struct, frozen=True, tag_field="is", tag="changed", forbid_unknown_fields=True):
    """`item` went up or down by at least this much against an earlier answer.

    For a choice the distance is counted in options, the worst being last. Without the earlier answer it does not hold.
    """

    item: str
    against: Literal["last", "baseline", "own_last_session"]
    up: float | None = None
    down: float | None = None


class ChangedOwn(msgspec.Struct, frozen=True, tag_field="is", tag="changed_own", forbid_unknown_fields=True):
    """`item` went up or down by at least this much against the same check-in of the patient's own earlier sessions: the
    newest `sessions` of them in which it was answered; against `every` one, or their `median`.

    Counted as `changed` counts. With fewer of them it does not hold.
    """

    item: str
    sessions: int
    compare: Literal["every", "median"]
    up: float | None = None
    down: float | None = None


class Score(msgspec.Struct, frozen=True, tag_field="is", tag="score", forbid_unknown_fields=True):
    """A score of these answers is at least / at most a number. Without one of its items there is no score, and this
    does not hold."""

    name: str
    gte: float | None = None
    lte: float | None = None


class ScoreChanged(msgspec.Struct, frozen=True, tag_field="is", tag="score_changed", forbid_unknown_fields=True):
    """A score went up or down by at least this much against the last one before it, or against the lowest or highest
    of the `days` before. Without an earlier score it does not hold."""

    name: str
    against: Literal["last", "lowest", "highest"]
    days: float | None = None
    up: float | None = None
    down: float | None = None


class Trend(msgspec.Struct, frozen=True, tag_field="is", tag="trend", forbid_unknown_fields=True):
    """The mean of the newest `over` scores, this one among them, lies above or below the mean of the first `over` of
    the course by at least this much. With fewer than twice `over` scores it does not hold."""

    name: str
    over: int
    up: float | None = None
    down: float | None = None


class Beyond(msgspec.Struct, frozen=True, tag_field="is", tag="beyond", forbid_unknown_fields=True):
    """The answer to a graded `item` is so many `steps` worse than what is usual at this hour after this route. Where
    nothing usual is known it does not hold."""

    item: str
    steps: int = 1


class FlaggedBefore(
    msgspec.Struct,
    frozen=True,
    tag_field="is",
    tag="flagged_before",
    rename={"among": "in"},
    forbid_unknown_fields=True,
):
    """One of these rules flagged an earlier answer of the same episode, above routine. Known on a course's forms."""

    among: tuple[str, ...]


class Unanswered(msgspec.Struct, frozen=True, tag_field="is", tag="unanswered", forbid_unknown_fields=True):
    """A finished form left this item empty although it was asked."""

    item: str


class Hours(msgspec.Struct, frozen=True, tag_field="is", tag="hours", forbid_unknown_fields=True):
    """Hours since the end of administration lie in [gte, lt)."""

    gte: float | None = None
    lt: float | None = None


class Asked(
    msgspec.Struct, frozen=True, tag_field="is", tag="asked", rename={"among": "in"}, forbid_unknown_fields=True
):
    """The answers belong to one of these questionnaires."""

    among: tuple[str, ...]


class Risk(msgspec.Struct, frozen=True, tag_field="is", tag="risk", forbid_unknown_fields=True):
    """The session carries a risk flag, or (with `any_of`) one of these recorded risks."""

    any_of: tuple[str, ...] | None = None


class Session(
    msgspec.Struct, frozen=True, tag_field="is", tag="session", rename={"among": "in"}, forbid_unknown_fields=True
):
    """A fact about the session: its setting, drug or route."""

    fact: Literal["setting", "drug", "route"]
    among: tuple[str, ...]


class AnsweredBy(msgspec.Struct, frozen=True, tag_field="is", tag="answered_by", forbid_unknown_fields=True):
    """Who answered."""

    who: Literal["patient", "companion"]


class Companion(msgspec.Struct, frozen=True, tag_field="is", tag="companion", forbid_unknown_fields=True):
    """Whether a companion is named for this patient."""

    named: bool


class Fact(msgspec.Struct, frozen=True, tag_field="is", tag="fact", forbid_unknown_fields=True):
    """Something about the answering itself.

    `resting`: ended with "I need to rest". `text`: free words were sent. `call_me`: a call was asked for.
    `usual_level_signed`: a clinician signed this patient's usual level of passive thoughts at most 14 days ago.
    `last_not_clear`: the check-in before was answered and not clear.
    `safety_signal`: what travelled on tap was an answer about thoughts of self-harm.
    """

    name: Literal["resting", "text", "call_me", "usual_level_signed", "last_not_clear", "safety_signal"]


class Missed(
    msgspec.Struct, frozen=True, tag_field="is", tag="missed", rename={"among": "in"}, forbid_unknown_fields=True
):
    """A check-in closed unanswered: one of these keys (None = any), as the n-th in a row or more."""

    among: tuple[str, ...] | None = None
    in_a_row: int = 1


class StoppedMidway(msgspec.Struct, frozen=True, tag_field="is", tag="stopped_midway", forbid_unknown_fields=True):
    """An answer travelled on tap and the rest did not follow in time; the answers say which ones arrived."""


class All(msgspec.Struct, frozen=True, tag_field="is", tag="all", forbid_unknown_fields=True):
    """Every part holds."""

    of: tuple["Condition", ...]


class AnyOf(msgspec.Struct, frozen=True, tag_field="is", tag="any", forbid_unknown_fields=True):
    """At least one part holds."""

    of: tuple["Condition", ...]


class Not(msgspec.Struct, frozen=True, tag_field="is", tag="not", forbid_unknown_fields=True):
    """The part does not hold."""

    of: "Condition"


Condition = (
    Answer
    | LastAnswer
    | Changed
    | ChangedOwn
    | Score
    | ScoreChanged
    | Trend
    | Beyond
    | FlaggedBefore
    | Unanswered
    | Hours
    | Asked
    | Risk
    | Session
    | AnsweredBy
    | Companion
    | Fact
    | Missed
    | StoppedMidway
    | All
    | AnyOf
    | Not
)
