"""A fired rule in one plain sentence, with the answers and facts it looked at."""

import re
from collections.abc import Mapping

from server.checkins.risk import NOTED, RISKS
from server.protocols import conditions as c
from server.protocols.evaluate import Answered, Evidence, earlier_score, own_answers, trend_of, walk
from server.protocols.model import Item, Rule
from server.protocols.questionnaires import words_in

PLACEHOLDER = re.compile(r"\{([a-z0-9_.]+)\}")
EARLIER = ("last", "baseline", "own_last_session", "usual")

AFTER = {
    "session": {"en": "{t} after the end of the session", "es": "{t} después del final de la sesión"},
    "home": {"en": "{t} after the dose", "es": "{t} después de la dosis"},
    "before": {"en": "before the end of the session", "es": "antes del final de la sesión"},
    "none": {"en": "no session on record", "es": "sin sesión registrada"},
}
MEANS = ("first", "recent")
NO_ANSWER = {"en": "no answer", "es": "sin respuesta"}


def span(hours: float, language: str) -> str:
    """Hours as people say them: "40 min", "1 h 10", "3 days 2 h"."""
    minutes = round(hours * 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d}" if minutes % 60 else f"{minutes // 60} h"
    days, rest = divmod(minutes // 60, 24)
    word = {"en": "days", "es": "días"}.get(language, "days")
    return f"{days} {word} {rest} h" if rest else f"{days} {word}"


def after(hours: float | None, setting: str | None, language: str) -> str:
    """When the answer was given, counted from the end of administration (home: from the dose)."""
    if hours is None:
        return AFTER["none"][language]
    if hours < 0:
        return AFTER["before"][language]
    return AFTER["home" if setting == "home" else "session"][language].format(t=span(hours, language))


def answer_words(item: Item | None, value: Answered | None, language: str) -> str:
    """An answer as it stood on the screen."""
    if value is None:
        return NO_ANSWER[language]
    options = {option.value: words_in(option.text, language) for option in item.options} if item else {}
    if isinstance(value, str | int | float):
        return options.get(str(value), str(value))
    return ", ".join(options.get(part, part) for part in value)


def risk_words(risk: tuple[str, ...], language: str) -> str:
    """The recorded risks in words."""
    known = RISKS | NOTED
    return ", ".join(known[reason][language] if reason in known else reason.replace("_", " ") for reason in risk)


def explanation(rule: Rule, seen: Evidence, items: Mapping[str, Item], hours: float | None, language: str) -> str:
    """The rule's sentence with its inputs filled in."""
    setting = seen.session.get("setting")

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name == "after":
            return after(hours, setting, language)
        if name == "risk":
            return risk_words(seen.risk, language)
        source, _, item = name.rpartition(".")
        if source == "gone":
            return span(seen.gone[item], language) if item in seen.gone else NO_ANSWER[language]
        if source == "own_sessions":
            return own_words(rule, seen, items.get(item), item, language)
        if item not in items or source in MEANS:
            return score_words(rule, seen, source, item, language)
        answers = getattr(seen, source) if source in EARLIER else seen.answers
        return answer_words(items.get(item), answers.get(item), language)

    return PLACEHOLDER.sub(fill, rule.explanation[language])


def own_words(rule: Rule, seen: Evidence, item: Item | None, name: str, language: str) -> str:
    """The answers of the patient's own sessions that the rule compares with, newest first."""
    compared = [part for part in walk(rule.when) if isinstance(part, c.ChangedOwn) and part.item == name]
    answers = own_answers(compared[0], seen) if compared else []
    return ", ".join(answer_words(item, value, language) for value in answers) or NO_ANSWER[language]


def score_words(rule: Rule, seen: Evidence, source: str, name: str, language: str) -> str:
    """A score as a number: this one, or the earlier one that the rule compares it with."""
    value: float | None
    if not source:
        value = seen.scores.get(name)
    elif source in MEANS:
        trends = [part for part in walk(rule.when) if isinstance(part, c.Trend) and part.name == name]
        means = trend_of(trends[0], seen) if trends else None
        value = None if means is None else round(means[MEANS.index(source)], 1)
    else:
        compared = [part for part in walk(rule.when) if isinstance(part, c.ScoreChanged)]
        with_this = [part for part in compared if (part.name, part.against) == (name, source)]
        value = earlier_score(with_this[0], seen) if with_this else None
    return NO_ANSWER[language] if value is None else f"{value:g}"


def inputs(rule: Rule, seen: Evidence, hours: float | None) -> dict[str, object]:
    """What the rule looked at: answers by item, scores by name, earlier ones as `last.item`, hours, risk."""
    found: dict[str, object] = {}
    for part in walk(rule.when):
        match part:
            case c.Answer(item=item) if item in seen.answers:
                found[item] = seen.answers[item]
            case c.LastAnswer(item=item) if item in seen.last:
                found[f"last.{item}"] = seen.last[item]
            case c.Changed(item=item, against=against):
                found |= {item: seen.answers.get(item), f"{against}.{item}": getattr(seen, against).get(item)}
            case c.ChangedOwn(item=item):
                found |= {item: seen.answers.get(item), f"own_sessions.{item}": own_answers(part, seen)}
            case c.Score(name=name) if name in seen.scores:
                found[name] = seen.scores[name]
            case c.ScoreChanged(name=name, against=against):
                found |= {name: seen.scores.get(name), f"{against}.{name}": earlier_score(part, seen)}
            case c.Trend(name=name):
                found |= dict(zip((f"first.{name}", f"recent.{name}"), trend_of(part, seen) or (), strict=False))
            case c.Beyond(item=item):
                found |= {item: seen.answers.get(item), f"usual.{item}": seen.usual.get(item)}
            case c.Risk():
                found["risk"] = list(seen.risk)
            case c.Missed():
                found["missed"] = seen.missed
            case _:
                pass
    if hours is not None:
        found["hours"] = round(hours, 2)
    return found
