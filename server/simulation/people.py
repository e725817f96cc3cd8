"""Who the made-up patients are, and when they are treated."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import msgspec

from server.checkins.model import QuietHours
from server.checkins.wall import USUAL_NIGHT, instant
from server.sessions.model import NewSession
from server.simulation.chance import between, chance, pick
from server.simulation.figures import (
    ACTIVE_BEFORE,
    COURSES,
    GAIN,
    MOOD_BEFORE,
    PASSIVE_BEFORE,
    RELAPSE_DAYS,
    RELIEF_HOURS,
    RESPONDS,
    WHO,
)

ZONES = {"America/New_York": 0.15, "Atlantic/Canary": 0.05}
HOME_ZONE = "Europe/Madrid"
INDICATIONS = {"depression": 0.3, "ptsd": 0.06, "anxiety": 0.05, "chronic_pain": 0.05, "bipolar": 0.03, "ocd": 0.02}
TICKED = {"sedative": 0.05, "bipolar": 0.03, "alone_tonight": 0.04, "bp_high": 0.02, "blood_thinner": 0.03}
INDUCTION_DAYS = 28
WEEKLY_UNTIL = 8
TWICE_A_WEEK = (0, 3)
MINUTES_BEFORE_LEAVING = {"intranasal": 120, "iv": 60, "im": 75, "sc": 75}
HOME_ROUTES = ("sublingual", "oral")
MINUTES_OF_DOSE = {"iv": 40, "intranasal": 10, "im": 1, "sc": 1}


class Mood(msgspec.Struct, frozen=True):
    """From 0 to 10: `before` treatment, `gain` when relief has come `relief_h` hours after the first dose, lost again
    `relapse_days` after the last one."""

    before: float
    gain: float
    relief_h: float
    relapse_days: float


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A made-up patient. `thoughts`: what s_open was when treatment began. `first_day`: days after the clinic's
    first. `ticked`: risks that staff record with each session."""

    seed: int
    number: int
    route: str
    drug: str
    setting: str
    indication: str
    age: int
    zone: str
    companion: bool
    ticked: tuple[str, ...]
    thoughts: str
    mood: Mood
    first_day: int

    @property
    def quiet(self) -> QuietHours:
        return USUAL_NIGHT


class Dose(msgspec.Struct, frozen=True):
    """One session: its number from 1, days since the first, week from 1."""

    number: int
    day: int

    @property
    def week(self) -> int:
        return self.day // 7 + 1


class Way(msgspec.Struct, frozen=True):
    """How a made-up patient is treated."""

    route: str
    drug: str
    setting: str


def way_of(route: str) -> Way:
    """The drug and the setting that go with a route."""
    return Way(
        route, "esketamine" if route == "intranasal" else "ketamine", "home" if route in HOME_ROUTES else "clinic"
    )


def ways() -> Iterator[Way]:
    """All ways in which somebody is treated."""
    return map(way_of, WHO)


@lru_cache(maxsize=4096)
def person(seed: int, number: int) -> Person:
    """The same for the same numbers."""
    rng = chance(seed, number, "who")
    route = pick(rng, WHO, "iv")
    way = way_of(route)
    home = way.setting == "home"
    thoughts = pick(rng, {"yes": ACTIVE_BEFORE, "not_worth": PASSIVE_BEFORE}, "no")
    ticked = tuple(name for name, share in TICKED.items() if rng.random() < share)
    return Person(
        seed=seed, number=number, route=route, drug=way.drug, setting=way.setting,
        indication=pick(rng, INDICATIONS, "treatment_resistant_depression"),
        age=min(80, max(18, round(rng.gauss(44, 13)))), zone=pick(rng, ZONES, HOME_ZONE),
        companion=home or rng.random() < 0.8, thoughts=thoughts, mood=_mood(seed, number),
        ticked=tuple(t for t in ticked if not (home and t == "alone_tonight"))
        + (("suicidal_thoughts",) if thoughts != "no" else ()),
        first_day=rng.randrange(5),
    )  # fmt: skip


def _mood(seed: int, number: int) -> Mood:
    rng = chance(seed, number, "mood")
    before = min(7.0, max(1.0, rng.gauss(*MOOD_BEFORE)))
    how = pick(rng, {name: share for name, (share, _) in RELIEF_HOURS.items()}, "hours")
    responds = rng.random() < RESPONDS
    gain = max(1.0, rng.gauss(*GAIN)) if responds else rng.gauss(0.2, 0.4)
    return Mood(before, gain, between(rng, RELIEF_HOURS[how][1], 3 * RELIEF_HOURS[how][1]), between(rng, *RELAPSE_DAYS))


def doses(who: Person, days: int) -> Iterator[Dose]:
    """Twice a week for four weeks (as esketamine's label has it; IV clinics give six in two to three weeks), then
    weekly for four, then every two weeks; so many days from the clinic's first."""
    number = 0
    for day in range(days - who.first_day):
        if _is_treated(day):
            number += 1
            yield Dose(number, day)


def _is_treated(day: int) -> bool:
    week, weekday = divmod(day, 7)
    if day < INDUCTION_DAYS:
        return weekday in TWICE_A_WEEK
    return weekday == 0 and (week < WEEKLY_UNTIL or week % 2 == 0)


def session_of(who: Person, dose: Dose, first: date) -> NewSession:
    """As a nurse would record it; `first`: the clinic's first day."""
    rng = chance(who.seed, who.number, "session", dose.number)
    day = first + timedelta(days=who.first_day + dose.day)
    hour = time(18 if who.setting == "home" else rng.randrange(9, 16), rng.randrange(60))
    started: datetime = instant(day, hour, who.zone)
    ended = started + timedelta(minutes=MINUTES_OF_DOSE.get(who.route, 1))
    stays = MINUTES_BEFORE_LEAVING.get(who.route)
    leaves = None if stays is None else ended + timedelta(minutes=stays + rng.randrange(15))
    return NewSession(
        drug=who.drug, route=who.route, setting=who.setting, dose_mg=_dose_mg(who, dose),  # type: ignore[arg-type]
        indication=who.indication, started_at=started, ended_at=ended, discharged_at=leaves,  # type: ignore[arg-type]
        risk=list(who.ticked), staying_with="Somebody at home" if who.companion else None,
    )  # fmt: skip


def _dose_mg(who: Person, dose: Dose) -> float:
    if who.drug == "esketamine":
        return 56 if dose.number <= 2 else 84
    assert who.route in COURSES
    return 40 if dose.number <= 4 else 45
