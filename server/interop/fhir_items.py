"""The items of a FHIR file one after the other: groups are flattened, each child with the group's condition."""

import re
from collections.abc import Sequence

import msgspec

from server.interop import fhir_names as names
from server.interop.fhir_left import note_what_is_left
from server.interop.fhir_levels import joined, level
from server.interop.fhir_model import FhirItem
from server.interop.fhir_numbers import numeric
from server.interop.fhir_options import OTHER, OTHER_WORDS, Unlisted, read_options
from server.interop.fhir_reading import Reading, other_id
from server.interop.fhir_when import Unclear, condition
from server.interop.fhir_words import fault_in, words
from server.protocols import conditions as c
from server.protocols.instruments import instruments
from server.protocols.model import Item, ItemType, Option, Text
from server.protocols.questionnaires import LOINC, Code

DEEPEST_GROUP = 8
MOST_CONDITIONS = 60
PLAIN_LINK = re.compile(r"[A-Za-z0-9._/:@ -]{1,80}")
OTHER_VALUE = "other"
KINDS: dict[str, ItemType] = {
    "boolean": "boolean", "integer": "integer", "decimal": "decimal", "quantity": "decimal", "string": "text",
    "text": "text", "date": "date", "time": "time", "choice": "choice", "open-choice": "choice", "display": "display",
}  # fmt: skip
NOT_TAKEN = {
    "dateTime": "Asks for a date and a time in one. Ask for them in two questions.",
    "attachment": "Asks for a file, which phones cannot send here.",
    "reference": "Asks for a record of another system.",
    "url": "Asks for an address on the web.",
    "question": "Has no type of answer.",
}
COMPUTED = frozenset(code for instrument in instruments().values() for code in instrument.computed)


def read_items(
    items: Sequence[FhirItem], reading: Reading, path: str = "item", above: tuple[c.Condition, ...] = (), deep: int = 0
) -> None:
    """Add these items and all inside them. `above`: the conditions of the groups around them."""
    for index, item in enumerate(items):
        place = f"{path}[{index}]" + (f" ({item.link_id})" if PLAIN_LINK.fullmatch(item.link_id) else "")
        if deep > DEEPEST_GROUP:
            reading.refuse(place, "Is nested too deep.")
            return
        if not item.link_id.strip() or not reading.first_time(item.link_id):
            reading.refuse(place, "Has a linkId that is missing or there twice.")
        elif not _is_left_out(item, reading, place):
            held = _with_own(item, reading, place, above)
            _read(item, reading, place, held)
            inside = item.item if item.type == "group" else [one for one in item.item if not _is_help(one)]
            read_items(inside, reading, f"{path}[{index}].item", held, deep + 1)


def _is_help(item: FhirItem) -> bool:
    return item.type == "display" and item.control == "help" and not item.item


def _is_left_out(item: FhirItem, reading: Reading, place: str) -> bool:
    """Hidden or worked out: named in a note, with all that is inside."""
    hidden = item.extra(names.HIDDEN)
    if hidden is not None and hidden.value_boolean is True:
        reading.note(place, "Is hidden in the file and is not asked.")
        return True
    totals = {coding.code for coding in item.code if coding.system == LOINC} & COMPUTED
    worked_out = item.extra(*names.CALCULATED) is not None or (item.read_only and item.type not in ("group", "display"))
    if totals or worked_out:
        reading.note(place, "Is worked out, not asked. Scores are worked out here from the answers.")
        return True
    return False


def _with_own(item: FhirItem, reading: Reading, place: str, above: tuple[c.Condition, ...]) -> tuple[c.Condition, ...]:
    if len(item.enable_when) > MOST_CONDITIONS:
        reading.refuse(f"{place}.enableWhen", f"Has more than {MOST_CONDITIONS} conditions.")
        return above
    try:
        own = level([condition(when, reading.links) for when in item.enable_when], item.enable_behavior)
    except Unclear as error:
        reading.refuse(f"{place}.enableWhen", str(error))
        return above
    return above if own is None else (*above, own)


def _read(item: FhirItem, reading: Reading, place: str, held: tuple[c.Condition, ...]) -> None:
    note_what_is_left(item, reading, place)
    text = words(item.text, item.text_more, reading.language)
    if not text and item.type not in ("group", "display"):
        text = words(next((code.display for code in item.code if code.display), None), None, reading.language)
        if not text:
            return reading.refuse(place, "Has no words to ask.")
    if fault := fault_in(text):
        return reading.refuse(place, fault)
    if item.modifier_extension or item.extra(*names.BRANCHING) is not None:
        return reading.refuse(place, "Has an extension that changes its meaning and is not known here.")
    if item.type == "group":
        if item.repeats:
            return reading.refuse(place, "Is a group that may be answered several times.")
        kind: ItemType = "display"
    elif item.type in KINDS:
        kind = KINDS[item.type]
    else:
        return reading.refuse(place, NOT_TAKEN.get(item.type, "Has a type that FHIR R4 does not have."))
    if kind == "display" and not text:
        return None
    name = reading.id_of(item.link_id)
    base = Item(
        id=name, type=kind, text=text, required=item.required and kind != "display",
        enable_when=joined(held), codes=_codes(item), help=_help(item, reading, place),
        link=None if item.link_id == name else item.link_id,
    )  # fmt: skip
    return _add(item, base, reading, place)


def _codes(item: FhirItem) -> tuple[Code, ...]:
    return () if item.type == "group" else tuple(Code(one.system or "", one.code) for one in item.code if one.code)


def _help(item: FhirItem, reading: Reading, place: str) -> Text | None:
    if item.type in ("group", "display"):
        return None
    found = [words(one.text, one.text_more, reading.language) for one in item.item if _is_help(one)]
    for text in found[1:]:
        reading.note(place, "Has more than one help text; the first is shown." if text else "Has an empty help text.")
    for one in item.item:
        if _is_help(one) and not reading.first_time(one.link_id):
            reading.refuse(place, "Has a linkId that is missing or there twice.")
    if found and (fault := fault_in(found[0])):
        reading.refuse(place, fault)
    return found[0] or None if found else None


def _add(item: FhirItem, base: Item, reading: Reading, place: str) -> None:
    if base.type == "choice" or (item.answer_option and base.type in ("integer", "text")):
        return _add_choice(item, base, reading, place)
    if base.type != "display" and (item.answer_option or item.answer_value_set is not None):
        return reading.refuse(place, "Has answers to choose from, which this kind of question does not have here.")
    if item.repeats and base.type != "display":
        return reading.refuse(place, "May be answered several times, which only a choice may.")
    if base.type in ("integer", "decimal"):
        base = numeric(item, base, reading, place)
    elif base.type == "text" and item.max_length is not None and item.max_length > 0:
        base = msgspec.structs.replace(base, max=float(item.max_length))
    return reading.add(base, place)


def _add_choice(item: FhirItem, base: Item, reading: Reading, place: str) -> None:
    is_open = item.type == "open-choice"
    try:
        options = read_options(item, reading.contained, reading.language)
    except Unlisted as error:
        return reading.refuse(place, str(error))
    if fault := next(filter(None, (fault_in(option.text) for option in options)), None):
        return reading.refuse(place, fault)
    taken = is_open and any(one.id == other_id(base.id) for one in reading.items)
    if taken or (is_open and any(option.value == OTHER_VALUE for option in options)):
        return reading.refuse(place, "Has an answer called other and an open one beside it.")
    if len(options) + is_open < 2:
        return reading.refuse(place, "Has fewer than two answers to choose from.")
    kind: ItemType = "multiple" if item.repeats else "choice"
    if not is_open:
        return reading.add(msgspec.structs.replace(base, type=kind, options=options), place)
    other = Option(OTHER_VALUE, OTHER)
    reading.add(msgspec.structs.replace(base, type=kind, options=(*options, other)), place)
    opened = c.Answer(base.id, among=(OTHER_VALUE,))
    text = Item(id=other_id(base.id), type="text", text=OTHER_WORDS, required=base.required, enable_when=opened)
    return reading.add(text, place)
