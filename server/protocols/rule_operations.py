"""Rules of a draft: changed, switched off and on, added, dropped."""

import re

from msgspec.structs import replace

from server.protocols import draft_model as d
from server.protocols.draft_model import OWN, Refused
from server.protocols.model import ProtocolVersion, Rule
from server.protocols.new_rule import new_rule
from server.protocols.rules import free_name

OWN_SOURCE = "The clinic's own"


def is_own(rule: Rule) -> bool:
    """Whether the clinic made the rule."""
    return re.fullmatch(rf"{OWN}\.\d+", rule.id) is not None


def set_rule(document: ProtocolVersion, op: d.SetRule) -> ProtocolVersion:
    lists = {
        "rules": document.rules, "rules_off": document.rules_off,
    }  # fmt: skip
    for name, rules in lists.items():
        if any(rule.id == op.rule.id for rule in rules):
            return replace(document, **{name: _with_rule(rules, op.rule)})
    missed = document.missed
    if any(rule.id == op.rule.id for rule in missed.rules):
        return replace(document, missed=replace(missed, rules=_with_rule(missed.rules, op.rule)))
    if any(rule.id == op.rule.id for rule in missed.rules_off):
        return replace(document, missed=replace(missed, rules_off=_with_rule(missed.rules_off, op.rule)))
    raise Refused("rule.id", "There is no rule of this name.")


def _with_rule(rules: tuple[Rule, ...], changed: Rule) -> tuple[Rule, ...]:
    return tuple(changed if rule.id == changed.id else rule for rule in rules)


def switch_rule(document: ProtocolVersion, op: d.SwitchRule) -> ProtocolVersion:
    on, off = _switched(document.rules, document.rules_off, op)
    missed_on, missed_off = _switched(document.missed.rules, document.missed.rules_off, op)
    if all(rule.id != op.id for rule in (*on, *off, *missed_on, *missed_off)):
        raise Refused("id", "There is no rule of this name.")
    missed = replace(document.missed, rules=missed_on, rules_off=missed_off)
    return replace(document, rules=on, rules_off=off, missed=missed)


def _switched(
    on: tuple[Rule, ...], off: tuple[Rule, ...], op: d.SwitchRule
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    source, target = (off, on) if op.on else (on, off)
    moved = tuple(rule for rule in source if rule.id == op.id)
    source, target = tuple(rule for rule in source if rule.id != op.id), (*target, *moved)
    return (target, source) if op.on else (source, target)


def add_rule(document: ProtocolVersion, op: d.AddRule) -> ProtocolVersion:
    if all(item.id != op.item for form in document.questionnaires for item in form.items):
        raise Refused("item", "There is no such question.")
    taken = {rule.id for rule in (*document.rules, *document.rules_off)}
    name = free_name(f"{OWN}.", taken)
    rule = new_rule(op, name)
    return replace(document, rules=(*document.rules, rule), sources=document.sources | {OWN: OWN_SOURCE})


def remove_rule(document: ProtocolVersion, op: d.RemoveRule) -> ProtocolVersion:
    gone = [rule for rule in (*document.rules, *document.rules_off) if rule.id == op.id and is_own(rule)]
    if not gone:
        raise Refused("id", "Only rules of your own can be removed. Switch the rule off.")
    return replace(
        document, rules=tuple(rule for rule in document.rules if rule not in gone),
        rules_off=tuple(rule for rule in document.rules_off if rule not in gone),
    )  # fmt: skip
