"""The patient app's words, read from its catalogues, and which of them a screen shows."""

import re

from playwright.async_api import Page

from server.protocols.builtin import load_builtin
from tests.pwa.demo import ROOT

ENTRY = re.compile(r'^  (\w+):\s+"((?:[^"\\]|\\.)*)",$', re.MULTILINE)
SAME_IN_BOTH = {"other_language", "to_number", "left_title"}

SHOWN = """() => [...document.querySelectorAll("body *")]
    .filter(one => one.checkVisibility() && !one.querySelector("*"))
    .flatMap(one => [one.innerText?.trim(), one.getAttribute("aria-label")])
    .filter(Boolean)"""
"""Texts of the innermost elements that can be seen, and what is read aloud instead."""


def words(language: str) -> dict[str, str]:
    """The catalogue of a language, with that of the card about notifications."""
    files = (ROOT / "pwa/patient" / folder / f"i18n/{language}.ts" for folder in (".", "push"))
    return {key: text for file in files for key, text in ENTRY.findall(file.read_text())}


def only_in(language: str, other: str) -> list[re.Pattern[str]]:
    """Every sentence of the app and of the questions that the other language says differently."""
    own, others = words(language), words(other)
    assert own.keys() == others.keys()
    texts = [own[key] for key in own.keys() - SAME_IN_BOTH if own[key] != others[key]]
    for version in load_builtin():
        for questionnaire in version.questionnaires:
            for item in questionnaire.items:
                both = [item.text, *(option.text for option in item.options)]
                texts += [text[language] for text in both if text[language] != text[other]]
    return [re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text))) for text in texts]


async def spoken(page: Page, sentences: list[re.Pattern[str]]) -> list[str]:
    """Which of these the screen shows."""
    shown: list[str] = await page.evaluate(SHOWN)
    return [text for text in shown if any(sentence.fullmatch(text) for sentence in sentences)]
