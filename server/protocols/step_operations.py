"""Steps of a draft: changed, added, removed."""

from collections.abc import Iterable

from msgspec.structs import replace

from server.protocols import draft_model as d
from server.protocols.draft_model import OWN, Refused
from server.protocols.model import CheckInStep, ProtocolVersion
from server.protocols.rules import free_name


def set_step(document: ProtocolVersion, op: d.SetStep) -> ProtocolVersion:
    step, companion = op.step, document.companion
    if step.key == document.recheck.key:
        return replace(document, recheck=step)
    if companion is not None and step.key == companion.look_in.key:
        return replace(document, companion=replace(companion, look_in=step))
    if companion is not None and step.key == companion.again.key:
        return replace(document, companion=replace(companion, again=step))
    if document.before is not None and step.key == document.before.key:
        return replace(document, before=step)
    if all(known.key != step.key for known in document.steps):
        raise Refused("step.key", "There is no step of this name.")
    return _with_steps(document, [step if known.key == step.key else known for known in _planned(document)])


def add_step(document: ProtocolVersion, op: d.AddStep) -> ProtocolVersion:
    keys = {step.key for step in document.steps}
    key = free_name(OWN, keys)
    return _with_steps(document, [*_planned(document), replace(op.step, key=key)])


def remove_step(document: ProtocolVersion, op: d.RemoveStep) -> ProtocolVersion:
    left = [step for step in _planned(document) if step.key != op.key]
    if len(left) == len(_planned(document)):
        raise Refused("key", "There is no such step that could be removed.")
    return _with_steps(document, left)


def _planned(document: ProtocolVersion) -> tuple[CheckInStep, ...]:
    return (*document.check_ins, *document.course)


def _with_steps(document: ProtocolVersion, steps: Iterable[CheckInStep]) -> ProtocolVersion:
    """In the order of their times: none is asked before the window of the one before is over."""
    ordered = sorted(steps, key=lambda step: step.offset_minutes)
    return replace(
        document,
        check_ins=tuple(step for step in ordered if step.repeat is None),
        course=tuple(step for step in ordered if step.repeat is not None),
    )
