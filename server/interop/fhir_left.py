"""What an item of a FHIR file says that is not taken word for word: each is named in a note."""

from server.interop import fhir_names as names
from server.interop.fhir_model import FhirItem
from server.interop.fhir_reading import Reading

KNOWN = frozenset((
    names.TRANSLATION, names.HIDDEN, names.UNIT, names.UNIT_OPTION, names.CONTROL, names.STEP, names.LEAST, names.MOST,
    names.EXCLUSIVE, *names.POINTS, names.HL7 + "questionnaire-choiceOrientation",
    names.HL7 + "questionnaire-optionPrefix",
))  # fmt: skip
SHOWN_ALIKE = frozenset((None, "help", "slider", "radio-button", "drop-down", "check-box", "list", "table", "text-box",
                         "spinner", "autocomplete", "header", "inline", "prompt", "gatable", "grid"))  # fmt: skip


def note_what_is_left(item: FhirItem, reading: Reading, place: str) -> None:
    """Add the notes of this item."""
    unused = [one.url for one in item.extension if one.url not in KNOWN and one.url not in names.BRANCHING]
    if unused:
        reading.note(place, "Has an extension that is not used here.")
    if item.initial or any(option.initial_selected for option in item.answer_option):
        reading.note(place, "An answer that is filled in beforehand is not taken: nobody has chosen it.")
    if item.control not in SHOWN_ALIKE:
        reading.note(place, "Is shown like any other question.")
    if item.max_length is not None and item.type not in ("string", "text"):
        reading.note(place, "A greatest length is kept for texts only.")
    dated = item.type in ("date", "time") and item.extra(names.LEAST, names.MOST) is not None
    if dated:
        reading.note(place, "The earliest and latest date or time are not checked.")
    if item.prefix:
        reading.note(place, "The number before the question is not shown.")
