"""A rule of the clinic's own, made of what its author chose."""

from server.protocols import draft_model as d
from server.protocols.conditions import Answer, ChangedOwn, Condition
from server.protocols.draft_model import OWN, Refused
from server.protocols.model import Rule

OWN_SESSIONS = {
    "en": "at this time after their own last sessions",
    "es": "en este momento tras sus propias últimas sesiones",
}


def new_rule(op: d.AddRule, name: str) -> Rule:
    """About answers, or about a change against the patient's own sessions; the sentence has the inputs of either."""
    said = f"{{{op.item}}}, {{after}}"
    when: Condition = Answer(op.item, op.among, op.gte, op.lte)
    words = dict.fromkeys(OWN_SESSIONS, said)
    if op.own is not None:
        if op.among is not None or op.gte is not None or op.lte is not None:
            raise Refused("own", "Choose answers, or a change against their own sessions, not both.")
        when = ChangedOwn(op.item, op.own.sessions, op.own.compare, up=op.own.up)
        words = {language: f"{said}; {then}: {{own_sessions.{op.item}}}" for language, then in OWN_SESSIONS.items()}
    return Rule(
        id=name, item=op.item, when=when, tier=op.tier, source=OWN, tier_by_hours=op.tier_by_hours, topic=op.topic,
        advice=op.advice, explanation=words,
    )  # fmt: skip
