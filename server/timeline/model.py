"""Curves: one symptom or score over the hours since a session, made of what different forms asked about it."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec


class Strength(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The item that says how bad the chosen ones are, and the level of each of its options."""

    item: str
    levels: dict[str, int]


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a curve's points come from: a number (`item` alone), an item's options by level, one option among several
    with its strength, or a score."""

    item: str | None = None
    levels: dict[str, int] | None = None
    options: tuple[str, ...] = ()
    strength: Strength | None = None
    score: str | None = None


class CurveKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A curve as data. Levels run from 0 to `max`; they order answers and are no grades of an illness."""

    id: str
    title: dict[str, str]
    max: int
    sources: tuple[Source, ...]
    better: Literal["low", "high"] = "low"


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """One response as curves see it; `words` are the answers by item as staff read them."""

    session_id: UUID | None
    at: datetime
    hours: float | None
    answers: dict[str, Any]
    scores: dict[str, float]
    words: dict[str, str]


class Point(msgspec.Struct, frozen=True):
    """`hours` since the session's end; `text` is the answer in words."""

    session_id: UUID
    at: datetime
    hours: float
    level: float
    text: str


class Curve(msgspec.Struct, frozen=True):
    """Points oldest first."""

    id: str
    title: str
    max: int
    better: Literal["low", "high"]
    points: list[Point]
