"""Which answers make which curve. Pure."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from server.protocols.questionnaires import words_in
from server.timeline.model import Answered, Curve, CurveKind, Point, Source

NOT_MENTIONED = {"en": "Not mentioned", "es": "No lo menciona"}


@cache
def curve_kinds() -> tuple[CurveKind, ...]:
    """The curves that are drawn, in order."""
    return msgspec.json.decode(
        files("server.timeline").joinpath("curves.json").read_bytes(), type=tuple[CurveKind, ...]
    )


def curves(answered: Sequence[Answered], language: str) -> list[Curve]:
    """A curve for each kind that has a point. Answers outside a session make none: they have no hour."""
    found = []
    for kind in curve_kinds():
        points = [point for one in answered if (point := _point(kind, one, language)) is not None]
        if points:
            title = words_in(kind.title, language)
            found.append(Curve(kind.id, title, kind.max, kind.better, sorted(points, key=lambda p: p.at)))
    return found


def _point(kind: CurveKind, one: Answered, language: str) -> Point | None:
    if one.session_id is None or one.hours is None:
        return None
    for source in kind.sources:
        if (found := _level(source, one, language)) is not None:
            level, text = found
            return Point(one.session_id, one.at, one.hours, level, text)
    return None


def _level(source: Source, one: Answered, language: str) -> tuple[float, str] | None:
    if source.score is not None:
        score = one.scores.get(source.score)
        return None if score is None else (score, f"{score:g}")
    value = one.answers.get(source.item or "")
    if value is None:
        return None
    if source.options:
        return _chosen(source, one, value, language)
    if source.levels is not None:
        level = source.levels.get(value)
        return None if level is None else (level, one.words[source.item or ""])
    return (value, f"{value:g}") if isinstance(value, int | float) else None


def _chosen(source: Source, one: Answered, chosen: Sequence[str], language: str) -> tuple[float, str] | None:
    """ "How bad is it?" is asked about the worst of those chosen: it is the level of each of them."""
    if not set(chosen) & set(source.options):
        return 0, NOT_MENTIONED.get(language) or NOT_MENTIONED["en"]
    strength = source.strength
    said = one.answers.get(strength.item) if strength else None
    level = strength.levels.get(said) if strength and isinstance(said, str) else None
    if strength is None or level is None:
        return None
    return level, one.words[strength.item]
