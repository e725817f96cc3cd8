"""The answers of a choice: FHIR's `answerOption` and contained value sets as options, and back."""

from collections.abc import Mapping
from typing import Any

import msgspec

from server.interop.fhir_model import (
    AnswerOption,
    Coding,
    Extension,
    FhirItem,
    ListedConcept,
    ValueSet,
)
from server.interop.fhir_names import EXCLUSIVE, POINTS
from server.interop.fhir_words import language_of, words
from server.protocols.model import Item, Option, Text
from server.protocols.questionnaires import Code
from server.protocols.recognise_answers import YES_NO

MOST_OPTIONS = 60
LONGEST_VALUE = 100
OTHER: Text = {"en": "Something else", "es": "Otra cosa"}
OTHER_WORDS: Text = {"en": "Tell us in your own words.", "es": "Díganos con sus palabras."}


class Unlisted(Exception):
    """Answers that cannot be taken; the message says why."""


def read_options(item: FhirItem, contained: Mapping[str, dict[str, Any]], language: str) -> tuple[Option, ...]:
    """The answers to choose from. Unlisted when they stand elsewhere or are of a kind that is not taken."""
    if item.answer_value_set is not None:
        found = [_of_concept(concept, language) for concept in _listed(item.answer_value_set, contained)]
    else:
        found = [_of_option(option, language) for option in item.answer_option]
    if len(found) > MOST_OPTIONS:
        raise Unlisted(f"Has more than {MOST_OPTIONS} answers.")
    if len({option.value for option in found}) < len(found):
        raise Unlisted("Has the same answer twice.")
    return tuple(found)


def _listed(address: str, contained: Mapping[str, dict[str, Any]]) -> list[ListedConcept]:
    raw = contained.get(address.removeprefix("#")) if address.startswith("#") else None
    if raw is None:
        raise Unlisted("Its answers stand outside the file. Put them into it.")
    try:
        values = msgspec.convert(raw, ValueSet)
    except msgspec.ValidationError as error:
        raise Unlisted("Its list of answers cannot be read.") from error
    if values.expansion is not None:
        return list(values.expansion.contains)
    includes = values.compose.include if values.compose else ()
    if any(part.filter or part.value_set or not part.concept for part in includes) or (
        values.compose and values.compose.exclude
    ):
        raise Unlisted("Its answers are described, not listed. List them in the file.")
    return [
        msgspec.structs.replace(concept, system=part.system) if concept.system is None else concept
        for part in includes
        for concept in part.concept
    ]


def _of_concept(concept: ListedConcept, language: str) -> Option:
    coding = Coding(concept.system, concept.code, concept.display)
    option = _coded(coding, concept.extension, language)
    translated = {
        tag: one.value.strip()
        for one in concept.designation
        if (tag := language_of(one.language)) is not None and one.value.strip()
    }
    return msgspec.structs.replace(option, text=translated | option.text)


def _of_option(option: AnswerOption, language: str) -> Option:
    if option.modifier_extension:
        raise Unlisted("Has an extension that changes its meaning and is not known here.")
    if option.value_coding is not None:
        return _coded(option.value_coding, option.extension, language)
    if option.value_integer is not None:
        name = str(option.value_integer)
        points = _points(option.extension)
        return Option(name, {language: name}, score=float(name) if points is None else points,
                      exclusive=_exclusive(option.extension))  # fmt: skip
    if option.value_string is not None:
        text = words(option.value_string, option.value_string_more, language)
        return _named(text.get(language, ""), text, (), option.extension)
    raise Unlisted("Has answers that are neither words, codes nor whole numbers.")


def _coded(coding: Coding, extension: tuple[Extension, ...], language: str) -> Option:
    text = words(coding.display or coding.code, coding.display_more, language)
    code = (coding.code or "").strip()
    codes = (Code(coding.system, code),) if coding.system and code else ()
    return _named(code or text.get(language, ""), text, codes, (*extension, *coding.extension))


def _named(value: str, text: Text, codes: tuple[Code, ...], extension: tuple[Extension, ...]) -> Option:
    if not value or not text:
        raise Unlisted("Has an answer without words.")
    if len(value) > LONGEST_VALUE:
        raise Unlisted(f"Has an answer of more than {LONGEST_VALUE} letters.")
    return Option(value, text, score=_points(extension), codes=codes, exclusive=_exclusive(extension))


def _points(extension: tuple[Extension, ...]) -> float | None:
    return next((one.number for one in extension if one.url in POINTS and one.number is not None), None)


def _exclusive(extension: tuple[Extension, ...]) -> bool:
    return any(one.url == EXCLUSIVE and one.value_boolean is True for one in extension)


def option_named(item: Item, coding: Coding | None, text: str | None, number: int | None) -> str | None:
    """The value of the option that a condition means; None when there is none, or more than one."""
    if coding is not None:
        code, system = coding.code, coding.system
        found = [
            option.value
            for option in item.options
            if code in (option.value, *(one.code for one in option.codes))
            and (not system or not option.codes or system in {one.system for one in option.codes})
        ]
        if code is None:
            found = [option.value for option in item.options if coding.display in option.text.values()]
    else:
        named = text if number is None else str(number)
        found = [option.value for option in item.options if named in (option.value, *option.text.values())]
    return found[0] if len(found) == 1 else None


def is_yes_no(item: Item) -> bool:
    """Whether it was asked as true or false, before it was taken as an instrument's choice."""
    return item.type == "choice" and tuple(msgspec.structs.replace(one, act=None) for one in item.options) == YES_NO


def coded_value(option: Option, language: str) -> dict[str, Any]:
    """An option's value as FHIR has it: `valueCoding`, `valueInteger` or `valueString`."""
    own = option.text.get(language)
    code = option.codes[0] if option.codes else Code("", option.value)
    if not code.system and own == code.code:
        whole = _is_whole(own) and option.score is not None and len(option.text) == 1
        return {"valueInteger": int(own)} if whole else {"valueString": own}
    return {"valueCoding": ({"system": code.system} if code.system else {}) | {"code": code.code}}


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and str(int(text)) == text and abs(int(text)) < 2**31
