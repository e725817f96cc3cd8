"""What the patient is told after an answer. Numbers follow safety.md decision 17, cover follows who can look at it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from server.patients.help import Help
from server.protocols.model import ProtocolVersion, Tier, tier_rank
from server.protocols.questionnaires import words_in
from server.responses.model import Advice, Cover, FlagHit, Judgement, Level
from server.responses.wording import clock_words, say, to_companion

LEVELS: dict[Tier, Level] = {
    "routine": "info",
    "same_day": "contact",
    "urgent": "urgent",
    "emergency": "emergency",
}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when advice is given: the person's help card, the clinic's cover, their language and clock; and whether
    it is the companion, on their own phone, who is told."""

    help: Help
    cover: Cover
    language: str
    zone: str
    now: datetime
    companion: bool = False


def advice(judgement: Judgement, version: ProtocolVersion, place: Place, benefit: bool = False) -> tuple[Advice, ...]:
    """In order of importance. `benefit`: the answer was about whether the treatment helps, so that a sentence on
    patience may follow when nothing needs a call."""
    level = LEVELS[judgement.tier]
    told = [*_by_rules(judgement, place), *_numbers(judgement, level, place), _cover(judgement, level, version, place)]
    if benefit and level == "info":
        told.append(Advice(say("benefit", place.language), "info"))
    return tuple(told)


def _by_rules(judgement: Judgement, place: Place) -> Iterator[Advice]:
    for flag in judgement.flags:
        if flag.advice is not None and (text := words_in(flag.advice, place.language)):
            yield Advice(text, LEVELS[flag.tier])


def _numbers(judgement: Judgement, level: Level, place: Place) -> Iterator[Advice]:
    """Decision 17. A physical emergency shows one number only; two choices are one too many for a dizzy reader."""
    about_self = [flag for flag in judgement.flags if flag.topic == "safety"]
    physical = [flag for flag in judgement.flags if flag.tier == "emergency" and flag.topic != "safety"]
    injured = [flag for flag in judgement.flags if flag.topic == "injury" and _pages(flag)]
    if physical:
        yield _emergency("emergency", level, place)
    elif injured:
        yield _emergency("injury", level, place)
    if about_self:
        yield from _crisis(level, place)
        if level == "emergency" and not physical:
            yield _emergency("danger_to_self", level, place)
        if level == "emergency" and place.help.clinic_phone:
            phone = place.help.clinic_phone
            yield Advice(say("clinic", place.language, n=phone), level, phone)
        if level in ("urgent", "emergency"):
            yield Advice(say("with_someone", place.language), level)


def _pages(flag: FlagHit) -> bool:
    return tier_rank(flag.tier) >= tier_rank("urgent")


def _emergency(sentence: str, level: Level, place: Place) -> Advice:
    name = to_companion(sentence) if place.companion else sentence
    return Advice(say(name, place.language, n=emergency_words(place.help)), level, place.help.emergency.number)


def _crisis(level: Level, place: Place) -> Iterator[Advice]:
    for line in place.help.crisis:
        label = f"{line.label} ({line.note})" if line.note else line.label
        yield Advice(say("crisis", place.language, label=label, n=line.number), level, line.number)


def emergency_words(help_card: Help) -> str:
    """The emergency number, or "your local emergency number"."""
    return help_card.emergency.number or help_card.emergency.label


def number_to_call(help_card: Help, cover: Cover) -> tuple[str, str | None]:
    """Words and number to dial when something cannot wait: the clinic while somebody is there, else emergency."""
    if cover.on_duty and help_card.clinic_phone:
        return help_card.clinic_phone, help_card.clinic_phone
    return emergency_words(help_card), help_card.emergency.number


def _cover(judgement: Judgement, level: Level, version: ProtocolVersion, place: Place) -> Advice:
    """Who will look at it and until when to wait. In an emergency no second button competes with the number above."""
    language = place.language
    words, number = number_to_call(place.help, place.cover)
    if level == "emergency":
        words, number = emergency_words(place.help), None
    if level == "info":
        sentence = "all_clear" if judgement.clear else "received"
        sentence = to_companion(sentence) if place.companion else sentence
        return Advice(say(sentence, language, n=words), level, number)
    if level != "contact" and place.cover.pageable:
        by = clock_words(call_by(version, judgement.tier, place.now), place.zone)
        return Advice(say("paged", language, t=by, n=words), level, number)
    if level == "contact" and place.cover.on_duty:
        return Advice(say("same_day", language, n=words), level, number)
    sentence = "no_cover_emergency" if level == "emergency" else "no_cover"
    return Advice(say(sentence, language, t=place.cover.next_open, n=words), level, number)


def call_by(version: ProtocolVersion, tier: Tier, now: datetime) -> datetime:
    """When the patient should have had a call: the time to acknowledge and the time to reach, to the next 5 min.

    ValueError for routine, which nobody is called for.
    """
    plan = version.escalation.plan(tier)
    late = now + timedelta(minutes=plan.ack_minutes + (plan.reached_minutes or 0))
    return late + timedelta(minutes=-late.minute % 5)


def paged_text(version: ProtocolVersion, tier: Tier, place: Place, paged_at: datetime) -> str:
    """Somebody was called, nobody has opened it yet."""
    number = emergency_words(place.help) if tier == "emergency" else number_to_call(place.help, place.cover)[0]
    by = clock_words(call_by(version, tier, paged_at), place.zone)
    return say("paged", place.language, t=by, n=number)


def seen_text(place: Place, seen_at: datetime) -> str:
    """Somebody opened it."""
    return say("seen", place.language, t=clock_words(seen_at, place.zone))


def no_cover_text(place: Place, tier: Tier) -> str:
    """The answer is here; nobody is on duty, or nobody can be called."""
    if tier == "emergency":
        return say("no_cover_emergency", place.language, t=place.cover.next_open, n=emergency_words(place.help))
    words, _ = number_to_call(place.help, place.cover)
    return say("no_cover", place.language, t=place.cover.next_open, n=words)


def off_duty_text(place: Place, until: str, paged: Tier | None) -> str:
    """Nobody of the rota is on call and the clinic is closed; `paged`: everybody was called all the same about an alert
    of this tier."""
    sentence = "off_duty" if paged is None else "off_duty_emergency" if paged == "emergency" else "off_duty_paged"
    return say(sentence, place.language, t=until, n=emergency_words(place.help))


def waiting_text(place: Place) -> str:
    """The answer has not left the phone; the phone keeps this sentence for when it is offline."""
    return say("waiting", place.language, n=emergency_words(place.help))


def private_notice(place: Place) -> Advice:
    """What stands before the private questions (safety.md 2.5)."""
    line = place.help.crisis[0].number if place.help.crisis else None
    words = line or emergency_words(place.help)
    return Advice(say("before_private", place.language, n=words), "info", line or place.help.emergency.number)
