"""A questionnaire joined into a protocol document, together with what its answers call for."""

import msgspec

from server.protocols import conditions as c
from server.protocols.instruments import (
    instrument_of,
    instruments,
    looks_at_breaking_off,
    rules_for,
    safety_answers,
    screening_answer,
)
from server.protocols.model import CheckInStep, ProtocolVersion, Questionnaire, Rule
from server.protocols.screening import left_empty, with_screening

OWN_SCREENING = "safe"
SCREENING_SOURCE = "screening"
SCREENING_REASON = (
    "An answer about thoughts of being better off dead or of self-harm opens the safety questions in the same sitting, "
    "and these decide the tier: of people with such an answer 53 % had no clinical risk (S1516-44462022005010204), and "
    "those who answer from afar go on to a screener about twice as often as those in a clinic (JMIR Ment Health 2024 "
    "e50192). Breaking off midway is urgent, and so are screening questions left empty after a first answer that was "
    "not No. A safety question left empty is not a No: a person looks at it the same day"
)
BROKEN_OFF = Rule(
    id="midway.screening",
    when=c.All((c.StoppedMidway(), c.Fact("safety_signal"))),
    tier="urgent",
    topic="safety",
    explanation={
        "en": "Stopped after a first safety answer that was not No",
        "es": "Se detuvo tras una primera respuesta de seguridad que no fue No",
    },
    source=SCREENING_SOURCE,
)


def add_questionnaire(version: ProtocolVersion, questionnaire: Questionnaire) -> ProtocolVersion:
    """The document with this questionnaire in it, and of a known instrument its rules, its screening questions and
    their sources. Nothing asks it yet: a step has to name it.

    An older version of the same questionnaire gives way, and steps that named it name the new one. The screening
    questions are the clinic's own screener where the document has one (C-SSRS), else our `safe` questions; a screener
    added later takes their place in what is there already. ValueError when an item or score of it is in the document
    already under another form, or when screening questions are needed and the document has none.
    """
    bare = _without(version, questionnaire.key)
    if taken := _names(bare.questionnaires) & _names((questionnaire,)):
        raise ValueError(f"there already: {', '.join(sorted(taken))}")
    instrument = instrument_of(questionnaire)
    joined = msgspec.structs.replace(bare, questionnaires=(*bare.questionnaires, questionnaire))
    if instrument is not None and instrument.rules:
        joined = msgspec.structs.replace(
            joined,
            rules=(*joined.rules, *rules_for(instrument)),
            sources=joined.sources | {instrument.key: instrument.source},
        )
    return _renamed(_screened(joined), questionnaire)


def without_questionnaire(version: ProtocolVersion, key: str) -> ProtocolVersion:
    """The document without the questionnaire of this key, nor the rules and the source that came with it; where it was
    the screener, our own questions take its place. Steps that name it are left to the caller."""
    return _screened(_without(version, key))


def _without(version: ProtocolVersion, key: str) -> ProtocolVersion:
    instrument = instruments().get(key)
    offered = {rule.id for rule in rules_for(instrument)} if instrument else set()
    return msgspec.structs.replace(
        version,
        questionnaires=tuple(form for form in version.questionnaires if form.key != key),
        rules=tuple(rule for rule in version.rules if rule.id not in offered),
        sources={name: words for name, words in version.sources.items() if not (offered and name == key)},
    )


def _names(forms: tuple[Questionnaire, ...]) -> set[str]:
    items = {item.id for form in forms for item in form.items}
    return items | {score.id for form in forms for score in form.scores}


def _screened(version: ProtocolVersion) -> ProtocolVersion:
    """Each form with an item that opens the screening questions, with the questions that this document has for it; a
    document with safety items judges a form broken off."""
    bare = [_bare(form) for form in version.questionnaires]
    rules = [rule for rule in version.rules if rule.source != SCREENING_SOURCE]
    forms = []
    for form in bare:
        instrument = instrument_of(form)
        if instrument is not None and (safety := safety_answers(instrument, form)):
            screening = instrument.is_screening
            rules += left_empty(form.key, instrument.name, safety, SCREENING_SOURCE, is_screening=screening)
        opens = screening_answer(instrument, form) if instrument else None
        if opens is None:
            forms.append(form)
        else:
            screened = with_screening(form, opens, _screening(bare), SCREENING_SOURCE)
            forms.append(screened.form)
            rules += screened.rules
    missed = [rule for rule in version.missed.rules if rule.source != SCREENING_SOURCE]
    watched = any(instrument.safety for form in bare if (instrument := instrument_of(form)))
    if watched and not looks_at_breaking_off(missed):
        missed.append(BROKEN_OFF)
    sources = {name: why for name, why in version.sources.items() if name != SCREENING_SOURCE}
    if any(rule.source == SCREENING_SOURCE for rule in (*rules, *missed)):
        sources[SCREENING_SOURCE] = SCREENING_REASON
    return msgspec.structs.replace(
        version,
        questionnaires=tuple(forms),
        rules=tuple(rules),
        missed=msgspec.structs.replace(version.missed, rules=tuple(missed)),
        sources=sources,
    )


def _bare(form: Questionnaire) -> Questionnaire:
    """An instrument with nothing but its own items, whose ids all begin with its key."""
    if instrument_of(form) is None:
        return form
    items = tuple(item for item in form.items if item.id.startswith(f"{form.key}_"))
    known = {item.id for item in items}
    scores = tuple(score for score in form.scores if known.issuperset(score.items))
    return msgspec.structs.replace(form, items=items, scores=scores)


def _screening(forms: list[Questionnaire]) -> Questionnaire:
    screeners = [form for form in forms if (known := instrument_of(form)) is not None and known.is_screening]
    for form in (*screeners, *(form for form in forms if form.key == OWN_SCREENING)):
        return form
    raise ValueError("there are no screening questions in this document")


def _renamed(version: ProtocolVersion, newest: Questionnaire) -> ProtocolVersion:
    def step(old: CheckInStep) -> CheckInStep:
        same = old.questionnaire.partition("@")[0] == newest.key
        return msgspec.structs.replace(old, questionnaire=newest.id) if same else old

    reported = version.report_questionnaire
    asked = version.companion
    return msgspec.structs.replace(
        version,
        check_ins=tuple(map(step, version.check_ins)),
        course=tuple(map(step, version.course)),
        recheck=step(version.recheck),
        before=version.before and step(version.before),
        companion=asked and msgspec.structs.replace(asked, look_in=step(asked.look_in), again=step(asked.again)),
        report_questionnaire=newest.id if reported.partition("@")[0] == newest.key else reported,
    )
