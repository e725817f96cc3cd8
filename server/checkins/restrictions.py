"""What a patient must not do yet after a session, and until when."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

import msgspec

from server.checkins.model import SessionFacts
from server.checkins.wall import instant, local
from server.protocols.model import Restriction


class InForce(msgspec.Struct, frozen=True):
    """A restriction that has not ended at `now`."""

    restriction: Restriction
    ends_at: datetime


def in_force(
    restrictions: Iterable[Restriction], session: SessionFacts, zone: str, now: datetime
) -> tuple[InForce, ...]:
    """Those that still apply, the longest first: "the later of the clinic's hours and next morning" (safety, decision
    21), counted from the end of administration, at home from the dose."""
    ends = [InForce(one, ends_at(one, session.t0, zone)) for one in restrictions]
    return tuple(sorted((one for one in ends if now < one.ends_at), key=lambda one: one.ends_at, reverse=True))


def ends_at(restriction: Restriction, t0: datetime, zone: str) -> datetime:
    """When it ends, in UTC."""
    after_hours = t0 + timedelta(hours=restriction.hours)
    if restriction.morning is None:
        return after_hours
    next_day = local(t0, zone).date() + timedelta(days=1)
    return max(after_hours, instant(next_day, time.fromisoformat(restriction.morning), zone))
