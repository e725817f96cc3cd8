"""Restrictions of a draft, the usual course of symptoms, and how long a form that was begun may rest."""

from msgspec.structs import replace

from server.protocols import draft_model as d
from server.protocols.draft_model import OWN, Refused
from server.protocols.model import ProtocolVersion, Restriction, Usual
from server.protocols.rule_operations import OWN_SOURCE
from server.protocols.rules import free_name

NO_RESTRICTION = "There is no restriction of this name."
NO_COURSE = "There is no usual course of this question after these routes."


def set_restriction(document: ProtocolVersion, op: d.SetRestriction) -> ProtocolVersion:
    if op.restriction.id not in {known.id for known in document.restrictions}:
        raise Refused("restriction.id", NO_RESTRICTION)
    changed = replace(op.restriction, source=OWN)
    return _with_restrictions(
        document, [changed if known.id == changed.id else known for known in document.restrictions]
    )


def add_restriction(document: ProtocolVersion, op: d.AddRestriction) -> ProtocolVersion:
    taken = {known.id for known in document.restrictions}
    fresh = replace(op.restriction, id=free_name(OWN, taken), source=OWN)
    return _with_restrictions(document, [*document.restrictions, fresh])


def remove_restriction(document: ProtocolVersion, op: d.RemoveRestriction) -> ProtocolVersion:
    left = [known for known in document.restrictions if known.id != op.id]
    if len(left) == len(document.restrictions):
        raise Refused("id", NO_RESTRICTION)
    return _with_restrictions(document, left)


def set_usual(document: ProtocolVersion, op: d.SetUsual) -> ProtocolVersion:
    _require_course(document, op.key)
    changed = replace(op.usual, source=OWN)
    return _with_usual(document, [changed if known.key == op.key else known for known in document.usual])


def add_usual(document: ProtocolVersion, op: d.AddUsual) -> ProtocolVersion:
    return _with_usual(document, [*document.usual, replace(op.usual, source=OWN)])


def remove_usual(document: ProtocolVersion, op: d.RemoveUsual) -> ProtocolVersion:
    _require_course(document, op.key)
    return _with_usual(document, [known for known in document.usual if known.key != op.key])


def set_midway(document: ProtocolVersion, op: d.SetMidway) -> ProtocolVersion:
    return replace(document, missed=replace(document.missed, midway_minutes=op.minutes))


def _require_course(document: ProtocolVersion, key: str) -> None:
    if key not in {known.key for known in document.usual}:
        raise Refused("key", NO_COURSE)


def _with_restrictions(document: ProtocolVersion, restrictions: list[Restriction]) -> ProtocolVersion:
    return replace(document, restrictions=tuple(restrictions), sources=document.sources | {OWN: OWN_SOURCE})


def _with_usual(document: ProtocolVersion, usual: list[Usual]) -> ProtocolVersion:
    return replace(document, usual=tuple(usual), sources=document.sources | {OWN: OWN_SOURCE})
