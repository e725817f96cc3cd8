"""A FHIR R4 Questionnaire as a questionnaire of ours: everything in it is taken, named in a note, or refused."""

import re
from collections.abc import Iterable

import msgspec

from server.interop.fhir_items import read_items
from server.interop.fhir_model import FhirQuestionnaire, NotJson, NotTaken, Read
from server.interop.fhir_reading import Reading
from server.interop.fhir_words import fault_in, language_of, words
from server.protocols.builtin import load_builtin
from server.protocols.instruments import codes_of, instrument_with_code, instruments
from server.protocols.model import Questionnaire
from server.protocols.questionnaires import Code
from server.protocols.recognise import DoesNotFit, recognised

LARGEST = 512 * 1024
DEEPEST = 60
FARTHEST_NUMBER = 1e15
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
NO_INSTRUMENT = "none"
NOT_FHIR = "Is not what FHIR R4 has in this place."
AT = re.compile(r" - at `\$\.?([^`]*)`$")


def read_questionnaire(content: bytes, *, language: str = "en", instrument: str | None = None) -> Read:
    """The file's questions, as version 1 of a questionnaire named after the file, and by place what was not taken word
    for word. `language`: that of a file that names none. `instrument`: the known instrument that it is, `none` for
    none; without it the LOINC code of the form says.

    NotJson for what is no JSON, NotTaken when anything in it cannot be taken as it is meant.
    """
    form = _decoded(content)
    language = language_of(form.language) or language
    reading = Reading(_key(form, instrument), language, {str(part.get("id")): part for part in form.contained})
    if language_of(form.language) is None:
        reading.notes.append(("language", "The file does not say its language; it is taken for the clinic's."))
    if form.modifier_extension:
        reading.wrong.append(("modifierExtension", "Has an extension that changes its meaning and is not known here."))
    read_items(form.item, reading)
    questionnaire = _assembled(form, reading)
    if reading.wrong:
        raise NotTaken(reading.wrong)
    return _with_instrument(questionnaire, reading, instrument)


def _decoded(content: bytes) -> FhirQuestionnaire:
    if len(content) > LARGEST:
        raise NotTaken([("file", "Is larger than 512 KB.")])
    try:
        raw = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotJson("The file is not readable JSON.") from error
    if (fault := _fault_in(raw)) is not None:
        raise NotTaken([("file", fault)])
    if not isinstance(raw, dict) or raw.get("resourceType") != "Questionnaire":
        raise NotTaken([("resourceType", "Is not a FHIR Questionnaire.")])
    try:
        return msgspec.convert(raw, FhirQuestionnaire)
    except msgspec.ValidationError as error:
        found = AT.search(str(error))
        raise NotTaken([((found[1] if found else "") or "file", NOT_FHIR)]) from error


def _fault_in(raw: object) -> str | None:
    """What no part of a file may be: its whole is kept, whatever of it is read."""
    level, deep = [raw], 0
    while level:
        if (deep := deep + 1) > DEEPEST:
            return "Is nested too deep."
        if fault := next(filter(None, map(_value_fault, level)), None):
            return fault
        level = [part for one in level for part in _parts(one)]
    return None


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return (*value.keys(), *value.values())
    return value if isinstance(value, list) else ()


def _value_fault(value: object) -> str | None:
    if isinstance(value, str) and UNSTORABLE.search(value):
        return "Has characters that cannot be stored."
    if isinstance(value, int | float) and abs(value) > FARTHEST_NUMBER:
        return "Has a number that is out of reach."
    return None


def _key(form: FhirQuestionnaire, instrument: str | None) -> str:
    known = _instrument_key(form, instrument)
    if known is not None:
        return known
    for name in (form.name, form.id, (form.url or "").rsplit("/", 1)[-1], form.title, "form"):
        slug = re.sub(r"[^a-z0-9]", "", (name or "").lower()).lstrip("0123456789")[:16]
        if slug:
            return f"{slug}own" if slug in _taken_keys() else slug
    raise AssertionError("unreachable")


def _instrument_key(form: FhirQuestionnaire, instrument: str | None) -> str | None:
    if instrument is not None:
        return None if instrument == NO_INSTRUMENT else instrument
    codes = _codes(form)
    known = instrument_with_code(codes_of(Questionnaire(id="", version=1, title={}, items=(), codes=codes)))
    return known.key if known else None


def _codes(form: FhirQuestionnaire) -> tuple[Code, ...]:
    """What the whole form is called; a form with one group around everything may say it there."""
    single = form.item[0].code if len(form.item) == 1 and form.item[0].type == "group" else ()
    return tuple(dict.fromkeys(Code(one.system or "", one.code) for one in (*form.code, *single) if one.code))


def _taken_keys() -> set[str]:
    return {*instruments(), *(form.key for version in load_builtin() for form in version.questionnaires)}


def _assembled(form: FhirQuestionnaire, reading: Reading) -> Questionnaire:
    title = words(form.title, form.title_more, reading.language)
    title = title or {reading.language: form.name or reading.key}
    notice = words(form.copyright, form.copyright_more, reading.language)
    for place, text in (("title", title), ("copyright", notice)):
        if fault := fault_in(text):
            reading.wrong.append((place, fault))
    if not any(item.type != "display" for item in reading.items):
        reading.wrong.append(("item", "Asks nothing."))
    return Questionnaire(
        id=f"{reading.key}@1",
        version=1,
        title=title,
        items=tuple(reading.items),
        codes=_codes(form),
        notice=notice or None,
        source=form.url or next(iter(form.derived_from), None),
        language=reading.language,
    )


def _with_instrument(questionnaire: Questionnaire, reading: Reading, instrument: str | None) -> Read:
    known = instruments().get(questionnaire.key)
    if known is None:
        return Read(questionnaire, tuple(reading.notes))
    try:
        fitted = recognised(questionnaire, known)
    except DoesNotFit as error:
        raise NotTaken([(reading.place_of(item), message) for item, message in error.wrong]) from error
    notes = [*reading.notes, *((reading.place_of(item), message) for item, message in fitted.notes)]
    return Read(fitted.questionnaire, tuple(notes))
