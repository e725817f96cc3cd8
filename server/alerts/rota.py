"""Who is on call at an instant, from hand-over to hand-over. Pure; instants are aware and UTC.

Turns begin and end as spans of hours do (`clock_times`): when clocks change at hand-over, two overlap for that hour.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from server.alerts.clock_times import SLACK, first_instant, hour_spans, last_instant, local_day, within
from server.alerts.rota_model import Group, Layer, Line, Period, Rota


def turn_spans(layer: Layer, zone: str, begins: datetime, ends: datetime) -> list[tuple[datetime, datetime, UUID]]:
    """(start, end, person) of each turn that touches the span, in order."""
    length = timedelta(weeks=layer.weeks)
    nth = (local_day(begins, zone) - layer.first_day - SLACK) // length
    found = []
    while layer.people:
        day = layer.first_day + nth * length
        start = first_instant(day, layer.hand_over, zone)
        end = last_instant(day + length, layer.hand_over, zone)
        if start >= ends:
            break
        if end > begins:
            found.append((start, end, layer.people[nth % len(layer.people)]))
        nth += 1
    return found


def on_call(rota: Rota, at: datetime) -> Line:
    """Who is on call at this instant, layer by layer; nobody twice."""
    changes = [change for change in rota.changes if change.holds(at)]
    whole = tuple(change.staff_id for change in changes if change.instead_of is None)
    if whole:
        return _once([whole])
    if not within(rota.coverage, rota.zone, at):
        return ()
    # Of two changes for the same person the later one counts; both sides of a swap are taken at once.
    takes = {change.instead_of: change.staff_id for change in changes}
    return _once(tuple(takes.get(who, who) for who in _on_turn(layer, rota.zone, at)) for layer in rota.layers)


def _on_turn(layer: Layer, zone: str, at: datetime) -> Group:
    if not within(layer.hours, zone, at):
        return ()
    return tuple(who for _, _, who in turn_spans(layer, zone, at, at + timedelta.resolution))


def _once(groups: Iterable[Group]) -> Line:
    seen: set[UUID] = set()
    found = []
    for group in groups:
        fresh = tuple(dict.fromkeys(who for who in group if who not in seen))
        seen.update(fresh)
        if fresh:
            found.append(fresh)
    return tuple(found)


def periods(rota: Rota, begins: datetime, ends: datetime) -> list[Period]:
    """The span cut where who is on call changes: exact, without gaps, nobody's two periods side by side."""
    found: list[Period] = []
    for start, end in stretches(rota, begins, ends):
        line = on_call(rota, start)
        if found and found[-1].line == line:
            found[-1] = Period(found[-1].begins, end, line)
        else:
            found.append(Period(start, end, line))
    return found


def stretches(rota: Rota, begins: datetime, ends: datetime) -> list[tuple[datetime, datetime]]:
    """The span cut wherever a turn, hours or a change begins or ends: within each nothing changes."""
    return list(pairwise([*sorted({at for at in (begins, *_edges(rota, begins, ends)) if begins <= at < ends}), ends]))


def _edges(rota: Rota, begins: datetime, ends: datetime) -> Iterable[datetime]:
    for change in rota.changes:
        yield from (change.begins, change.ends)
    for hours in (rota.coverage, *(layer.hours for layer in rota.layers)):
        for span in hour_spans(hours, rota.zone, begins, ends):
            yield from span
    for layer in rota.layers:
        for start, end, _ in turn_spans(layer, rota.zone, begins, ends):
            yield from (start, end)


def in_turn(rota: Rota, at: datetime) -> Line:
    """Everybody of the rota in the order in which they are called at this instant: who is on call, then of each layer
    who is on next, one by one, apart from those whom somebody stands in for. Empty while nobody is on call."""
    line = on_call(rota, at)
    if not line:
        return ()
    away = {change.instead_of for change in rota.changes if change.holds(at)}
    others = []
    for layer in rota.layers:
        turns = [who for _, _, who in turn_spans(layer, rota.zone, at, at + timedelta.resolution)]
        place = layer.people.index(turns[-1]) + 1 if turns else 0
        others += [(who,) for who in (*layer.people[place:], *layer.people[:place]) if who not in away]
    return _once([*line, *others])
