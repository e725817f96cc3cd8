"""A questionnaire of ours as a FHIR R4 Questionnaire: the same questions, under the linkIds they came with."""

from collections.abc import Mapping
from typing import Any

from server.interop import fhir_names as names
from server.interop.fhir_clauses import Atom, Clauses, clauses
from server.interop.fhir_items import OTHER_VALUE
from server.interop.fhir_options import coded_value, is_yes_no
from server.interop.fhir_reading import other_id
from server.interop.fhir_words import with_translations
from server.protocols import conditions as c
from server.protocols.model import Item, Option, Questionnaire
from server.protocols.questionnaires import Code

TYPES = {"boolean": "boolean", "date": "date", "time": "time", "display": "display", "scale": "integer"}
LONGEST_LINE = 255


def as_fhir(questionnaire: Questionnaire) -> dict[str, Any]:
    """The resource. Words come in the questionnaire's own language, the others as translations; scores, bands and what
    the phone does on tap have no place in it. TooBranched when a condition is too long to be said in FHIR."""
    language = questionnaire.language or "en"
    items = {item.id: item for item in questionnaire.items}
    written = [item for item in questionnaire.items if not _belongs_to_open_choice(item, items)]
    resource: dict[str, Any] = {
        "resourceType": "Questionnaire",
        "id": questionnaire.id.replace("@", "-").replace("_", "-"),
        "language": language,
        "version": str(questionnaire.version),
        "name": questionnaire.key,
        **with_translations("title", questionnaire.title, language),
        "status": "active",
        "subjectType": ["Patient"],
        "item": [_wrapped(item, items, language) for item in written],
    }
    if questionnaire.source:
        resource["derivedFrom"] = [questionnaire.source]
    if questionnaire.codes:
        resource["code"] = _codings(questionnaire.codes)
    if questionnaire.notice:
        resource |= with_translations("copyright", questionnaire.notice, language)
    return resource


def _belongs_to_open_choice(item: Item, items: Mapping[str, Item]) -> bool:
    return any(other_id(opener.id) == item.id and _is_open(opener, items) for opener in items.values())


def _is_open(item: Item, items: Mapping[str, Item]) -> bool:
    text = items.get(other_id(item.id))
    opened = c.Answer(item.id, among=(OTHER_VALUE,))
    return (
        item.type in ("choice", "multiple")
        and any(option.value == OTHER_VALUE for option in item.options)
        and text is not None
        and (text.type, text.enable_when) == ("text", opened)
    )


def _codings(codes: tuple[Code, ...]) -> list[dict[str, str]]:
    return [({"system": one.system} if one.system else {}) | {"code": one.code} for one in codes]


def _wrapped(item: Item, items: Mapping[str, Item], language: str) -> dict[str, Any]:
    """The item, inside a group for each condition that FHIR cannot keep beside the others on one item."""
    needed = [] if item.enable_when is None else clauses(item.enable_when, items, language)
    wide = [clause for clause in needed if len(clause) > 1]
    narrow = [clause[0] for clause in needed if len(clause) == 1]
    own: Clauses = [narrow] if narrow else wide[-1:]
    outside = wide if narrow else wide[:-1]
    written = _item(item, items, language) | (_enabled(own[0], any_of=not narrow) if own else {})
    for number, clause in reversed(list(enumerate(outside, 1))):
        name = f"{item.link or item.id}.when{number}"
        written = {"linkId": name, "type": "group", **_enabled(clause, any_of=True), "item": [written]}
    return written


def _enabled(atoms: list[Atom], *, any_of: bool) -> dict[str, Any]:
    several = {"enableBehavior": "any" if any_of else "all"} if len(atoms) > 1 else {}
    return {"enableWhen": atoms} | several


def _item(item: Item, items: Mapping[str, Item], language: str) -> dict[str, Any]:
    link = item.link or item.id
    written: dict[str, Any] = {
        "linkId": link,
        **with_translations("text", item.text, language),
        "type": _type(item, items),
    }
    if item.codes:
        written["code"] = _codings(item.codes)
    if item.type != "display":
        written["required"] = item.required
    if item.type == "multiple":
        written["repeats"] = True
    if item.type == "text" and item.max is not None:
        written["maxLength"] = int(item.max)
    if item.options and not is_yes_no(item):
        shown = [option for option in item.options if not (option.value == OTHER_VALUE and _is_open(item, items))]
        written["answerOption"] = [_option(option, language) for option in shown]
    if extensions := _extensions(item):
        written["extension"] = extensions
    if item.help:
        control = _control("help")
        shown_beside = with_translations("text", item.help, language)
        written["item"] = [{"linkId": f"{link}.help", **shown_beside, "type": "display", "extension": [control]}]
    return written


def _type(item: Item, items: Mapping[str, Item]) -> str:
    match item.type:
        case "choice" | "multiple":
            return "open-choice" if _is_open(item, items) else "boolean" if is_yes_no(item) else "choice"
        case "text":
            return "string" if item.max is not None and item.max <= LONGEST_LINE else "text"
        case "decimal":
            return "quantity" if item.unit else "decimal"
        case kind:
            return TYPES.get(kind, kind)


def _extensions(item: Item) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if item.type in ("scale", "integer", "decimal"):
        kind = "valueDecimal" if item.type == "decimal" else "valueInteger"
        bounds = ((names.LEAST, item.min), (names.MOST, item.max))
        found += [{"url": url, kind: _number(bound, kind)} for url, bound in bounds if bound is not None]
    if item.type == "scale":
        found.append(_control("slider"))
        if item.step is not None:
            found.append({"url": names.STEP, "valueInteger": int(item.step)})
    if item.unit:
        found.append({"url": names.UNIT, "valueCoding": {"display": item.unit}})
    return found


def _number(value: float, kind: str) -> float | int:
    return int(value) if kind == "valueInteger" or value.is_integer() else value


def _control(code: str) -> dict[str, Any]:
    return {"url": names.CONTROL, "valueCodeableConcept": {"coding": [{"system": names.CONTROLS, "code": code}]}}


def _option(option: Option, language: str) -> dict[str, Any]:
    value = coded_value(option, language)
    if (coding := value.get("valueCoding")) is not None:
        value = {"valueCoding": coding | with_translations("display", option.text, language)}
    elif "valueString" in value:
        value = with_translations("valueString", option.text, language)
    extensions: list[dict[str, Any]] = []
    if option.score is not None and option.score != value.get("valueInteger"):
        extensions.append({"url": names.POINTS[0], "valueDecimal": _number(option.score, "valueDecimal")})
    if option.exclusive:
        extensions.append({"url": names.EXCLUSIVE, "valueBoolean": True})
    return value | ({"extension": extensions} if extensions else {})
