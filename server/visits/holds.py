"""What speaks against starting now, in words. A clinician may start all the same, with a reason. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from server.checkins.risk import OLDER_AGE
from server.visits.hold_words import HOLDS
from server.visits.model import Kind, Step
from server.visits.parts import PreForm, Vitals
from server.visits.standing import find

FORM_HOLDS_FOR = timedelta(hours=24)
REPEAT_AFTER = timedelta(minutes=10)
FAST_HEART, SLOW_HEART = 100, 50


class Hold(msgspec.Struct, frozen=True):
    """One reason against starting, and the numbers of its sentence."""

    id: str
    values: dict[str, Any] = {}

    def words(self, language: str) -> str:
        text = HOLDS[self.id]
        return text.get(language, text["en"]).format_map(self.values)


class HoldFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the decision needs. `steps` are those that stand; `held`: an answer of the patient holds the next session;
    `zone` is the clinic's."""

    setting: str
    age: int
    steps: Sequence[Step]
    held: bool
    zone: str
    now: datetime


def holds(facts: HoldFacts) -> tuple[Hold, ...]:
    """Everything that speaks against starting at `now`; nothing: start."""
    found = [Hold("answer")] if facts.held else []
    return (*found, *_form_holds(facts), *_vitals_holds(facts), *_step_holds(facts))


def _form_holds(facts: HoldFacts) -> list[Hold]:
    """ "Blocks start session" (clinical, section 1.2, pre); pregnancy and breastfeeding hold (H18)."""
    step = find(facts.steps, "pre_form")
    if step is None or step.details.pre_form is None or step.at < facts.now - FORM_HOLDS_FOR:
        return [Hold("form_missing")]
    form: PreForm = step.details.pre_form
    clinic = facts.setting == "clinic"
    lacking = {
        "not_fasting": not form.fasting,
        "no_escort": clinic and not form.escort,
        "no_address": clinic and not form.address_tonight,
        "new_medicines": bool(form.new_medicines),
        "taken_today": bool(form.taken_today),
        "pregnancy": form.pregnancy in ("pregnant", "maybe"),
        "breastfeeding": form.pregnancy == "breastfeeding",
        "safety": form.safety != "no" or form.attempt_90_days,
    }
    unseen = [Hold("form_unconfirmed")] if step.recorded_by is None else []
    return unseen + [Hold(name) for name, holds_it in lacking.items() if holds_it]


def _vitals_holds(facts: HoldFacts) -> list[Hold]:
    """Decision 18: "holds above 140/90 (150/90 from 65 years), repeat after 10 min; HR > 100 or < 50 hold". The EU text
    of esketamine names the same limits before any dose, so they hold at the clinic too. The latest of each counts: one
    that was measured without the other is not overlooked."""
    measured = [
        (s.at, s.details.vitals) for s in facts.steps
        if s.kind == "vitals_before" and s.details.vitals is not None and s.at >= facts.now - FORM_HOLDS_FOR
    ]  # fmt: skip
    pressures = [
        (at, Vitals(systolic=v.systolic, diastolic=v.diastolic)) for at, v in measured if v.systolic is not None
    ]
    rates = [(at, Vitals(heart_rate=v.heart_rate)) for at, v in measured if v.heart_rate is not None]
    if not (pressures and rates):
        return [Hold("vitals_missing")]
    found = list({hold.id: hold for hold in (*_repeated(pressures, facts), *_repeated(rates, facts))}.values())
    breaths = next((v.breathing for _, v in reversed(measured) if v.breathing is not None), None)
    return found + ([Hold("breathing")] if breaths not in (None, "calm") else [])


def _repeated(measured: Sequence[tuple[datetime, Vitals]], facts: HoldFacts) -> list[Hold]:
    """What the latest of these holds; one out of range before holds until ten minutes have passed."""
    at, last = measured[-1]
    found = _out_of_range(last, facts.age, _clock(at + REPEAT_AFTER, facts.zone))
    if not found and (bad := [when for when, v in measured[:-1] if _out_of_range(v, facts.age, "")]):
        again = bad[-1] + REPEAT_AFTER
        found = [Hold("repeat_early", {"again": _clock(again, facts.zone)})] if at < again else []
    return found


def _out_of_range(vitals: Vitals, age: int, again: str) -> list[Hold]:
    upper = 150 if age >= OLDER_AGE else 140
    found = []
    if (vitals.systolic or 0) > upper or (vitals.diastolic or 0) > 90:
        values = {"systolic": vitals.systolic, "diastolic": vitals.diastolic, "limit": f"{upper}/90", "again": again}
        found.append(Hold("bp_high", values))
    rate = {"heart_rate": vitals.heart_rate, "again": again}
    if vitals.heart_rate is not None and vitals.heart_rate > FAST_HEART:
        found.append(Hold("heart_fast", rate))
    if vitals.heart_rate is not None and vitals.heart_rate < SLOW_HEART:
        found.append(Hold("heart_slow", rate))
    return found


def _step_holds(facts: HoldFacts) -> list[Hold]:
    cleared = find(facts.steps, "suitability")
    found = []
    if cleared is None or cleared.details.suitability is None:
        found.append(Hold("suitability_missing"))
    elif not cleared.details.suitability.cleared:
        found.append(Hold("not_cleared"))
    needed: tuple[Kind, ...] = ("explained", "consent") if facts.setting == "clinic" else ()
    return found + [Hold(f"{kind}_missing") for kind in needed if find(facts.steps, kind) is None]


def _clock(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"
