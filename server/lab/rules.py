"""Counting what a version changes. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from server.lab.model import NOT_ASKED, Case, Change, Over, Report, RuleTried, Side, TierLoad, Tried, Useful, Verdict
from server.protocols.conditions import Answer
from server.protocols.evaluate import walk
from server.protocols.model import Item, ProtocolVersion, Rule, Tier, tier_rank
from server.protocols.questionnaires import words_in
from server.responses.explain import PLACEHOLDER, answer_words
from server.responses.model import Judgement
from server.responses.replay import Past, Replay

MOST_CASES = 200
ALERTING: tuple[Tier, ...] = ("emergency", "urgent", "same_day")
KNOWN_LATER = re.compile(r",? \{after\}| \(\{risk\}\)")
UNPROMPTED = {"en": "Report of their own", "es": "Aviso propio"}
WEEK = timedelta(weeks=1)


def verdict_of(judgement: Judgement) -> Verdict:
    """What of a judgement matters here."""
    calling = {flag.rule: flag.explanation for flag in judgement.flags if flag.tier != "routine"}
    return Verdict(judgement.tier, calling)


def tried_again(
    version: ProtocolVersion, course: Iterable[tuple[Past, Verdict]], patient_id: UUID | None, language: str
) -> list[Tried]:
    """One patient's answers and silences, in order, with what they were judged before; judged by `version`."""
    replay = Replay(version, language)
    found = []
    for past, before in course:
        judgement = replay.judge(past)
        found.append(Tried(past, patient_id, before, None if judgement is None else verdict_of(judgement)))
    return found


class Tally:
    """Counts as patients come in; the report at the end."""

    def __init__(self, version: ProtocolVersion, language: str) -> None:
        self._version, self._language = version, language
        self._tiers: dict[str, Counter[Tier]] = {"before": Counter(), "after": Counter()}
        self._rules: dict[str, Counter[str]] = {"before": Counter(), "after": Counter()}
        self._silences: Counter[str] = Counter()
        self._changes: Counter[Change] = Counter()
        self._words: dict[str, str] = {}
        self._cases: list[Case] = []
        self._answered = self._silent = self._not_asked = self._patients = 0

    def add(self, tried: Sequence[Tried]) -> None:
        """Those of one patient that count."""
        self._patients += bool(tried)
        for one in tried:
            if one.after is None:
                self._not_asked += 1
            else:
                self._count(one, one.after)

    def _count(self, one: Tried, after: Verdict) -> None:
        missed = one.past.missed
        self._silent += missed
        self._answered += not missed
        for side, verdict in (("before", one.before), ("after", after)):
            self._rules[side].update(verdict.rules.keys())
            self._words |= {rule: words for rule, words in verdict.rules.items() if rule not in self._words}
            if missed:
                self._silences[side] += verdict.tier != "routine"
            else:
                self._tiers[side][verdict.tier] += 1
        change = change_of(one.before.tier, after.tier)
        if change is not None:
            self._changes[change] += 1
            self._cases.append(self._case(one, after, change))

    def _case(self, one: Tried, after: Verdict, change: Change) -> Case:
        return Case(
            change=change, at=one.past.at, check_in=self._title(one.past.key), missed=one.past.missed,
            before=one.before.tier, after=after.tier, patient_id=one.patient_id,
            was=list(one.before.rules.values()), now=list(after.rules.values()),
        )  # fmt: skip

    def _title(self, key: str | None) -> str:
        if key is None:
            return UNPROMPTED[self._language]
        return words_in(self._version.step(key).title, self._language)

    def report(self, over: Over, span: timedelta, useful: Mapping[str, Useful]) -> Report:
        """The worst changes first, newest first among them."""
        weeks = max(span / WEEK, 1 / 7)
        cases = sorted(self._cases, key=lambda c: c.at, reverse=True)
        cases.sort(key=lambda c: -max(tier_rank(c.before), tier_rank(c.after)))
        return Report(
            over=over, weeks=round(weeks, 1), patients=self._patients, answered=self._answered, silent=self._silent,
            not_asked=self._not_asked, before=self._side("before", weeks), after=self._side("after", weeks),
            new=self._changes["new"], gone=self._changes["gone"], higher=self._changes["higher"],
            lower=self._changes["lower"], rules=self._ranked(useful), cases=cases[:MOST_CASES],
            left_out=max(0, len(cases) - MOST_CASES),
        )  # fmt: skip

    def _side(self, side: str, weeks: float) -> Side:
        counts, answered = self._tiers[side], max(self._answered, 1)
        tiers = [
            TierLoad(tier, counts[tier], round(100 * counts[tier] / answered, 2), round(counts[tier] / weeks, 1))
            for tier in ALERTING
        ]
        alerts = sum(load.count for load in tiers)
        return Side(tiers, alerts, round(100 * alerts / answered, 2), round(alerts / weeks, 1), self._silences[side])

    def _ranked(self, useful: Mapping[str, Useful]) -> list[RuleTried]:
        before, after = self._rules["before"], self._rules["after"]
        words = self._words | rule_words(self._version, self._language)
        found = [
            RuleTried(rule, words.get(rule, rule), before[rule], after[rule], useful.get(rule, Useful()))
            for rule in before.keys() | after.keys()
        ]
        return sorted(found, key=lambda r: (-max(r.before, r.after), r.rule))


def change_of(before: Tier, after: Tier) -> Change | None:
    """Routine calls nobody: from there an alert is new, back to it, it is gone."""
    if before == after:
        return None
    if before == "routine":
        return "new"
    if after == "routine":
        return "gone"
    return "higher" if tier_rank(after) > tier_rank(before) else "lower"


def rule_words(version: ProtocolVersion, language: str) -> dict[str, str]:
    """Each rule's sentence as far as it is known before anybody answers: the options it looks for by their words."""
    items = {item.id: item for form in version.questionnaires for item in form.items}
    rules = (*version.rules, *version.missed.rules)
    return {rule.id: _words_of(rule, items, language) for rule in rules}


def _words_of(rule: Rule, items: Mapping[str, Item], language: str) -> str:
    wanted = {
        part.item: [answer_words(items.get(part.item), str(value), language) for value in part.among]
        for part in walk(rule.when)
        if isinstance(part, Answer) and part.among is not None
    }
    sentence = KNOWN_LATER.sub("", words_in(rule.explanation, language))
    words = PLACEHOLDER.sub(lambda hole: ", ".join(wanted.get(hole[1], ["…"])), sentence)
    asked = items.get(rule.item or "")
    return words if asked is None or not words.startswith(('"', "«")) else f"{asked.text.get(language, '')} {words}"


def compared(now: ProtocolVersion, tried: ProtocolVersion, course: Sequence[Past], language: str) -> list[Tried]:
    """Made-up answers: what the version in use makes of them, and what the one that is tried does."""
    replay = Replay(now, language)
    judged = [(past, replay.judge(past)) for past in course]
    before = [(past, NOT_ASKED if judgement is None else verdict_of(judgement)) for past, judgement in judged]
    return tried_again(tried, before, None, language)
