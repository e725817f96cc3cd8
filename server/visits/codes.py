"""The words of the API for what is measured, seen and given."""

from typing import Annotated, Literal

from msgspec import Meta

Grade = Annotated[int, Meta(ge=0, le=4)]
Breathing = Literal["calm", "slow", "fast", "pauses"]
SideEffect = Literal[
    "dizziness", "nausea", "vomiting", "headache", "confusion", "hallucinations", "anxiety", "blurred_vision",
    "double_vision", "palpitations", "other",
]  # fmt: skip
Experience = Literal[
    "sedation", "relaxation", "calm", "euphoria", "dissociation", "out_of_body", "dreamlike", "detached",
    "easier_feelings", "less_pain", "better_mood", "no_change", "other",
]  # fmt: skip
Feeling = Literal["pleasant", "expected", "distressing"]
Severity = Literal["mild", "moderate", "severe"]
GivenBy = Literal["oral", "sublingual", "iv", "im", "sc", "intranasal", "inhaled", "rectal", "patch"]
Unit = Literal["mg", "g", "mcg", "ml", "l_min", "puffs", "drops", "units"]
Pregnancy = Literal["no", "pregnant", "maybe", "breastfeeding"]
SafetyAnswer = Literal["no", "not_worth", "yes", "talk"]
TakenToday = Literal["sedative", "opioid", "alcohol"]
MedicineGroup = Literal["benzodiazepine", "sedative_hypnotic", "psychostimulant", "maoi", "opioid"]
Systolic = Annotated[int, Meta(ge=40, le=300)]
Diastolic = Annotated[int, Meta(ge=20, le=200)]
HeartRate = Annotated[int, Meta(ge=20, le=250)]
