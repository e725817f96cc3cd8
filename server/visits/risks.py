"""What the record of a visit says about the hours after it. Pure; `steps` are those that stand."""

from collections.abc import Sequence

from server.visits.model import Step
from server.visits.parts import Vitals
from server.visits.standing import find

HIGH_AT_LEAVING = (160, 100)


def badly_tolerated(steps: Sequence[Step]) -> bool:
    """Whether the next session needs more care (decision 3, "last session badly tolerated"): a severe side effect, a
    moderate one that was still there when the patient left, or something lived through that distressed them [prop].
    `steps` are those that stand."""
    effects = [s.details.effect for s in steps if s.details.effect is not None]
    return any(
        e.severity == "severe" or e.feeling == "distressing" or (e.severity == "moderate" and e.resolved_at is None)
        for e in effects
    )


def last_vitals(steps: Sequence[Step]) -> Step | None:
    """The latest standing step with a blood pressure since the dose began."""
    measured = [s for s in steps if s.kind in ("vitals_during", "vitals_leaving") and s.details.vitals]
    return next((s for s in reversed(measured) if s.details.vitals and s.details.vitals.systolic), None)


def risks_of(steps: Sequence[Step]) -> tuple[str, ...]:
    """Risks (see `checkins.risk`) that follow from the record: decision 3. `steps` are those that stand."""
    before, leaving = find(steps, "pre_form"), find(steps, "discharge")
    found: list[str] = []
    if before is not None and (form := before.details.pre_form) is not None:
        found += form.taken_today
        found += ["pregnancy"] * (form.pregnancy in ("pregnant", "maybe"))
        found += ["suicidal_thoughts"] * (form.safety != "no")
        found += ["attempt_90_days"] * form.attempt_90_days
        found += ["maoi"] * ("maoi" in form.regular_medicines)
        found += ["stimulant"] * ("psychostimulant" in form.regular_medicines)
    if leaving is not None and (left := leaving.details.discharge) is not None:
        found += ["alone_tonight"] * left.alone_tonight
        found += left.risk
    last = last_vitals(steps)
    if last is not None and last.details.vitals is not None and high_at_leaving(last.details.vitals):
        found.append("bp_high")
    return tuple(dict.fromkeys(found))


def high_at_leaving(vitals: Vitals) -> bool:
    """ "BP >= 160/100 at leaving" (decision 3): either number is enough."""
    upper, lower = HIGH_AT_LEAVING
    return (vitals.systolic or 0) >= upper or (vitals.diastolic or 0) >= lower
