"""Judging: which rules of the protocol version an answer, or its absence, sets off. Sources stand in the rules.

The same facts always give the same judgement, whatever the order of the answers. A rule that fails silences nothing:
the others judge, and an urgent flag says that somebody has to read.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from server.checkins.risk import risk_flag
from server.protocols.conditions import ChangedOwn, Condition
from server.protocols.evaluate import (
    Evidence,
    Trigger,
    holds,
    items_of,
    may_hold,
    rule_tier,
    ruled_out,
    trigger_of,
    triggers,
    walk,
)
from server.protocols.model import (
    Item,
    ProtocolVersion,
    Questionnaire,
    Rule,
    Tier,
    Usual,
    Worsening,
    raised,
    tier_rank,
    worst,
)
from server.protocols.scores import scores
from server.responses.answers import came_to_end, unanswered
from server.responses.explain import explanation, inputs
from server.responses.model import Answers, Facts, FlagHit, Judgement

WRONG_PERSON = "who.not_me"
UNJUDGED = "rule.failed"
"""Stands for rules of the version that could not be applied to an answer."""
NO_WORDS = {
    "en": "A rule could not be read by the computer ({rules}). Please read the answers yourself.",
    "es": "El ordenador no pudo leer una regla ({rules}). Por favor, lea usted las respuestas.",
}
KEPT_INDEXES = 200
BASELINE_MOOD = "d_mood"
HOURS_WITHOUT_SESSION = 24.0
"""Without a session there is no excuse by time: judged like the day after."""


def baseline_of(mood: int | None) -> Answers:
    """What was answered before the dose, under the item that asks it afterwards."""
    return {} if mood is None else {BASELINE_MOOD: mood}


def judge(version: ProtocolVersion, facts: Facts, language: str = "en") -> Judgement:
    """An answer, whole or `partial` (travelled on tap). KeyError when the version has no such questionnaire."""
    questionnaire = version.questionnaire(facts.questionnaire)
    missing = unanswered(questionnaire, facts.answers, facts.answered_by, facts.offset_hours)
    seen = _evidence(version, questionnaire, facts, () if facts.partial else missing)
    resting = "resting" in seen.facts
    whole = came_to_end(questionnaire, facts.answers, missing)
    complete = whole and not (facts.partial or resting)
    judgement = _judgement(version, _possible(version, questionnaire, facts), seen, facts, complete, language)
    return msgspec.structs.replace(judgement, whole=whole)


def _possible(version: ProtocolVersion, questionnaire: Questionnaire, facts: Facts) -> Sequence[Rule]:
    """The rules that these answers can set off: all of them for answers that are not the form's own, as the one that a
    link's "this is not for me" gives."""
    form = _index(version).forms[questionnaire.id]
    if not facts.answers.keys() <= form.items:
        return version.rules
    places = set(form.always)
    for item, value in facts.answers.items():
        places.update(form.after.get(trigger_of(item, value), ()))
    return [form.rules[place] for place in sorted(places)]


def judge_missed(version: ProtocolVersion, facts: Facts, language: str = "en") -> Judgement:
    """A check-in that closed unanswered: `facts.missed` is its key (decision 2). Never clear."""
    return _by_missed_policy(version, facts, language)


def judge_stopped_midway(version: ProtocolVersion, facts: Facts, language: str = "en") -> Judgement:
    """Answers travelled on tap and the rest did not follow within `missed.midway_minutes` (decision 1).

    Gives only what the silence adds; the answers themselves were judged when they came.
    """
    return _by_missed_policy(version, facts, language)


def _by_missed_policy(version: ProtocolVersion, facts: Facts, language: str) -> Judgement:
    questionnaire = version.questionnaire(facts.questionnaire)
    seen = _evidence(version, questionnaire, facts, ())
    return _judgement(version, version.missed.rules, seen, facts, False, language)


def _judgement(
    version: ProtocolVersion, rules: Iterable[Rule], seen: Evidence, facts: Facts, complete: bool, language: str
) -> Judgement:
    fired, failed = _fired(rules, seen)
    hits = [_hit(version, rule, tier, seen, facts, language) for rule, tier in fired]
    if failed:
        hits.append(_unjudged(failed, language))
    flags = tuple(sorted(hits, key=lambda hit: (-tier_rank(hit.tier), hit.rule)))
    tier = worst(flag.tier for flag in flags)
    reasks = [(rule.reask_of, rule.reask_minutes) for rule, _ in fired if rule.reask_minutes is not None]
    return Judgement(
        tier=tier,
        flags=flags,
        scores=dict(seen.scores),
        clear=complete and tier == "routine" and not reasks,
        reask_minutes=min((minutes for _, minutes in reasks), default=None),
        reask_companion_minutes=min((minutes for of, minutes in reasks if of == "companion"), default=None),
        worsens=_worsens(version, tier, flags, seen),
        settled=_settled(version, seen) if complete else (),
    )


def _fired(rules: Iterable[Rule], seen: Evidence) -> tuple[list[tuple[Rule, Tier]], list[str]]:
    """Rules that hold, with their tier; those that raise come last, on top of what the others said about the item. And
    the ids of those that failed: the others judge without them."""
    holding, failed = [], []
    for rule in rules:
        try:
            if holds(rule.when, seen):
                holding.append(rule)
        except Exception:
            failed.append(rule.id)
    plain = [(rule, tier) for rule in holding if (tier := rule_tier(rule, seen.hours)) is not None]
    raising = [
        (rule, raised(worst(tier for other, tier in plain if other.item == rule.item), rule.raise_by))
        for rule in holding
        if rule.raise_by
    ]
    return plain + raising, failed


def _hit(version: ProtocolVersion, rule: Rule, tier: Tier, seen: Evidence, facts: Facts, language: str) -> FlagHit:
    """A rule that holds calls for what it calls for, whether or not it finds words."""
    items = _index(version).items
    try:
        said = explanation(rule, seen, items, facts.hours, language)
        looked_at = inputs(rule, seen, facts.hours)
        asked = items_of(rule.when) & (seen.answers.keys() | seen.unanswered)
        private = any(items[item].private for item in asked)
    except Exception:
        said, looked_at, private = NO_WORDS[language].format(rules=rule.id), {}, True
    return FlagHit(
        rule=rule.id, tier=tier, explanation=said, inputs=looked_at, topic=rule.topic, private=private,
        ack_minutes=rule.ack_minutes, advice=rule.advice, hold=rule.hold,
    )  # fmt: skip


def _unjudged(rules: Collection[str], language: str) -> FlagHit:
    """What a failing rule would have said is not known: somebody reads the answers now."""
    said = NO_WORDS[language].format(rules=", ".join(rules))
    return FlagHit(rule=UNJUDGED, tier="urgent", explanation=said, inputs={}, topic="medical", private=True)


def _worsens(version: ProtocolVersion, tier: Tier, flags: Iterable[FlagHit], seen: Evidence) -> tuple[Worsening, ...]:
    if tier == "routine":
        return ()
    topics = {flag.topic for flag in flags if flag.tier == tier}
    return tuple(
        worsening
        for worsening in version.escalation.plan(tier).worsens
        if (worsening.topic is None or worsening.topic in topics)
        and (worsening.when is None or _holds_if_known(worsening.when, seen))
    )


def _holds_if_known(condition: Condition, seen: Evidence) -> bool:
    """One that fails is taken to hold: the alert climbs."""
    try:
        return holds(condition, seen)
    except Exception:
        return True


def _settled(version: ProtocolVersion, seen: Evidence) -> tuple[Worsening, ...]:
    plans = (version.escalation.emergency, version.escalation.urgent, version.escalation.same_day)
    conditional = (rule for plan in plans for rule in plan.worsens if rule.when is not None and rule.topic is None)
    return tuple(rule for rule in conditional if rule.when is not None and ruled_out(rule.when, seen))


def ends_check_in(tier: Tier, rules: Collection[str], *, whole: bool, verified: bool) -> bool:
    """Whether a check-in counts as answered: by a whole form from somebody known, or by anything that a person will
    call about. A fragment, or "this is not for me", leaves it open, and its silence is judged (decision 2)."""
    return WRONG_PERSON not in rules and (tier != "routine" or (whole and verified))


def _evidence(
    version: ProtocolVersion, questionnaire: Questionnaire, facts: Facts, missing: Iterable[Item]
) -> Evidence:
    index, hours = _index(version), facts.hours
    course = NOTHING_USUAL if facts.session is None else index.courses.get(facts.session.route, NOTHING_USUAL)
    return Evidence(
        questionnaire=facts.questionnaire,
        answers=facts.answers,
        last=facts.last,
        baseline=facts.baseline,
        own_last_session=facts.own_last_session,
        own_sessions=facts.own_sessions,
        scores=scores(questionnaire, facts.answers),
        earlier_scores=facts.earlier_scores,
        flagged_before=facts.flagged_before,
        unanswered=frozenset(item.id for item in missing),
        usual={} if hours is None else {usual.item: usual.worst_at(hours) for usual in course.usual},
        gone=course.gone,
        order=index.orders,
        hours=HOURS_WITHOUT_SESSION if hours is None else hours,
        session=_session(facts),
        risk=facts.risk,
        risk_flag=risk_flag(facts.risk),
        answered_by=facts.answered_by,
        companion=facts.companion,
        facts=_named_facts(questionnaire, facts),
        missed=facts.missed,
        missed_in_a_row=max(facts.missed_in_a_row, 1 if facts.missed else 0),
        stopped_midway=facts.stopped_midway,
    )


class _Form(msgspec.Struct, frozen=True):
    """A questionnaire's items, and the rules that answers to them can set off: places of those to look at `always`, and
    `after` an answer. `own_sessions`: one of them looks at several of the patient's sessions."""

    items: frozenset[str]
    rules: tuple[Rule, ...]
    always: tuple[int, ...]
    after: Mapping[Trigger, tuple[int, ...]]
    own_sessions: bool


class _Course(msgspec.Struct, frozen=True):
    """What is usual after one route, and by item the hours by which it is over."""

    usual: tuple[Usual, ...] = ()
    gone: Mapping[str, float] = {}


NOTHING_USUAL = _Course()


class _Index(msgspec.Struct, frozen=True):
    """What judging looks up in a version. `orders`: options of graded items, best first. `courses`: by route."""

    version: ProtocolVersion
    items: Mapping[str, Item]
    orders: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, _Form]
    courses: Mapping[str, _Course]


_indexes: dict[int, _Index] = {}


def _index(version: ProtocolVersion) -> _Index:
    """Made once for each version object; holding it keeps its identity from being given to another one."""
    known = _indexes.get(id(version))
    if known is None:
        items = {item.id: item for q in version.questionnaires for item in q.items}
        orders = {item.id: tuple(option.value for option in item.options) for item in items.values() if item.graded}
        if len(_indexes) >= KEPT_INDEXES:
            _indexes.clear()
        known = _indexes[id(version)] = _Index(version, items, orders, _forms(version), _courses(version))
    return known


def looks_at_own_sessions(version: ProtocolVersion, questionnaire: str) -> bool:
    """Whether a rule compares answers to this form with those of several of the patient's own sessions."""
    return _index(version).forms[questionnaire].own_sessions


def _courses(version: ProtocolVersion) -> dict[str, _Course]:
    by_route: dict[str, list[Usual]] = {}
    for usual in version.usual:
        for route in usual.routes:
            by_route.setdefault(route, []).append(usual)
    return {route: _Course(tuple(us), {u.item: u.gone_by for u in us}) for route, us in by_route.items()}


def _forms(version: ProtocolVersion) -> dict[str, _Form]:
    return {form.id: _form(version, form) for form in version.questionnaires}


def _form(version: ProtocolVersion, form: Questionnaire) -> _Form:
    items = frozenset(item.id for item in form.items)
    names = items | {score.id for score in form.scores}
    rules = tuple(rule for rule in version.rules if may_hold(rule.when, form.id, names))
    needs = [triggers(rule.when) for rule in rules]
    after: dict[Trigger, tuple[int, ...]] = {}
    for place, need in enumerate(needs):
        after.update({trigger: (*after.get(trigger, ()), place) for trigger in need or ()})
    always = tuple(place for place, need in enumerate(needs) if need is None)
    own = any(isinstance(part, ChangedOwn) for rule in rules for part in walk(rule.when))
    return _Form(items, rules, always, after, own)


def _session(facts: Facts) -> Mapping[str, str]:
    session = facts.session
    return {} if session is None else {name: getattr(session, name) for name in ("setting", "drug", "route")}


def _named_facts(questionnaire: Questionnaire, facts: Facts) -> frozenset[str]:
    rest: Any = questionnaire.rest and facts.answers.get(questionnaire.rest.item)
    named = {
        "resting": rest is True,
        "text": facts.text,
        "call_me": facts.call_me,
        "usual_level_signed": facts.usual_level_signed,
        "last_not_clear": facts.last_clear is False,
        "safety_signal": facts.safety_signal,
    }
    return frozenset(name for name, is_so in named.items() if is_so)
