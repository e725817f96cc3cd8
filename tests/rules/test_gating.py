"""Which rules an answer is held against is only a matter of speed: leaving out the others changes no judgement."""

from typing import Any, cast

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from server.protocols import conditions as c
from server.protocols.builtin import load_builtin
from server.protocols.evaluate import EarlierScores, Evidence, holds, items_of, may_hold, trigger_of, triggers
from server.protocols.model import Item, ProtocolVersion, Questionnaire
from server.protocols.scores import scores
from server.responses.model import AnsweredBy, Answers, Facts
from server.responses.rules import judge

VERSIONS: list[ProtocolVersion] = list(load_builtin())
FORMS = [(version, form) for version in VERSIONS for form in version.questionnaires]


def names(form: Questionnaire) -> set[str]:
    return {item.id for item in form.items} | {score.id for score in form.scores}


def values(item: Item) -> st.SearchStrategy[Any]:
    """Any answer, valid or not by the other answers."""
    options = [option.value for option in item.options]
    if options:
        return st.sampled_from(options) | st.lists(st.sampled_from(options), max_size=3)
    return st.booleans() | st.integers(0, 250) | st.text(max_size=3)


@st.composite
def answered(draw: st.DrawFn) -> tuple[ProtocolVersion, Questionnaire, Evidence]:
    version, form = draw(st.sampled_from(FORMS))
    ids = [item.id for item in form.items]
    answers = {item.id: draw(values(item)) for item in form.items if draw(st.booleans())}
    seen = Evidence(
        questionnaire=form.id, answers=answers, scores=scores(form, answers),
        unanswered=frozenset(draw(st.lists(st.sampled_from(ids), max_size=4))),
        hours=draw(st.sampled_from([0.5, 3.0, 30.0])), risk_flag=draw(st.booleans()), companion=draw(st.booleans()),
        facts=frozenset(draw(st.lists(st.sampled_from(["resting", "text", "last_not_clear"]), max_size=2))),
    )  # fmt: skip
    return version, form, seen


@given(answered())
def test_a_rule_that_holds_is_never_left_out(case: tuple[ProtocolVersion, Questionnaire, Evidence]) -> None:
    version, form, seen = case
    given = {trigger_of(item, value) for item, value in seen.answers.items()}
    for rule in version.rules:
        if holds(rule.when, seen):
            assert may_hold(rule.when, form.id, names(form)), rule.id
            need = triggers(rule.when)
            assert need is None or need & given, rule.id


@given(answered(), st.data())
def test_the_judgement_is_that_of_all_rules(
    case: tuple[ProtocolVersion, Questionnaire, Evidence], data: st.DataObject
) -> None:
    """An answer that is not the form's own makes all rules be looked at, and changes nothing else."""
    version, form, seen = case
    before = {item.id: data.draw(values(item)) for item in form.items if data.draw(st.booleans())}
    earlier = {item.id: data.draw(values(item)) for item in form.items if data.draw(st.booleans())}
    facts = Facts(
        questionnaire=form.id, answers=cast("Answers", seen.answers),
        answered_by=data.draw(st.sampled_from(["patient", "companion"])),
        hours=seen.hours, companion=seen.companion, last=before, own_last_session=earlier,
        earlier_scores=(EarlierScores(7.0, scores(form, earlier)),), partial=data.draw(st.booleans()),
        flagged_before=frozenset(data.draw(st.lists(st.sampled_from([rule.id for rule in version.rules]), max_size=3))),
        text="text" in seen.facts, last_clear=False if "last_not_clear" in seen.facts else None,
    )  # fmt: skip
    everything = msgspec.structs.replace(facts, answers={**facts.answers, "not_of_this_form": "x"})
    assert judge(version, facts) == judge(version, everything)


FORM = {"a", "b", "s"}
"""Two items and a score; `x` is an item of another form."""
ITEMS = st.sampled_from(["a", "b", "x"])
VALUES: st.SearchStrategy[Any] = st.sampled_from(["p", "q", 1, 0, 2, True, False])
AMONG = st.lists(VALUES, max_size=2).map(tuple)
NUMBERS = st.none() | st.sampled_from([0.0, 1.0, 2.0])
LEAVES = st.one_of(
    st.builds(c.Answer, item=ITEMS, among=st.none() | AMONG, gte=NUMBERS, lte=NUMBERS),
    st.builds(c.Answer, item=ITEMS, gt=NUMBERS | st.just("p"), answered=st.none() | st.booleans()),
    st.builds(c.LastAnswer, item=ITEMS, among=st.none() | AMONG, gte=NUMBERS, lte=NUMBERS),
    st.builds(
        c.Changed, item=ITEMS, against=st.sampled_from(["last", "baseline", "own_last_session"]), up=NUMBERS,
        down=NUMBERS,
    ),
    st.builds(
        c.ChangedOwn, item=ITEMS, sessions=st.sampled_from([0, 1, 2]), compare=st.sampled_from(["every", "median"]),
        up=NUMBERS, down=NUMBERS,
    ),
    st.builds(c.Unanswered, item=ITEMS),
    st.builds(c.Asked, among=st.lists(st.sampled_from(["f", "g"]), max_size=2).map(tuple)),
    st.builds(c.AnsweredBy, who=st.sampled_from(["patient", "companion"])),
    st.builds(c.Risk, any_of=st.none() | st.just(("r",))),
    st.builds(c.Score, name=st.just("s"), gte=NUMBERS, lte=NUMBERS),
    st.builds(
        c.ScoreChanged, name=st.just("s"), against=st.sampled_from(["last", "lowest", "highest"]), up=NUMBERS,
        down=NUMBERS,
    ),
    st.builds(c.Trend, name=st.just("s"), over=st.sampled_from([1, 2]), up=NUMBERS, down=NUMBERS),
    st.builds(c.Beyond, item=ITEMS, steps=st.sampled_from([0, 1])),
    st.builds(c.FlaggedBefore, among=st.just(("r",))), st.builds(c.Hours, gte=NUMBERS, lt=NUMBERS),
    st.builds(c.Session, fact=st.just("drug"), among=st.just(("k",))), st.builds(c.Companion, named=st.booleans()),
    st.builds(c.Fact, name=st.sampled_from(["text", "resting"])), st.builds(c.Missed, among=st.none()),
    st.just(c.StoppedMidway()),
)  # fmt: skip
CONDITIONS: st.SearchStrategy[c.Condition] = st.recursive(
    LEAVES,
    lambda parts: (
        st.builds(c.All, of=st.lists(parts, max_size=3).map(tuple))
        | st.builds(c.AnyOf, of=st.lists(parts, max_size=3).map(tuple))
        | st.builds(c.Not, of=parts)
    ),
    max_leaves=5,
)
ANSWERS = VALUES | st.lists(st.sampled_from(["p", "q"]), max_size=2)
EARLIER = st.dictionaries(ITEMS, ANSWERS, max_size=2)
EVIDENCE = st.builds(
    Evidence, questionnaire=st.just("f"), answers=st.dictionaries(st.sampled_from(["a", "b"]), ANSWERS, max_size=2),
    last=EARLIER, baseline=EARLIER, own_last_session=EARLIER, own_sessions=st.lists(EARLIER, max_size=3).map(tuple),
    scores=st.dictionaries(st.just("s"), st.sampled_from([0.0, 2.0])),
    earlier_scores=st.just(()) | st.just((EarlierScores(1.0, {"s": 0.0}),)),
    flagged_before=st.frozensets(st.just("r")), unanswered=st.frozensets(st.sampled_from(["a", "b"])),
    usual=st.dictionaries(ITEMS, st.sampled_from(["p", "q"])),
    order=st.just({"a": ("p", "q"), "b": ("p", "q")}), hours=st.sampled_from([0.5, 3.0]),
    session=st.sampled_from([{}, {"drug": "k"}]), risk=st.sampled_from([(), ("r",)]), risk_flag=st.booleans(),
    answered_by=st.sampled_from(["patient", "companion"]), companion=st.booleans(),
    facts=st.frozensets(st.sampled_from(["text", "resting"])), missed=st.none() | st.just("m"),
    missed_in_a_row=st.just(1), stopped_midway=st.booleans(),
)  # fmt: skip


@settings(max_examples=1500)
@given(CONDITIONS, EVIDENCE)
def test_no_condition_of_a_clinics_own_is_left_out_while_it_holds(condition: c.Condition, seen: Evidence) -> None:
    given = {trigger_of(item, value) for item, value in seen.answers.items()}
    if holds(condition, seen):
        assert may_hold(condition, "f", FORM)
        need = triggers(condition)
        assert need is None or need & given


def test_a_question_of_safety_left_open_is_looked_at_wherever_one_is_asked() -> None:
    for version in VERSIONS:
        rule = next(rule for rule in version.rules if rule.id == "safety.left_open")
        asking = [form for form in version.questionnaires if names(form) & items_of(rule.when)]
        assert "acute@1" in {form.id for form in asking}
        assert all(may_hold(rule.when, form.id, names(form)) for form in asking)


BY_BUTTON = {"companion.not_me", "companion.not_me_home"}
"""Set off by the button of a message's link, with an answer that no form of the companion's asks for."""


def test_every_rule_can_be_set_off_by_some_form() -> None:
    for version in VERSIONS:
        reached = {
            rule.id
            for form in version.questionnaires
            for rule in version.rules
            if may_hold(rule.when, form.id, names(form))
        }
        assert {rule.id for rule in version.rules} - reached <= BY_BUTTON


def test_an_answer_that_is_not_the_forms_own_is_held_against_all_rules() -> None:
    for version, form in FORMS:
        theirs = form.id == "companion@1"
        who: AnsweredBy = "companion" if theirs else "patient"
        facts = Facts(questionnaire=form.id, answers={"a_who": "not_me"}, answered_by=who, partial=True)
        assert [hit.rule for hit in judge(version, facts).flags] == ["companion.not_me" if theirs else "who.not_me"]


def test_some_rules_are_left_out() -> None:
    version, form = next((v, f) for v, f in FORMS if f.id == "acute@1")
    assert 0 < sum(may_hold(rule.when, form.id, names(form)) for rule in version.rules) < len(version.rules)
