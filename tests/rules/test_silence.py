"""What each check-in does about silence, minute by minute: nudge, next channel, companion, and what it means in the end
(safety, decisions 2 to 4, 16 and 23; issue 4, "missed answers")."""

from datetime import timedelta
from typing import Any

import pytest

from server.checkins.risk import RISKS
from server.protocols.builtin import load_builtin
from server.protocols.model import CheckInStep, ProtocolVersion
from server.responses.model import Facts
from server.responses.rules import judge_missed
from server.sessions.home import watched_until
from tests.rules.test_companion import DOSE, TAKEN

CLINIC, HOME = load_builtin()
HOUR, DAY, WEEK = 60, 24 * 60, 7 * 24 * 60

FIRST = (10, 35, 20, HOUR)
AGAIN = (10, 35, None, HOUR)
EVENING = (30, 75, None, 2 * HOUR)
NEXT_DAY = (120, 300, None, 8 * HOUR)
A_DAY = (240, 720, None, DAY)
COURSE = {"week": (480, DAY, None, 2 * DAY), "month": (DAY, 3 * DAY, None, WEEK)}
LOOK_IN = (None, 10, None, 40)
TEN_MINUTES = (None, 3, None, 10)
EXTRA = {"recheck": AGAIN, "companion": LOOK_IN, "again": TEN_MINUTES}
LATER = {"h24": NEXT_DAY, "h72": A_DAY, "d5": A_DAY, **COURSE, **EXTRA}
IN_THE_CLINIC = {"before": (None, None, None, DAY)}
AT_HOME = dict.fromkeys(("c30", "c60", "c90", "c120"), TEN_MINUTES)


def asked(step: CheckInStep) -> tuple[int | None, int | None, int | None, int]:
    """(nudge, text message again, companion, end of the window) in minutes after it is due."""
    nudges: dict[str, int] = {nudge.channel: nudge.minutes for nudge in step.nudges}
    assert len(nudges) == len(step.nudges)
    return nudges.get("any"), nudges.get("sms"), step.companion_after_minutes, step.window_minutes


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (CLINIC, {**IN_THE_CLINIC, "h1": FIRST, "h6": EVENING, **LATER}),
        (HOME, {**AT_HOME, "h2": FIRST, "h6": EVENING, **LATER}),
    ],
    ids=["clinic", "home"],
)
def test_who_is_asked_again_and_when(version: ProtocolVersion, expected: dict[str, Any]) -> None:
    """ "+10 nudge; +20 the companion gets the observation set; +35 SMS again; +60 a human call"; at home, "window
    10 min, nudge +3"."""
    assert {step.key: asked(step) for step in version.steps} == expected


# Without a risk flag, with one, after an answer that was not clear, with suicidal thoughts on record, the second in a
# row. S60: the same day, acknowledged within 60 min.
ACUTE = "S60 U S60 U S60"
CLINIC_POLICY = {
    **dict.fromkeys(("h1", "h6", "recheck_1"), ACUTE),
    **dict.fromkeys(("companion_h1", "companion_rest_h1", "again_1"), ACUTE),
    **dict.fromkeys(("h24", "h72", "d5", "week_1"), "R R S S S"),
    "month_1": "R R R R S",
}
WATCHED = "U U U U U"
HOME_POLICY = {
    **CLINIC_POLICY,
    **dict.fromkeys(("c30", "c60", "c90", "c120", "companion_h2", "companion_rest_h2", "again_1"), WATCHED),
    "h2": ACUTE,
}
for clinics_own in ("h1", "companion_h1", "companion_rest_h1"):
    HOME_POLICY.pop(clinics_own)

AFTER: list[dict[str, Any]] = [
    {},
    {"risk": ("age_65",)},
    {"last_clear": False},
    {"risk": ("suicidal_thoughts",)},
    {"missed_in_a_row": 2},
]


@pytest.mark.parametrize(("version", "policy"), [(CLINIC, CLINIC_POLICY), (HOME, HOME_POLICY)], ids=["clinic", "home"])
def test_what_silence_means(version: ProtocolVersion, policy: dict[str, str]) -> None:
    """ "U with a risk flag, else S with a 60 min target"; later a list, unless something speaks against it."""
    assert {key.partition("_")[0] for key in policy} == {step.key for step in version.steps} - set(IN_THE_CLINIC)
    assert {key: " ".join(meant(version, key, **facts) for facts in AFTER) for key in policy} == policy


def test_a_form_left_before_a_session_is_asked_by_hand() -> None:
    """Whoever it is for sits in the clinic: nobody is written to or called, and the dose waits for the form."""
    assert judge_missed(CLINIC, Facts(questionnaire="before@1", missed="before")).flags == ()


def meant(version: ProtocolVersion, key: str, **facts: Any) -> str:
    """The tier, with the minutes within which somebody has to look if they are fewer than the tier gives."""
    step = version.step(key)
    judgement = judge_missed(version, Facts(questionnaire=step.questionnaire, missed=key, hours=3, **facts))
    assert not judgement.clear
    assert {flag.topic for flag in judgement.flags} == {"missed"}, "every silence is listed, and as what it is"
    within = min((f.ack_minutes for f in judgement.flags if f.ack_minutes and f.tier == judgement.tier), default="")
    return f"{judgement.tier[0].upper()}{within}"


@pytest.mark.parametrize(
    ("version", "key", "after", "ends"),
    [(CLINIC, "h1", 15, 8), (CLINIC, "h6", 15, 8), (HOME, "h2", 15, 4), (HOME, "c30", 10, None)],
)
def test_silence_rises_to_an_emergency_in_the_acute_window(
    version: ProtocolVersion, key: str, after: int, ends: int | None
) -> None:
    """Decision 16: "U in the acute window, not reached in 15 min, no adult confirmed: E"; decision 4, of the companion
    of a dose at home: "page U at +10, decide at +20"."""

    def rises(hours: float) -> set[tuple[str, int]]:
        facts = Facts(questionnaire="acute@1", missed=key, hours=hours, risk=("home_dose",))
        return {(w.until, w.after_minutes) for w in judge_missed(version, facts).worsens if w.to == "emergency"}

    assert ("reached", after) in rises(1)
    if ends is None:
        assert ("reached", after) in rises(30)
    else:
        assert ("reached", after) in rises(ends - 0.01)
        assert rises(ends) == set()


def test_a_dose_at_home_is_watched_for_four_hours() -> None:
    """Decision 23: no late answer closes "before T0+4 h"; decision 4: "cover to T0+4 h"."""
    assert watched_until(DOSE.t0) == TAKEN + timedelta(hours=4)


def test_why_silence_would_worry_us() -> None:
    """Decision 3, one by one; what is derived stands in `test_checkins.py`."""
    assert set(RISKS) == {
        "home_dose",
        "early_session",
        "dose_raised",
        "alone_tonight",
        "sedative", "opioid", "alcohol",
        "sleep_apnoea", "lung_disease",
        "age_65",
        "pregnancy",
        "bipolar", "psychosis",
        "suicidal_thoughts", "attempt_90_days",
        "badly_tolerated",
        "bp_high",
    }  # fmt: skip
