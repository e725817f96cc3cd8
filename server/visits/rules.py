"""Which steps a record can take, and the treatment session that they tell of. Pure."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import msgspec

from server.visits.checks import Wrong
from server.visits.model import ONCE, Kind, NewStep, Step, Visit
from server.visits.risks import badly_tolerated, risks_of
from server.visits.standing import find, standing

RECORDED: tuple[Kind, ...] = ("start", "end", "discharge")
"""What the treatment session is made of."""


def refusal(visit: Visit, steps: Sequence[Step], new: NewStep) -> str | None:
    """Why the record as it is cannot take this step, in words for the person who sends it."""
    if new.corrects is not None:
        return _correction_refusal(visit, steps, new)
    here = {s.kind for s in standing(steps)}
    if new.kind in ONCE and new.kind in here:
        return "This step is recorded already. Correct it instead."
    if "stopped" in here and new.kind in RECORDED:
        return "This visit ended without treatment. Open a new one."
    if new.kind == "stopped" and "start" in here:
        return "The dose has begun: record its end and the discharge."
    if new.kind == "end" and "start" not in here:
        return "Record the start first."
    if new.kind == "discharge" and "end" not in here:
        return "Record the end of the dose first."
    return None


def _correction_refusal(visit: Visit, steps: Sequence[Step], new: NewStep) -> str | None:
    wrong = next((s for s in standing(steps) if s.id == new.corrects), None)
    if wrong is None:
        return "That step was changed meanwhile. Look at the record again."
    if wrong.kind != new.kind:
        return "A correction stays the same step. Strike out this one and record the other."
    if new.struck and (wrong.kind == "stopped" or (visit.session_id is not None and wrong.kind in RECORDED)):
        return "The session hangs on this step: correct its time, or take the session back."
    return None


def order_errors(after: Sequence[Step]) -> list[Wrong]:
    """(field, message) when start, end and discharge would stand in another order. `after`: what would stand."""
    times = [(kind, found.at) for kind in RECORDED if (found := find(after, kind)) is not None]
    return [
        ("at", f"The {later[0]} cannot be before the {earlier[0]}.")
        for earlier, later in pairwise(times)
        if later[1] < earlier[1]
    ][:1]


class SessionOf(msgspec.Struct, frozen=True, kw_only=True):
    """The treatment session as the standing steps tell it."""

    started_at: datetime
    ended_at: datetime
    discharged_at: datetime | None
    dose_mg: float
    staying_with: str | None
    risk: tuple[str, ...]
    badly_tolerated: bool
    baseline_mood: int | None


def session_of(visit: Visit, steps: Sequence[Step]) -> SessionOf | None:
    """None until the dose has been given: at home when it was taken, else at its end. `steps` are those that stand."""
    start, end, leaving = (find(steps, kind) for kind in RECORDED)
    if start is None or (end is None and visit.setting != "home"):
        return None
    left = leaving.details.discharge if leaving else None
    form = find(steps, "pre_form")
    before = form.details.pre_form if form else None
    given: Any = start.details.start
    return SessionOf(
        started_at=start.at, ended_at=end.at if end else start.at, discharged_at=leaving.at if leaving else None,
        dose_mg=given.dose_mg or visit.dose_mg, staying_with=left.staying_with if left else None, risk=risks_of(steps),
        badly_tolerated=badly_tolerated(steps), baseline_mood=before.mood if before else None,
    )  # fmt: skip
