"""Words of a FHIR file: their languages, and what is not let onto a patient's screen."""

import re

from server.interop.fhir_model import Element, Extension
from server.interop.fhir_names import TRANSLATION
from server.protocols.model import Text

LONGEST = 2000
LANGUAGE = re.compile(r"([a-z]{2,3})(-[A-Za-z0-9]{1,8})*")
MARKUP = re.compile(r"<\s*[/!?]?[A-Za-z]")
# Control characters, half letters, and those that turn the direction of what follows.
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def language_of(tag: str | None) -> str | None:
    """The language of a tag such as `es-MX`; None when it is none."""
    found = LANGUAGE.fullmatch((tag or "").strip().replace("_", "-"))
    return found[1] if found else None


def words(base: str | None, more: Element | None, language: str) -> Text:
    """The words by language: of the file, and those of the translation extension. Empty without any."""
    own = (base or "").strip()
    found = {language: own} if own else {}
    for extension in more.extension if more else ():
        if extension.url == TRANSLATION:
            _translated(extension, found)
    return found


def _translated(extension: Extension, found: Text) -> None:
    parts = {part.url: part for part in extension.extension}
    tag, content = parts.get("lang"), parts.get("content")
    name = language_of(tag.value_code or tag.value_string) if tag else None
    text = ((content.value_string or content.value_markdown or "") if content else "").strip()
    if name is not None and text:
        found.setdefault(name, text)


def fault_in(text: Text) -> str | None:
    """Why these words cannot be shown; None when they can."""
    for one in text.values():
        if len(one) > LONGEST:
            return f"Has more than {LONGEST} letters in one text."
        if MARKUP.search(one):
            return "Has markup or a script in its words. Plain words only."
        if UNSEEN.search(one):
            return "Has characters that cannot be shown."
    return None


def with_translations(name: str, text: Text, language: str) -> dict[str, object]:
    """`name` with the words in this language, and `_name` with the others as translation extensions."""
    others = [
        {"url": TRANSLATION, "extension": [
            {"url": "lang", "valueCode": tag}, {"url": "content", "valueString": text[tag]}]}
        for tag in sorted(text) if tag != language
    ]  # fmt: skip
    own: dict[str, object] = {name: text[language]} if language in text else {}
    return own | ({f"_{name}": {"extension": others}} if others else {})
