"""A protocol version: one self-contained, immutable document. Everything clinical is data in here.

JSON in, frozen Structs out; unknown fields are refused. Times are minutes, texts are words by language.
"""

from datetime import datetime
from typing import Literal

import msgspec

from server.protocols.conditions import Condition
from server.protocols.questionnaires import Act, Item, ItemType, Option, Questionnaire, Rest, Score, Text
from server.protocols.tiers import TIERS, Tier, raised, tier_rank, worst

__all__ = [
    "TIERS", "Act", "Item", "ItemType", "Option", "Questionnaire", "Rest", "Score", "Text", "Tier", "kind_of", "raised",
    "tier_rank", "worst",
]  # fmt: skip

Topic = Literal["medical", "injury", "safety", "contact", "driving", "missed", "wellbeing"]
Who = Literal["on_call", "backup", "next", "lead", "everybody"]
AskedOf = Literal["patient", "companion"]
Anchor = Literal["start", "end", "discharge", "last_answer"]
Phase = Literal["induction", "maintenance", "booster"]


class HoursTier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tier while hours since the session's end are below `below` (None: from there on); no tier, no flag."""

    below: float | None
    tier: Tier | None


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One flag rule: a fixed `tier`, a tier by hours, or `raise_by` on top of what other rules about `item` gave.

    `explanation` may use `{after}`, `{risk}`, per item `{a_sick}`, `{last.a_sick}`, `{baseline.d_mood}`,
    `{own_last_session.a_sick}`, `{own_sessions.a_sick}` (those compared with), `{usual.a_sick}`, `{gone.a_sick}` (when
    it is usually over), and per score `{low}`, `{last.low}`, `{lowest.low}`, `{highest.low}`, `{recent.low}`,
    `{first.low}`. `reask_minutes` asks the same again, once: of whoever answered, or with `reask_of` of the companion
    where there is one who may be asked.
    `ack_minutes` overrides the tier's time. `hold`: no further session until a prescriber has looked at it.
    """

    id: str
    when: Condition
    explanation: Text
    source: str
    item: str | None = None
    tier: Tier | None = None
    tier_by_hours: tuple[HoursTier, ...] = ()
    raise_by: int = 0
    topic: Topic = "medical"
    advice: Text | None = None
    reask_minutes: int | None = None
    reask_of: Literal["same", "companion"] = "same"
    ack_minutes: int | None = None
    hold: bool = False


class Nudge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reminder so many minutes after the check-in is due. `channel` is a hint: sms asks for a text again."""

    minutes: int
    channel: Literal["any", "sms"] = "any"


class PullForward(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A check-in due between the local times `after` and `until` moves to `to`, or is dropped when that would be
    sooner than `not_before_minutes` after the session's end."""

    after: str
    until: str
    to: str
    not_before_minutes: int


class Repeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The clock of a course: at the local time `at`, each `every_days` (with `every_months`: on the same day of each so
    many months, or the month's last) counted from the course's first session, until `until_days` after its last one. A
    session later than that begins a new course."""

    every_days: int
    until_days: int
    at: str
    every_months: int | None = None


class OnlyFor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The sessions that a step is planned for; what is empty limits nothing. Numbers count the patient's sessions from
    1, both ends included."""

    routes: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    indications: tuple[str, ...] = ()
    phases: tuple[Phase, ...] = ()
    from_session: int | None = None
    to_session: int | None = None


class CheckInStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One planned check-in: `offset_minutes` after its anchor, answerable for `window_minutes`.

    Anchored at discharge, `fallback_minutes` after the session's end stand in until discharge is known. Anchored at the
    last answer: that to the same form, whichever check-in or session it belongs to; they stand in until there is one.
    Silent for `companion_after_minutes`, the companion is asked in its place. `only_with_risk`: planned only for a
    session with one of these risks. `repeat`: of the course, not of one session.
    """

    key: str
    title: Text
    questionnaire: str
    anchor: Anchor
    offset_minutes: int
    window_minutes: int
    nudges: tuple[Nudge, ...] = ()
    passes_quiet_hours: bool = False
    only_if: Literal["always", "last_not_clear_or_missed"] = "always"
    pull_forward: PullForward | None = None
    fallback_minutes: int | None = None
    asks: AskedOf = "patient"
    companion_after_minutes: int | None = None
    only_with_risk: tuple[str, ...] = ()
    repeat: Repeat | None = None
    only_for: OnlyFor | None = None


class CompanionSteps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the companion is asked beside the plan: to `look_in` when the patient is silent or rests, and `again` when a
    rule asks for it after an answer of theirs."""

    look_in: CheckInStep
    again: CheckInStep


class Restriction(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the patient must not do after a session: for `hours` from its end (a dose at home: from the dose), and not
    before the local time `morning` of a later day. `after_sleep`: nor before they have slept."""

    id: str
    text: Text
    hours: float
    morning: str | None = None
    after_sleep: bool = False
    source: str


class UsualBand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """While hours are below `below` (None: from there on), an answer up to `worst` is usual."""

    below: float | None
    worst: str


class Usual(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The usual course of one symptom after a dose by one of these routes: an answer to the graded `item` that is worse
    than its band is beyond what is expected at that hour."""

    item: str
    routes: tuple[str, ...]
    bands: tuple[UsualBand, ...]
    source: str

    def worst_at(self, hours: float) -> str:
        """The worst answer that is usual at so many hours."""
        return next(band.worst for band in self.bands if band.below is None or hours < band.below)

    @property
    def key(self) -> str:
        """What it is called: by its question and routes, which no other course shares."""
        return " ".join((self.item, *self.routes))

    @property
    def gone_by(self) -> float:
        """The hours from which on the last band applies."""
        return max((band.below for band in self.bands if band.below is not None), default=0.0)


class MissedPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What silence means. Its rules see `missed`, `risk`, `fact` and `hours`. `midway_minutes`: how long the rest of
    a form may take after an answer that travelled on tap. `rules_off`: kept, and not used."""

    rules: tuple[Rule, ...]
    midway_minutes: int
    rules_off: tuple[Rule, ...] = ()


class EscalationStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Page `who`; without acknowledgement go to the next step after `wait_minutes`."""

    who: tuple[Who, ...]
    wait_minutes: int


class Worsening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An alert that waited too long moves to a worse tier: not acknowledged (or not reached) after so many minutes.

    `topic` limits it to answers with a flag of that topic at this tier, `when` to facts at the time of judging.
    In an alert's own copy, `since`: when the answer came, if after the alert began; `then`: the ways of rising that
    hold from there.
    """

    until: Literal["acknowledged", "reached"]
    after_minutes: int
    to: Tier
    topic: Topic | None = None
    when: Condition | None = None
    since: datetime | None = None
    then: "tuple[Worsening, ...]" = ()


class EscalationPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How one tier climbs. `hours`: any = day and night; working = only the clinic's hours are counted and paged,
    outside them one digest at `digest_at` to on call and the lead at start of work.

    `reached_minutes` None with working hours: the end of the next working day. Exhausted, everybody is paged each
    `repeat_minutes`, for ever.
    """

    steps: tuple[EscalationStep, ...]
    hours: Literal["any", "working"]
    ack_minutes: int
    reached_minutes: int | None
    repeat_minutes: int | None
    digest_at: str | None = None
    worsens: tuple[Worsening, ...] = ()


class Escalation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan per tier that opens an alert; routine never does."""

    same_day: EscalationPlan
    urgent: EscalationPlan
    emergency: EscalationPlan

    def plan(self, tier: Tier) -> EscalationPlan:
        """The plan of this tier; ValueError for routine, which never opens an alert."""
        match tier:
            case "emergency":
                return self.emergency
            case "urgent":
                return self.urgent
            case "same_day":
                return self.same_day
            case "routine":
                raise ValueError("routine never opens an alert")


class ProtocolVersion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole document, as stored, signed and pinned by sessions. `drugs` and `indications`: what it is for, with
    route and setting; empty: any. `rules_off`: rules that the clinic switched off, kept and not used. `before`: what a
    patient can answer on their phone while a visit has not begun its dose."""

    key: str
    version: int
    title: Text
    routes: tuple[str, ...]
    settings: tuple[str, ...]
    questionnaires: tuple[Questionnaire, ...]
    check_ins: tuple[CheckInStep, ...]
    course: tuple[CheckInStep, ...] = ()
    recheck: CheckInStep
    rules: tuple[Rule, ...]
    missed: MissedPolicy
    escalation: Escalation
    sources: dict[str, str]
    report_questionnaire: str
    needs_sign_off: str
    companion: CompanionSteps | None = None
    restrictions: tuple[Restriction, ...] = ()
    usual: tuple[Usual, ...] = ()
    drugs: tuple[str, ...] = ()
    indications: tuple[str, ...] = ()
    rules_off: tuple[Rule, ...] = ()
    before: CheckInStep | None = None

    def questionnaire(self, questionnaire_id: str) -> Questionnaire:
        """By id; KeyError when this version has none of that id."""
        for questionnaire in self.questionnaires:
            if questionnaire.id == questionnaire_id:
                return questionnaire
        raise KeyError(questionnaire_id)

    @property
    def steps(self) -> tuple[CheckInStep, ...]:
        """Everything that can be asked: of a session, of its course, once more, and before a session."""
        return (*self.check_ins, *self.course, *self.extra_steps)

    def step(self, key: str) -> CheckInStep:
        """By a check-in's key, whatever stands behind it. KeyError when there is none."""
        for step in self.steps:
            if step.key in (key, kind_of(key)):
                return step
        raise KeyError(key)

    @property
    def extra_steps(self) -> tuple[CheckInStep, ...]:
        """Steps of check-ins that are not planned with the session; their keys carry a number or a name behind."""
        asked, before = self.companion, () if self.before is None else (self.before,)
        return (self.recheck, *(() if asked is None else (asked.look_in, asked.again)), *before)


def kind_of(key: str) -> str:
    """The step's key of a check-in that comes more than once: `week` of `week_3`, `companion` of `companion_h1`."""
    return key.partition("_")[0]
