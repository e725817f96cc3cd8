"""What patients read after answering, word by word (safety.md section 1), and the words that must never appear."""

from datetime import datetime
from zoneinfo import ZoneInfo

WORDS: dict[str, dict[str, str]] = {
    "waiting": {
        "en": "Your answer is still on this phone. Nobody at the clinic has seen it. If you need help now, call {n}.",
        "es": "Su respuesta sigue en este teléfono. Nadie de la clínica la ha visto. "
        "Si necesita ayuda ahora, llame al {n}.",
    },
    "no_cover": {
        "en": "We have your answer. Nobody at the clinic is on duty until {t}. If this cannot wait, call {n}.",
        "es": "Tenemos su respuesta. No hay nadie de guardia en la clínica hasta {t}. "
        "Si esto no puede esperar, llame al {n}.",
    },
    # Beside a number to call at once: nothing on the card may say that it could wait.
    "no_cover_emergency": {
        "en": "We have your answer. Nobody at the clinic is on duty until {t}. Do not wait for us. Call {n} now.",
        "es": "Tenemos su respuesta. No hay nadie de guardia en la clínica hasta {t}. "
        "No nos espere. Llame ahora al {n}.",
    },
    "off_duty_paged": {
        "en": "We have called the team, but nobody at the clinic is on duty until {t}. "
        "Do not wait for a call. If this cannot wait, call {n}.",
        "es": "Hemos avisado al equipo, pero no hay nadie de guardia en la clínica hasta {t}. "
        "No espere una llamada. Si esto no puede esperar, llame al {n}.",
    },
    "off_duty_emergency": {
        "en": "We have called the team, but nobody at the clinic is on duty until {t}. "
        "Do not wait for a call. Call {n} now.",
        "es": "Hemos avisado al equipo, pero no hay nadie de guardia en la clínica hasta {t}. "
        "No espere una llamada. Llame ahora al {n}.",
    },
    "off_duty": {
        "en": "Nobody at the clinic is on duty until {t}. If something cannot wait, call {n}.",
        "es": "No hay nadie de guardia en la clínica hasta {t}. Si algo no puede esperar, llame al {n}.",
    },
    "paged": {
        "en": "A nurse has been called to look at this. If you have not had a call by {t}, call {n}.",
        "es": "Se ha avisado a un miembro de enfermería para que vea esto. "
        "Si a las {t} no le han llamado, llame al {n}.",
    },
    "seen": {
        "en": "A nurse opened this at {t}.",
        "es": "Un miembro de enfermería abrió esto a las {t}.",
    },
    "all_clear": {
        "en": "Nothing you told us needs a call right now. Things can change. "
        "If you feel worse, tap Report or call {n}.",
        "es": "Nada de lo que nos ha dicho requiere una llamada ahora mismo. Las cosas pueden cambiar. "
        "Si se siente peor, toque Avisar o llame al {n}.",
    },
    "benefit": {
        "en": "It can take more than one session; no change yet does not mean it failed.",
        "es": "Puede hacer falta más de una sesión; que aún no haya cambios no significa que haya fracasado.",
    },
    "same_day": {
        "en": "We have your answer. A nurse will look at it during clinic hours. If this cannot wait, call {n}.",
        "es": "Tenemos su respuesta. Enfermería la verá en el horario de la clínica. "
        "Si esto no puede esperar, llame al {n}.",
    },
    "received": {
        "en": "We have your answer. If you feel worse, tap Report or call {n}.",
        "es": "Tenemos su respuesta. Si se siente peor, toque Avisar o llame al {n}.",
    },
    "all_clear_companion": {
        "en": "Nothing you told us needs a call right now. Things can change. If they get worse, call {n}.",
        "es": "Nada de lo que nos ha dicho requiere una llamada ahora mismo. Las cosas pueden cambiar. "
        "Si empeora, llame al {n}.",
    },
    "received_companion": {
        "en": "We have your answer. If they get worse, call {n}.",
        "es": "Tenemos su respuesta. Si esa persona empeora, llame al {n}.",
    },
    "injury_companion": {
        "en": "If they are bleeding, very sleepy or hit their head, call {n} now.",
        "es": "Si sangra, tiene mucho sueño o se golpeó la cabeza, llame ahora al {n}.",
    },
    "emergency": {
        "en": "This can be an emergency. Call {n} now.",
        "es": "Esto puede ser una emergencia. Llame ahora al {n}.",
    },
    "injury": {
        "en": "If you are bleeding, feel very sleepy or hit your head, call {n} now.",
        "es": "Si sangra, tiene mucho sueño o se golpeó la cabeza, llame ahora al {n}.",
    },
    "crisis": {
        "en": "You can talk to someone now: {label}, {n}.",
        "es": "Puede hablar con alguien ahora: {label}, {n}.",
    },
    "danger_to_self": {
        "en": "If you are in danger, call {n}.",
        "es": "Si está en peligro, llame al {n}.",
    },
    "clinic": {
        "en": "You can also call the clinic: {n}.",
        "es": "También puede llamar a la clínica: {n}.",
    },
    "with_someone": {
        "en": "Is someone with you? Hand them this phone or go to them.",
        "es": "¿Hay alguien con usted? Dele este teléfono o vaya con esa persona.",
    },
    "before_private": {
        "en": "A person may not read this right away. If you need help now, call {n}.",
        "es": "Puede que nadie lea esto enseguida. Si necesita ayuda ahora, llame al {n}.",
    },
}

BANNED: dict[str, tuple[str, ...]] = {
    "en": ("safe", "normal", "all good", "monitored", "we are watching", "no need to worry"),
    "es": (
        "a salvo",
        "seguro",
        "segura",
        "normal",
        "todo bien",
        "todo va bien",
        "vigilad",
        "le vigilamos",
        "no se preocupe",
    ),
}
"""Words that would promise more than anyone can keep (hazard H10)."""


def to_companion(name: str) -> str:
    """The name of the sentence as a companion is told it, who has no app with a Report button."""
    return f"{name}_companion" if f"{name}_companion" in WORDS else name


def say(name: str, language: str, **parts: str) -> str:
    """The sentence of this name; English when the language is not known. KeyError for an unknown name."""
    words = WORDS[name]
    told = words.get(language, words["en"]).format(**parts)
    # Spanish joins "a" and "el" before a number, but not before "su número de emergencias local".
    return told.replace(" al su ", " a su ")


def clock_words(at: datetime, zone: str) -> str:
    """An instant as the patient's clock shows it: "15:40"."""
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M")


DAYS: dict[str, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("el lunes", "el martes", "el miércoles", "el jueves", "el viernes", "el sábado", "el domingo"),
}


def local_words(at: datetime, zone: str, now: datetime, language: str) -> str:
    """An instant as people say it: "15:40", or with the weekday when it is not today's."""
    local = at.astimezone(ZoneInfo(zone))
    clock = f"{local:%H:%M}" if language != "es" else f"las {local:%H:%M}"
    if local.date() == now.astimezone(ZoneInfo(zone)).date():
        return clock
    day = DAYS.get(language, DAYS["en"])[local.weekday()]
    return f"{day} {clock}" if language != "es" else f"{day} a {clock}"
