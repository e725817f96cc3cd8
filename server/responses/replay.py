"""Judging again what was judged before: a patient's answers and silences, in order, by whatever version.

The same version over what it judged gives what it gave then: a test holds the two ways of finding facts together.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from server.checkins.model import SessionFacts
from server.protocols.evaluate import EarlierScores
from server.protocols.model import AskedOf, CheckInStep, ProtocolVersion, kind_of, tier_rank
from server.protocols.rules import offset_hours
from server.responses.model import AnsweredBy, Answers, Facts, Judgement
from server.responses.rules import ends_check_in, judge, judge_missed

MOST_EARLIER = 100
MOST_OWN_SESSIONS = 12


class PastSession(msgspec.Struct, frozen=True):
    """A session as the rules saw it, and what was answered before its dose."""

    id: UUID
    facts: SessionFacts
    baseline: Answers = {}


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, or a silence (`missed`), of one patient. `key`, `due_at`: of its check-in; without one it is an
    unprompted report. `companion`: one was named."""

    id: UUID
    at: datetime
    session: PastSession | None
    questionnaire: str
    key: str | None = None
    due_at: datetime | None = None
    asked_of: AskedOf = "patient"
    answers: Answers = {}
    answered_by: AnsweredBy = "patient"
    missed: bool = False
    companion: bool = False
    text: bool = False
    call_me: bool = False


class _Seen(msgspec.Struct, frozen=True):
    past: Past
    judgement: Judgement


class Replay:
    """One patient before the rules of one version. Feed it in the order of `at`."""

    def __init__(self, version: ProtocolVersion, language: str = "en") -> None:
        self.version, self._language = version, language
        self._answered: list[_Seen] = []
        self._states: dict[tuple[UUID, str], tuple[datetime, AskedOf, bool]] = {}
        """By session and key: when it was due, who was asked, whether it was answered."""

    def judge(self, past: Past) -> Judgement | None:
        """None when this version does not ask this form, or has no such check-in."""
        try:
            facts = self._facts(past)
            by = judge_missed if past.missed else judge
            judgement = by(self.version, facts, self._language)
        except KeyError:
            return None
        self._note(past, judgement)
        return judgement

    def clear_before(self, past: Past) -> bool | None:
        """Whether the check-in before this one was answered and clear: None when it was not answered, or is none."""
        return self._last_clear(past)

    def _note(self, past: Past, judgement: Judgement) -> None:
        place = None if past.session is None or past.key is None else (past.session.id, past.key)
        if past.missed:
            if place is not None and past.due_at is not None:
                self._states[place] = (past.due_at, past.asked_of, False)
            return
        self._answered.append(_Seen(past, judgement))
        rules = [flag.rule for flag in judgement.flags]
        if place and past.due_at and ends_check_in(judgement.tier, rules, whole=judgement.whole, verified=True):
            self._states[place] = (past.due_at, past.asked_of, True)

    def _facts(self, past: Past) -> Facts:
        session = past.session
        facts = Facts(
            questionnaire=past.questionnaire, companion=past.companion,
            hours=None if session is None else (past.at - session.facts.t0) / timedelta(hours=1),
            offset_hours=None if past.key is None else offset_hours(self.version, past.key),
            session=None if session is None else session.facts, risk=() if session is None else session.facts.risk,
            baseline={} if session is None else session.baseline,
        )  # fmt: skip
        if past.missed:
            return msgspec.structs.replace(
                facts, companion=False, missed=past.key, missed_in_a_row=self._missed_in_a_row(past),
                last_clear=self._last_clear(past),
            )  # fmt: skip
        facts = self._with_earlier(facts, past)
        if past.key is None:
            return msgspec.structs.replace(facts, partial=True, text=past.text, call_me=past.call_me)
        repeat = self.version.step(past.key).repeat
        return facts if repeat is None else self._of_course(facts, past, repeat.until_days)

    def _with_earlier(self, facts: Facts, past: Past) -> Facts:
        session = past.session
        before = self._before(past)
        own = [s for s in before if _same_session(s.past, session)][:MOST_EARLIER]
        previous = self._session_before(session)
        same = [s for s in before if past.key and s.past.key == past.key and _same_session(s.past, previous)]
        return msgspec.structs.replace(
            facts, answers=past.answers, answered_by=past.answered_by, last=_latest(own),
            own_last_session=dict(same[0].past.answers) if same else {}, own_sessions=self._own_sessions(past, before),
            last_clear=own[0].judgement.clear if own else None,
        )  # fmt: skip

    def _own_sessions(self, past: Past, before: Sequence[_Seen]) -> tuple[Answers, ...]:
        session = past.session
        if session is None or past.key is None:
            return ()
        earlier: dict[UUID, tuple[datetime, Answers]] = {}
        for seen in before:
            own = seen.past.session
            if own is not None and seen.past.key == past.key and own.facts.ended_at < session.facts.ended_at:
                earlier.setdefault(own.id, (own.facts.ended_at, seen.past.answers))
        newest_first = sorted(earlier.values(), key=lambda one: one[0], reverse=True)
        return tuple(answers for _, answers in newest_first[:MOST_OWN_SESSIONS])

    def _of_course(self, facts: Facts, past: Past, until_days: float) -> Facts:
        since = past.at - timedelta(days=until_days)
        before = [s for s in self._before(past) if s.past.at > since]
        forms = [s for s in before if s.past.questionnaire == past.questionnaire][:50]
        flagged = {
            flag.rule
            for s in self._before(past)
            if _same_session(s.past, past.session)
            for flag in s.judgement.flags
            if tier_rank(flag.tier) > 0
        }
        return msgspec.structs.replace(
            facts, last=_latest(forms), flagged_before=frozenset(flagged),
            earlier_scores=tuple(
                EarlierScores((past.at - s.past.at) / timedelta(days=1), s.judgement.scores) for s in forms
            ),
        )  # fmt: skip

    def _before(self, past: Past) -> list[_Seen]:
        """Earlier answers, newest first."""
        return [s for s in reversed(self._answered) if s.past.at < past.at]

    def _session_before(self, session: PastSession | None) -> PastSession | None:
        if session is None:
            return None
        earlier = {
            s.past.session.id: s.past.session
            for s in self._answered
            if s.past.session is not None and s.past.session.facts.ended_at < session.facts.ended_at
        }
        return max(earlier.values(), key=lambda s: s.facts.ended_at, default=None)

    def _last_clear(self, past: Past) -> bool | None:
        if past.session is None or past.due_at is None:
            return None
        before = [
            (due, answered, key)
            for (session_id, key), (due, _, answered) in self._states.items()
            if session_id == past.session.id and due < past.due_at and key != past.key
        ]
        if not before:
            return None
        _, _, key = max(before, key=lambda b: (b[0], not b[1]))
        given = [s for s in self._answered if _same_session(s.past, past.session) and s.past.key == key]
        return max(given, key=lambda s: s.past.at).judgement.clear if given else None

    def _missed_in_a_row(self, past: Past) -> int:
        if past.session is None or past.due_at is None or past.key is None:
            return 1
        step = self.version.step(past.key)
        of_kind = step.repeat is not None
        mine = [
            (due, answered, session_id == past.session.id, of_kind and _is_kind(key, step))
            for (session_id, key), (due, asked_of, answered) in self._states.items()
            if due <= past.due_at and asked_of == past.asked_of and (session_id, key) != (past.session.id, past.key)
        ]
        return 1 + max(_row([m for m in mine if m[2]]), _row([m for m in mine if m[3]]))


def _is_kind(key: str, step: CheckInStep) -> bool:
    return kind_of(key) == step.key and key != step.key


def _row(states: Sequence[tuple[datetime, bool, bool, bool]]) -> int:
    """How many were missed since the last that was answered."""
    answered = max((due for due, answered, _, _ in states if answered), default=None)
    return sum(not was and (answered is None or due > answered) for due, was, _, _ in states)


def _same_session(past: Past, session: PastSession | None) -> bool:
    return past.session is not None and session is not None and past.session.id.int == session.id.int


def _latest(newest_first: Sequence[_Seen]) -> Answers:
    last: dict[str, object] = {}
    for seen in reversed(newest_first):
        last.update(seen.past.answers)
    return last  # type: ignore[return-value]
