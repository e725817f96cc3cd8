"""Restrictions, usual courses and the pause that a begun form may take, in words."""

from collections.abc import Iterator, Mapping

from server.protocols.change_words import Change, Part, say_change
from server.protocols.model import ProtocolVersion, Restriction, Usual
from server.protocols.questionnaires import Text, words_in
from server.protocols.sentences import Speaker
from server.protocols.spoken import coded, filled, listed, number, span

PHRASES: dict[str, Text] = {
    "hours": {"en": "for {span} after the session", "es": "durante {span} tras la sesión"},
    "morning": {"en": "until {at} of the next day", "es": "hasta las {at} del día siguiente"},
    "later": {"en": "{hours}, and {morning} if that is later", "es": "{hours}, y {morning} si es más tarde"},
    "slept": {"en": "{until}, and not before having slept", "es": "{until}, y no antes de haber dormido"},
    "usual": {
        "en": "After {routes}, {item} is usual {bands}",
        "es": "Tras {routes}, {item} es habitual {bands}",
    },
    "band.before": {"en": "up to {answer} before {hours} h", "es": "hasta {answer} antes de {hours} h"},
    "band.then": {"en": "up to {answer} from then on", "es": "hasta {answer} desde entonces"},
    "midway": {
        "en": "The rest of a form may take {span} after an answer that is sent at once",
        "es": "El resto de un formulario puede tardar {span} tras una respuesta que se envía al momento",
    },
}


def restriction_phrase(restriction: Restriction, language: str) -> str:
    """Until when: "for 24 h after the session, and until 08:00 of the next day if that is later"."""
    until = hours = _say("hours", language, span=span(restriction.hours * 60, language))
    if restriction.morning is not None:
        morning = _say("morning", language, at=restriction.morning)
        until = _say("later", language, hours=hours, morning=morning) if restriction.hours > 0 else morning
    return _say("slept", language, until=until) if restriction.after_sleep else until


def usual_phrase(usual: Usual, speaker: Speaker) -> str:
    """ "After infusion (IV), “Have you felt sick?” is usual up to “No” from then on\"."""
    language = speaker.language
    bands = [
        _say(
            "band.then" if band.below is None else "band.before", language,
            answer=speaker.value(usual.item, band.worst), hours=number(band.below or 0),
        )
        for band in usual.bands
    ]  # fmt: skip
    routes = coded(usual.routes, language, "or")
    return _say("usual", language, routes=routes, item=speaker.item(usual.item), bands=listed(bands, language))


def midway_phrase(document: ProtocolVersion, language: str) -> str:
    """How long the rest of a form may take."""
    return _say("midway", language, span=span(document.missed.midway_minutes, language))


def time_changes(before: ProtocolVersion, after: ProtocolVersion, old: Speaker, new: Speaker) -> Iterator[Change]:
    """Each restriction and usual course that differs, and the pause."""
    language = new.language
    restrictions = [{one.id: one for one in document.restrictions} for document in (before, after)]
    phrases = [{key: _whole(one, language) for key, one in known.items()} for known in restrictions]
    yield from _changes("restriction", phrases[0], phrases[1], language)
    for key, now in restrictions[1].items():
        known = restrictions[0].get(key, now)
        if known.text != now.text and phrases[0][key] == phrases[1][key]:
            what = say_change("restriction_words", language, what=phrases[1][key])
            yield Change("restriction", key, what)
    courses = {one.key: usual_phrase(one, old) for one in before.usual}
    yield from _changes("usual", courses, {one.key: usual_phrase(one, new) for one in after.usual}, language)
    pauses = [midway_phrase(document, language) for document in (before, after)]
    if pauses[0] != pauses[1]:
        yield Change("missed", "midway", say_change("plain", language, before=pauses[0], after=pauses[1]))


def _whole(restriction: Restriction, language: str) -> str:
    return f"{words_in(restriction.text, language)}: {restriction_phrase(restriction, language)}"


def _changes(part: Part, before: Mapping[str, str], after: Mapping[str, str], language: str) -> Iterator[Change]:
    for key, was in before.items():
        if key not in after:
            yield Change(part, key, say_change(f"{part}_gone", language, what=was))
    for key, now in after.items():
        if key not in before:
            yield Change(part, key, say_change(f"{part}_new", language, what=now))
        elif before[key] != now:
            yield Change(part, key, say_change("plain", language, before=before[key], after=now))


def _say(name: str, language: str, **parts: object) -> str:
    return filled(PHRASES[name], language, **parts)
