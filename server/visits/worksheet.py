"""What the record says for the esketamine REMS patient monitoring form (clinical, section 1.8). Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from server.sessions.model import Session
from server.visits.codes import MedicineGroup
from server.visits.model import Step
from server.visits.parts import Vitals
from server.visits.standing import find

USUAL_DOSES = (56, 84)
LEAST_MINUTES = 120
SUBMIT_WITHIN = timedelta(days=7)
AFTER_DOSE = timedelta(minutes=40)
NEAR = timedelta(minutes=20)
GROUPS: dict[MedicineGroup, tuple[str, tuple[str, ...]]] = {
    "benzodiazepine": ("Benzodiazepines", ()),
    "sedative_hypnotic": ("Non-benzodiazepine sedative hypnotics", ()),
    "psychostimulant": ("Psychostimulants", ("stimulant",)),
    "maoi": ("Monoamine oxidase inhibitors (MAOI)", ("maoi",)),
    "opioid": ("Opioids", ("opioid",)),
}
"""Each with its name on the form and the risks that say the same."""

Row = tuple[str, str]


class Section(msgspec.Struct, frozen=True):
    """A heading and its lines: what is asked, and what the record says; empty is filled in by hand."""

    title: str
    rows: tuple[Row, ...]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the worksheet is made of. `steps` are those that stand; none: the session was recorded afterwards."""

    patient: str
    born: date
    clinic: str
    zone: str
    session: Session
    steps: Sequence[Step]


def worksheet(facts: Facts) -> tuple[Section, ...]:
    """Every field of the form, in its order."""
    return (
        Section("Patient", _patient(facts)),
        Section("Medicines taken with it", _medicines(facts)),
        Section("Treatment", _treatment(facts)),
        Section("Monitoring", _monitoring(facts)),
        Section("Vital signs", _vital_signs(facts)),
        Section("What was observed", _observed(facts)),
    )


def submit_by(facts: Facts) -> date:
    """The form is due within 7 days of the treatment."""
    return (facts.session.started_at + SUBMIT_WITHIN).astimezone(ZoneInfo(facts.zone)).date()


def _patient(facts: Facts) -> tuple[Row, ...]:
    first = "First one recorded here; before that, elsewhere: " if facts.session.number == 1 else "No"
    return (
        ("Name", facts.patient), ("Date of birth", f"{facts.born:%d %B %Y}"), ("Sex", ""),
        ("First esketamine treatment?", first),
    )  # fmt: skip


def _medicines(facts: Facts) -> tuple[Row, ...]:
    step = find(facts.steps, "pre_form")
    form = step.details.pre_form if step is not None else None
    named = set(form.regular_medicines) if form is not None else set()
    rows = []
    for group, (name, risks) in GROUPS.items():
        taken = group in named or any(risk in facts.session.risk for risk in risks)
        rows.append((name, "Yes" if taken else "No" if form is not None else ""))
    return tuple(rows)


def _treatment(facts: Facts) -> tuple[Row, ...]:
    session, start = facts.session, find(facts.steps, "start")
    dose = session.dose_mg
    lot = start.details.start.lot if start is not None and start.details.start is not None else None
    return (
        ("Provider", ""), ("Healthcare setting", facts.clinic),
        ("Date", f"{_local(facts, session.started_at):%d %B %Y}"),
        ("Dose", f"{dose:g} mg" + ("" if dose in USUAL_DOSES else " (other)")), ("Lot number", lot or ""),
        ("Dose begun, dose ended", f"{_clock(facts, session.started_at)}, {_clock(facts, session.ended_at)}"),
    )  # fmt: skip


def _monitoring(facts: Facts) -> tuple[Row, ...]:
    session, ready = facts.session, find(facts.steps, "ready")
    minutes = _minutes(session.ended_at, session.discharged_at)
    short = minutes is not None and minutes < LEAST_MINUTES
    until_ready = _minutes(session.ended_at, ready.at if ready else None)
    return (
        ("Total minutes from the dose to leaving (120 or more)",
         "" if minutes is None else f"{minutes}" + (" (under 120: say why)" if short else "")),
        ("Minutes until ready to leave, had the 2 hours not applied", "" if until_ready is None else f"{until_ready}"),
    )  # fmt: skip


def _vital_signs(facts: Facts) -> tuple[Row, ...]:
    cleared = find(facts.steps, "suitability")
    fit = cleared.details.suitability if cleared is not None else None
    measured = [(s.at, s.kind, s.details.vitals) for s in facts.steps if s.details.vitals and s.details.vitals.systolic]
    wanted = facts.session.ended_at + AFTER_DOSE
    before = [(at, v) for at, kind, v in measured if kind == "vitals_before"]
    after = [(at, v) for at, kind, v in measured if kind != "vitals_before"]
    near = sorted(((at, v) for at, v in after if abs(at - wanted) <= NEAR), key=lambda one: abs(one[0] - wanted))
    return (
        ("Acceptable before the dose", "" if fit is None else "Yes" if fit.cleared else "No"),
        ("Acceptable before leaving", ""),
        ("Blood pressure before the dose", _pressure(facts, before[-1:])),
        ("Blood pressure 40 minutes after", _pressure(facts, near[:1])),
        ("Blood pressure before leaving", _pressure(facts, after[-1:])),
    )  # fmt: skip


def _observed(facts: Facts) -> tuple[Row, ...]:
    leaving = find(facts.steps, "discharge")
    left = leaving.details.discharge if leaving is not None else None
    states = [(s.at, s.details.state) for s in facts.steps if s.details.state is not None]
    sleepy = [(at, state.sedation) for at, state in states]
    away = [(at, state.dissociation) for at, state in states]
    breathing = [
        (s.at, 1 if s.details.vitals.breathing in ("slow", "pauses") else 0)
        for s in facts.steps
        if s.kind in ("vitals_during", "vitals_leaving") and s.details.vitals and s.details.vitals.breathing
    ]
    return (
        ("Sedation: highest (0 to 4), from, until", _course(facts, sleepy, graded=True)),
        ("Dissociation: highest (0 to 4), from, until", _course(facts, away, graded=True)),
        ("Respiratory depression: slow or paused breathing, from, until", _course(facts, breathing, graded=False)),
        ("Serious adverse event", "" if left is None else "Yes: describe" if left.serious_event else "No"),
    )


def _course(facts: Facts, seen: Sequence[tuple[datetime, int]], *, graded: bool) -> str:
    """When it was there and how strong; "None seen" needs somebody who looked."""
    there = [at for at, grade in seen if grade]
    if not there:
        return "None seen" if seen else ""
    over = next((at for at, grade in seen if not grade and at > there[-1]), None)
    until = _clock(facts, over) if over else "not seen to end"
    times = f"{_clock(facts, there[0])}, {until}"
    return f"{max(grade for _, grade in seen)}, {times}" if graded else f"Yes, {times}"


def _pressure(facts: Facts, found: Sequence[tuple[datetime, Vitals]]) -> str:
    return "".join(f"{v.systolic}/{v.diastolic} at {_clock(facts, at)}" for at, v in found)


def _minutes(earlier: datetime, later: datetime | None) -> int | None:
    return None if later is None else int((later - earlier).total_seconds() // 60)


def _local(facts: Facts, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(facts.zone))


def _clock(facts: Facts, at: datetime) -> str:
    return f"{_local(facts, at):%H:%M}"
