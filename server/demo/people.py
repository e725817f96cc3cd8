"""The demo's patients, all made up: who they are, when they were treated, what they felt.

Side effects come about as often as they are reported in the field: most in the hours after a first session (dizziness
in one of five, feeling strange in one of six, nausea in one of seven), few a day later (headache, tiredness), fewer
with each further session. Mood rises slowly and not for everybody at once.
"""

from typing import Any

import msgspec

Answers = dict[str, Any]

ZONE = "America/New_York"


class Dose(msgspec.Struct, frozen=True):
    """A session: `day` counts from the demo's first Monday, -1 is the last working day before the present."""

    day: int
    mg: float
    minutes: int = 40
    risk: tuple[str, ...] = ()


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """`felt` changes what is answered by (number of the session, check-in); None leaves a check-in unanswered."""

    details: dict[str, Any]
    drug: str
    route: str
    indication: str
    staying_with: str
    doses: tuple[Dose, ...]
    felt: dict[tuple[int, str], Answers | None]
    mood: tuple[int, ...]


ANA = Person(
    details={
        "name": "Ana Ruiz", "date_of_birth": "1984-03-09", "phone": "+15555550111", "email": "ana.ruiz@demo.example",
        "time_zone": ZONE, "language": "en", "consent": True, "quiet_hours": {"from": "22:00", "to": "08:00"},
        "companion": {"name": "Luis Ruiz", "phone": "+15555550112"}, "address": "12 Harbor Street, Portland, Maine",
    },
    drug="ketamine", route="iv", indication="treatment_resistant_depression", staying_with="Luis, her husband",
    doses=(Dose(0, 40), Dose(3, 40), Dose(7, 40), Dose(10, 45), Dose(14, 45)),
    felt={
        (1, "h1"): {"a_awake": "sleepy", "a_real": "little", "a_steady": "dizzy"},
        (1, "h24"): {"d_left": ["headache"], "d_howbad": "slows", "d_sleep": "badly", "d_feel": "little"},
        (2, "h1"): {"a_steady": "dizzy"},
        (3, "h24"): {"d_left": ["sleepy"], "d_howbad": "can_do"},
    },
    mood=(3, 4, 4, 5, 6, 6, 7),
)  # fmt: skip
CARLA = Person(
    details={
        "name": "Carla Mendes", "date_of_birth": "1971-07-30", "phone": "+15555550131", "time_zone": ZONE,
        "language": "es", "consent": True, "companion": {"name": "Rosa Mendes", "phone": "+15555550132"},
        "address": "40 Congress Street, Portland, Maine",
    },
    drug="esketamine", route="intranasal", indication="depression", staying_with="Rosa, su hermana",
    doses=(Dose(1, 56), Dose(8, 84), Dose(15, 84)),
    felt={
        (1, "h1"): {"a_real": "little", "a_sick": "felt_sick"},
        (1, "h72"): None,
        (2, "h1"): {"a_awake": "sleepy", "a_steady": "dizzy"},
        (2, "h24"): {"d_feel": "little", "d_sleep": "badly"},
    },
    mood=(4, 4, 3, 4, 5, 5, 5),
)  # fmt: skip
DAVID = Person(
    details={
        "name": "David Okafor", "date_of_birth": "1958-01-17", "phone": "+15555550141",
        "email": "david.okafor@demo.example", "time_zone": ZONE, "language": "en", "consent": True,
        "companion": {"name": "Grace Okafor", "phone": "+15555550142"}, "address": "7 Pine Road, Westbrook, Maine",
    },
    drug="ketamine", route="im", indication="chronic_pain", staying_with="Grace, his wife",
    doses=(Dose(2, 50), Dose(9, 50), Dose(-1, 50)),
    felt={
        (1, "h1"): {"a_awake": "sleepy", "a_sick": "once_or_twice", "a_pain": "mild"},
        (1, "h24"): {"d_left": ["dizzy"], "d_howbad": "can_do"},
        (2, "h1"): {"a_pain": "mild"},
        (3, "h1"): {"a_pain": "bad", "a_steady": "dizzy"},
    },
    mood=(5, 5, 5, 6, 6, 5, 6),
)  # fmt: skip
TREATED = (ANA, CARLA, DAVID)
BEN = {
    "name": "Ben Carter", "date_of_birth": "1991-11-23", "phone": "+15555550121", "time_zone": ZONE,
    "language": "en", "consent": True, "companion": {"name": "Mia Carter", "phone": "+15555550122"},
    "address": "3 Mill Lane, Portland, Maine",
}  # fmt: skip
