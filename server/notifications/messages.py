"""Everything Afterglow ever says outside the box: a closed list of neutral sentences in each language.

No name, clinic, drug, symptom, score or free text fits in: the renderer takes typed facts only. Patients and
companions get grade-6 sentences; staff get tier, reference, age, deadline and link (safety, section 3).
Spanish avoids the accents that the SMS alphabet lacks: one of them would halve the length of a message.
"""

import re
from datetime import datetime, timedelta
from functools import cache
from string import Formatter
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from server.notifications.model import Language

Template = Literal[
    "check_in",
    "check_in_nudge",
    "check_in_reminder",
    "second_look",
    "companion",
    "page",
    "page_again",
    "page_everybody",
    "page_bare",
    "handed_back",
    "not_reached",
    "digest",
    "digest_one",
    "incident",
    "push_test",
    "test_page",
    "channel_test",
    "on_duty",
    "duty_taken_back",
]
PageTier = Literal["emergency", "urgent", "same_day"]
Incident = Literal[
    "page_undelivered",
    "page_parked",
    "nobody_on_call",
    "on_call_unreachable",
    "texts_stopped",
    "prompts_undelivered",
    "engine_late",
    "clock_set_back",
    "channel_failed",
]

REFERENCE = re.compile(r"[A-Z0-9]{4,8}")
TEST_CODE = re.compile(r"[A-Z0-9]{8}")
# No query string: what follows a "?" ends up in logs; a token travels in the fragment.
LINK = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?(#[A-Za-z0-9._~=&/-]*)?")


class PromptFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A link that opens exactly one check-in."""

    link: str


class PageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as far as it may leave the box; instants in care time, `zone` the clinic's. `since`: it has had this
    tier. `replies`: it may be answered by text."""

    tier: PageTier
    reference: str
    since: datetime
    deadline: datetime
    now: datetime
    zone: str
    link: str
    replies: bool = False


class BareFacts(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody is needed, and nothing that would have to be looked up."""

    tier: PageTier
    link: str


class DigestFacts(msgspec.Struct, frozen=True, kw_only=True):
    """How many same-day alerts wait, 1 or more."""

    count: int
    link: str


class IncidentFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with the system itself."""

    incident: Incident
    link: str


class DutyFacts(msgspec.Struct, frozen=True, kw_only=True):
    """When a colleague is on call, or what was changed is no longer so; instants in care time, `zone` the clinic's."""

    begins: datetime
    ends: datetime
    zone: str
    link: str


class PageTestFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The code that proves where a test page arrived."""

    code: str
    link: str


Facts = PromptFacts | PageFacts | BareFacts | DigestFacts | IncidentFacts | DutyFacts | PageTestFacts


class Text(msgspec.Struct, frozen=True):
    """A message in words: `title` is the e-mail's subject or the notification's head."""

    title: str
    body: str


TIERS: dict[Language, dict[PageTier, str]] = {
    "en": {"emergency": "EMERGENCY", "urgent": "URGENT", "same_day": "SAME-DAY"},
    "es": {"emergency": "EMERGENCIA", "urgent": "URGENTE", "same_day": "PARA HOY"},
}
INCIDENTS: dict[Language, dict[Incident, str]] = {
    "en": {
        "page_undelivered": "a page was not delivered",
        "page_parked": "a page could not be sent",
        "nobody_on_call": "nobody on call can be paged",
        "on_call_unreachable": "who is on call cannot be paged",
        "texts_stopped": "a colleague's phone takes no more texts",
        "prompts_undelivered": "prompts are not delivered",
        "engine_late": "the engine stood still",
        "clock_set_back": "the server clock was set back",
        "channel_failed": "a team channel does not work",
    },
    "es": {
        "page_undelivered": "un aviso no fue entregado",
        "page_parked": "un aviso no pudo enviarse",
        "nobody_on_call": "nadie de guardia recibe avisos",
        "on_call_unreachable": "quien esta de guardia no recibe avisos",
        "texts_stopped": "el telefono de un colega ya no recibe SMS",
        "prompts_undelivered": "las preguntas no llegan",
        "engine_late": "el motor estuvo parado",
        "clock_set_back": "el reloj del servidor fue atrasado",
        "channel_failed": "un canal del equipo no funciona",
    },
}
DAYS: dict[Language, tuple[str, ...]] = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sab", "dom"),
}
SENTENCES: dict[Template, dict[Language, Text]] = {
    "check_in": {
        "en": Text("Time to check in", "Time to check in. It takes about a minute. Open: {link}"),
        "es": Text("Es hora de responder", "Es hora de responder unas preguntas. Tarda un minuto. Abra: {link}"),
    },
    "check_in_nudge": {
        "en": Text("Your check-in is waiting", "Your check-in is still open. It takes about a minute. Open: {link}"),
        "es": Text("Sus preguntas esperan", "Sus preguntas siguen abiertas. Tarda un minuto. Abra: {link}"),
    },
    "check_in_reminder": {
        "en": Text("Please check in", "We have not heard from you yet. Please take a minute now. Open: {link}"),
        "es": Text("Por favor, responda", "No tenemos su respuesta. Por favor, responda ahora. Abra: {link}"),
    },
    "second_look": {
        "en": Text("One more check-in", "Please tell us again how you are. It is quick. Open: {link}"),
        "es": Text("Unas preguntas otra vez", "Por favor, responda otra vez. Es muy breve. Abra: {link}"),
    },
    # One fixed sentence for every message to a companion: whoever reads over a shoulder learns nothing (safety, H8).
    "companion": {
        "en": Text("A few short questions", "There are a few short questions for you. Please answer now. Open: {link}"),
        "es": Text("Unas preguntas breves", "Hay unas preguntas breves para usted. Responda ahora, por favor. {link}"),
    },
    "page": {
        "en": Text("{tier} {reference}", "{tier}  {reference}  {age}  ack by {deadline}  {link}"),
        "es": Text("{tier} {reference}", "{tier}  {reference}  {age}  confirmar antes de {deadline}  {link}"),
    },
    "page_again": {
        "en": Text("{tier} {reference} again", "{tier} AGAIN  {reference}  {age}  ack by {deadline}  {link}"),
        "es": Text(
            "{tier} {reference} otra vez", "{tier} OTRA VEZ  {reference}  {age}  confirmar antes de {deadline}  {link}"
        ),
    },
    "page_everybody": {
        "en": Text("{tier} {reference} to all", "{tier} TO ALL  {reference}  {age}  ack by {deadline}  {link}"),
        "es": Text(
            "{tier} {reference} a todos", "{tier} A TODOS  {reference}  {age}  confirmar antes de {deadline}  {link}"
        ),
    },
    "page_bare": {
        "en": Text("{tier}", "{tier}  An alert is waiting. Open: {link}"),
        "es": Text("{tier}", "{tier}  Hay una alerta. Abra: {link}"),
    },
    "handed_back": {
        "en": Text(
            "{tier} {reference} handed back", "{tier} HANDED BACK  {reference}  {age}  ack by {deadline}  {link}"
        ),
        "es": Text(
            "{tier} {reference} de vuelta",
            "{tier} DE VUELTA  {reference}  {age}  confirmar antes de {deadline}  {link}",
        ),
    },
    "not_reached": {
        "en": Text(
            "{tier} {reference}: reached?",
            "{tier}  {reference}  You have it. Reached? Say so by {deadline}  {link}",
        ),
        "es": Text(
            "{tier} {reference}: contacto?",
            "{tier}  {reference}  Es suya. Ha contactado? Digalo antes de {deadline}  {link}",
        ),
    },
    "digest": {
        "en": Text("{count} same-day alerts", "{count} same-day alerts waiting. Open: {link}"),
        "es": Text("{count} alertas para hoy", "{count} alertas para hoy. Abra: {link}"),
    },
    "digest_one": {
        "en": Text("1 same-day alert", "{count} same-day alert waiting. Open: {link}"),
        "es": Text("1 alerta para hoy", "{count} alerta para hoy. Abra: {link}"),
    },
    "incident": {
        "en": Text("System problem", "SYSTEM  {incident}  {link}"),
        "es": Text("Problema del sistema", "SISTEMA  {incident}  {link}"),
    },
    "push_test": {
        "en": Text("It works", "Messages reach this phone. Open: {link}"),
        "es": Text("Funciona", "Los mensajes llegan a este teléfono. Abra: {link}"),
    },
    "test_page": {
        "en": Text("Test page", "TEST PAGE  Only a test. Say that it arrived: {link}"),
        "es": Text("Aviso de prueba", "AVISO DE PRUEBA  Diga que ha llegado: {link}"),
    },
    "on_duty": {
        "en": Text("You are on call", "ON CALL  You were put on call: {begins} to {ends}. Open: {link}"),
        "es": Text("Tiene guardia", "GUARDIA  Tiene guardia de {begins} a {ends}. Abra: {link}"),
    },
    "duty_taken_back": {
        "en": Text("Rota changed", "ON CALL  A change was taken back: {begins} to {ends}. See who is on call: {link}"),
        "es": Text(
            "Cambio de guardia", "GUARDIA  Se ha anulado un cambio: de {begins} a {ends}. Vea la guardia: {link}"
        ),
    },
    "channel_test": {
        "en": Text("Test", "TEST  This channel works. There is nothing to do. Open: {link}"),
        "es": Text("Prueba", "PRUEBA  Este canal funciona. No hay que hacer nada. Abra: {link}"),
    },
}
REPLY: dict[Language, str] = {"en": "  Reply OK/NO {reference}", "es": "  Responda OK/NO {reference}"}
LINK_APART: dict[Language, str] = {"en": " Open: {link}", "es": " Abra: {link}"}


def render(template: Template, language: Language, facts: Facts) -> Text:
    """Say it. ValueError when the facts do not fit the sentence, or hold anything but what they are meant to hold."""
    values = _words(language, facts)
    sentence = SENTENCES[template][language]
    hint = REPLY[language] if isinstance(facts, PageFacts) and facts.replies else ""
    return Text(_fill(sentence.title, values), _fill(sentence.body + hint, values))


def render_push(template: Template, language: Language, facts: Facts) -> Text:
    """The same for a notification on a phone: it carries its link apart from the words, on a tap."""
    sentence = SENTENCES[template][language]
    shown = Text(sentence.title, sentence.body.removesuffix(LINK_APART[language]))
    values = _words(language, facts)
    return Text(_fill(shown.title, values), _fill(shown.body, values))


def digest(count: int) -> Template:
    """The sentence for so many waiting alerts."""
    return "digest_one" if count == 1 else "digest"


@cache
def placeholders(sentence: str) -> frozenset[str]:
    """The names between braces; kept, since the sentences are few."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def _fill(sentence: str, values: dict[str, str]) -> str:
    if not placeholders(sentence) <= values.keys():
        raise ValueError("these facts do not fit this sentence")
    return sentence.format_map(values)


def _words(language: Language, facts: Facts) -> dict[str, str]:
    if not LINK.fullmatch(facts.link):
        raise ValueError("a link is an address of this server with a path and a fragment")
    match facts:
        case PromptFacts():
            return {"link": facts.link}
        case PageFacts():
            return _page_words(language, facts)
        case BareFacts():
            return {"link": facts.link, "tier": TIERS[language][facts.tier]}
        case DigestFacts():
            if facts.count < 1:
                raise ValueError("a digest counts at least one alert")
            return {"link": facts.link, "count": f"{facts.count:d}"}
        case DutyFacts():
            zone = ZoneInfo(facts.zone)
            begins, ends = (_day_and_time(language, at, zone) for at in (facts.begins, facts.ends))
            return {"link": facts.link, "begins": begins, "ends": ends}
        case PageTestFacts():
            if not TEST_CODE.fullmatch(facts.code):
                raise ValueError("a code is eight capital letters and digits")
            return {"link": f"{facts.link}#code={facts.code}"}
        case IncidentFacts():
            return {"link": facts.link, "incident": INCIDENTS[language][facts.incident]}


def _page_words(language: Language, facts: PageFacts) -> dict[str, str]:
    if not REFERENCE.fullmatch(facts.reference):
        raise ValueError("a reference is four to eight capital letters and digits")
    return {
        "link": facts.link,
        "tier": TIERS[language][facts.tier],
        "reference": facts.reference,
        "age": _age(language, facts.now - facts.since),
        "deadline": _local(language, facts.deadline, facts.now, ZoneInfo(facts.zone)),
    }


def _age(language: Language, age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 120:
        text = f"{minutes} min"
    elif minutes < 48 * 60:
        text = f"{minutes // 60} h {minutes % 60} min"
    else:
        text = f"{minutes // 1440} d"
    return f"{text} old" if language == "en" else f"hace {text}"


def _day_and_time(language: Language, instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{DAYS[language][local.weekday()]} {local.day}.{local.month}. {local:%H:%M}"


def _local(language: Language, instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Clock time, with the weekday when it is not today's."""
    local = instant.astimezone(zone)
    day = "" if local.date() == now.astimezone(zone).date() else f"{DAYS[language][local.weekday()]} "
    return f"{day}{local:%H:%M}"
