"""The part of a FHIR R4 Questionnaire that is read. What stands beside it in a file is ignored or named in a note."""

from typing import Any, Literal

import msgspec

from server.interop.fhir_names import CONTROL

Operator = Literal["exists", "=", "!=", ">", "<", ">=", "<="]


class Coding(msgspec.Struct, frozen=True, rename="camel"):
    system: str | None = None
    code: str | None = None
    display: str | None = None
    display_more: "Element | None" = msgspec.field(name="_display", default=None)
    extension: "tuple[Extension, ...]" = ()


class Concept(msgspec.Struct, frozen=True, rename="camel"):
    coding: tuple[Coding, ...] = ()
    text: str | None = None


class Quantity(msgspec.Struct, frozen=True, rename="camel"):
    value: float | None = None
    unit: str | None = None
    code: str | None = None


class Extension(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    url: str
    extension: "tuple[Extension, ...]" = ()
    value_boolean: bool | None = None
    value_code: str | None = None
    value_string: str | None = None
    value_markdown: str | None = None
    value_integer: int | None = None
    value_decimal: float | None = None
    value_coding: Coding | None = None
    value_codeable_concept: Concept | None = None
    value_quantity: Quantity | None = None

    @property
    def number(self) -> float | None:
        """Its value as a number."""
        if self.value_quantity is not None:
            return self.value_quantity.value
        return self.value_decimal if self.value_integer is None else self.value_integer


class Element(msgspec.Struct, frozen=True):
    extension: tuple[Extension, ...] = ()


class AnswerOption(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    value_coding: Coding | None = None
    value_integer: int | None = None
    value_string: str | None = None
    value_string_more: Element | None = msgspec.field(name="_valueString", default=None)
    initial_selected: bool = False
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()


class EnableWhen(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    question: str
    operator: Operator
    answer_boolean: bool | None = None
    answer_decimal: float | None = None
    answer_integer: int | None = None
    answer_date: str | None = None
    answer_time: str | None = None
    answer_string: str | None = None
    answer_coding: Coding | None = None
    answer_quantity: Quantity | None = None


class FhirItem(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    link_id: str
    type: str
    text: str | None = None
    text_more: Element | None = msgspec.field(name="_text", default=None)
    prefix: str | None = None
    code: tuple[Coding, ...] = ()
    enable_when: tuple[EnableWhen, ...] = ()
    enable_behavior: Literal["all", "any"] | None = None
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    max_length: int | None = None
    answer_value_set: str | None = None
    answer_option: tuple[AnswerOption, ...] = ()
    initial: tuple[dict[str, Any], ...] = ()
    item: "tuple[FhirItem, ...]" = ()
    extension: tuple[Extension, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()

    def extra(self, *urls: str) -> Extension | None:
        """The first of its extensions with one of these addresses."""
        return next((found for found in self.extension if found.url in urls), None)

    @property
    def control(self) -> str | None:
        """How it wants to be shown: slider, help and others."""
        found = self.extra(CONTROL)
        codings = found.value_codeable_concept.coding if found and found.value_codeable_concept else ()
        return next((coding.code for coding in codings if coding.code), None)


class Designation(msgspec.Struct, frozen=True):
    value: str
    language: str | None = None


class ListedConcept(msgspec.Struct, frozen=True):
    code: str | None = None
    system: str | None = None
    display: str | None = None
    designation: tuple[Designation, ...] = ()
    extension: tuple[Extension, ...] = ()


class Include(msgspec.Struct, frozen=True, rename="camel"):
    system: str | None = None
    concept: tuple[ListedConcept, ...] = ()
    filter: tuple[Any, ...] = ()
    value_set: tuple[str, ...] = ()


class Compose(msgspec.Struct, frozen=True):
    include: tuple[Include, ...] = ()
    exclude: tuple[Any, ...] = ()


class Expansion(msgspec.Struct, frozen=True):
    contains: tuple[ListedConcept, ...] = ()


class ValueSet(msgspec.Struct, frozen=True):
    compose: Compose | None = None
    expansion: Expansion | None = None


class FhirQuestionnaire(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    resource_type: Literal["Questionnaire"]
    id: str | None = None
    url: str | None = None
    derived_from: tuple[str, ...] = ()
    name: str | None = None
    title: str | None = None
    title_more: Element | None = msgspec.field(name="_title", default=None)
    language: str | None = None
    code: tuple[Coding, ...] = ()
    copyright: str | None = None
    copyright_more: Element | None = msgspec.field(name="_copyright", default=None)
    contained: tuple[dict[str, Any], ...] = ()
    item: tuple[FhirItem, ...] = ()
    modifier_extension: tuple[Extension, ...] = ()


class Read(msgspec.Struct, frozen=True):
    """What a file became, and by place (FHIR path and linkId) what was not taken word for word."""

    questionnaire: Any
    notes: tuple[tuple[str, str], ...]


class NotTaken(Exception):
    """The file cannot be taken: (FHIR path with linkId, what is wrong) for each thing."""

    def __init__(self, wrong: list[tuple[str, str]]) -> None:
        super().__init__("The questionnaire cannot be taken.")
        self.wrong = wrong


class NotJson(Exception):
    """The file is not JSON at all; the message says why."""
