"""Questionnaires and questions that differ."""

from collections.abc import Iterator

import msgspec

from server.protocols.change_words import Change, say_change
from server.protocols.model import ProtocolVersion
from server.protocols.questionnaires import Item, Questionnaire, words_in
from server.protocols.sentences import Speaker
from server.protocols.spoken import listed


def form_changes(before: ProtocolVersion, after: ProtocolVersion, old: Speaker, new: Speaker) -> Iterator[Change]:
    """Each change of what is asked."""
    language = new.language
    known, now = {f.id: f for f in before.questionnaires}, {f.id: f for f in after.questionnaires}
    for key, form in known.items():
        if key not in now:
            yield Change("questionnaire", key, say_change("form_gone", language, what=words_in(form.title, language)))
    for key, form in now.items():
        if key not in known:
            yield Change("questionnaire", key, say_change("form_new", language, what=words_in(form.title, language)))
        elif known[key] != form:
            yield from _item_changes(known[key], form, old, new)


def _item_changes(before: Questionnaire, after: Questionnaire, old: Speaker, new: Speaker) -> Iterator[Change]:
    language, form = new.language, new.titled(after.id)
    known, now = {item.id: item for item in before.items}, {item.id: item for item in after.items}
    for key in known:
        if key not in now:
            yield Change("item", key, say_change("item_gone", language, form=form, what=old.item(key)))
    for key, item in now.items():
        if key not in known:
            yield Change("item", key, say_change("item_new", language, form=form, what=new.item(key)))
        else:
            yield from (Change("item", key, text) for text in _item_sentences(known[key], item, form, new))
    if [key for key in known if key in now] != [key for key in now if key in known]:
        yield Change("questionnaire", after.id, say_change("item_order", language, form=form))
    if (before.scores, before.rest) != (after.scores, after.rest):
        yield Change("questionnaire", after.id, say_change("score_changed", language, form=form))


def _item_sentences(before: Item, after: Item, form: str, new: Speaker) -> Iterator[str]:
    language, what = new.language, new.item(after.id)
    for spoken in dict.fromkeys((language, *before.text, *after.text)):
        one, other = before.text.get(spoken, ""), after.text.get(spoken, "")
        if one != other:
            name = "item_words" if spoken == language else "item_words_in"
            yield say_change(name, language, form=form, before=one, after=other)
    if before.options != after.options:
        one, other = _options(before, language), _options(after, language)
        yield (
            say_change("item_options", language, what=what, before=one, after=other)
            if one != other
            else say_change("item_other", language, what=what)
        )
    if before.help != after.help:
        yield say_change("item_help", language, what=what)
    if before.required != after.required:
        yield say_change("item_required" if after.required else "item_skippable", language, what=what)
    if before.enable_when != after.enable_when:
        when = after.enable_when
        yield (
            say_change("item_always", language, what=what)
            if when is None
            else say_change("item_when", language, what=what, when=new.condition(when))
        )
    if _answering(before) != _answering(after):
        yield say_change("item_other", language, what=what)


def _answering(item: Item) -> Item:
    """Without what is told apart."""
    return msgspec.structs.replace(item, text={}, options=(), help=None, required=True, enable_when=None)


def _options(item: Item, language: str) -> str:
    return listed((words_in(option.text, language) for option in item.options), language, "or")
