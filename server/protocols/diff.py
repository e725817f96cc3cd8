"""What is different between two documents, each change in one plain sentence."""

from collections.abc import Iterator, Mapping

import msgspec

from server.protocols.change_words import Change, say_change
from server.protocols.item_changes import form_changes
from server.protocols.model import ProtocolVersion
from server.protocols.questionnaires import Text, words_in
from server.protocols.rule_changes import rule_changes
from server.protocols.sentences import Speaker
from server.protocols.spoken import word
from server.protocols.step_words import plan_phrase, scope_phrase, step_phrases
from server.protocols.time_words import time_changes


def diff(before: ProtocolVersion, after: ProtocolVersion, language: str, risks: Mapping[str, Text]) -> list[Change]:
    """Every change from one document to the other. Empty only when they say the same."""
    old, new = Speaker(before, language, risks), Speaker(after, language, risks)
    found = [
        *_document_changes(before, after, language),
        *_step_changes(before, after, old, new),
        *form_changes(before, after, old, new),
        *rule_changes(before, after, old, new),
        *_escalation_changes(before, after, language),
        *time_changes(before, after, old, new),
    ]
    if not found and _content(before) != _content(after):
        found.append(Change("protocol", after.key, say_change("rest", language)))
    return found


def _content(document: ProtocolVersion) -> ProtocolVersion:
    """Without what goes up with each version by itself."""
    forms = tuple(msgspec.structs.replace(form, version=0) for form in document.questionnaires)
    return msgspec.structs.replace(document, key="", version=0, questionnaires=forms)


def _document_changes(before: ProtocolVersion, after: ProtocolVersion, language: str) -> Iterator[Change]:
    if before.title != after.title:
        yield Change("protocol", after.key, _to("title", before.title, after.title, language))
    scopes = scope_phrase(before, language), scope_phrase(after, language)
    if scopes[0] != scopes[1]:
        what = say_change("scope", language)
        yield Change("protocol", after.key, say_change("to", language, what=what, before=scopes[0], after=scopes[1]))


def _to(what: str, before: Text, after: Text, language: str) -> str:
    return say_change(
        "to",
        language,
        what=say_change(what, language),
        before=words_in(before, language),
        after=words_in(after, language),
    )


def _step_changes(before: ProtocolVersion, after: ProtocolVersion, old: Speaker, new: Speaker) -> Iterator[Change]:
    language = new.language
    known, now = {step.key: step for step in before.steps}, {step.key: step for step in after.steps}
    for key, step in known.items():
        if key not in now:
            yield Change("step", key, say_change("step_gone", language, what=words_in(step.title, language)))
    for key, step in now.items():
        what, phrases = words_in(step.title, language), step_phrases(step, new)
        if key not in known:
            yield Change("step", key, say_change("step_new", language, what=what, how="; ".join(phrases.values())))
            continue
        earlier = step_phrases(known[key], old)
        if known[key].title != step.title:
            yield Change(
                "step", key, say_change("plain", language, before=words_in(known[key].title, language), after=what)
            )
        none = say_change("none", language)
        for name in dict.fromkeys((*earlier, *phrases)):
            one, other = earlier.get(name, none), phrases.get(name, none)
            if one != other:
                yield Change("step", key, say_change("to", language, what=what, before=one, after=other))


def _escalation_changes(before: ProtocolVersion, after: ProtocolVersion, language: str) -> Iterator[Change]:
    for tier in ("same_day", "urgent", "emergency"):
        plans = getattr(before.escalation, tier), getattr(after.escalation, tier)
        one, other = (plan_phrase(plan, language) for plan in plans)
        if one != other:
            text = say_change("climbs", language, tier=word(tier, language), before=one, after=other)
            yield Change("escalation", tier, text)
        elif plans[0] != plans[1]:
            yield Change("escalation", tier, say_change("worsens", language, tier=word(tier, language)))
