"""Known instruments: how their answers are scored, what their scores mean, which answers need a person. Data only, in
`library/instruments/`; their wording is never here, it comes from the clinic's own file.

Their items are called `key_name` (`phq9_9`) in every questionnaire that a clinic brings, so that rules and curves of a
file hold for the next. `needs_check` names what nobody has verified: the clinic's medical lead has to.
"""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec

from server.protocols import conditions as c
from server.protocols.evaluate import walk
from server.protocols.model import Rule
from server.protocols.questionnaires import LOINC, Item, Questionnaire, Score, Text


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item: its LOINC code where it has one, and the points of its options in the order in which they stand."""

    name: str
    points: tuple[float, ...]
    code: str | None = None
    optional: bool = False


class Watched(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"least": "from"}):
    """Answers to `item` with at least so many points."""

    item: str
    least: float


class Instrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`codes`: LOINC codes of the whole form. `computed`: codes of totals, which are worked out here and never asked.
    `answers`: points by LOINC answer code. `safety`: answers that show help at once; their items are private.
    `opens_screening`: answers that open the screening questions. `is_screening`: it is such questions itself.
    """

    key: str
    name: str
    codes: tuple[str, ...]
    items: tuple[Measure, ...]
    licence: Text
    source: str
    computed: tuple[str, ...] = ()
    answers: dict[str, float] = {}
    yes_no: bool = False
    scores: tuple[Score, ...] = ()
    recall_days: int | None = None
    safety: tuple[Watched, ...] = ()
    opens_screening: Watched | None = None
    is_screening: bool = False
    rules: tuple[Rule, ...] = ()
    needs_check: tuple[Text, ...] = ()

    def item_id(self, name: str) -> str:
        """What the item is called in questionnaires."""
        return f"{self.key}_{name}"

    def least_points(self, name: str) -> float | None:
        """From how many points on an answer to this item shows help; None for an item that is not about safety."""
        return next((watched.least for watched in self.safety if watched.item == name), None)


@cache
def instruments() -> dict[str, Instrument]:
    """All that are known, by key. A file that does not decode is a defect of the build and raises."""
    folder = files("server.protocols") / "library" / "instruments"
    found = (msgspec.json.decode(file.read_bytes(), type=Instrument) for file in folder.iterdir())
    return {instrument.key: instrument for instrument in sorted(found, key=lambda one: one.key)}


def instrument_of(questionnaire: Questionnaire) -> Instrument | None:
    """The instrument that this questionnaire was taken as. Its key says so: no other questionnaire gets that key."""
    return instruments().get(questionnaire.key)


def instrument_with_code(codes: tuple[str, ...]) -> Instrument | None:
    """The instrument that one of these LOINC codes names."""
    return next((one for one in instruments().values() if set(one.codes) & set(codes)), None)


def rules_for(instrument: Instrument) -> tuple[Rule, ...]:
    """The rules offered with it, as data; that of the screening questions comes with `adding.add_questionnaire`."""
    return instrument.rules


def codes_of(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The LOINC codes of the whole form."""
    return tuple(code.code for code in questionnaire.codes if code.system == LOINC)


def screening_answer(instrument: Instrument, questionnaire: Questionnaire) -> c.Answer | None:
    """The answers that open the screening questions; None for an instrument without such an item."""
    opens = instrument.opens_screening
    if opens is None:
        return None
    item = next(item for item in questionnaire.items if item.id == instrument.item_id(opens.item))
    return _with_points(item, opens.least)


def safety_answers(instrument: Instrument, questionnaire: Questionnaire) -> list[tuple[Item, c.Answer]]:
    """Its safety items, each with the answers that show help at once."""
    least = {instrument.item_id(watched.item): watched.least for watched in instrument.safety}
    return [(item, _with_points(item, least[item.id])) for item in questionnaire.items if item.id in least]


def _with_points(item: Item, least: float) -> c.Answer:
    """An answer to the item that counts so many points or more."""
    values = (option.value for option in item.options if option.score is not None and option.score >= least)
    return c.Answer(item.id, among=tuple(values))


def looks_at_breaking_off(rules: Iterable[Rule]) -> bool:
    """Whether one of these rules judges a form that was broken off midway."""
    return any(isinstance(part, c.StoppedMidway) for rule in rules for part in walk(rule.when))
