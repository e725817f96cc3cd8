"""Answering a questionnaire in tests by the words on the screen."""

from typing import Any

from server.protocols.builtin import load_builtin
from server.protocols.model import Item
from server.responses.model import Facts, Judgement
from server.responses.rules import judge

CLINIC = load_builtin()[0]

WELL: dict[str, dict[str, Any]] = {
    "acute@1": {
        "a_who": "patient",
        "a_danger": "none",
        "a_place": "with_adult",
        "a_awake": "awake",
        "a_real": "no",
        "a_steady": "steady",
        "a_sick": "no",
        "a_pain": "no",
        "a_mind": "calm",
        "a_overall": "better",
    },
    "companion": {
        "a_who": "companion",
        "c_wake": "awake",
        "c_breath": "calm",
        "c_danger": "none",
        "c_head": "yes",
        "c_sick": "none",
        "c_fall": "no",
        "c_stay": "yes",
        "c_call": "no",
    },
    "day@1": {
        "d_danger": "none",
        "d_mood": 6,
        "d_left": ["nothing"],
        "d_sleep": "well",
        "d_feel": "none",
        "d_unlike": "no",
        "s_open": "no",
        "d_call": "no",
    },
    "mood@1": {"d_mood": 6, "s_open": "no"},
    "week@1": {
        "w_mood": 6,
        "w_low": "none",
        "w_joy": "5_7",
        "w_do": "none",
        "w_worry": "none",
        "w_panic": "none",
        "w_sleep": "well",
        "w_unlike": "no",
        "s_open": "no",
        "w_call": "no",
    },
    "month@1": {"m_pee": ["nothing"], "m_memory": "no", "m_want": "no", "m_new": ["no"]},
}

SAFE_WELL = {
    "s_keep": "yes",
    "s_done": "no",
    "s_now": "passed",
    "s_how": "no",
    "s_usual": "same",
    "s_with": "trusted",
}
"""Every following safety question answered at its mildest."""


def item_by_text(questionnaire: str, text: str) -> Item:
    """The item as worded on the screen."""
    found = [item for item in CLINIC.questionnaire(questionnaire).items if item.text["en"] == text]
    assert len(found) == 1, text
    return found[0]


def value_by_text(item: Item, text: str) -> str:
    """The stored value of an option as worded on the screen."""
    found = [option.value for option in item.options if option.text["en"] == text]
    assert len(found) == 1, text
    return found[0]


def judged(questionnaire: str, hours: float, changed: dict[str, Any] | None = None, **facts: Any) -> Judgement:
    """All is well but for `changed`. `companion` stands for the acute form held by the companion."""
    well = WELL[questionnaire]
    if questionnaire == "day@1":
        well = well | ({"d_since": "none"} if hours < 48 else {"d_change": "same"})
    form = "acute@1" if questionnaire == "companion" else questionnaire
    answers = well | (changed or {})
    asked = {"mood@1": 120.0, "week@1": 168.0, "month@1": 672.0}
    facts.setdefault("offset_hours", asked.get(questionnaire, hours))
    return judge(CLINIC, Facts(questionnaire=form, answers=answers, hours=hours, **facts))
