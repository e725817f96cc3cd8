"""What a patient answered before a session, as the record's form. Pure."""

from collections.abc import Mapping
from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from server.visits.codes import TakenToday
from server.visits.parts import PreForm

HARMED = ("yes_okay", "yes_need_help")


def pre_form_of(answers: Mapping[str, Any]) -> PreForm | None:
    """None for a clinic's own form that lacks what the record needs, or says it in other words: then somebody of the
    team fills it in. Typed words are cut to what the record holds; the answer itself keeps them all."""
    food, taken = answers.get("b_food"), answers.get("b_taken")
    form = {
        "fasting": food == "no" if food in ("no", "yes") else None, "safety": answers.get("s_open"),
        "pregnancy": answers.get("b_pregnant"), "escort": _words(answers, "b_escort_name", 200),
        "address_tonight": _words(answers, "b_address", 300), "new_medicines": _words(answers, "b_new_which", 500),
        "taken_today": [one for one in get_args(TakenToday) if isinstance(taken, list) and one in taken],
        "attempt_90_days": answers.get("s_done") in HARMED,
    }  # fmt: skip
    try:
        return msgspec.convert(form, PreForm)
    except msgspec.ValidationError:
        return None


def with_safety_of(answers: Mapping[str, Any], written: PreForm) -> PreForm | None:
    """What the team wrote, with the patient's own safety answer where that worries more; None: nothing to change."""
    own = pre_form_of(answers)
    if own is None:
        return None
    safety = written.safety if own.safety == "no" else own.safety
    changed = replace(written, safety=safety, attempt_90_days=written.attempt_90_days or own.attempt_90_days)
    return None if changed == written else changed


def _words(answers: Mapping[str, Any], item: str, most: int) -> str | None:
    return str(answers.get(item, "")).strip()[:most] or None
