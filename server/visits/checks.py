"""What a step cannot hold, whatever else is recorded. Pure."""

from datetime import datetime, timedelta

from server.sessions.rules import CLOCK_SLACK
from server.visits.model import Details, Kind, NewStep, Visit
from server.visits.parts import Effect, Vitals

EARLIEST = timedelta(hours=24)
PARTS: dict[Kind, str] = {
    "pre_form": "pre_form", "vitals_before": "vitals", "vitals_during": "vitals", "vitals_leaving": "vitals",
    "suitability": "suitability", "start": "start", "state": "state", "effect": "effect", "medicine": "medicine",
    "discharge": "discharge", "stopped": "note", "note": "note",
}  # fmt: skip
"""The part of the details that a step is about; the other kinds have only their time, and a note."""

Wrong = tuple[str, str]


def step_errors(visit: Visit, new: NewStep, now: datetime) -> list[Wrong]:
    """(field, message) for what a step cannot hold, whatever else is recorded."""
    found = []
    if new.at > now + CLOCK_SLACK:
        found.append(("at", "Is in the future."))
    if new.at < visit.opened_at - EARLIEST:
        found.append(("at", "Is more than a day before the visit."))
    if visit.setting == "home" and new.kind in ("end", "discharge"):
        found.append(("kind", "A dose at home has a start only."))
    if new.struck:
        return found if new.corrects else [*found, ("corrects", "Is needed: name the step that was a mistake.")]
    return found + _part_errors(new) + _value_errors(new)


def _part_errors(new: NewStep) -> list[Wrong]:
    needed = PARTS.get(new.kind)
    given = [name for name in Details.__struct_fields__ if getattr(new, name) is not None]
    missing = [(needed, "Is needed for this step.")] if needed and needed not in given else []
    return missing + [(name, "Does not belong to this step.") for name in given if name not in (needed, "note")]


def _value_errors(new: NewStep) -> list[Wrong]:
    if new.vitals is not None:
        return _vitals_errors(new.vitals)
    if new.pre_form is not None:
        return _pressure_errors("pre_form", new.pre_form.systolic, new.pre_form.diastolic)
    if new.effect is not None:
        return _effect_errors(new.effect, new.at)
    return []


def _vitals_errors(vitals: Vitals) -> list[Wrong]:
    if vitals == Vitals():
        return [("vitals", "Enter at least one value.")]
    return _pressure_errors("vitals", vitals.systolic, vitals.diastolic)


def _pressure_errors(part: str, systolic: int | None, diastolic: int | None) -> list[Wrong]:
    if (systolic is None) != (diastolic is None):
        return [(f"{part}.{'systolic' if systolic is None else 'diastolic'}", "Both numbers are needed.")]
    if systolic is not None and diastolic is not None and diastolic >= systolic:
        return [(f"{part}.diastolic", "Must be lower than the upper number.")]
    return []


def _effect_errors(effect: Effect, at: datetime) -> list[Wrong]:
    """A side effect has a severity; what was lived through has a feeling (clinical, section 3: "record separately")."""
    found = []
    if (effect.side_effect is None) == (effect.experience is None):
        found.append(("effect.side_effect", "Name a side effect or an experience, one of them."))
    if effect.side_effect is not None and effect.severity is None:
        found.append(("effect.severity", "Choose how strong it is."))
    if effect.experience is not None and effect.feeling is None:
        found.append(("effect.feeling", "Choose how it feels."))
    if "other" in (effect.side_effect, effect.experience) and not effect.words:
        found.append(("effect.words", "Say what it is."))
    if effect.resolved_at is not None and effect.resolved_at < at:
        found.append(("effect.resolved_at", "Is before it began."))
    return found
