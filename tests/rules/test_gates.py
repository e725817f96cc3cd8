"""Properties that no edit of a protocol may break (safety.md section 5, test gates)."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.protocols.evaluate import EarlierScores
from server.protocols.model import Item, tier_rank
from server.responses.model import Facts
from server.responses.rules import judge
from tests.rules.answering import CLINIC, WELL

FORMS = {
    "acute@1": (1.5, 6.0, 24.0), "day@1": (24.0, 72.0), "safe@1": (24.0, 72.0), "companion@1": (0.5, 2.0),
    "mood@1": (120.0,), "week@1": (168.0,), "month@1": (672.0,),
}  # fmt: skip
RISKS = ["early_session", "sedative", "alcohol", "blood_thinner", "bp_high", "bipolar", "suicidal_thoughts"]

# Needing help to walk and a fall without harm are different in kind, not degrees of one thing.
OF_ANOTHER_KIND = {("help_to_walk", "fell")}

EMERGENCIES: dict[str, list[dict[str, Any]]] = {
    "acute@1": [
        *({"a_danger": value} for value in ("chest_pain", "breathing", "passed_out", "one_side", "head_or_sight")),
        {"c_wake": "does_not_wake"},
        {"c_breath": "slow"},
        {"c_breath": "blue"},
        *({"c_danger": value} for value in ("fit", "chest_or_breath", "face_or_side", "vomiting_sleepy")),
        {"s_keep": "not_sure"},
        {"s_keep": "no"},
    ],
    "companion@1": [
        {"c_wake": "does_not_wake"},
        {"c_breath": "slow"},
        {"c_breath": "blue"},
        {"c_spo2": 89},
        *({"c_danger": value} for value in ("fit", "chest_or_breath", "face_or_side", "vomiting_sleepy")),
    ],
    "day@1": [
        *({"d_danger": value} for value in ("chest_pain", "breathing", "passed_out", "one_side", "head_or_sight")),
        {"d_left": ["heart"], "d_howbad": "cannot"},
        {"s_keep": "not_sure"},
        {"s_keep": "no"},
        {"s_done": "yes_okay"},
        {"s_done": "yes_need_help"},
        {"s_ready": "yes"},
        {"s_now": "right_now", "s_with": "no"},
    ],
}


ONCE = ["week_low.high", "week_worry.high", "week_worry.up_3"]
EARLIER_SCORES = st.builds(
    EarlierScores,
    st.floats(1, 80),
    st.fixed_dictionaries({}, optional={"low": st.integers(0, 9), "worry": st.integers(0, 6)}),
)


def values(item: Item) -> st.SearchStrategy[Any]:
    """Any valid answer to the item."""
    options = [option.value for option in item.options]
    if item.type == "multiple":
        return st.lists(st.sampled_from(options[1:]), min_size=1, unique=True) | st.just(options[:1])
    if item.min is not None and item.max is not None:
        return st.integers(int(item.min), int(item.max))
    return st.sampled_from(options)


def answers_to(questionnaire: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any valid answers, some items left out."""
    items = CLINIC.questionnaire(questionnaire).items
    return st.fixed_dictionaries({}, optional={item.id: values(item) for item in items})


@st.composite
def any_facts(draw: st.DrawFn, questionnaire: str) -> Facts:
    """Any situation in which this questionnaire may be answered."""
    return Facts(
        questionnaire=questionnaire,
        answers=draw(answers_to(questionnaire)),
        hours=draw(st.floats(0, 100)),
        offset_hours=draw(st.sampled_from(FORMS[questionnaire])),
        risk=tuple(draw(st.lists(st.sampled_from(RISKS), unique=True))),
        last=draw(answers_to(questionnaire)),
        baseline={"d_mood": draw(st.integers(0, 10))},
        own_last_session=draw(answers_to(questionnaire)),
        earlier_scores=tuple(draw(st.lists(EARLIER_SCORES, max_size=5))),
        flagged_before=frozenset(draw(st.lists(st.sampled_from(ONCE)))),
        usual_level_signed=draw(st.booleans()),
        partial=draw(st.booleans()),
    )


def rank(facts: Facts, answers: dict[str, Any]) -> int:
    """How urgent these answers are in this situation."""
    return tier_rank(judge(CLINIC, replaced(facts, answers)).tier)


def replaced(facts: Facts, answers: dict[str, Any]) -> Facts:
    """The same situation, other answers."""
    fields = {name: getattr(facts, name) for name in facts.__struct_fields__}
    return Facts(**fields | {"answers": answers})


@given(st.sampled_from(sorted(FORMS)), st.data())
def test_the_order_of_answers_never_changes_a_judgement(questionnaire: str, data: st.DataObject) -> None:
    facts = data.draw(any_facts(questionnaire))
    shuffled = dict(data.draw(st.permutations(list(facts.answers.items()))))
    assert judge(CLINIC, facts) == judge(CLINIC, replaced(facts, shuffled))


@given(st.sampled_from(sorted(FORMS)), st.data())
def test_a_worse_option_never_lowers_the_tier(questionnaire: str, data: st.DataObject) -> None:
    facts = data.draw(any_facts(questionnaire))
    graded = [item for item in CLINIC.questionnaire(questionnaire).items if item.graded]
    item = data.draw(st.sampled_from(graded))
    options = [option.value for option in item.options]
    worse = data.draw(st.integers(1, len(options) - 1))
    better = data.draw(st.integers(0, worse - 1))
    if (options[better], options[worse]) in OF_ANOTHER_KIND:
        return
    before = dict(facts.answers) | {item.id: options[better]}
    assert rank(facts, before | {item.id: options[worse]}) >= rank(facts, before)


@given(st.data(), st.integers(0, 9))
def test_a_lower_mood_never_lowers_the_tier(data: st.DataObject, mood: int) -> None:
    facts = data.draw(any_facts("day@1"))
    answers = dict(facts.answers)
    assert rank(facts, answers | {"d_mood": mood}) >= rank(facts, answers | {"d_mood": mood + 1})


@given(st.data(), st.integers(50, 99))
def test_less_oxygen_never_lowers_the_tier(data: st.DataObject, oxygen: int) -> None:
    facts = data.draw(any_facts("companion@1"))
    answers = dict(facts.answers)
    assert rank(facts, answers | {"c_spo2": oxygen}) >= rank(facts, answers | {"c_spo2": oxygen + 1})


@given(st.sampled_from(sorted(EMERGENCIES)), st.data())
def test_every_planted_emergency_is_alerted(questionnaire: str, data: st.DataObject) -> None:
    facts = data.draw(any_facts(questionnaire))
    planted = dict(facts.answers) | data.draw(st.sampled_from(EMERGENCIES[questionnaire]))
    judgement = judge(CLINIC, replaced(facts, planted))
    assert judgement.tier == "emergency"
    assert not judgement.clear
    assert judgement.flags[0].tier == "emergency"


@given(st.data())
def test_a_risk_never_lowers_the_tier(data: st.DataObject) -> None:
    facts = data.draw(any_facts("acute@1"))
    fields = {name: getattr(facts, name) for name in facts.__struct_fields__}
    without = Facts(**fields | {"risk": ()})
    assert rank(facts, dict(facts.answers)) >= rank(without, dict(facts.answers))


def test_every_emergency_rule_is_planted_somewhere() -> None:
    planted = {
        flag.rule
        for questionnaire, plants in EMERGENCIES.items()
        for plant in plants
        for flag in judge(CLINIC, Facts(questionnaire=questionnaire, answers=plant, hours=24)).flags
    }
    combined = {rule.id for rule in CLINIC.rules if rule.id.startswith("combined.")}
    written = {rule.id for rule in CLINIC.rules if rule.tier == "emergency"}
    assert written - combined <= planted
    assert set(WELL["acute@1"]) <= {item.id for item in CLINIC.questionnaire("acute@1").items}
