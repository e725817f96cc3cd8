"""What a text that somebody sends us means, and what we may say to it. Pure; the sentences are a closed list."""

import re
from typing import Literal

import msgspec

from server.notifications.model import Language

Word = Literal["take", "pass", "stop", "start", "unknown"]
Saying = Literal["taken", "passed", "held", "closed", "changed", "which", "none", "help", "not_read"]

WORDS: dict[str, Word] = {
    **dict.fromkeys(("OK", "OKAY", "YES", "ACK", "TAKE", "SI", "VALE", "TOMO"), "take"),
    **dict.fromkeys(("NO", "PASS", "NEXT", "PASO", "PASAR"), "pass"),
    **dict.fromkeys(
        ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "BAJA", "ALTO", "PARAR"), "stop"
    ),
    **dict.fromkeys(("START", "UNSTOP", "ALTA"), "start"),
}
POLITE = frozenset(
    ("THANKS", "THANK", "YOU", "THX", "TY", "CHEERS", "PLEASE", "PLS", "HI", "HELLO", "HEY", "DEAR", "TEAM", "GOOD",
     "MORNING", "AFTERNOON", "EVENING", "NIGHT", "GRACIAS", "MUCHAS", "MIL", "POR", "FAVOR", "HOLA", "BUENAS", "BUENOS",
     "DIAS", "TARDES", "NOCHES", "SALUDOS", "EQUIPO")
)  # fmt: skip
"""What may stand around the words that count. Nothing that turns their meaning round belongs here."""
ACCENTS = str.maketrans("ÁÉÍÓÚ", "AEIOU")
CODE = re.compile(r"[A-Z0-9]{3,8}")

SAYINGS: dict[Saying, dict[Language, str]] = {
    "taken": {
        "en": "{reference}: you have it. It is {tier}. Call the patient now. Tell Afterglow when you reached them.",
        "es": "{reference}: es suya. Es {tier}. Llame ya al paciente y diga en Afterglow que ha hablado con el.",
    },
    "passed": {
        "en": "{reference}: passed on. The next person is being paged.",
        "es": "{reference}: pasada. Se avisa a la siguiente persona.",
    },
    "held": {"en": "{reference}: somebody has it already.", "es": "{reference}: alguien ya la tiene."},
    "closed": {"en": "{reference}: it is closed.", "es": "{reference}: ya esta cerrada."},
    "changed": {
        "en": "{reference} has changed: it is {tier} now. To take it all the same, reply OK {reference} again.",
        "es": "{reference} ha cambiado: ahora es {tier}. Para tomarla, responda otra vez OK {reference}.",
    },
    "which": {
        "en": "Which alert? Reply OK or NO and its code.",
        "es": "Cual alerta? Responda OK o NO y su codigo.",
    },
    "none": {
        "en": "There is no open page for you with this code. Nothing was changed.",
        "es": "No hay ningun aviso abierto para usted con ese codigo. No se ha cambiado nada.",
    },
    "help": {
        "en": "Reply OK and the code to take an alert, NO and the code to pass it on.",
        "es": "Responda OK y el codigo para tomar una alerta, NO y el codigo para pasarla.",
    },
    "not_read": {
        "en": "Nobody reads this number. If you need help now, call your emergency number.",
        "es": "Nadie lee este numero. Si necesita ayuda ahora, llame al numero de emergencias.",
    },
}  # fmt: skip
TO_ANYBODY = f"{SAYINGS['not_read']['en']} {SAYINGS['not_read']['es']}"
"""To somebody whom we do not know, and whose language we do not know."""


class Reply(msgspec.Struct, frozen=True):
    """What was asked for, and the code of the alert that it is about."""

    word: Word
    code: str | None = None


def read_reply(text: str) -> Reply:
    """The first word decides, the one after it may be a code; politeness around them is not read. Any other word makes
    it a sentence, which nobody here understands: "not OK 7F3AB" takes nothing. "No, thank you" is no word of ours; "NO
    7F3, thank you" is."""
    words = re.findall(r"[^\W_]+", text.upper().translate(ACCENTS))
    said = [word for word in words if word not in POLITE]
    word = WORDS.get(said[0], "unknown") if said else "unknown"
    if word in ("stop", "start"):
        return Reply(word if len(words) == 1 else "unknown")
    if word == "unknown" or len(said) > 2:
        return Reply("unknown")
    if len(said) == 1:
        return Reply(word if word == "take" or len(words) == 1 else "unknown")
    return Reply(word, said[1]) if CODE.fullmatch(said[1]) else Reply("unknown")


def say(saying: Saying, language: Language, reference: str = "", tier: str = "") -> str:
    """The sentence in words."""
    return SAYINGS[saying][language].format(reference=reference, tier=tier)
