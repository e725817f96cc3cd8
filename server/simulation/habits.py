"""Whether and when a made-up patient answers."""

from datetime import timedelta

import msgspec

from server.protocols.model import CheckInStep, kind_of
from server.simulation.chance import chance, share
from server.simulation.figures import (
    COMPANION_ANSWERS,
    COMPANION_WATCHES,
    HABITS,
    READ_AT_ONCE,
    SENT_LATE,
    SENT_TWICE,
    SILENT_AFTER_SESSION,
)
from server.simulation.people import Dose, Person

WITHIN_MINUTES = 6
FIRST_HOURS = 4.0
EVENING_ENDS, DAY_ENDS = 20.0, 30.0


class Habit(msgspec.Struct, frozen=True):
    """`after`: how long after the check-in opened. `twice`: the phone sends it again. `late`: the window was over."""

    after: timedelta
    twice: bool = False
    late: bool = False


def answers_after(who: Person, dose: Dose, key: str, step: CheckInStep) -> Habit | None:
    """None: they do not answer."""
    rng = chance(who.seed, who.number, dose.number, key, "habit")
    window = timedelta(minutes=step.window_minutes)
    if step.asks == "companion":
        planned = step.window_minutes <= 10
        often = COMPANION_WATCHES if planned else COMPANION_ANSWERS
        return Habit(window * (0.1 + 0.8 * rng.random())) if rng.random() < often else None
    hours = step.offset_minutes / 60
    silent = share(who.seed, who.number, dose.number, "silent") < SILENT_AFTER_SESSION
    if rng.random() >= HABITS[_kind(key, hours)] or (silent and hours <= FIRST_HOURS):
        return None
    twice = rng.random() < SENT_TWICE
    if rng.random() < SENT_LATE:
        return Habit(window * (1.05 + rng.random()), twice, late=True)
    if rng.random() < READ_AT_ONCE:
        return Habit(timedelta(minutes=min(rng.expovariate(1 / WITHIN_MINUTES), step.window_minutes * 0.9)), twice)
    return Habit(window * (0.1 + 0.85 * rng.random() ** 2), twice)


def _kind(key: str, hours: float) -> str:
    if (name := kind_of(key)) in ("week", "month"):
        return {"week": "weekly", "month": "monthly"}[name]
    if hours <= FIRST_HOURS:
        return "acute"
    return "evening" if hours < EVENING_ENDS else "day" if hours < DAY_ENDS else "later"
