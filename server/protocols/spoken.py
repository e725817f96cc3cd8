"""Small words of protocols, English and Spanish: spans of time, tiers, lists, names of codes."""

from collections.abc import Iterable

from server.protocols.questionnaires import Text, words_in

WORDS: dict[str, Text] = {
    "and": {"en": " and ", "es": " y "},
    "or": {"en": " or ", "es": " o "},
    "minutes": {"en": "{n} min", "es": "{n} min"},
    "hours": {"en": "{n} h", "es": "{n} h"},
    "day": {"en": "1 day", "es": "1 día"},
    "days": {"en": "{n} days", "es": "{n} días"},
    "weeks": {"en": "{n} weeks", "es": "{n} semanas"},
    "months": {"en": "{n} months", "es": "{n} meses"},
    "every_month": {"en": "every month", "es": "cada mes"},
    "every_months": {"en": "every {n} months", "es": "cada {n} meses"},
    "every_days": {"en": "every {span}", "es": "cada {span}"},
    "routine": {"en": "routine", "es": "de rutina"},
    "same_day": {"en": "same day", "es": "el mismo día"},
    "urgent": {"en": "urgent", "es": "urgente"},
    "emergency": {"en": "emergency", "es": "emergencia"},
    "no_tier": {"en": "nothing", "es": "nada"},
    "nothing": {"en": "nothing", "es": "nada"},
    "yes": {"en": "yes", "es": "sí"},
    "no": {"en": "no", "es": "no"},
    "iv": {"en": "infusion (IV)", "es": "infusión (IV)"},
    "im": {"en": "injection into a muscle", "es": "inyección intramuscular"},
    "sc": {"en": "injection under the skin", "es": "inyección subcutánea"},
    "intranasal": {"en": "nasal spray", "es": "aerosol nasal"},
    "oral": {"en": "by mouth", "es": "por boca"},
    "sublingual": {"en": "under the tongue", "es": "bajo la lengua"},
    "clinic": {"en": "in the clinic", "es": "en la clínica"},
    "home": {"en": "at home", "es": "en casa"},
    "ketamine": {"en": "ketamine", "es": "ketamina"},
    "esketamine": {"en": "esketamine", "es": "esketamina"},
    "depression": {"en": "depression", "es": "depresión"},
    "treatment_resistant_depression": {"en": "treatment-resistant depression", "es": "depresión resistente"},
    "bipolar": {"en": "bipolar disorder", "es": "trastorno bipolar"},
    "anxiety": {"en": "anxiety", "es": "ansiedad"},
    "ptsd": {"en": "PTSD", "es": "TEPT"},
    "ocd": {"en": "OCD", "es": "TOC"},
    "chronic_pain": {"en": "chronic pain", "es": "dolor crónico"},
    "suicidal_ideation": {"en": "thoughts of suicide", "es": "ideación suicida"},
    "other": {"en": "other", "es": "otro"},
    "induction": {"en": "induction", "es": "inducción"},
    "maintenance": {"en": "maintenance", "es": "mantenimiento"},
    "booster": {"en": "booster", "es": "refuerzo"},
    "on_call": {"en": "who is on call", "es": "quien está de guardia"},
    "backup": {"en": "the backup", "es": "el refuerzo de guardia"},
    "next": {"en": "the next in line", "es": "la persona siguiente"},
    "lead": {"en": "the medical lead", "es": "la dirección médica"},
    "everybody": {"en": "everybody", "es": "todo el equipo"},
    "patient": {"en": "the patient", "es": "paciente"},
    "companion": {"en": "the companion", "es": "la persona acompañante"},
}


def word(name: str, language: str, **parts: object) -> str:
    """The words of a code or a sentence; a code that has none is shown with its words apart."""
    text = WORDS.get(name)
    return name.replace("_", " ") if text is None else filled(text, language, **parts)


def filled(text: Text, language: str, **parts: object) -> str:
    """A text with its holes filled."""
    said = words_in(text, language)
    for hole, value in parts.items():
        said = said.replace("{" + hole + "}", str(value))
    return said


def span(minutes: float, language: str) -> str:
    """So many minutes as people say it: "30 min", "24 h", "3 days", "2 weeks"."""
    if minutes < 180 and minutes % 60:
        return word("minutes", language, n=number(minutes))
    if minutes <= 48 * 60 or minutes % 1440:
        return word("hours", language, n=number(minutes / 60))
    days = minutes / 1440
    if days == 1:
        return word("day", language)
    return (
        word("weeks", language, n=number(days / 7))
        if days % 7 == 0 and days >= 14
        else word("days", language, n=number(days))
    )


def number(value: float) -> str:
    """Without a point where there is nothing behind it."""
    return f"{value:g}" if value % 1 else f"{int(value)}"


def listed(names: Iterable[str], language: str, how: str = "and") -> str:
    """Several of them: "a, b and c"."""
    each = list(names)
    if len(each) < 2:
        return each[0] if each else word("nothing", language)
    return ", ".join(each[:-1]) + word(how, language) + each[-1]


def coded(codes: Iterable[str], language: str, how: str = "and") -> str:
    """Several codes in words."""
    return listed((word(code, language) for code in codes), language, how)


def quoted(text: str, language: str) -> str:
    """As it stands on a screen."""
    return f"«{text}»" if language == "es" else f"“{text}”"
