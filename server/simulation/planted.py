"""Emergencies that are planted: what they answer is known beforehand, so that each can be asked for afterwards."""

from collections.abc import Mapping
from typing import Any

import msgspec

from server.simulation.chance import chance
from server.simulation.chance import share as drawn
from server.simulation.figures import PLANTED
from server.simulation.people import Dose, Person

DANGERS = ("chest_pain", "breathing", "passed_out", "one_side", "head_or_sight")
SEEN = ("fit", "chest_or_breath", "face_or_side", "vomiting_sleepy")
SAFETY: tuple[dict[str, Any], ...] = (
    {"s_open": "yes", "s_keep": "not_sure"},
    {"s_open": "not_worth", "s_keep": "no"},
    {"s_open": "yes", "s_keep": "yes", "s_done": "yes_okay"},
    {"s_open": "yes", "s_keep": "yes", "s_done": "yes_need_help"},
    {"s_open": "yes", "s_keep": "yes", "s_done": "no", "s_now": "passed", "s_how": "yes", "s_ready": "yes"},
    {"s_open": "yes", "s_keep": "yes", "s_done": "no", "s_now": "right_now", "s_with": "no"},
)
KINDS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "acute@1": (
        *({"a_danger": value} for value in DANGERS),
        {"a_mind": "not_safe", "s_keep": "not_sure"},
        {"a_mind": "not_safe", "s_keep": "no"},
        {"a_awake": "very_sleepy", "a_sick": "many"},
        {"a_steady": "fell_hurt", "a_awake": "very_sleepy"},
    ),
    "companion@1": (
        {"c_wake": "does_not_wake"},
        {"c_breath": "slow"},
        {"c_breath": "blue"},
        {"c_spo2": 86},
        *({"c_danger": value} for value in SEEN),
    ),
    "day@1": (*({"d_danger": value} for value in DANGERS), {"d_left": ["heart"], "d_howbad": "cannot"}, *SAFETY),
}
"""By form, each worth an emergency by safety.md sections 2.1 to 2.5 and its combinations."""
KEYS = {"clinic": ("h1", "h24"), "home": ("c60", "h2", "h24")}
"""Check-ins that every session has: none of them is ever spared or moved away."""
AMONG_FIRST = 6


class Plant(msgspec.Struct, frozen=True):
    """In which check-in of which session."""

    session: int
    key: str
    nth: int

    def answers(self, form: str) -> Mapping[str, Any]:
        kinds = KINDS[form]
        return kinds[self.nth % len(kinds)]


def plant_of(who: Person, share: float = PLANTED) -> Plant | None:
    """Whether this patient has one, and where; it is answered, whatever their habits."""
    if drawn(who.seed, who.number, "planted") >= share:
        return None
    rng = chance(who.seed, who.number, "where planted")
    return Plant(rng.randrange(AMONG_FIRST) + 1, rng.choice(KEYS[who.setting]), rng.randrange(1000))


def planted_here(who: Person, dose: Dose, key: str, form: str, share: float = PLANTED) -> Mapping[str, Any] | None:
    """What the plant adds to the answers of this check-in; None when there is none here."""
    plant = plant_of(who, share)
    if plant is None or (plant.session, plant.key) != (dose.number, key) or form not in KINDS:
        return None
    return plant.answers(form)
