"""A protocol document tried on a made-up patient: what would be asked when, and what silence would do."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec

from server.checkins.actions import actions
from server.checkins.course import CourseFrame, plan_course
from server.checkins.model import CourseSession, PlannedCheckIn, SessionFacts
from server.checkins.rules import is_for, is_routine, plan
from server.checkins.wall import USUAL_NIGHT, local
from server.flow.preview_shown import MadeUp, Preview, PreviewedCheckIn, Reminder
from server.protocols.evaluate import Answered
from server.protocols.model import CheckInStep, ProtocolVersion, Questionnaire, Tier
from server.protocols.questionnaires import words_in
from server.protocols.rules import asked_items
from server.protocols.scores import applied_items
from server.protocols.sentences import Speaker
from server.protocols.signals import signals
from server.protocols.spoken import filled, span, word
from server.protocols.step_words import plan_phrase
from server.responses.model import Facts
from server.responses.rules import judge_missed

NOBODY = UUID(int=0)
OPEN_AND_SEND = 2
SILENCE = {
    "companion": {
        "en": "After {span} the companion is asked.",
        "es": "Tras {span} se pregunta a la persona acompañante.",
    },
    "missed": {"en": "It is noted as missed. Nobody is called.", "es": "Se anota sin respuesta. No se llama a nadie."},
    "alert": {"en": "{tier}: {why}", "es": "{tier}: {why}"},
}


def preview(version: ProtocolVersion, made_up: MadeUp, language: str) -> Preview:
    """The timeline of a sound document. The patient has the usual night and no check-ins of other sessions."""
    session = SessionFacts(
        drug=made_up.drug, route=made_up.route, setting=made_up.setting, ended_at=made_up.ended_at,
        started_at=made_up.started_at, discharged_at=made_up.discharged_at, risk=tuple(made_up.risk),
        indication=made_up.indication, number=made_up.number, phase=made_up.phase,
    )  # fmt: skip
    planned = list(plan(session, version, made_up.time_zone, USUAL_NIGHT, session.ended_at))
    planned += _course(version, session, made_up, planned)
    told = _Teller(version, session, made_up.time_zone, language)
    known = {told.step(check_in.key).key for check_in in planned}
    left = [s for s in (*version.check_ins, *version.course) if s.key not in known]
    return Preview(
        [told.check_in(check_in) for check_in in sorted(planned, key=lambda c: (c.due_at, c.key))],
        [words_in(step.title, language) for step in left],
    )


def _course(
    version: ProtocolVersion, session: SessionFacts, made_up: MadeUp, planned: Sequence[PlannedCheckIn]
) -> Iterator[PlannedCheckIn]:
    zone = made_up.time_zone
    busy = {local(c.due_at, zone).date() for c in planned if c.state != "cancelled" and is_routine(version.step(c.key))}
    frame = CourseFrame(
        sessions=(CourseSession(NOBODY, session.ended_at),), busy=frozenset(busy), zone=zone, quiet=USUAL_NIGHT,
        now=session.ended_at,
    )  # fmt: skip
    steps = [step for step in version.course if is_for(step.only_for, session)]
    for placed in plan_course(steps, [], frame):
        yield placed.check_in


class _Teller:
    """Says one check-in after the other."""

    def __init__(self, version: ProtocolVersion, session: SessionFacts, zone: str, language: str) -> None:
        self.version, self.session, self.zone, self.language = version, session, zone, language
        self.speaker = Speaker(version, language)

    def step(self, key: str) -> CheckInStep:
        return self.version.step(key)

    def check_in(self, planned: PlannedCheckIn) -> PreviewedCheckIn:
        step = self.step(planned.key)
        form = self.version.questionnaire(step.questionnaire)
        nudges = [a for a in actions(step, planned, self.zone, USUAL_NIGHT) if a.kind == "nudge"]
        silence, tier = self._silence(planned, step)
        return PreviewedCheckIn(
            key=planned.key, title=self._in(step.title), questionnaire=self._in(form.title), asked_of=step.asks,
            opens_at=planned.opens_at, due_at=planned.due_at, closes_at=planned.closes_at,
            reminders=[Reminder(a.at, a.channel == "sms") for a in nudges], taps=self._taps(form, step),
            conditional=step.only_if != "always", left_out=planned.reason if planned.state == "cancelled" else None,
            silence=silence, tier=tier,
        )  # fmt: skip

    def _in(self, text: dict[str, str]) -> str:
        return words_in(text, self.language)

    def _silence(self, planned: PlannedCheckIn, step: CheckInStep) -> tuple[list[str], Tier | None]:
        hours = (planned.closes_at - self.session.t0).total_seconds() / 3600
        facts = Facts(
            questionnaire=step.questionnaire, hours=hours, offset_hours=step.offset_minutes / 60, session=self.session,
            risk=self.session.risk, missed=planned.key, missed_in_a_row=1,
        )  # fmt: skip
        judged = judge_missed(self.version, facts, self.language)
        said = []
        if step.companion_after_minutes is not None:
            said.append(
                filled(SILENCE["companion"], self.language, span=span(step.companion_after_minutes, self.language))
            )
        if judged.tier == "routine":
            return [*said, self._in(SILENCE["missed"])], None
        for flag in judged.flags:
            tier = word(flag.tier, self.language)
            said.append(filled(SILENCE["alert"], self.language, tier=tier[:1].upper() + tier[1:], why=flag.explanation))
        return [*said, plan_phrase(self.version.escalation.plan(judged.tier), self.language)], judged.tier

    def _taps(self, form: Questionnaire, step: CheckInStep) -> int:
        """Opening, each question with the answer that worries nobody, and sending."""
        hours = step.offset_minutes / 60
        items = asked_items(form, hours)
        if step.asks == "companion":
            items = tuple(item for item in items if not item.private)
        worrying = signals(self.version, items, hours)
        answers: dict[str, Answered] = {}
        for item in items:
            calm = [o for o in item.options if o.value not in worrying[item.id]]
            if calm:
                chosen = next((o for o in calm if o.exclusive), calm[0]).value
                answers[item.id] = [chosen] if item.type == "multiple" else chosen
        applied = applied_items(msgspec.structs.replace(form, items=items), answers)
        return OPEN_AND_SEND + sum(item.type not in ("display", "text") for item in applied)
