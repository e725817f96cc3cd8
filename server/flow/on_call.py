"""Who is on call, resolved at the moment of asking: by the rota, or, without one, by the call list."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog

from server.access import queries as access
from server.access.model import StaffContact, StaffRow
from server.alerts import rota_queries as queries
from server.alerts.clock_times import within
from server.alerts.rota import in_turn, on_call, periods, stretches
from server.alerts.rota_model import Group, Line
from server.alerts.rota_queries import StoredRota
from server.kit.db import Tx

log = structlog.get_logger()

# The next change is near as a rule, and to look far costs more than all else that a phone asks for.
LOOK_AHEAD = (2, 8, 29)


class Turn(msgspec.Struct, frozen=True):
    """Whom to call now, in groups, the first of them first. `gap`: nobody is on call though the clinic promises
    somebody at this hour. `passed_over`: who would be called first and cannot be paged."""

    line: Line
    gap: bool = False
    passed_over: tuple[UUID, ...] = ()


class Cover(msgspec.Struct, frozen=True):
    """Who is on call. `by_rota` False: there is no rota, the call list holds at any hour. `until`: when that changes;
    `next_at`, `next`: who is on call after that, the next time that somebody is."""

    by_rota: bool
    now: Line
    until: datetime | None = None
    next_at: datetime | None = None
    next: Line = ()


async def turn_now(tx: Tx, contacts: Collection[StaffContact], *, in_advance: bool = False) -> Turn:
    """Whom a step calls at this moment, of those who can be paged; the call list, as in a gap, when the rota cannot be
    read. `contacts`: everybody. `in_advance`: while nobody is on call, who is the next time."""
    fit = {c.id for c in contacts if c.pageable}
    listed = [(c.id,) for c in sorted(contacts, key=lambda c: c.position or 0) if c.position is not None]
    try:
        async with tx.apart():
            return await _turn(tx, listed, fit, in_advance=in_advance)
    except Exception as error:
        _tell_unreadable(tx, error)
        return Turn(_only(listed, fit), gap=True, passed_over=_unfit(listed, fit))


async def _turn(tx: Tx, listed: Sequence[Group], fit: Collection[UUID], *, in_advance: bool) -> Turn:
    stored = await queries.get_rota(tx, tx.now)
    if not is_made(stored):
        return Turn(_only(listed, fit), passed_over=_unfit(listed, fit))
    rota = stored.rota
    line = in_turn(rota, tx.now)
    if not line and in_advance and (at := (await cover_now(tx)).next_at) is not None:
        line = in_turn(rota, at)
    called = _only(line, fit)
    gap = not _only(on_call(rota, tx.now), fit) and within(rota.coverage, rota.zone, tx.now)
    rest = [group for group in _only(listed, fit) if not any(group[0] in each for each in called)]
    return Turn((*called, *rest) if called else (), gap, _unfit(line, fit))


def _unfit(line: Sequence[Group], fit: Collection[UUID]) -> tuple[UUID, ...]:
    return tuple(who for group in line[:1] for who in group if who not in fit)


async def cover_now(tx: Tx) -> Cover:
    """Who is on call now and next, of those who can be paged; as without a rota when it cannot be read."""
    contacts = await list_pageable(tx)
    try:
        async with tx.apart():
            return await _cover(tx, contacts)
    except Exception as error:
        _tell_unreadable(tx, error)
        return _by_list(contacts)


def _by_list(contacts: Sequence[StaffContact]) -> Cover:
    first = next((c.id for c in contacts if c.position is not None), None)
    return Cover(False, ((first,),) if first else ())


def _tell_unreadable(tx: Tx, error: Exception) -> None:
    log.error("rota_unreadable", clinic=str(tx.clinic_id), error=type(error).__name__)


async def _cover(tx: Tx, contacts: Sequence[StaffContact]) -> Cover:
    stored = await queries.get_rota(tx, tx.now)
    fit = {c.id for c in contacts}
    if not is_made(stored):
        return _by_list(contacts)
    now = _only(on_call(stored.rota, tx.now), fit)
    until: datetime | None = None
    for days in LOOK_AHEAD:
        later = [(p.begins, _only(p.line, fit)) for p in periods(stored.rota, tx.now, tx.now + timedelta(days=days))]
        changed = [(begins, line) for begins, line in later if line != now]
        until = changed[0][0] if changed else None
        if found := next(((begins, line) for begins, line in changed if line), None):
            return Cover(True, now, until, *found)
    return Cover(True, now, until)


def is_made(stored: StoredRota) -> bool:
    """Whether the clinic goes by a rota."""
    return bool(stored.rota.layers)


def _only(line: Sequence[Group], fit: Collection[UUID]) -> Line:
    groups = (tuple(who for who in group if who in fit) for group in line)
    return tuple(group for group in groups if group)


async def fewest_until(tx: Tx, until: datetime) -> int:
    """How many people a climbing alert could call at the worst moment from now on: those in turn and on the call list
    who can be paged. Nobody, where nobody is on call."""
    contacts = await list_pageable(tx)
    fit, listed = {c.id for c in contacts}, {c.id for c in contacts if c.position is not None}
    stored = await queries.get_rota(tx, tx.now)
    if not is_made(stored):
        return len(listed)
    begun = [begins for begins, _ in stretches(stored.rota, tx.now, until)]
    lines = [_only(in_turn(stored.rota, at), fit) if _only(on_call(stored.rota, at), fit) else () for at in begun]
    return min(len(listed.union(*line)) if line else 0 for line in lines)


async def count_callable(tx: Tx) -> int:
    """Everybody whom an alert would call at some step: the people of the rota and of the call list who can be paged."""
    rota = (await queries.get_rota(tx, tx.now)).rota
    in_turns = {who for layer in rota.layers for who in layer.people}
    return sum(c.position is not None or c.id in in_turns for c in await list_pageable(tx))


async def is_on_call_throughout(tx: Tx, begins: datetime, ends: datetime) -> bool:
    """Whether the rota has somebody on call, who can be paged, all the time."""
    fit = {c.id for c in await list_pageable(tx)}
    ahead = periods((await queries.get_rota(tx, tx.now)).rota, begins, ends)
    return all(_only(period.line, fit) for period in ahead)


async def goes_by_rota(tx: Tx) -> bool:
    """Whether the clinic has made one."""
    return is_made(await queries.get_rota(tx, tx.now))


async def list_pageable(tx: Tx) -> list[StaffContact]:
    """Colleagues who may be paged about alerts and have a channel."""
    return [c for c in await access.list_reachable(tx) if c.pageable]


async def list_colleagues(tx: Tx) -> list[StaffRow]:
    """Everybody of the clinic, disabled ones too, by name."""
    return await access.list_staff(tx)
