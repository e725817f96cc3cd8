"""Which steps hold after corrections. Pure."""

from collections.abc import Sequence

from server.visits.model import Kind, Step


def standing(steps: Sequence[Step]) -> list[Step]:
    """The steps that hold: those that nothing has taken the place of and that were not struck out."""
    replaced = {step.corrects for step in steps}
    return sorted((s for s in steps if s.id not in replaced and not s.struck), key=lambda s: (s.at, s.recorded_at))


def find(steps: Sequence[Step], kind: Kind) -> Step | None:
    """The latest standing step of a kind; `steps` are those that stand."""
    return next((s for s in reversed(steps) if s.kind == kind), None)
