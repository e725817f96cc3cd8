"""Why a dose is held, in words."""

from server.protocols.model import Text

HOLDS: dict[str, Text] = {
    "answer": {
        "en": "An earlier answer holds the next session.",
        "es": "Una respuesta anterior detiene la próxima sesión.",
    },
    "form_missing": {
        "en": "The form before the session is not filled in, or is older than 24 hours.",
        "es": "Falta el formulario de antes de la sesión, o tiene más de 24 horas.",
    },
    "form_unconfirmed": {
        "en": "The patient filled in the form on their phone: go through it with them and confirm it.",
        "es": "El paciente ha rellenado el formulario en su teléfono: repáselo con él y confírmelo.",
    },
    "not_fasting": {
        "en": "Ate in the last 2 hours or drank in the last 30 minutes.",
        "es": "Ha comido en las últimas 2 horas o bebido en los últimos 30 minutos.",
    },
    "no_escort": {
        "en": "Nobody is named who takes the patient home.",
        "es": "No consta quién acompaña al paciente a casa.",
    },
    "no_address": {
        "en": "There is no address for tonight.",
        "es": "No consta la dirección de esta noche.",
    },
    "new_medicines": {
        "en": "New medicine or dose: the prescriber looks at it first.",
        "es": "Medicina o dosis nueva: quien receta la mira primero.",
    },
    "taken_today": {
        "en": "Sedative, opioid or alcohol today.",
        "es": "Sedante, opioide o alcohol hoy.",
    },
    "pregnancy": {"en": "Pregnant, or may be.", "es": "Embarazo, o posible embarazo."},
    "breastfeeding": {"en": "Breastfeeding.", "es": "Lactancia."},
    "safety": {
        "en": "The safety question was not answered with No: a clinician talks to the patient first.",
        "es": "La pregunta de seguridad no se respondió con No: antes, alguien del equipo habla con el paciente.",
    },
    "vitals_missing": {
        "en": "Blood pressure and heart rate before the dose are missing.",
        "es": "Faltan la tensión y el pulso de antes de la dosis.",
    },
    "bp_high": {
        "en": "Blood pressure {systolic}/{diastolic} is above {limit}. Measure again from {again}.",
        "es": "La tensión {systolic}/{diastolic} está por encima de {limit}. Mida otra vez a partir de las {again}.",
    },
    "heart_fast": {
        "en": "Heart rate {heart_rate} is above 100. Measure again from {again}.",
        "es": "El pulso {heart_rate} está por encima de 100. Mida otra vez a partir de las {again}.",
    },
    "heart_slow": {
        "en": "Heart rate {heart_rate} is below 50. Measure again from {again}.",
        "es": "El pulso {heart_rate} está por debajo de 50. Mida otra vez a partir de las {again}.",
    },
    "repeat_early": {
        "en": "Measured again too soon after a high or low value. Measure from {again}.",
        "es": "Medido demasiado pronto tras un valor alto o bajo. Mida a partir de las {again}.",
    },
    "breathing": {
        "en": "Breathing is not calm.",
        "es": "La respiración no es tranquila.",
    },
    "not_cleared": {
        "en": "Not cleared for treatment today.",
        "es": "No se considera apto para el tratamiento de hoy.",
    },
    "suitability_missing": {
        "en": "Nobody has recorded that treatment may go on today.",
        "es": "No consta que el tratamiento pueda darse hoy.",
    },
    "explained_missing": {
        "en": "Not recorded: the treatment was explained and questions answered.",
        "es": "No consta: se explicó el tratamiento y se respondieron las preguntas.",
    },
    "consent_missing": {
        "en": "Not recorded: risks discussed and consent given.",
        "es": "No consta: se habló de los riesgos y dio su consentimiento.",
    },
}
