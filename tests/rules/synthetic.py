"""Questionnaires with made-up words, in the shape of the known instruments."""

from server.protocols.instruments import Instrument, instruments
from server.protocols.model import Item, Option, Questionnaire, Text


def made_up(key: str, version: int = 1, language: str = "en") -> Questionnaire:
    """What a clinic's file with this instrument becomes: its items and options in words of ours."""
    instrument = instruments()[key]
    return Questionnaire(
        id=f"{key}@{version}",
        version=version,
        title={language: f"Form {key}"},
        items=tuple(_item(instrument, measure.name, language) for measure in instrument.items if not measure.optional),
        scores=instrument.scores,
        recall_days=instrument.recall_days,
        language=language,
    )


def _item(instrument: Instrument, name: str, language: str) -> Item:
    least = instrument.least_points(name)
    points = next(measure.points for measure in instrument.items if measure.name == name)

    def words(text: str) -> Text:
        return {language: text}

    return Item(
        id=instrument.item_id(name),
        type="choice",
        text=words(f"Question {name}"),
        private=least is not None,
        options=tuple(
            Option(
                f"{point:g}", words(f"Answer {point:g}"), score=point,
                act="crisis" if least is not None and point >= least else None,
            )
            for point in points
        ),
    )  # fmt: skip
