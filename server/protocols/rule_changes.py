"""Rules that differ."""

from collections.abc import Iterator, Sequence

from server.protocols.change_words import Change, say_change
from server.protocols.model import ProtocolVersion, Rule
from server.protocols.sentences import Speaker


def _all_rules(document: ProtocolVersion) -> tuple[Sequence[Rule], Sequence[Rule]]:
    missed = document.missed
    return (*document.rules, *missed.rules), (*document.rules_off, *missed.rules_off)


def rule_changes(before: ProtocolVersion, after: ProtocolVersion, old: Speaker, new: Speaker) -> Iterator[Change]:
    """Each change of what an answer means."""
    language = new.language
    (on_before, off_before), (on_after, off_after) = _all_rules(before), _all_rules(after)
    known = {rule.id: rule for rule in (*on_before, *off_before)}
    now = {rule.id: rule for rule in (*on_after, *off_after)}
    was_on, is_on = {rule.id for rule in on_before}, {rule.id for rule in on_after}
    for key, rule in known.items():
        if key not in now:
            yield Change("rule", key, say_change("rule_gone", language, rule=old.rule(rule)))
    for key, rule in now.items():
        if key not in known:
            yield Change("rule", key, say_change("rule_new", language, rule=new.rule(rule)))
            continue
        if (key in was_on) != (key in is_on):
            yield Change(
                "rule", key, say_change("rule_on" if key in is_on else "rule_off", language, rule=new.rule(rule))
            )
        if known[key] != rule:
            yield from (Change("rule", key, text) for text in _rule_sentences(known[key], rule, old, new))


def _rule_sentences(before: Rule, after: Rule, old: Speaker, new: Speaker) -> Iterator[str]:
    language = new.language
    if before.when != after.when:
        yield say_change("plain", language, before=old.rule(before), after=new.rule(after))
    elif (one := old.outcome(before)) != (other := new.outcome(after)):
        yield say_change("rule_then", language, when=new.condition(after.when), before=one, after=other)
    if before.advice != after.advice:
        yield say_change("rule_advice", language, rule=new.rule(after))
    beside = ("explanation", "ack_minutes", "topic", "item", "reask_of")
    if any(getattr(before, name) != getattr(after, name) for name in beside):
        yield say_change("rule_other", language, rule=new.rule(after))
