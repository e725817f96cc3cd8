"""Known instruments: what their answers add up to, with answers missing, and what their numbers are called."""

import msgspec
import pytest

from server.interop.fhir_model import NotTaken
from server.interop.fhir_read import read_questionnaire
from server.protocols.instruments import instruments
from server.protocols.model import Questionnaire
from server.protocols.scores import band_of, scores
from tests.rules.fhir_files import LOINC, choice, form, instrument_file, item, written


def brought(key: str, **more: bool) -> Questionnaire:
    found: Questionnaire = read_questionnaire(written(instrument_file(key, **more)), instrument=key).questionnaire
    return found


def answered(questionnaire: Questionnaire, points: list[int | None]) -> dict[str, str]:
    asked = [one for one in questionnaire.items if one.type != "display"]
    return {one.id: str(worth) for one, worth in zip(asked, points, strict=True) if worth is not None}


TABLE: list[tuple[str, list[int | None], dict[str, tuple[float, str | None] | None]]] = [
    ("phq9", [0] * 9, {"phq9": (0, "minimal")}),
    ("phq9", [1, 1, 1, 1, 0, 0, 0, 0, 0], {"phq9": (4, "minimal")}),
    ("phq9", [1, 1, 1, 1, 1, 0, 0, 0, 0], {"phq9": (5, "mild")}),
    ("phq9", [3, 3, 3, 0, 0, 0, 0, 0, 0], {"phq9": (9, "mild")}),
    ("phq9", [3, 3, 3, 1, 0, 0, 0, 0, 0], {"phq9": (10, "moderate")}),
    ("phq9", [3, 3, 3, 3, 3, 0, 0, 0, 0], {"phq9": (15, "moderately_severe")}),
    ("phq9", [3, 3, 3, 3, 3, 3, 2, 0, 0], {"phq9": (20, "severe")}),
    ("phq9", [3] * 9, {"phq9": (27, "severe")}),
    ("phq9", [None, 2, 2, 2, 2, 2, 2, 2, 2], {"phq9": (18, "moderately_severe")}),
    ("phq9", [None, None, 1, 1, 1, 1, 1, 1, 1], {"phq9": (9, "mild")}),
    ("phq9", [None, None, None, 1, 1, 1, 1, 1, 1], {"phq9": None}),
    ("phq2", [1, 1], {"phq2": (2, "below")}),
    ("phq2", [2, 1], {"phq2": (3, "reached")}),
    ("phq2", [3, None], {"phq2": None}),
    ("phq4", [3, 3, 1, 1], {"phq4": (8, None), "phq4_phq2": (6, "reached"), "phq4_gad2": (2, "below")}),
    ("phq4", [0, 0, 2, 1], {"phq4": (3, None), "phq4_phq2": (0, "below"), "phq4_gad2": (3, "reached")}),
    ("phq4", [None, 3, 2, 1], {"phq4": None, "phq4_phq2": None, "phq4_gad2": (3, "reached")}),
    ("gad7", [0, 0, 0, 0, 0, 1, 3], {"gad7": (4, "minimal")}),
    ("gad7", [1, 1, 1, 1, 1, 0, 0], {"gad7": (5, "mild")}),
    ("gad7", [2, 2, 2, 2, 2, 0, 0], {"gad7": (10, "moderate")}),
    ("gad7", [3, 3, 3, 3, 3, 0, 0], {"gad7": (15, "severe")}),
    ("gad7", [None, None, 1, 1, 1, 1, 1], {"gad7": (7, "mild")}),
    ("gad7", [None, None, None, 1, 1, 1, 1], {"gad7": None}),
    ("pcl5", [4] * 20, {"pcl5": (80, "reached"), "pcl5_b": (20, None), "pcl5_c": (8, None), "pcl5_d": (28, None),
                        "pcl5_e": (24, None)}),
    ("pcl5", [*[3] * 10, *[0] * 10], {"pcl5": (30, "below"), "pcl5_b": (15, None), "pcl5_c": (6, None),
                                   "pcl5_d": (9, None), "pcl5_e": (0, None)}),
    ("pcl5", [*[3] * 10, 1, *[0] * 9], {"pcl5": (31, "reached")}),
    ("pcl5", [None, *[1] * 19], {"pcl5": None, "pcl5_b": None, "pcl5_c": (2, None)}),
    ("who5", [5] * 5, {"who5": (100, "above")}),
    ("who5", [3, 3, 3, 2, 2], {"who5": (52, "above")}),
    ("who5", [3, 3, 2, 2, 2], {"who5": (48, "low")}),
    ("who5", [0] * 5, {"who5": (0, "low")}),
    ("who5", [5, 5, 5, 5, None], {"who5": None}),
    ("pain", [3], {"pain": (3, "below")}),
    ("pain", [4], {"pain": (4, "reached")}),
    ("pain", [None], {"pain": None}),
    ("asrm", [1] * 5, {"asrm": (5, "below")}),
    ("asrm", [2, 1, 1, 1, 1], {"asrm": (6, "reached")}),
    ("asrm", [4, 4, 4, 4, None], {"asrm": None}),
    ("cssrs", [1] * 7, {}),
]  # fmt: skip


@pytest.mark.parametrize("codes", [True, False])
@pytest.mark.parametrize(("key", "points", "expected"), TABLE)
def test_known_answers(
    key: str, points: list[int | None], expected: dict[str, tuple[float, str | None] | None], codes: bool
) -> None:
    questionnaire = brought(key, codes=codes)
    found = scores(questionnaire, answered(questionnaire, points))
    for name, wanted in expected.items():
        score = next(score for score in questionnaire.scores if score.id == name)
        value = found.get(name)
        band = None if value is None else band_of(score, value)
        assert (None if value is None else (value, band.id if band else None)) == wanted


def test_the_best_answer_first_counts_five_where_the_file_gives_no_points() -> None:
    questionnaire = brought("who5", points=False)
    assert [option.score for option in questionnaire.items[1].options] == [5, 4, 3, 2, 1, 0]


def test_points_of_the_file_come_before_the_order_of_its_answers() -> None:
    file = instrument_file("gad7", codes=False)
    for one in file["item"][0]["item"]:
        one["answerOption"].reverse()
    questionnaire: Questionnaire = read_questionnaire(written(file), instrument="gad7").questionnaire
    assert [option.value for option in questionnaire.items[1].options] == ["3", "2", "1", "0"]
    assert scores(questionnaire, {f"gad7_{n}": "3" for n in range(1, 8)}) == {"gad7": 21}


def test_answer_codes_count_where_there_are_no_points() -> None:
    file = instrument_file("phq2", points=False)
    for one in file["item"][0]["item"]:
        one["answerOption"].reverse()
    questionnaire: Questionnaire = read_questionnaire(written(file)).questionnaire
    assert scores(questionnaire, {"phq2_1": "3", "phq2_2": "0"}) == {"phq2": 3}


def test_items_are_told_by_their_code_wherever_they_stand() -> None:
    file = instrument_file("phq9")
    file["item"][0]["item"].reverse()
    questionnaire: Questionnaire = read_questionnaire(written(file)).questionnaire
    assert [one.id for one in questionnaire.items][1:] == [f"phq9_{n}" for n in range(9, 0, -1)]
    assert questionnaire.items[1].private


@pytest.mark.parametrize("answers", [("LA32-8", "LA33-6"), ("N", "Y"), ("no", "yes"), ("373067005", "373066001")])
def test_yes_and_no_are_told_by_their_codes(answers: tuple[str, str]) -> None:
    file = form(*(choice(f"q{n}", *reversed(answers)) for n in range(7)))
    questionnaire: Questionnaire = read_questionnaire(written(file), instrument="cssrs").questionnaire
    assert [(option.value, option.act) for option in questionnaire.items[0].options] == [("1", "crisis"), ("0", None)]


def test_true_and_false_are_asked_as_a_choice_so_that_help_comes_on_tap() -> None:
    file = form(*(item(f"q{n}") for n in range(7)))
    questionnaire: Questionnaire = read_questionnaire(written(file), instrument="cssrs").questionnaire
    assert [(option.value, option.act) for option in questionnaire.items[3].options] == [("0", None), ("1", "crisis")]


UNFIT = {
    "too few questions": form(*(choice(f"q{n}", "0", "1", "2", "3") for n in range(8))),
    "another number of answers": form(*(choice(f"q{n}", "0", "1", "2") for n in range(9))),
    "another kind of answer": form(*(item(f"q{n}", "string") for n in range(9))),
    "one code missing": msgspec.json.decode(
        written(instrument_file("phq9")).replace(b'"code": "44251-7"', b'"code": "99999-9"')
    ),
    "one code twice": msgspec.json.decode(
        written(instrument_file("phq9")).replace(b'"code": "69722-7"', b'"code": "44251-7"').replace(
            b'"code": "44253-3"', b'"code": "44252-5"')
    ),
    "other points": msgspec.json.decode(
        written(instrument_file("phq9")).replace(b'"valueDecimal": 3', b'"valueDecimal": 4')
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", UNFIT)
def test_what_does_not_fit_is_never_scored(why: str) -> None:
    with pytest.raises(NotTaken) as caught:
        read_questionnaire(written(UNFIT[why]), instrument="phq9")
    assert caught.value.wrong
    taken: Questionnaire = read_questionnaire(written(UNFIT[why]), instrument="none").questionnaire
    assert taken.scores == ()


def test_an_answer_without_yes_or_no_is_not_guessed() -> None:
    file = form(*(choice(f"q{n}", "left", "right") for n in range(7)))
    with pytest.raises(NotTaken) as caught:
        read_questionnaire(written(file), instrument="cssrs")
    assert {message for _, message in caught.value.wrong} == {"Does not tell which answer means yes."}


def test_codes_are_possible_loinc_codes_and_name_one_instrument() -> None:
    """The check digit of LOINC is that of credit cards: a slip of the hand is found."""
    named = [code for known in instruments().values() for code in known.codes]
    assert len(named) == len(set(named))
    codes = {code for known in instruments().values() for code in (*known.codes, *known.computed)}
    codes |= {one.code for known in instruments().values() for one in known.items if one.code}
    assert [code for code in codes if not checks(code)] == []
    assert not checks("96843-5")


def checks(code: str) -> bool:
    digits, _, check = code.partition("-")
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return (10 - sum(value // 10 + value % 10 for value in doubled) % 10) % 10 == int(check)


def test_an_instrument_whose_code_nobody_verified_is_named_by_the_clinic() -> None:
    assert {known.key for known in instruments().values() if not known.codes} == {"pcl5", "who5", "asrm"}
    other = form(*(choice(f"q{n}", "0", "1", "2", "3", "4", "5") for n in range(5)),
                 code=[{"system": LOINC, "code": "71969-0"}])  # fmt: skip
    taken: Questionnaire = read_questionnaire(written(other)).questionnaire
    assert taken.scores == ()


@pytest.mark.parametrize("key", sorted(instruments()))
def test_what_is_unverified_is_marked_and_no_wording_is_ours(key: str) -> None:
    known = instruments()[key]
    assert known.needs_check
    assert all({"en", "es"} <= text.keys() for text in known.needs_check)
    assert all(len(one.name) < 11 for one in known.items)
