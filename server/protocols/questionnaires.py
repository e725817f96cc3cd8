"""Questionnaires: what is asked, in which order, and what the answers add up to. JSON in, frozen Structs out."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from server.protocols.conditions import Condition

Text = dict[str, str]
Act = Literal["emergency", "crisis", "stop_driving", "help"]
ItemType = Literal["choice", "multiple", "scale", "boolean", "integer", "decimal", "date", "time", "text", "display"]
LOINC = "http://loinc.org"


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an item, an option or a form is called in a code system (its URI). Never shown to who answers."""

    system: str
    code: str
    display: str | None = None


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer to choose. `act` is what the phone shows at once on tap, offline too; `say` a sentence it adds.

    `score`: points it gives to the scores that its item is part of.
    """

    value: str
    text: Text
    act: Act | None = None
    say: Text | None = None
    exclusive: bool = False
    score: float | None = None
    codes: tuple[Code, ...] = ()


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question. `from_hours` and `below_hours` limit it to check-ins of that distance from the session's end.

    `graded`: the options are ordered, the worst last, so that steps between two answers can be counted. `max` of text:
    the most letters. `link`: what an imported item is called in the file it came from.
    """

    id: str
    type: ItemType
    text: Text
    required: bool = True
    options: tuple[Option, ...] = ()
    min: float | None = None
    max: float | None = None
    step: float | None = None
    unit: str | None = None
    enable_when: Condition | None = None
    help: Text | None = None
    private: bool = False
    graded: bool = False
    from_hours: float | None = None
    below_hours: float | None = None
    codes: tuple[Code, ...] = ()
    link: str | None = None


class Rest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The "I need to rest" button: answering `item` with true ends the form once `needs` are answered."""

    item: str
    text: Text
    needs: tuple[str, ...]


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A score from `least` on, up to the next band, is called `text`. Only for instruments with published bands."""

    id: str
    least: float
    text: Text


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the answers to `items` add up to: their `method`, times `factor`. Our own scores are trends, not validated:
    they have no bands and are never named by severity (decision 22).

    An item that was asked and not answered is missing. `missing`: with more than `missing_at_most` of them there is no
    score; otherwise `mean` puts the mean of the others in its place, and `zero` counts it as nothing. An item that did
    not apply (its condition does not hold) counts as nothing and is never missing. `reversed`: an item whose points
    count from the other end.
    """

    id: str
    title: Text
    items: tuple[str, ...]
    method: Literal["sum", "mean"] = "sum"
    factor: float = 1
    missing: Literal["mean", "zero"] = "mean"
    missing_at_most: int = 0
    reversed: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    codes: tuple[Code, ...] = ()


class Questionnaire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Items in the order they are asked. `id` carries the version: `acute@1`.

    `recall_days`: how far back its questions look; it is never asked more often. `notice`: what its owner wants to be
    shown with it. `source`: where it comes from, for whoever signs. `language`: of an imported one, the language it
    is written in; words of its that have no translation are shown in that language.
    """

    id: str
    version: int
    title: Text
    items: tuple[Item, ...]
    rest: Rest | None = None
    scores: tuple[Score, ...] = ()
    recall_days: int | None = None
    codes: tuple[Code, ...] = ()
    notice: Text | None = None
    source: str | None = None
    language: str | None = None

    @property
    def key(self) -> str:
        """The id without its version."""
        return self.id.partition("@")[0]


Notes = tuple[tuple[str, str], ...]


class Stored(msgspec.Struct, frozen=True):
    """A version of a questionnaire that a clinic brought. `notes`: by place, what was not taken word for word."""

    id: UUID
    document: Questionnaire
    notes: Notes
    published_at: datetime
    imported_by: UUID | None


def words_in(text: Text, language: str) -> str:
    """The words in this language; without them in English, without those in any language that there is. Empty when
    there are none at all: a document without words is a fault, and no reason to fail."""
    return text.get(language) or text.get("en") or next(filter(None, text.values()), "")
