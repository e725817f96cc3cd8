"""Mood and thoughts of a made-up patient, so many hours after a dose."""

from typing import Literal, cast

from server.simulation.chance import chance, share
from server.simulation.figures import (
    MOOD_NOISE,
    NEW_ARE_ACTIVE,
    NEW_THOUGHTS,
    STILL_AFTER_A_WEEK,
    STILL_AFTER_DAYS,
)
from server.simulation.people import Dose, Person

Thoughts = Literal["no", "not_worth", "yes"]
DAYS_UNTIL_THE_WEEK = 4.0


def mood_at(who: Person, dose: Dose, hours: float) -> int:
    """Relief comes once, and goes when the last dose was too long ago."""
    mood = who.mood
    since_first = dose.day * 24 + hours
    better = since_first >= mood.relief_h and hours / 24 < mood.relapse_days
    noise = chance(who.seed, who.number, dose.number, "mood", int(hours // 24)).gauss(0, MOOD_NOISE)
    return min(10, max(0, round(mood.before + (mood.gain if better else 0) + noise)))


def thoughts_at(who: Person, dose: Dose, hours: float) -> tuple[Thoughts, bool]:
    """(what they would answer to "since we last asked", whether it is more than usual)."""
    about = (who.seed, who.number, dose.number, int(hours // 24))
    if share(*about, "new thoughts") < NEW_THOUGHTS:
        return ("yes" if share(*about, "which thoughts") < NEW_ARE_ACTIVE else "not_worth"), True
    still = STILL_AFTER_DAYS if hours / 24 < DAYS_UNTIL_THE_WEEK else STILL_AFTER_A_WEEK
    if who.thoughts == "no" or share(*about, "thoughts") >= still:
        return "no", False
    return cast(Thoughts, who.thoughts), False
