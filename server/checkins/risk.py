"""The risk flag at discharge (safety.md decision 3): why silence after this session would worry us."""

from server.checkins.model import RiskFacts
from server.protocols.model import Text

RISKS: dict[str, Text] = {
    "home_dose": {"en": "dose taken at home", "es": "dosis tomada en casa"},
    "early_session": {"en": "one of the first two sessions", "es": "una de las dos primeras sesiones"},
    "dose_raised": {"en": "dose raised", "es": "dosis aumentada"},
    "alone_tonight": {"en": "alone tonight", "es": "a solas esta noche"},
    "sedative": {"en": "sedative the same day", "es": "sedante el mismo día"},
    "opioid": {"en": "opioid the same day", "es": "opioide el mismo día"},
    "alcohol": {"en": "alcohol the same day", "es": "alcohol el mismo día"},
    "sleep_apnoea": {"en": "sleep apnoea", "es": "apnea del sueño"},
    "lung_disease": {"en": "lung disease", "es": "enfermedad pulmonar"},
    "age_65": {"en": "65 or older", "es": "65 años o más"},
    "pregnancy": {"en": "pregnancy", "es": "embarazo"},
    "bipolar": {"en": "bipolar disorder", "es": "trastorno bipolar"},
    "psychosis": {"en": "psychosis in the past", "es": "psicosis en el pasado"},
    "suicidal_thoughts": {"en": "suicidal thoughts before the session", "es": "ideas suicidas antes de la sesión"},
    "attempt_90_days": {
        "en": "suicide attempt in the last 90 days",
        "es": "intento de suicidio en los últimos 90 días",
    },
    "badly_tolerated": {"en": "last session badly tolerated", "es": "mala tolerancia en la última sesión"},
    "bp_high": {"en": "blood pressure 160/100 or more at leaving", "es": "tensión de 160/100 o más al salir"},
}
"""Each of these, alone, sets the flag."""

NOTED: dict[str, Text] = {
    "blood_thinner": {"en": "blood thinner", "es": "anticoagulante"},
    "maoi": {"en": "MAOI", "es": "IMAO"},
    "stimulant": {"en": "stimulant", "es": "estimulante"},
    "allergy": {"en": "allergy", "es": "alergia"},
}
"""Recorded for rules and for whoever calls; they do not set the flag."""

EARLY_SESSIONS = 2
OLDER_AGE = 65


def risk_reasons(facts: RiskFacts) -> tuple[str, ...]:
    """Everything recorded or derived, without repeats, in the order of the lists above, the clinic's own last."""
    derived = {
        "home_dose": facts.setting == "home",
        "early_session": facts.number <= EARLY_SESSIONS,
        "dose_raised": facts.last_dose_mg is not None and facts.dose_mg > facts.last_dose_mg,
        "badly_tolerated": facts.last_badly_tolerated,
        "age_65": facts.age is not None and facts.age >= OLDER_AGE,
    }
    known = tuple(key for key in (*RISKS, *NOTED) if key in facts.ticked or derived.get(key, False))
    return known + tuple(dict.fromkeys(key for key in facts.ticked if key not in RISKS and key not in NOTED))


def risk_flag(reasons: tuple[str, ...]) -> bool:
    """Whether any of the reasons sets the flag. A risk of the clinic's own counts: when in doubt, silence worries."""
    return any(reason not in NOTED for reason in reasons)
