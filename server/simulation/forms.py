"""What a made-up patient, or the companion beside them, answers to a form.

Items are known by their ids; one that nobody here knows is answered at its best, so that a clinic's own form can be
tried too: it then tells nothing about how often its own rules would call.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from server.protocols.evaluate import Evidence, holds
from server.protocols.model import Item, Questionnaire
from server.protocols.rules import asked_items
from server.responses.model import AnsweredBy, Answers
from server.simulation.chance import chance, pick
from server.simulation.felt import Felt, felt
from server.simulation.figures import ASIDE, ASKS_FOR_CALL, ASKS_WHEN_BAD, FALL, FOLLOW_UPS, RESTS, THROWN_UP, WORRY
from server.simulation.people import Dose, Person

DAYS = ("none", "1_2", "3_4", "5_7")
STILL_FELT = ("dizzy", "strange", "sick", "headache", "blurry", "heart", "sleepy")
HOW_BAD = {1: "can_do", 2: "slows", 3: "cannot"}


class Uneventful(Random):
    """Nothing happens by chance."""

    def random(self) -> float:
        return 0.999999


def simulated_answers(
    who: Person, dose: Dose, form: Questionnaire, hours: float, offset_hours: float | None = None,
    by: AnsweredBy = "patient", planted: Mapping[str, Any] | None = None,
) -> Answers:  # fmt: skip
    """To this form, so many hours after the session's T0; the same again for the same hour of the same form.
    `planted`: answers that are settled beforehand."""
    now, settled = felt(who, dose, hours), planted or {}
    rng = chance(who.seed, who.number, dose.number, form.id, by, round(hours))
    if form.rest is not None and by == "patient" and rng.random() < RESTS and not planted:
        return {"a_who": "patient", "a_danger": "none", "a_place": "with_adult", form.rest.item: True}
    return filled_in(form, now, rng, offset_hours, by, settled, hours)


def filled_in(
    form: Questionnaire, now: Felt, rng: Random, offset_hours: float | None, by: AnsweredBy = "patient",
    settled: Mapping[str, Any] | None = None, hours: float = 0,
) -> Answers:  # fmt: skip
    """The form item by item, as the answers lead on; `settled` ones as they are."""
    answers: dict[str, Any] = {}
    seen, known = Evidence(answers=answers, answered_by=by), settled or {}
    for item in asked_items(form, offset_hours):
        theirs = not (item.private and by == "companion")
        if theirs and item.type != "display" and (item.enable_when is None or holds(item.enable_when, seen)):
            drawn = item.id not in known
            answers[item.id] = _answer(item, now, rng, by, hours) if drawn else known[item.id]
    return answers


def _answer(item: Item, now: Felt, rng: Random, by: AnsweredBy, hours: float) -> Any:
    known = KNOWN.get(item.id)
    if known is not None:
        return known(now, rng, hours)
    if item.id == "a_who":
        return by
    if item.id in FOLLOW_UPS:
        return _follow_up(item, now, rng)
    if (shares := ASIDE.get(item.id)) is not None:
        value = pick(rng, shares, best(item))
        return [value] if item.type == "multiple" else value
    return [best(item)] if item.type == "multiple" else best(item)


def best(item: Item) -> Any:
    """The answer that nobody is called about, as far as the item itself tells."""
    if item.type in ("choice", "multiple"):
        values = {option.value: option for option in item.options}
        for name in ("none", "no", "nothing"):
            if name in values and not item.graded:
                return name
        scored = [option for option in item.options if option.score is not None]
        return min(scored, key=lambda o: o.score or 0).value if scored else item.options[0].value
    plain = {"boolean": False, "date": "2026-01-01", "time": "12:00", "text": "-"}
    return plain.get(item.type, int(item.min or 0))


def _follow_up(item: Item, now: Felt, rng: Random) -> str:
    if item.id == "s_usual" and now.more_than_usual:
        return "more"
    return pick(
        rng, FOLLOW_UPS[item.id], {"s_now": "passed", "s_usual": "same", "s_with": "trusted"}.get(item.id, best(item))
    )


def _by_grade(*effects: str, to: tuple[str, str, str, str]) -> Callable[[Felt, Random, float], str]:
    return lambda now, _, __: to[now.grade(*effects)]


def _steady(now: Felt, rng: Random, _: float) -> str:
    grade = now.grade("dizzy", "vertigo", "blurry")
    return pick(rng, FALL, "help_to_walk") if grade == 3 else pick(rng, FALL, ("steady", "dizzy", "dizzy")[grade])


def _sick(now: Felt, rng: Random, _: float) -> str:
    grade = now.grade("sick")
    if grade == 0:
        return "no"
    if grade == 3:
        return "many"
    return "once_or_twice" if rng.random() < THROWN_UP else "felt_sick"


def _call(now: Felt, rng: Random, _: float) -> str:
    return pick(rng, ASKS_WHEN_BAD if now.worst == 3 else ASKS_FOR_CALL, "no")


def _overall(now: Felt, rng: Random, _: float) -> str:
    return {"today": "call_today", "now": "call_now"}.get(_call(now, rng, 0), "better")


def _left(now: Felt, _: Random, __: float) -> list[str]:
    return [name for name in STILL_FELT if now.grade(name)] or ["nothing"]


def _how_bad(now: Felt, _: Random, __: float) -> str:
    return HOW_BAD[now.grade(*STILL_FELT)]


def _worry(now: Felt, rng: Random, _: float) -> str:
    grade = now.grade("upset")
    return pick(rng, WORRY, "none") if grade == 0 else ("little", "lot", "unbearable")[grade - 1]


def _change(now: Felt, rng: Random, _: float) -> str:
    return pick(rng, {"worse": 0.015}, "better" if now.mood >= 5 else "same")


def _days(now: Felt, rng: Random, less: int = 0) -> int:
    low = 3 if now.mood <= 2 else 2 if now.mood <= 4 else 1 if now.mood <= 6 else 0
    return min(3, max(0, low - less - (rng.random() < 0.4)))


def _rouses(now: Felt, rng: Random, _: float) -> str:
    return "drops_off" if now.grade("sleepy") == 3 or rng.random() < 0.004 else "awake"


KNOWN: dict[str, Callable[[Felt, Random, float], Any]] = {
    "a_awake": _by_grade("sleepy", "tired", to=("awake", "sleepy", "sleepy", "very_sleepy")),
    "a_real": _by_grade("strange", to=("no", "little", "lot", "lost")),
    "a_steady": _steady,
    "a_sick": _sick,
    "a_pain": _by_grade("headache", to=("no", "mild", "bad", "too_bad")),
    "a_mind": _by_grade("upset", to=("calm", "upset", "upset", "very_upset")),
    "a_overall": _overall,
    "d_mood": lambda now, _, __: now.mood,
    "w_mood": lambda now, _, __: now.mood,
    "d_left": _left,
    "d_howbad": _how_bad,
    "d_feel": _worry,
    "d_change": _change,
    "d_call": _call,
    "w_call": lambda now, rng, _: pick(rng, {"this_week": 0.02, **ASKS_FOR_CALL}, "no"),
    "w_low": lambda now, rng, _: DAYS[_days(now, rng)],
    "w_joy": lambda now, rng, _: DAYS[3 - _days(now, rng, 1)],
    "w_do": lambda now, rng, _: DAYS[_days(now, rng, 1)],
    "w_worry": lambda now, rng, _: DAYS[_days(now, rng, 1)],
    "w_panic": lambda now, rng, _: DAYS[_days(now, rng, 2)],
    "w_sleep": lambda _, rng, __: pick(rng, ASIDE["d_sleep"], "well"),
    "w_unlike": lambda _, rng, __: pick(rng, ASIDE["d_unlike"], "no"),
    "s_open": lambda now, rng, _: "talk" if rng.random() < 0.0005 else now.thoughts,
    "c_wake": _rouses,
    "c_head": _by_grade("strange", to=("yes", "mixed_up", "mixed_up", "very_mixed_up")),
    "c_sick": lambda now, rng, _: {"no": "none", "felt_sick": "none", "once_or_twice": "one_or_two"}.get(
        _sick(now, rng, 0), "many"
    ),
    "c_spo2": lambda *_: 97,
    "c_fall": lambda _, rng, __: {"fell": "fell", "fell_hurt": "hurt"}.get(pick(rng, FALL, "no"), "no"),
}
