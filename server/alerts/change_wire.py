"""Changes to the rota as they travel: who stands in, and swaps."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from server.alerts.rota_model import Change
from server.alerts.rota_wire import NOT_A_COLLEAGUE, Fault
from server.kit import errors

LONGEST_CHANGE = timedelta(days=92)
FARTHEST_CHANGE = timedelta(days=366)


class Duty(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A time at which this colleague is on call."""

    staff_id: UUID
    begins: datetime
    ends: datetime


class ChangeBody(Duty, frozen=True, forbid_unknown_fields=True):
    """In the place of `instead_of`, or, without it, instead of everybody."""

    instead_of: UUID | None = None


class SwapBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Each takes the duty of the other."""

    one: Duty
    other: Duty


def change_of(body: ChangeBody, colleagues: Collection[UUID], named: Collection[UUID], now: datetime) -> Change:
    """422 when somebody cannot be paged, or for times that make no sense. `named`: those in whose place one may be."""
    found = list(_time_faults("", body.begins, body.ends, now))
    if body.staff_id not in colleagues:
        found.append(("staff_id", NOT_A_COLLEAGUE))
    if body.instead_of is not None and body.instead_of not in named:
        found.append(("instead_of", "Is not a colleague."))
    if body.instead_of == body.staff_id:
        found.append(("instead_of", "Is the same person."))
    if found:
        raise errors.invalid(*found)
    return Change(begins=body.begins, ends=body.ends, staff_id=body.staff_id, instead_of=body.instead_of)


def swap_of(body: SwapBody, colleagues: Collection[UUID], now: datetime) -> tuple[Change, Change]:
    """Both sides of it."""
    found: list[Fault] = []
    for name, duty in (("one", body.one), ("other", body.other)):
        found += _time_faults(f"{name}.", duty.begins, duty.ends, now)
        if duty.staff_id not in colleagues:
            found.append((f"{name}.staff_id", NOT_A_COLLEAGUE))
    if body.one.staff_id == body.other.staff_id:
        found.append(("other.staff_id", "Is the same person."))
    if found:
        raise errors.invalid(*found)
    return _taken(body.one, body.other.staff_id), _taken(body.other, body.one.staff_id)


def _taken(duty: Duty, by: UUID) -> Change:
    return Change(begins=duty.begins, ends=duty.ends, staff_id=by, instead_of=duty.staff_id)


def _time_faults(prefix: str, begins: datetime, ends: datetime, now: datetime) -> Iterator[Fault]:
    if begins.tzinfo is None:
        yield f"{prefix}begins", "Needs a time zone."
    elif ends.tzinfo is None:
        yield f"{prefix}ends", "Needs a time zone."
    elif ends <= begins:
        yield f"{prefix}ends", "Must be after it begins."
    elif ends <= now:
        yield f"{prefix}ends", "Is over already."
    elif ends - begins > LONGEST_CHANGE:
        yield f"{prefix}ends", "Is too long: at most three months at once."
    elif begins > now + FARTHEST_CHANGE:
        yield f"{prefix}begins", "Must be within a year."
