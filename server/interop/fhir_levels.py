"""Conditions of items and of the groups around them, put together so that the same always look the same."""

from collections.abc import Iterable, Sequence
from typing import Any

from server.protocols import conditions as c


def level(parts: Sequence[c.Condition], behavior: str | None) -> c.Condition | None:
    """The conditions of one item or group together; None without any."""
    if behavior != "any" or len(parts) < 2:
        return joined(parts)
    merged: dict[Any, c.Condition] = {}
    for part in parts:
        name = part.item if isinstance(part, c.Answer) and part.among is not None else part
        known = merged.get(name)
        merged[name] = _either(known, part) if known is not None else part
    return next(iter(merged.values())) if len(merged) == 1 else c.AnyOf(tuple(merged.values()))


def _either(known: c.Condition, part: c.Condition) -> c.Condition:
    if isinstance(known, c.Answer) and isinstance(part, c.Answer) and known.among and part.among:
        return c.Answer(known.item, among=tuple(dict.fromkeys((*known.among, *part.among))))
    return known


def joined(levels: Iterable[c.Condition | None]) -> c.Condition | None:
    """All of them, in one order: those with a choice first, so that the same conditions always look the same."""
    parts: list[c.Condition] = []
    for one in levels:
        parts += one.of if isinstance(one, c.All) else () if one is None else (one,)
    parts = list(dict.fromkeys(parts))
    parts.sort(key=lambda part: not _is_wide(part))
    return c.All(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)


def _is_wide(part: c.Condition) -> bool:
    return isinstance(part, c.AnyOf) or (isinstance(part, c.Answer) and len(part.among or ()) > 1)
