"""What is wrong with the usual course of symptoms, with the restrictions and with the rises of a protocol document."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import time

from server.protocols import conditions as c
from server.protocols.evaluate import walk
from server.protocols.model import ProtocolVersion

LONGEST_RESTRICTION_HOURS = 30 * 24
LONGEST_PAUSE_MINUTES = 60


def time_faults(version: ProtocolVersion) -> Iterator[str]:
    """Curves of items that are not graded or end in the middle, rules that compare with no curve, restrictions that
    never end or never begin, alerts that rise from a fixed day on."""
    yield from _usual_faults(version)
    known = {usual.item for usual in version.usual}
    for rule in version.rules:
        compared = {part.item for part in walk(rule.when) if isinstance(part, c.Beyond)}
        yield from (f"{rule.id}: nothing usual is known of {item}" for item in sorted(compared - known))
    yield from _restriction_faults(version)
    if not 1 <= version.missed.midway_minutes <= LONGEST_PAUSE_MINUTES:
        yield f"missed: midway_minutes must be from 1 to {LONGEST_PAUSE_MINUTES}"


def _usual_faults(version: ProtocolVersion) -> Iterator[str]:
    items = {item.id: item for form in version.questionnaires for item in form.items}
    places = Counter((usual.item, route) for usual in version.usual for route in {*usual.routes})
    for usual in version.usual:
        item, where = items.get(usual.item), f"usual {usual.key}"
        if item is None or not item.graded:
            yield f"{where}: not an item with graded options"
        else:
            options = {option.value for option in item.options}
            yield from (f"{where}: no option {band.worst}" for band in usual.bands if band.worst not in options)
        bounds = [band.below for band in usual.bands]
        if not rise_and_end_open(bounds) or any(below is not None and below <= 0 for below in bounds):
            yield f"{where}: its hours must rise and end open"
        if not usual.routes:
            yield f"{where}: names no route"
        if any(places[usual.item, route] > 1 for route in usual.routes):
            yield f"{where}: a route has two courses"
        if usual.source not in version.sources:
            yield f"{where}: unknown source {usual.source}"


def _restriction_faults(version: ProtocolVersion) -> Iterator[str]:
    names = Counter(restriction.id for restriction in version.restrictions)
    yield from (f"restriction twice: {name}" for name, count in names.items() if count > 1)
    for restriction in version.restrictions:
        where = f"restriction {restriction.id}"
        if restriction.hours < 0 or (restriction.hours == 0 and restriction.morning is None):
            yield f"{where}: ends before it begins"
        if restriction.hours > LONGEST_RESTRICTION_HOURS:
            yield f"{where}: lasts longer than {LONGEST_RESTRICTION_HOURS // 24} days"
        if restriction.source not in version.sources:
            yield f"{where}: unknown source {restriction.source}"
        if restriction.morning is not None and not is_time_of_day(restriction.morning):
            yield f"{where}: {restriction.morning} is not a time of day"


def rise_and_end_open(bounds: Sequence[float | None]) -> bool:
    """Whether bands up to these hours cover all of time, each a part of its own: only the last has no end."""
    limits = [below for below in bounds[:-1] if below is not None]
    return bool(bounds) and bounds[-1] is None and len(limits) == len(bounds) - 1 and limits == sorted(set(limits))


def is_time_of_day(wall: str) -> bool:
    """Whether it is an ISO time such as `20:30`, on the clinic's wall: of no time zone of its own."""
    try:
        return time.fromisoformat(wall).tzinfo is None
    except ValueError:
        return False
