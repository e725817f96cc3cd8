"""Values of judging: facts in, judgement out; and the advice that follows."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from server.checkins.model import SessionFacts
from server.protocols.conditions import Value
from server.protocols.evaluate import EarlierScores
from server.protocols.model import Text, Tier, Topic, Worsening

AnsweredBy = Literal["patient", "companion"]
AnswerValue = Value | list[str]
Answers = Mapping[str, AnswerValue]
Level = Literal["info", "contact", "urgent", "emergency"]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a rule may look at.

    `hours`: since the end of administration (None without a session: judged as the day after).
    `last`: the latest earlier answers of this session, on a course's form those to the same form within the course,
    by item. `baseline`: before the session. `earlier_scores`: of those earlier answers, newest first.
    `flagged_before`: on a course's form, rules that flagged an earlier answer of this session.
    `own_last_session`: answers at this offset in the patient's session before; `own_sessions`: in each session before
    that has any, newest first (known where a rule looks at more than one). `partial`: answers that travelled on
    tap, the form not finished. `missed`: key of the check-in that closed unanswered; `missed_in_a_row` counts it.
    """

    questionnaire: str
    answers: Answers = {}
    answered_by: AnsweredBy = "patient"
    hours: float | None = None
    offset_hours: float | None = None
    session: SessionFacts | None = None
    risk: tuple[str, ...] = ()
    companion: bool = False
    last: Answers = {}
    baseline: Answers = {}
    own_last_session: Answers = {}
    own_sessions: tuple[Answers, ...] = ()
    earlier_scores: tuple[EarlierScores, ...] = ()
    flagged_before: frozenset[str] = frozenset()
    usual_level_signed: bool = False
    last_clear: bool | None = None
    partial: bool = False
    stopped_midway: bool = False
    missed: str | None = None
    missed_in_a_row: int = 0
    text: bool = False
    call_me: bool = False
    safety_signal: bool = False


class FlagHit(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that fired. `inputs` are the answers and facts it looked at; `private` when one of them is.

    `ack_minutes` overrides the tier's time. `advice` is a sentence of the rule for whoever answered. `hold`: the next
    session waits until somebody decides that it may take place.
    """

    rule: str
    tier: Tier
    explanation: str
    inputs: dict[str, object]
    topic: Topic
    private: bool = False
    ack_minutes: int | None = None
    advice: Text | None = None
    hold: bool = False


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer, or its absence, amounts to. `clear`: complete and nothing at same_day or above.
    `whole`: the form came to its end, nothing required is left open or the person said that they rest.

    `flags` are ordered by tier, then rule. `reask_minutes`: ask the same again after so many minutes;
    `reask_companion_minutes`: rather ask the companion, where there is one who may be asked.
    `worsens`: what becomes of an alert at this tier that nobody acknowledges or acts on.
    `settled`: what of that, at any tier, no longer applies after a whole form: an adult is known to be there.
    """

    tier: Tier
    flags: tuple[FlagHit, ...]
    scores: dict[str, float]
    clear: bool
    whole: bool = False
    reask_minutes: int | None = None
    reask_companion_minutes: int | None = None
    worsens: tuple[Worsening, ...] = ()
    settled: tuple[Worsening, ...] = ()


class Cover(msgspec.Struct, frozen=True):
    """Who can look at an answer now. `on_duty`: inside the clinic's hours. `pageable`: somebody on the call list can
    be paged at any hour. `next_open`: local words for when duty starts again."""

    on_duty: bool
    pageable: bool
    next_open: str


class Advice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing the patient is told. `call` is a phone number to dial."""

    text: str
    level: Level
    call: str | None = None
