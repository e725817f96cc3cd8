"""FHIR R4 Questionnaires in and out: what is taken, what is said, what is refused, and that the same comes back."""

import contextlib
from time import process_time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.interop.fhir_clauses import TooBranched
from server.interop.fhir_model import NotJson, NotTaken, Read
from server.interop.fhir_read import read_questionnaire
from server.interop.fhir_write import as_fhir
from server.protocols import conditions as c
from server.protocols.builtin import load_builtin
from server.protocols.instruments import instruments
from server.protocols.model import Item, Questionnaire
from server.protocols.scores import applied_items
from server.responses.answers import check_answers
from tests.rules.fhir_files import (
    ORDINAL,
    TRANSLATION,
    choice,
    control,
    extension,
    form,
    instrument_file,
    item,
    when,
    written,
)

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


def read(file: dict[str, Any], **more: Any) -> Read:
    return read_questionnaire(written(file), **more)


def taken(*items: dict[str, Any]) -> tuple[Item, ...]:
    found: Questionnaire = read(form(*items)).questionnaire
    return found.items


def back(questionnaire: Questionnaire, **more: Any) -> Questionnaire:
    again: Questionnaire = read(as_fhir(questionnaire), **more).questionnaire
    return again


def refused(file: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(NotTaken) as caught:
        read(file, **more)
    return caught.value.wrong


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("boolean", "boolean"), ("integer", "integer"), ("decimal", "decimal"), ("quantity", "decimal"),
     ("string", "text"),
     ("text", "text"), ("date", "date"), ("time", "time"), ("display", "display"), ("group", "display")],
)  # fmt: skip
def test_every_simple_type_is_taken(kind: str, expected: str) -> None:
    (_, found) = taken(item("a"), item("b", kind))
    assert (found.type, found.id, found.link, found.required) == (expected, "aform_b", "b", False)


def test_a_choice_keeps_its_codes_words_points_and_order() -> None:
    options = [
        {"valueCoding": {"system": "urn:x", "code": "no", "display": "None"},
         "extension": [extension(ORDINAL, "Decimal", 0)]},
        {"valueCoding": {"system": "urn:x", "code": "yes", "display": "Some"},
         "extension": [extension("itemWeight", "Decimal", 2.5)]},
    ]  # fmt: skip
    (found,) = taken(item("a", "choice", answerOption=options, repeats=True, required=True))
    assert (found.type, found.required) == ("multiple", True)
    told = [(option.value, option.text, option.score, option.codes[0].code) for option in found.options]
    assert told == [("no", {"en": "None"}, 0, "no"), ("yes", {"en": "Some"}, 2.5, "yes")]


def test_whole_numbers_count_as_themselves_and_words_as_nothing() -> None:
    (found,) = taken(item("a", "choice", answerOption=[{"valueInteger": 3}, {"valueString": "Often"}]))
    assert [(option.value, option.score) for option in found.options] == [("3", 3), ("Often", None)]


def test_an_open_choice_has_an_answer_that_opens_a_text() -> None:
    (found, more) = taken(choice("a", "x", kind="open-choice"))
    assert [option.value for option in found.options] == ["x", "other"]
    assert (more.type, more.enable_when) == ("text", c.Answer("aform_a", among=("other",)))
    questionnaire = read(form(choice("a", "x", kind="open-choice"))).questionnaire
    assert [one["type"] for one in as_fhir(questionnaire)["item"]] == ["open-choice"]


def test_answers_may_stand_in_a_contained_value_set() -> None:
    concepts = [{"code": "x", "display": "One", "extension": [extension(ORDINAL, "Decimal", 1)],
                 "designation": [{"language": "es-MX", "value": "Uno"}]}, {"code": "y", "display": "Two"}]  # fmt: skip
    values = {"resourceType": "ValueSet", "id": "v", "compose": {"include": [{"system": "urn:x", "concept": concepts}]}}
    found = read(form(item("a", "choice", answerValueSet="#v"), contained=[values])).questionnaire.items[0]
    assert [(option.value, option.text, option.score) for option in found.options] == [
        ("x", {"en": "One", "es": "Uno"}, 1), ("y", {"en": "Two"}, None),
    ]  # fmt: skip


def test_numbers_keep_limits_units_and_sliders() -> None:
    bounds = [extension("minValue", "Integer", 0), extension("maxValue", "Integer", 10)]
    step = extension("questionnaire-sliderStepValue", "Integer", 2)
    unit = extension("questionnaire-unit", "Coding", {"code": "mm[Hg]", "display": "mmHg"})
    slid, typed, measured = taken(
        item("a", "integer", extension=[*bounds, control("slider"), step]),
        item("b", "integer", extension=bounds),
        item("c", "quantity", extension=[unit]),
    )
    assert (slid.type, slid.min, slid.max, slid.step) == ("scale", 0, 10, 2)
    assert (typed.type, typed.min, typed.max) == ("integer", 0, 10)
    assert (measured.type, measured.unit) == ("decimal", "mmHg")
    assert as_fhir(read(form(item("c", "quantity", extension=[unit]))).questionnaire)["item"][0]["type"] == "quantity"


def test_translations_are_kept_and_what_has_none_stays_in_the_files_language() -> None:
    spanish = {"extension": [{"url": TRANSLATION, "extension": [
        {"url": "lang", "valueCode": "es"}, {"url": "content", "valueString": "Pregunta"}]}]}  # fmt: skip
    first, second = taken(item("a", _text=spanish), item("b"))
    assert (first.text, second.text) == ({"en": "Question a", "es": "Pregunta"}, {"en": "Question b"})


def test_a_groups_words_and_condition_hold_for_what_is_inside() -> None:
    opens = [when("a", "=", answerBoolean=True)]
    inside = item("g", "group", enableWhen=opens, item=[item("b"), choice("c", "x", "y")])
    (_, heading, first, second) = taken(item("a"), inside)
    opened = c.Answer("aform_a", among=(True,))
    assert (heading.type, heading.text) == ("display", {"en": "Question g"})
    assert {heading.enable_when, first.enable_when, second.enable_when} == {opened}


def test_what_is_hidden_or_worked_out_is_not_asked_and_said() -> None:
    hidden = item("h", extension=[extension("questionnaire-hidden", "Boolean", True)])
    total = item("t", "decimal", readOnly=True)
    found = read(form(item("a"), hidden, total))
    assert [one.link for one in found.questionnaire.items] == ["a"]
    assert [place for place, _ in found.notes] == ["item[1] (h)", "item[2] (t)"]


@pytest.mark.parametrize(
    "more",
    [{"prefix": "1."}, {"initial": [{"valueBoolean": True}]}, {"extension": [extension("urn:x", "String", "y")]},
     {"maxLength": 3}],
)  # fmt: skip
def test_what_is_not_kept_is_said(more: dict[str, Any]) -> None:
    assert [place for place, _ in read(form(item("a", **more))).notes] == ["item[0] (a)"]


QUESTIONS = {
    "b": item("b"), "n": item("n", "integer"), "q": item("q", "quantity"), "d": item("d", "date"),
    "t": item("t", "time"), "s": item("s", "string"), "x": choice("x", "one", "two", "three"),
    "m": choice("m", "one", "two", "three") | {"repeats": True},
}  # fmt: skip
OPERATORS: list[tuple[str, str, dict[str, Any], list[Any], list[Any]]] = [
    ("b", "=", {"answerBoolean": True}, [True], [False, None]),
    ("b", "!=", {"answerBoolean": True}, [False, None], [True]),
    ("b", "exists", {"answerBoolean": True}, [True, False], [None]),
    ("b", "exists", {"answerBoolean": False}, [None], [True, False]),
    ("n", "=", {"answerInteger": 5}, [5], [4, 6, None]),
    ("n", "!=", {"answerInteger": 5}, [4, 6, None], [5]),
    ("n", ">", {"answerInteger": 5}, [6], [5, 4, None]),
    ("n", "<", {"answerInteger": 5}, [4], [5, 6, None]),
    ("n", ">=", {"answerInteger": 5}, [5, 6], [4, None]),
    ("n", "<=", {"answerInteger": 5}, [5, 4], [6, None]),
    ("q", ">", {"answerQuantity": {"value": 1.5}}, [1.6], [1.5, None]),
    ("q", "<=", {"answerDecimal": 1.5}, [1.5], [1.6, None]),
    ("d", ">=", {"answerDate": "2026-02-01"}, ["2026-02-01", "2026-11-01"], ["2026-01-31", None]),
    ("d", "=", {"answerDate": "2026-02-01"}, ["2026-02-01"], ["2026-02-02", None]),
    ("t", "<", {"answerTime": "12:00:00"}, ["11:59"], ["12:00", None]),
    ("t", "=", {"answerTime": "12:00:00"}, ["12:00"], ["12:01", None]),
    ("s", "=", {"answerString": "yes"}, ["yes"], ["no", None]),
    ("x", "=", {"answerCoding": {"code": "two"}}, ["two"], ["one", None]),
    ("x", "!=", {"answerCoding": {"code": "two"}}, ["one", None], ["two"]),
    ("m", "=", {"answerCoding": {"code": "two"}}, [["two"], ["one", "two"]], [["one"], None]),
    ("m", "!=", {"answerCoding": {"code": "two"}}, [["one"], None], [["one", "two"]]),
]


@pytest.mark.parametrize(("link", "operator", "answer", "shown", "not_shown"), OPERATORS)
def test_every_operator(
    link: str, operator: str, answer: dict[str, Any], shown: list[Any], not_shown: list[Any]
) -> None:
    questionnaire = read(form(QUESTIONS[link], item("z", enableWhen=[when(link, operator, **answer)]))).questionnaire
    for asked in (questionnaire, back(questionnaire)):
        for value, expected in [*((value, True) for value in shown), *((value, False) for value in not_shown)]:
            answers = {} if value is None else {f"aform_{link}": value}
            assert check_answers(asked, answers, complete=False) == []
            assert ("aform_z" in {one.id for one in applied_items(asked, answers)}) is expected, value


def test_all_and_any_and_a_group_around_them() -> None:
    both = [when("b", "=", answerBoolean=True), when("n", ">", answerInteger=5)]
    questionnaire = read(form(
        QUESTIONS["b"], QUESTIONS["n"], QUESTIONS["x"],
        item("all", enableWhen=both, enableBehavior="all"),
        item("any", enableWhen=both, enableBehavior="any"),
        item("g", "group", text=None, enableWhen=both, enableBehavior="any", item=[
            item("in", enableWhen=[when("x", "=", answerCoding={"code": "one"})])]),
    )).questionnaire  # fmt: skip
    for asked in (questionnaire, back(questionnaire)):
        table: list[tuple[dict[str, Any], set[str]]] = [
            ({}, set()), ({"b": True}, {"any"}), ({"b": True, "n": 6}, {"any", "all"}), ({"x": "one"}, set()),
            ({"n": 6, "x": "one"}, {"any", "in"}), ({"n": 5, "x": "one"}, set()),
        ]  # fmt: skip
        for answers, expected in table:
            given_ = {f"aform_{name}": value for name, value in answers.items()}
            shown = {one.id.removeprefix("aform_") for one in applied_items(asked, given_)}
            assert shown - {"b", "n", "x"} == expected, answers


X = {"answerCoding": {"code": "one"}}
REFUSALS: list[tuple[str, list[dict[str, Any]]]] = [
    *((kind, [item("a"), item("r", kind)]) for kind in ("dateTime", "attachment", "reference", "url", "question")),
    ("R5", [item("a"), item("r", "coding")]),
    ("twice", [item("a"), item("a")]),
    ("no words", [item("a"), item("r") | {"text": " "}]),
    ("script", [item("a"), item("r", text="<script>x</script>")]),
    ("turned letters", [item("a"), item("r", text="a\u202eb")]),
    ("long words", [item("a"), item("r", text="x" * 2001)]),
    ("modifier", [item("a"), item("r", modifierExtension=[extension("urn:x", "Boolean", True)])]),
    ("expression", [item("a"), item("r", extension=[extension(SDC + "enableWhenExpression", "String", "x")])]),
    ("repeated group", [item("a"), item("r", "group", repeats=True)]),
    ("repeated text", [item("a"), item("r", "string", repeats=True)]),
    ("one answer", [item("a"), choice("r", "x")]),
    ("same answer", [item("a"), choice("r", "x", "x")]),
    ("dates to choose", [item("a"), item("r", "choice", answerOption=[{"valueDate": "2026-01-01"}] * 2)]),
    ("answers elsewhere", [item("a"), item("r", "choice", answerValueSet="http://x/y")]),
    ("answers nowhere", [item("a"), item("r", "choice", answerValueSet="#nothing")]),
    ("limits", [item("a"), item("r", "integer", extension=[
        extension("minValue", "Integer", 5), extension("maxValue", "Integer", 5)])]),
    ("dates as answers", [item("a"), item("r", "date", answerOption=[{"valueDate": "2026-01-01"}] * 2)]),
    ("answers of a text elsewhere", [item("a"), item("r", "string", answerValueSet="#x")]),
    ("script in a unit", [item("a"), item("r", "quantity", extension=[
        extension("questionnaire-unit", "Coding", {"display": "<script>"})])]),
    ("many conditions", [item("a"), item("r", enableWhen=[when("a", "=", answerBoolean=True)] * 61)]),
    ("units", [item("a"), item("r", "quantity", extension=[
        extension("questionnaire-unitOption", "Coding", {"code": code}) for code in ("kg", "g")])]),
    ("later question", [item("r", enableWhen=[when("z", "=", answerBoolean=True)]), item("z")]),
    ("hidden question", [item("h", extension=[extension("questionnaire-hidden", "Boolean", True)]),
                         item("r", enableWhen=[when("h", "=", answerBoolean=True)])]),
    ("no question", [item("d", "display"), item("r", enableWhen=[when("d", "exists", answerBoolean=True)])]),
    ("no such answer", [QUESTIONS["x"], item("r", enableWhen=[when("x", "=", answerCoding={"code": "nine"})])]),
    ("greater choice", [QUESTIONS["x"], item("r", enableWhen=[when("x", ">", **X)])]),
    ("greater word", [QUESTIONS["s"], item("r", enableWhen=[when("s", ">", answerString="a")])]),
    ("other kind", [QUESTIONS["n"], item("r", enableWhen=[when("n", "=", answerString="5")])]),
    ("seconds", [QUESTIONS["t"], item("r", enableWhen=[when("t", "=", answerTime="12:00:30")])]),
    ("part of a date", [QUESTIONS["d"], item("r", enableWhen=[when("d", "=", answerDate="2026")])]),
    ("other unit", [item("q", "quantity", extension=[extension("questionnaire-unit", "Coding", {"code": "kg"})]),
                    item("r", enableWhen=[when("q", ">", answerQuantity={"value": 1, "unit": "lb"})])]),
]  # fmt: skip


@pytest.mark.parametrize(("why", "items"), REFUSALS, ids=[why for why, _ in REFUSALS])
def test_what_cannot_be_taken_is_refused_by_its_link(why: str, items: list[dict[str, Any]]) -> None:
    link = "a" if why == "twice" else "r"
    wrong = refused(form(*items))
    assert {place.removesuffix(".enableWhen").rpartition(" ")[2] for place, _ in wrong} == {f"({link})"}
    assert all(message.endswith(".") for _, message in wrong)


def test_a_file_that_is_not_one_is_refused() -> None:
    with pytest.raises(NotJson):
        read_questionnaire(b"{")
    with pytest.raises(NotJson):
        read_questionnaire(b"[" * 50_000)
    assert refused(form(*(item(f"i{n}") for n in range(81))))[0][0] == "item"
    assert refused({"resourceType": "Patient"})[0][0] == "resourceType"
    assert refused(form()) == [("item", "Asks nothing.")]
    assert refused(form(item("a"), item={"linkId": 3}))[0] == ("item", "Is not what FHIR R4 has in this place.")
    assert refused(form({"linkId": 3, "type": "boolean"}))[0][0] == "item[0].linkId"
    assert refused(form(item("a", text="x" * 600_000)))[0] == ("file", "Is larger than 512 KB.")
    deep = item("d")
    for n in range(10):
        deep = item(f"g{n}", "group", item=[deep])
    assert [message for _, message in refused(form(item("a"), deep))] == ["Is nested too deep."]


@pytest.mark.parametrize(
    "items",
    [
        [item(f"a{n}") for n in range(9000)],
        [item(f"a{n}", "reference") for n in range(6000)],
        [item(f"a{n}", extension=[extension("questionnaire-hidden", "Boolean", True)]) for n in range(2500)],
        [item(f"a{n}", "choice", answerValueSet="#all") for n in range(2000)],
    ],
    ids=["asked", "of no kind", "hidden", "of one long list"],
)
def test_a_file_of_thousands_of_items_is_refused_before_it_takes_long(items: list[dict[str, Any]]) -> None:
    """The first of these took 22 s, the last many minutes."""
    every = {"resourceType": "ValueSet", "id": "all", "compose": {"include": [
        {"system": "urn:x", "concept": [{"code": str(n)} for n in range(8000)]}]}}  # fmt: skip
    began = process_time()
    assert len(refused(form(*items, contained=[every]))) <= 50
    assert process_time() - began < 10


@pytest.mark.parametrize("odd", ["9" * 400, "1e300", '"a\\u0000b"'])
@pytest.mark.parametrize("place", ["maxLength", "answerOption", "minValue", "enableWhen", "code", "publisher"])
def test_what_nothing_can_hold_is_refused_wherever_it_stands(place: str, odd: str) -> None:
    there: dict[str, dict[str, Any]] = {
        "maxLength": form(item("a", "string", maxLength="HERE")),
        "answerOption": form(item("a", "choice", answerOption=[{"valueInteger": "HERE"}, {"valueInteger": 1}])),
        "minValue": form(item("a", "integer", extension=[extension("minValue", "Integer", "HERE")])),
        "enableWhen": form(QUESTIONS["n"], item("r", enableWhen=[when("n", ">", answerInteger="HERE")])),
        "code": form(item("a", code=[{"system": "urn:x", "code": "HERE"}])),
        "publisher": form(item("a"), publisher="HERE"),
    }
    content = written(there[place]).replace(b'"HERE"', odd.encode())
    with pytest.raises(NotTaken) as raised:
        read_questionnaire(content)
    assert [where for where, _ in raised.value.wrong] == ["file"]


def test_ids_come_from_link_ids_and_always_fit() -> None:
    found = taken(item("/44250-9"), item("É"), item("x" * 90), item("x" * 91), item("1"), item("aform_ready"))
    assert [one.id for one in found] == [
        "aform_44250_9", "aform_item", "aform_" + "x" * 28, "aform_" + "x" * 25 + "_2", "aform_1", "aform_ready",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["phq9", "safe", "acute"])
def test_no_form_takes_the_name_of_ours(name: str) -> None:
    assert read(form(item("a"), name=name)).questionnaire.key == f"{name}own"


def test_a_condition_of_many_combinations_is_not_written_for_minutes() -> None:
    """Eight choices of eight parts each are 16 million entries in FHIR."""
    parts = [c.All(tuple(c.Answer("aform_n", gte=8 * n + m) for m in range(8))) for n in range(8)]
    questionnaire: Questionnaire = read(form(QUESTIONS["n"], item("r"))).questionnaire
    first, last = questionnaire.items
    branched = msgspec.structs.replace(last, enable_when=c.AnyOf(tuple(parts)))
    with pytest.raises(TooBranched):
        as_fhir(msgspec.structs.replace(questionnaire, items=(first, branched)))
    few = msgspec.structs.replace(last, enable_when=c.AnyOf(tuple(parts[:2])))
    assert as_fhir(msgspec.structs.replace(questionnaire, items=(first, few)))["item"]


@pytest.mark.parametrize("questionnaire", [one for version in load_builtin() for one in version.questionnaires],
                         ids=lambda one: one.id)  # fmt: skip
def test_our_own_come_out_as_fhir_with_the_same_branching(questionnaire: Questionnaire) -> None:
    again = back(questionnaire)
    assert [one.link or one.id for one in again.items] == [one.id for one in questionnaire.items]
    assert back(again) == again


@pytest.mark.parametrize("key", sorted(instruments()))
@pytest.mark.parametrize("codes", [True, False])
@pytest.mark.parametrize("points", [True, False])
def test_an_instrument_comes_back_the_same(key: str, codes: bool, points: bool) -> None:
    first = read(instrument_file(key, codes=codes, points=points), instrument=key).questionnaire
    assert (first.id, first.scores) == (f"{key}@1", instruments()[key].scores)
    assert back(first, instrument=key) == first


LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="<")
words = st.text(LETTERS, min_size=1, max_size=12)
links = st.text("abcXYZ019./_-", min_size=1, max_size=50)


@st.composite
def fhir_forms(draw: st.DrawFn) -> dict[str, Any]:
    """Files that can be taken, with groups, conditions, translations, codes and limits."""
    names = draw(st.lists(links, min_size=1, max_size=8, unique=True))
    asked: list[dict[str, Any]] = []
    top: list[dict[str, Any]] = []
    place = top
    for name in names:
        one = draw(fhir_items(name, asked))
        place.append(one)
        if one["type"] == "group":
            one["item"] = place = []
        elif one["type"] != "display":
            asked.append(one)
        place = draw(st.sampled_from([place, top]))
    return form(*top, item("last"), name=draw(st.sampled_from(["AForm", "form-9", "phq9", "día"])),
                code=draw(st.sampled_from([[], [{"system": "urn:x", "code": "f"}]])))  # fmt: skip


@st.composite
def fhir_items(draw: st.DrawFn, name: str, asked: list[dict[str, Any]]) -> dict[str, Any]:
    kind = draw(st.sampled_from([
        "boolean", "integer", "decimal", "quantity", "string", "text", "date", "time", "choice", "open-choice",
        "display", "group",
    ]))  # fmt: skip
    one = item(name, kind, text=draw(words))
    if draw(st.booleans()):
        one["_text"] = {"extension": [{"url": TRANSLATION, "extension": [
            {"url": "lang", "valueCode": "es"}, {"url": "content", "valueString": draw(words)}]}]}  # fmt: skip
    if kind in ("choice", "open-choice"):
        coded = draw(st.booleans())
        answers = draw(st.lists(words.filter(lambda text: text != "other"), min_size=2, max_size=4, unique=True))
        one["answerOption"] = [
            {"valueCoding": {"system": "urn:y", "code": answer, "display": draw(words)}} if coded
            else {"valueString": answer} for answer in answers
        ]  # fmt: skip
        if draw(st.booleans()):
            for number, option in enumerate(one["answerOption"]):
                option["extension"] = [extension(ORDINAL, "Decimal", number)]
        one["repeats"] = draw(st.booleans())
    if kind in ("integer", "decimal", "quantity"):
        one["extension"] = draw(st.sampled_from([
            [], [extension("minValue", "Integer", 0), extension("maxValue", "Integer", 9)],
            [extension("minValue", "Integer", 0), extension("maxValue", "Integer", 9), control("slider")],
        ]))  # fmt: skip
    if kind in ("string", "text"):
        one["maxLength"] = draw(st.integers(1, 600))
    if kind not in ("display", "group"):
        one["required"] = draw(st.booleans())
    if draw(st.booleans()) and asked:
        chosen = draw(st.lists(st.sampled_from(asked), min_size=1, max_size=3))
        one["enableWhen"] = [draw(conditions(question)) for question in chosen]
        one["enableBehavior"] = draw(st.sampled_from(["all", "any"]))
    return one


@st.composite
def conditions(draw: st.DrawFn, question: dict[str, Any]) -> dict[str, Any]:
    link = question["linkId"]
    if draw(st.booleans()):
        return when(link, "exists", answerBoolean=draw(st.booleans()))
    equal = st.sampled_from(["=", "!="])
    order = st.sampled_from(["=", "!=", ">", "<", ">=", "<="])
    match question["type"]:
        case "boolean":
            return when(link, draw(equal), answerBoolean=draw(st.booleans()))
        case "integer":
            return when(link, draw(order), answerInteger=draw(st.integers(-5, 5)))
        case "decimal" | "quantity":
            return when(link, draw(order), answerDecimal=draw(st.sampled_from([0, 1.5, -2])))
        case "date":
            return when(link, draw(order), answerDate="2026-02-01")
        case "time":
            return when(link, draw(order), answerTime="08:30:00")
        case "choice" | "open-choice":
            option = draw(st.sampled_from(question["answerOption"]))
            if "valueString" in option:
                return when(link, draw(equal), answerString=option["valueString"])
            return when(link, draw(equal), answerCoding={"code": option["valueCoding"]["code"], "system": "urn:y"})
        case _:
            return when(link, draw(equal), answerString=draw(words))


@settings(max_examples=150, deadline=None)
@given(fhir_forms())
def test_in_and_out_and_in_again_is_the_same(file: dict[str, Any]) -> None:
    first = read(file)
    questionnaire: Questionnaire = first.questionnaire
    assert back(questionnaire) == questionnaire
    assert msgspec.convert(msgspec.to_builtins(questionnaire), Questionnaire) == questionnaire


@settings(max_examples=60, deadline=None)
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["linkId", "type", "text", "item", "extension", "enableWhen", "answerOption", "code"]), inner),
    max_leaves=20,
))  # fmt: skip
def test_no_file_makes_it_fail(raw: Any) -> None:
    for file in (raw, form() | {"item": raw}, form(item("a"), item("b", "choice", answerOption=raw))):
        with contextlib.suppress(NotTaken):
            read_questionnaire(msgspec.json.encode(file))
