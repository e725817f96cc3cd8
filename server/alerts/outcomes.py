"""What a closing may say (safety, section 3)."""

from typing import Literal

Harm = Literal["none", "mild", "moderate", "severe", "serious_event"]
Useful = Literal["needed", "worth_knowing", "not_needed"]
Outcome = Literal[
    "reassured_expected", "self_care_advice", "treatment_changed", "asleep_confirmed_by_adult", "answered_late_clear",
    "seen_in_clinic", "sent_to_emergency_care", "ambulance_called", "crisis_team_handover", "safety_plan_reviewed",
    "known_level_reviewed", "next_session_held", "welfare_check_requested", "unreachable_handed_to_lead",
    "declined_contact", "answered_by_mistake", "wrong_person_contact_fixed", "safeguarding_started", "technical_fault",
    "duplicate_of", "admitted", "died",
]  # fmt: skip

HELP_IS_THERE = frozenset({
    "asleep_confirmed_by_adult", "seen_in_clinic", "sent_to_emergency_care", "ambulance_called", "crisis_team_handover",
    "welfare_check_requested", "admitted", "died",
})  # fmt: skip
"""Outcomes after which somebody is with the patient, or on the way, whoever spoke to them."""


def seen_to(state: str, outcome: str | None, *, reached: bool) -> bool:
    """Whether a closed alert settles the rest of a form that never came: "acknowledging is not contact" (safety,
    decision 15), and closing is not either."""
    return state == "closed" and (reached or outcome in HELP_IS_THERE)
