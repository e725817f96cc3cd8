"""What a step, an escalation plan and the scope of a protocol are, in short phrases: one per thing that can change."""

from server.protocols.model import CheckInStep, EscalationPlan, OnlyFor, ProtocolVersion, Repeat
from server.protocols.questionnaires import Text
from server.protocols.sentences import Speaker
from server.protocols.spoken import coded, filled, listed, span, word

PHRASES: dict[str, Text] = {
    "when": {"en": "asked {span} after {anchor}", "es": "se pregunta {span} después {anchor}"},
    "when.at_once": {"en": "asked at {anchor}", "es": "se pregunta {anchor}"},
    "anchor.start": {"en": "the start", "es": "del comienzo"},
    "anchor.end": {"en": "the end", "es": "del final"},
    "anchor.discharge": {"en": "they left", "es": "de salir"},
    "anchor.last_answer": {"en": "the last answer to this form", "es": "de la última respuesta a este formulario"},
    "fallback": {"en": "until that is known: {span} after the end", "es": "hasta saberlo: {span} después del final"},
    "window": {"en": "open for {span}", "es": "abierto durante {span}"},
    "nudges": {"en": "reminders after {spans}", "es": "recordatorios tras {spans}"},
    "no_nudges": {"en": "no reminders", "es": "sin recordatorios"},
    "sms": {"en": "{span} (text message)", "es": "{span} (SMS)"},
    "form": {"en": "asks {form}", "es": "pregunta {form}"},
    "asks": {"en": "answered by {who}", "es": "responde {who}"},
    "only_if": {
        "en": "only if the one before was missed or not clear",
        "es": "solo si el anterior no se respondió o no fue claro",
    },
    "night": {"en": "also in quiet hours", "es": "también en horas de descanso"},
    "no_night": {"en": "waits for the end of quiet hours", "es": "espera al final de las horas de descanso"},
    "pull": {
        "en": "due between {after} and {until}: moved to {to}, or left out if that is sooner than {span} after the end",
        "es": "entre {after} y {until}: pasa a las {to}, o se omite si es antes de {span} tras el final",
    },
    "companion_after": {
        "en": "after {span} of silence the companion is asked",
        "es": "tras {span} de silencio se pregunta a la persona acompañante",
    },
    "risk": {"en": "only with the risk {risks}", "es": "solo con el riesgo {risks}"},
    "only_for": {"en": "only for {what}", "es": "solo para {what}"},
    "session_from": {"en": "session {low} and later", "es": "la sesión {low} y siguientes"},
    "session_to": {"en": "sessions 1 to {high}", "es": "las sesiones 1 a {high}"},
    "sessions": {"en": "sessions {low} to {high}", "es": "las sesiones {low} a {high}"},
    "repeat": {
        "en": "{every} at {at}, first {first} after the first session, until {span} after the last one",
        "es": "{every} a las {at}, primero {first} después de la primera sesión, hasta {span} después de la última",
    },
    "page": {"en": "page {who}", "es": "avisar a {who}"},
    "then": {"en": "after {span} {who}", "es": "tras {span}, a {who}"},
    "any_hour": {"en": "at any hour", "es": "a cualquier hora"},
    "working_hours": {"en": "in the clinic's hours", "es": "en el horario de la clínica"},
    "ack": {"en": "to be acknowledged within {span}", "es": "debe confirmarse en {span}"},
    "reached": {"en": "the patient is to be reached within {span}", "es": "hay que hablar con la persona en {span}"},
    "repeats": {"en": "everybody again every {span}", "es": "a todo el equipo otra vez cada {span}"},
}


def step_phrases(step: CheckInStep, speaker: Speaker) -> dict[str, str]:
    """A phrase by what it is about, in the order in which they are read."""
    language = speaker.language
    found = {
        "when": _when(step, language),
        "window": _say("window", language, span=span(step.window_minutes, language)),
        "nudges": _nudges(step, language),
        "questionnaire": _say("form", language, form=speaker.titled(step.questionnaire)),
        "asks": _say("asks", language, who=word(step.asks, language)),
        "quiet": _say("night" if step.passes_quiet_hours else "no_night", language),
    }
    if step.only_if != "always":
        found["only_if"] = _say("only_if", language)
    if step.pull_forward is not None:
        pull = step.pull_forward
        least = span(pull.not_before_minutes, language)
        found["pull"] = _say("pull", language, after=pull.after, until=pull.until, to=pull.to, span=least)
    if step.companion_after_minutes is not None:
        found["companion_after"] = _say("companion_after", language, span=span(step.companion_after_minutes, language))
    if step.only_with_risk:
        found["risk"] = _say("risk", language, risks=speaker.risks(step.only_with_risk, "or"))
    if step.only_for is not None and (whom := only_for_words(step.only_for, language)):
        found["only_for"] = _say("only_for", language, what=whom)
    return found


def _when(step: CheckInStep, language: str) -> str:
    if step.repeat is not None:
        return _repeat(step.repeat, step.offset_minutes, language)
    anchor = PHRASES[f"anchor.{step.anchor}"]
    name = "when" if step.offset_minutes else "when.at_once"
    said = _say(name, language, span=span(step.offset_minutes, language), anchor=filled(anchor, language))
    if step.fallback_minutes is None or step.anchor in ("start", "end"):
        return said
    return f"{said} ({_say('fallback', language, span=span(step.fallback_minutes, language))})"


def _repeat(repeat: Repeat, first: int, language: str) -> str:
    months = repeat.every_months
    if months:
        every = word("every_month" if months == 1 else "every_months", language, n=months)
    else:
        every = word("every_days", language, span=span(repeat.every_days * 1440, language))
    until = span(repeat.until_days * 1440, language)
    return _say("repeat", language, every=every, at=repeat.at, span=until, first=span(first, language))


def _nudges(step: CheckInStep, language: str) -> str:
    if not step.nudges:
        return _say("no_nudges", language)
    spans = [
        _say("sms", language, span=span(nudge.minutes, language)) if nudge.channel == "sms"
        else span(nudge.minutes, language)
        for nudge in step.nudges
    ]  # fmt: skip
    return _say("nudges", language, spans=listed(spans, language))


def only_for_words(only: OnlyFor, language: str) -> str:
    """The sessions it is for; nothing when it is for all."""
    parts = [
        coded(codes, language, "or")
        for codes in (only.routes, only.drugs, only.indications, only.phases)
        if codes
    ]  # fmt: skip
    low, high = only.from_session, only.to_session
    if low is not None and high is not None:
        parts.append(_say("sessions", language, low=low, high=high))
    elif low is not None:
        parts.append(_say("session_from", language, low=low))
    elif high is not None:
        parts.append(_say("session_to", language, high=high))
    return ", ".join(parts)


def plan_phrase(plan: EscalationPlan, language: str) -> str:
    """How one tier climbs."""
    parts = [_say("any_hour" if plan.hours == "any" else "working_hours", language)]
    waited = 0
    for nth, step in enumerate(plan.steps):
        who = coded(step.who, language)
        parts.append(
            _say("then", language, span=span(waited, language), who=who) if nth else _say("page", language, who=who)
        )
        waited += step.wait_minutes
    parts.append(_say("ack", language, span=span(plan.ack_minutes, language)))
    if plan.reached_minutes is not None:
        parts.append(_say("reached", language, span=span(plan.reached_minutes, language)))
    if plan.repeat_minutes is not None:
        parts.append(_say("repeats", language, span=span(plan.repeat_minutes, language)))
    return "; ".join(parts)


def scope_phrase(document: ProtocolVersion, language: str) -> str:
    """Which sessions the protocol is for."""
    return ", ".join(
        coded(codes, language, "or")
        for codes in (document.routes, document.settings, document.drugs, document.indications)
        if codes
    )


def _say(name: str, language: str, **parts: object) -> str:
    return filled(PHRASES[name], language, **parts)
