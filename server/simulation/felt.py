"""What a made-up patient feels so many hours after a dose."""

from functools import lru_cache

import msgspec

from server.simulation.chance import between, chance, pick, share
from server.simulation.figures import (
    AGAIN,
    AT_THE_PEAK,
    BACKGROUND,
    COURSES,
    EFFECTS,
    FALLS_A_WEEK,
    FALLS_TO,
    HAVE_IT_EACH_TIME,
    LASTS_HOURS,
    LASTS_ON,
    PEAK_HOURS,
    SESSIONS_IN_WEEK_1,
    Effect,
)
from server.simulation.minds import Thoughts, mood_at, thoughts_at
from server.simulation.people import Dose, Person


class Course(msgspec.Struct, frozen=True):
    """One effect after one session: its worst grade (1 mild, 2 moderate, 3 severe) and the hours until it has gone."""

    worst: int
    until_h: float

    def grade(self, hours: float) -> int:
        """At its worst for the first half, then one grade less until it has gone."""
        if hours < 0 or hours >= self.until_h:
            return 0
        return self.worst if hours < self.until_h / 2 else max(1, self.worst - 1)


NOTHING = Course(0, 0)


class Felt(msgspec.Struct, frozen=True):
    """At one moment: grades by effect (0 = nothing), mood 0-10, thoughts of self-harm."""

    grades: dict[str, int]
    mood: int
    thoughts: Thoughts
    more_than_usual: bool

    def grade(self, *effects: str) -> int:
        return max((self.grades.get(effect, 0) for effect in effects), default=0)

    @property
    def worst(self) -> int:
        return max(self.grades.values(), default=0)


def felt(who: Person, dose: Dose, hours: float) -> Felt:
    """So many hours after this session's T0."""
    grades = {name: course.grade(hours) for name, course in courses(who, dose).items()}
    about, day = (who.seed, who.number, dose.number), int(hours // 24)
    for name, often in AT_THE_PEAK.items():
        if 0 <= hours < PEAK_HOURS and share(*about, "peak", name) < often:
            grades[name] = max(grades[name], 1)
    for name, often in BACKGROUND.items():
        if share(*about, "day", day, name) < often:
            grades[name] = max(grades[name], 1)
    thoughts, more = thoughts_at(who, dose, hours)
    return Felt(grades, mood_at(who, dose, hours), thoughts, more)


@lru_cache(maxsize=65536)
def courses(who: Person, dose: Dose) -> dict[str, Course]:
    """The effects of this session."""
    return {
        name: _course(who, dose, name, effect) if has_effect(who, dose, name) else NOTHING
        for name, effect in EFFECTS.items()
    }


def has_effect(who: Person, dose: Dose, name: str) -> bool:
    """Whether the effect is reported after this session at all: in week 1 by as many patients as `figures` says, by
    some each time and by others now and then, later by fewer."""
    shown = EFFECTS[name].week_1
    each_time = shown * HAVE_IT_EACH_TIME
    at = share(who.seed, who.number, dose.number, name)
    if share(who.seed, who.number, name) < each_time:
        return dose.week == 1 or at < AGAIN
    # So that in week 1 as many have it as the figure says.
    once: float = 1 - (1 - (shown - each_time) / (1 - each_time)) ** (1 / SESSIONS_IN_WEEK_1)
    left: float = max(FALLS_TO, FALLS_A_WEEK ** (dose.week - 1))
    return at < once * left


def _course(who: Person, dose: Dose, name: str, effect: Effect) -> Course:
    rng = chance(who.seed, who.number, dose.number, name, "course")
    worst = {"mild": 1, "moderate": 2}.get(
        pick(rng, {"mild": effect.mild, "moderate": effect.moderate}, "severe"), 3
    )  # fmt: skip
    usual = between(rng, *COURSES[who.route]) * effect.longer
    return Course(worst, max(usual, between(rng, *LASTS_HOURS)) if rng.random() < LASTS_ON else usual)
