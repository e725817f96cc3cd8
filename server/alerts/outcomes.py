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
