"""FHIR files with made-up words, as clinics would bring them."""

import json
from typing import Any

from server.protocols.instruments import Instrument, instruments

LOINC = "http://loinc.org"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


def extension(url: str, kind: str, value: Any) -> dict[str, Any]:
    """One extension; a name without an address is one of HL7's."""
    return {"url": url if ":" in url else f"http://hl7.org/fhir/StructureDefinition/{url}", f"value{kind}": value}


def control(code: str) -> dict[str, Any]:
    """How the item wants to be shown."""
    coding = {"system": "http://hl7.org/fhir/questionnaire-item-control", "code": code}
    return extension("questionnaire-itemControl", "CodeableConcept", {"coding": [coding]})


def form(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A file with these items."""
    return {"resourceType": "Questionnaire", "status": "active", "language": "en", "title": "A form", "name": "AForm",
            "item": list(items)} | more  # fmt: skip


def item(link: str, kind: str = "boolean", **more: Any) -> dict[str, Any]:
    """An item with made-up words."""
    return {"linkId": link, "type": kind, "text": f"Question {link}"} | more


def choice(link: str, *answers: str, kind: str = "choice", **more: Any) -> dict[str, Any]:
    """A choice of coded answers."""
    options = [{"valueCoding": {"code": answer, "display": f"Answer {answer}"}} for answer in answers]
    return item(link, kind, answerOption=options, **more)


def when(question: str, operator: str, **answer: Any) -> dict[str, Any]:
    """One condition."""
    return {"question": question, "operator": operator} | answer


def instrument_file(key: str, *, codes: bool = True, points: bool = True, **more: Any) -> dict[str, Any]:
    """A known instrument in words of ours, inside a group, with a total that nobody is to fill in. `codes`: with the
    LOINC codes of its form and items; `points`: with ordinal values."""
    known = instruments()[key]
    items = [_measured(known, place, codes, points) for place, one in enumerate(known.items) if not one.optional]
    inside = item("intro", "group", text="Made-up words before the questions", item=items)
    totals = [item("total", "decimal", code=[{"system": LOINC, "code": code}]) for code in known.computed]
    named = {"code": [{"system": LOINC, "code": known.codes[0]}]} if codes and known.codes else {}
    return form(inside, *(totals if codes else []), title=f"Form {key}", name=f"Form{key}", **named, **more)


def _measured(known: Instrument, place: int, codes: bool, points: bool) -> dict[str, Any]:
    measure = known.items[place]
    answers = {value: code for code, value in known.answers.items()}
    options = []
    for worth in measure.points:
        code = {"code": f"a{worth:g}"} if worth not in answers else {"system": LOINC, "code": answers[worth]}
        scored = {"extension": [extension(ORDINAL, "Decimal", worth)]} if points else {}
        options.append({"valueCoding": code | {"display": f"Answer {worth:g}"}} | scored)
    coded = {"code": [{"system": LOINC, "code": measure.code}]} if codes and measure.code else {}
    return item(f"/{place + 1}", "choice", answerOption=options, **coded)


def written(file: dict[str, Any]) -> bytes:
    """As it is sent."""
    return json.dumps(file).encode()
