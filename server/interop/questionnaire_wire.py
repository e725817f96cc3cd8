"""A questionnaire as the team's screens show it."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from server.protocols.instruments import Instrument, instrument_of, rules_for
from server.protocols.model import Questionnaire, Tier
from server.protocols.questionnaires import Score, Stored, words_in
from server.protocols.rules import shown_items
from server.protocols.scores import score_ranges

Origin = Literal["protocol", "clinic"]


class BandShown(msgspec.Struct, frozen=True):
    """From `least` points on."""

    least: float
    text: str


class ScoreShown(msgspec.Struct, frozen=True):
    """`missing_at_most`: with more missing answers there is no score. `items`: how many count."""

    id: str
    title: str
    least: float
    most: float
    items: int
    missing_at_most: int
    bands: list[BandShown]


class NoteShown(msgspec.Struct, frozen=True):
    """Something of the file that was not taken word for word: its place in the file, and what was done."""

    place: str
    message: str


class OfferedRule(msgspec.Struct, frozen=True):
    """A rule that comes with the instrument when it is added to a protocol."""

    id: str
    tier: Tier | None
    text: str


class QuestionnaireListed(msgspec.Struct, frozen=True, kw_only=True):
    """`origin`: of a protocol, or brought by the clinic. `needs_check`: what the medical lead has to verify."""

    id: str
    key: str
    version: int
    title: str
    origin: Origin
    questions: int
    recall_days: int | None
    instrument: str | None
    scored: bool
    needs_check: list[str]
    published_at: datetime | None


class QuestionnaireShown(QuestionnaireListed, frozen=True, kw_only=True):
    """With its items as a phone gets them, its scores, and what was said when it came in."""

    items: list[dict[str, Any]]
    scores: list[ScoreShown]
    notes: list[NoteShown]
    rules: list[OfferedRule]
    opens_screening: bool
    language: str | None
    notice: str | None
    licence: str | None
    source: str | None


def listed(form: Questionnaire, stored: Stored | None, language: str) -> QuestionnaireListed:
    """One line of the library, in the reader's language."""
    return QuestionnaireListed(**_listed(form, stored, language))


def _listed(form: Questionnaire, stored: Stored | None, language: str) -> dict[str, Any]:
    instrument = instrument_of(form)
    return {
        "id": form.id,
        "key": form.key,
        "version": form.version,
        "title": words_in(form.title, language),
        "origin": "protocol" if stored is None else "clinic",
        "questions": sum(item.type != "display" for item in form.items),
        "recall_days": form.recall_days,
        "instrument": instrument.name if instrument else None,
        "scored": bool(form.scores),
        "needs_check": [words_in(text, language) for text in instrument.needs_check] if instrument else [],
        "published_at": stored.published_at if stored else None,
    }


def shown(form: Questionnaire, stored: Stored | None, language: str) -> QuestionnaireShown:
    """All of it, in the reader's language."""
    instrument = instrument_of(form)
    return QuestionnaireShown(
        **_listed(form, stored, language),
        items=shown_items(form, language),
        scores=[_score(form, score, language) for score in form.scores],
        notes=[NoteShown(place, message) for place, message in stored.notes] if stored else [],
        rules=_rules(instrument, language) if instrument else [],
        opens_screening=instrument is not None and instrument.opens_screening is not None,
        language=form.language,
        notice=words_in(form.notice, language) if form.notice else None,
        licence=words_in(instrument.licence, language) if instrument else None,
        source=instrument.source if instrument else form.source,
    )


def _score(form: Questionnaire, score: Score, language: str) -> ScoreShown:
    reach = score_ranges(form)[score.id]
    bands = [BandShown(band.least, words_in(band.text, language)) for band in score.bands]
    title = words_in(score.title, language)
    return ScoreShown(score.id, title, reach.least, reach.most, len(score.items), score.missing_at_most, bands)


def _rules(instrument: Instrument, language: str) -> list[OfferedRule]:
    return [OfferedRule(rule.id, rule.tier, words_in(rule.explanation, language)) for rule in rules_for(instrument)]
