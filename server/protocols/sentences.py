"""A rule in one sentence: what it looks at, and what follows."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from server.protocols import conditions as c
from server.protocols.model import ProtocolVersion, Rule
from server.protocols.questionnaires import Item, Text, words_in
from server.protocols.rules import UNTIL_TOMORROW
from server.protocols.spoken import coded, filled, listed, number, quoted, span, word

SENTENCES: dict[str, Text] = {
    "rule": {"en": "If {when}: {then}.", "es": "Si {when}: {then}."},
    "is": {"en": "{item} is {values}", "es": "{item} es {values}"},
    "answered": {"en": "{item} is answered", "es": "{item} tiene respuesta"},
    "not_answered": {"en": "{item} is not answered", "es": "{item} no tiene respuesta"},
    "at_least": {"en": "{item} is at least {n}", "es": "{item} es al menos {n}"},
    "at_most": {"en": "{item} is at most {n}", "es": "{item} es como mucho {n}"},
    "above": {"en": "{item} is above {n}", "es": "{item} es más de {n}"},
    "below": {"en": "{item} is below {n}", "es": "{item} es menos de {n}"},
    "from_day": {"en": "{item} is {n} or later", "es": "{item} es {n} o después"},
    "to_day": {"en": "{item} is {n} or earlier", "es": "{item} es {n} o antes"},
    "after_day": {"en": "{item} is later than {n}", "es": "{item} es después de {n}"},
    "before_day": {"en": "{item} is earlier than {n}", "es": "{item} es antes de {n}"},
    "before_that": {"en": "the time before, {what}", "es": "la vez anterior, {what}"},
    "up": {"en": "{item} went up by {n} or more since {against}", "es": "{item} subió {n} o más desde {against}"},
    "down": {"en": "{item} went down by {n} or more since {against}", "es": "{item} bajó {n} o más desde {against}"},
    "against.last": {"en": "the last answer", "es": "la última respuesta"},
    "against.baseline": {"en": "before the treatment", "es": "antes del tratamiento"},
    "against.own_last_session": {
        "en": "the same time after their last session",
        "es": "el mismo momento tras su última sesión",
    },
    "own.up": {
        "en": "{item} is {n} or more above {what} at the same time after their last {sessions} sessions",
        "es": "{item} está {n} o más por encima {what} en el mismo momento tras sus últimas {sessions} sesiones",
    },
    "own.down": {
        "en": "{item} is {n} or more below {what} at the same time after their last {sessions} sessions",
        "es": "{item} está {n} o más por debajo {what} en el mismo momento tras sus últimas {sessions} sesiones",
    },
    "own.every": {"en": "every answer", "es": "de cada respuesta"},
    "own.median": {"en": "the median answer", "es": "de la respuesta mediana"},
    "against.lowest": {"en": "its lowest of the {days} before", "es": "su valor más bajo de los {days} anteriores"},
    "against.highest": {"en": "its highest of the {days} before", "es": "su valor más alto de los {days} anteriores"},
    "score": {"en": "the score {title}", "es": "la puntuación {title}"},
    "flagged_before": {"en": "a rule like it had raised this before", "es": "una regla como esta ya lo señaló antes"},
    "unanswered": {"en": "{item} was left empty", "es": "{item} quedó sin responder"},
    "hours_from": {"en": "{n} h or more have passed", "es": "han pasado {n} h o más"},
    "hours_before": {"en": "less than {n} h have passed", "es": "han pasado menos de {n} h"},
    "asked": {"en": "it is an answer to {forms}", "es": "es una respuesta a {forms}"},
    "risk": {"en": "the session has a risk flag", "es": "la sesión tiene una señal de riesgo"},
    "risk_of": {"en": "the session has the risk {risks}", "es": "la sesión tiene el riesgo {risks}"},
    "session.setting": {"en": "the session was {names}", "es": "la sesión fue {names}"},
    "session.drug": {"en": "the drug is {names}", "es": "el medicamento es {names}"},
    "session.route": {"en": "the route is {names}", "es": "la vía es {names}"},
    "by.patient": {"en": "the patient answers", "es": "responde el o la paciente"},
    "by.companion": {"en": "the companion answers", "es": "responde la persona acompañante"},
    "companion": {"en": "a companion is named", "es": "hay una persona acompañante"},
    "no_companion": {"en": "no companion is named", "es": "no hay persona acompañante"},
    "fact.resting": {"en": "the patient chose to rest", "es": "la persona eligió descansar"},
    "fact.text": {"en": "the patient wrote something", "es": "la persona escribió algo"},
    "fact.call_me": {"en": "the patient asked for a call", "es": "la persona pidió una llamada"},
    "fact.usual_level_signed": {
        "en": "a clinician signed the usual level of such thoughts in the last 14 days",
        "es": "un profesional firmó el nivel habitual de esos pensamientos en los últimos 14 días",
    },
    "fact.last_not_clear": {"en": "the check-in before was not clear", "es": "el control anterior no fue claro"},
    "fact.safety_signal": {"en": "an answer about safety was tapped", "es": "se tocó una respuesta sobre seguridad"},
    "missed": {"en": "{steps} is not answered in time", "es": "{steps} no se responde a tiempo"},
    "missed_any": {"en": "a check-in is not answered in time", "es": "un control no se responde a tiempo"},
    "in_a_row": {"en": "{what}, {n} times in a row", "es": "{what}, {n} veces seguidas"},
    "stopped_midway": {"en": "the form was broken off midway", "es": "el formulario quedó a medias"},
    "trend.up": {
        "en": "the mean of the newest {over} of {title} is {n} or more above the first {over}",
        "es": "la media de los últimos {over} de {title} está {n} o más por encima de los primeros {over}",
    },
    "trend.down": {
        "en": "the mean of the newest {over} of {title} is {n} or more below the first {over}",
        "es": "la media de los últimos {over} de {title} está {n} o más por debajo de los primeros {over}",
    },
    "beyond": {
        "en": "{item} is worse than usual at this hour after this route, by {n} or more steps",
        "es": "{item} es peor de lo habitual a esta hora por esta vía, en {n} pasos o más",
    },
    "no_risk": {"en": "the session has no risk flag", "es": "la sesión no tiene señal de riesgo"},
    "not": {"en": "it is not so that {what}", "es": "no se cumple que {what}"},
    "from_to": {"en": "{tier} from {low} h to {high} h", "es": "{tier} de {low} h a {high} h"},
    "until": {"en": "{tier} before {high} h", "es": "{tier} antes de {high} h"},
    "from": {"en": "{tier} from {low} h", "es": "{tier} desde {low} h"},
    "raised": {"en": "{n} tier up", "es": "{n} nivel más"},
    "reask": {"en": "asked again after {span}", "es": "se vuelve a preguntar tras {span}"},
    "hold": {"en": "the next session waits for a prescriber", "es": "la próxima sesión espera a quien prescribe"},
}

_BOUNDS = {
    "gte": ("at_least", "from_day"), "lte": ("at_most", "to_day"), "gt": ("above", "after_day"),
    "lt": ("below", "before_day"),
}  # fmt: skip
"""What a bound says of a number, and of a date or time."""


class Speaker:
    """Says the rules of one document in one language. `risks`: what the risks of a session are called."""

    def __init__(self, document: ProtocolVersion, language: str, risks: Mapping[str, Text] | None = None) -> None:
        self.language = language
        self._risks = risks or {}
        self._items: Mapping[str, Item] = {
            item.id: item for form in reversed(document.questionnaires) for item in form.items
        }
        self._forms = {form.id: form.title for form in document.questionnaires}
        self._scores = {score.id: score.title for form in document.questionnaires for score in form.scores}
        self._steps = {step.key: step.title for step in document.steps}

    def rule(self, rule: Rule) -> str:
        """ "If “How awake are you?” is “Very hard to stay awake”: urgent.\""""
        return self._say("rule", when=self.condition(rule.when), then=self.outcome(rule))

    def outcome(self, rule: Rule) -> str:
        """Its tier, by hours where it changes with them, and what else follows."""
        parts = [self._tiers(rule)]
        if rule.reask_minutes is not None:
            parts.append(self._say("reask", span=span(rule.reask_minutes, self.language)))
        if rule.hold:
            parts.append(self._say("hold"))
        return "; ".join(parts)

    def condition(self, condition: c.Condition) -> str:
        """What has to hold, in words."""
        return _SAY[type(condition)](self, condition)

    def item(self, name: str) -> str:
        """The question as it is asked."""
        item = self._items.get(name)
        holes = {hole: self._in(text) for hole, text in UNTIL_TOMORROW.items()}
        return name if item is None else quoted(filled(item.text, self.language, **holes), self.language)

    def value(self, item: str, value: object) -> str:
        """An answer as it is shown."""
        known = self._items.get(item)
        for option in known.options if known else ():
            if option.value == value:
                return quoted(self._in(option.text), self.language)
        if isinstance(value, bool):
            return word("yes" if value else "no", self.language)
        return number(value) if isinstance(value, int | float) else str(value)

    def risks(self, names: Iterable[str], how: str = "and") -> str:
        """These risks by name."""
        said = (self._in(self._risks[name]) if name in self._risks else word(name, self.language) for name in names)
        return listed(said, self.language, how)

    def titled(self, questionnaire: str) -> str:
        """A questionnaire by its title."""
        return self._titled(self._forms, questionnaire)

    def _say(self, name: str, **parts: object) -> str:
        return filled(SENTENCES[name], self.language, **parts)

    def _in(self, text: Text) -> str:
        return words_in(text, self.language)

    def _titled(self, texts: Mapping[str, Text], name: str) -> str:
        return quoted(self._in(texts[name]), self.language) if name in texts else name

    def _tiers(self, rule: Rule) -> str:
        if rule.raise_by:
            return self._say("raised", n=rule.raise_by)
        if not rule.tier_by_hours:
            return word(rule.tier or "no_tier", self.language)
        parts, low = [], 0.0
        for band in rule.tier_by_hours:
            if band.tier is not None:
                name = "from" if band.below is None else "from_to" if low else "until"
                tier = word(band.tier, self.language)
                parts.append(self._say(name, tier=tier, low=number(low), high=number(band.below or 0)))
            low = band.below or low
        return ", ".join(parts) or word("no_tier", self.language)

    def _answer(self, condition: c.Answer | c.LastAnswer) -> str:
        item = self.item(condition.item)
        if isinstance(condition, c.Answer) and condition.answered is not None:
            return self._say("answered" if condition.answered else "not_answered", item=item)
        if condition.among is not None:
            values = listed((self.value(condition.item, v) for v in condition.among), self.language, "or")
            return self._say("is", item=item, values=values)
        bounds = ((name, getattr(condition, field, None)) for field, name in _BOUNDS.items())
        parts = [
            self._say(name[isinstance(bound, str)], item=item, n=self.value(condition.item, bound))
            for name, bound in bounds
            if bound is not None
        ]
        return listed(parts, self.language)

    def _moved(self, condition: c.Changed | c.ScoreChanged, what: str) -> str:
        days = getattr(condition, "days", None)
        known = "" if days is None else span(days * 1440, self.language)
        against = self._say(f"against.{condition.against}", days=known)
        parts = [
            self._say(name, item=what, n=number(step), against=against)
            for name, step in (("up", condition.up), ("down", condition.down))
            if step is not None
        ]
        return listed(parts, self.language, "or")

    def _changed_own(self, condition: c.ChangedOwn) -> str:
        item, what = self.item(condition.item), self._say(f"own.{condition.compare}")
        parts = [
            self._say(f"own.{way}", item=item, n=number(step), what=what, sessions=condition.sessions)
            for way, step in (("up", condition.up), ("down", condition.down))
            if step is not None
        ]
        return listed(parts, self.language, "or")

    def _trend(self, condition: c.Trend) -> str:
        name = self._titled(self._scores, condition.name)
        if condition.name in self._items:
            name = self.item(condition.name)
        parts = [
            self._say(f"trend.{way}", over=condition.over, title=name, n=number(step))
            for way, step in (("up", condition.up), ("down", condition.down))
            if step is not None
        ]
        return listed(parts, self.language, "or")

    def _score(self, condition: c.Score) -> str:
        what = self._say("score", title=self._titled(self._scores, condition.name))
        bounds = (("at_least", condition.gte), ("at_most", condition.lte))
        return listed((self._say(name, item=what, n=number(n)) for name, n in bounds if n is not None), self.language)

    def _hours(self, condition: c.Hours) -> str:
        bounds = (("hours_from", condition.gte), ("hours_before", condition.lt))
        return listed((self._say(name, n=number(n)) for name, n in bounds if n is not None), self.language)

    def _missed(self, condition: c.Missed) -> str:
        steps = [self._titled(self._steps, key) for key in condition.among or ()]
        what = self._say("missed", steps=listed(steps, self.language, "or")) if steps else self._say("missed_any")
        return what if condition.in_a_row < 2 else self._say("in_a_row", what=what, n=condition.in_a_row)

    def _joined(self, condition: c.All | c.AnyOf) -> str:
        how = "and" if isinstance(condition, c.All) else "or"
        parts = [
            f"({said})" if isinstance(part, c.All | c.AnyOf) and len(part.of) > 1 else said
            for part in condition.of
            for said in [self.condition(part)]
        ]
        return word(how, self.language).join(parts)


_SAY: dict[type[Any], Callable[[Speaker, Any], str]] = {
    c.Answer: Speaker._answer,
    c.LastAnswer: lambda me, part: me._say("before_that", what=me._answer(part)),
    c.Changed: lambda me, part: me._moved(part, me.item(part.item)),
    c.ChangedOwn: Speaker._changed_own,
    c.Score: Speaker._score,
    c.ScoreChanged: lambda me, part: me._moved(part, me._say("score", title=me._titled(me._scores, part.name))),
    c.Trend: Speaker._trend,
    c.Beyond: lambda me, part: me._say("beyond", item=me.item(part.item), n=part.steps),
    c.FlaggedBefore: lambda me, part: me._say("flagged_before"),
    c.Unanswered: lambda me, part: me._say("unanswered", item=me.item(part.item)),
    c.Hours: Speaker._hours,
    c.Asked: lambda me, part: me._say(
        "asked", forms=listed((me._titled(me._forms, name) for name in part.among), me.language, "or")
    ),
    c.Risk: lambda me, part: (
        me._say("risk") if part.any_of is None else me._say("risk_of", risks=me.risks(part.any_of, "or"))
    ),
    c.Session: lambda me, part: me._say(f"session.{part.fact}", names=coded(part.among, me.language, "or")),
    c.AnsweredBy: lambda me, part: me._say(f"by.{part.who}"),
    c.Companion: lambda me, part: me._say("companion" if part.named else "no_companion"),
    c.Fact: lambda me, part: me._say(f"fact.{part.name}"),
    c.Missed: Speaker._missed,
    c.StoppedMidway: lambda me, part: me._say("stopped_midway"),
    c.All: Speaker._joined,
    c.AnyOf: Speaker._joined,
    c.Not: lambda me, part: me._say("no_risk") if part.of == c.Risk() else me._say("not", what=me.condition(part.of)),
}
