"""What is said of the difference between two documents."""

from typing import Literal

import msgspec

from server.protocols.questionnaires import Text
from server.protocols.spoken import filled

Part = Literal["protocol", "step", "item", "questionnaire", "rule", "escalation", "restriction", "usual", "missed"]

SAID: dict[str, Text] = {
    "to": {"en": "{what}: {before} → {after}", "es": "{what}: {before} → {after}"},
    "plain": {"en": "{before} → {after}", "es": "{before} → {after}"},
    "title": {"en": "Name", "es": "Nombre"},
    "scope": {"en": "Used for", "es": "Se usa para"},
    "step_new": {"en": "New check-in: {what}: {how}", "es": "Control nuevo: {what}: {how}"},
    "step_gone": {"en": "Check-in removed: {what}", "es": "Control eliminado: {what}"},
    "none": {"en": "not limited", "es": "sin límite"},
    "form_new": {"en": "New questionnaire: {what}", "es": "Cuestionario nuevo: {what}"},
    "form_gone": {"en": "Questionnaire removed: {what}", "es": "Cuestionario eliminado: {what}"},
    "item_new": {"en": "New question in {form}: {what}", "es": "Pregunta nueva en {form}: {what}"},
    "item_gone": {"en": "Question removed from {form}: {what}", "es": "Pregunta eliminada de {form}: {what}"},
    "item_words": {"en": "Question in {form}: {before} → {after}", "es": "Pregunta en {form}: {before} → {after}"},
    "item_words_in": {
        "en": "Question in {form}, words in another language: {before} → {after}",
        "es": "Pregunta en {form}, texto en otro idioma: {before} → {after}",
    },
    "item_options": {"en": "Answers to {what}: {before} → {after}", "es": "Respuestas a {what}: {before} → {after}"},
    "item_help": {"en": "Help text of {what} has changed", "es": "Cambia el texto de ayuda de {what}"},
    "item_order": {
        "en": "The questions of {form} come in another order",
        "es": "Las preguntas de {form} van en otro orden",
    },
    "item_required": {"en": "{what} must be answered", "es": "{what} debe responderse"},
    "item_skippable": {"en": "{what} may be skipped", "es": "{what} puede omitirse"},
    "item_when": {"en": "{what} is asked only if {when}", "es": "{what} se pregunta solo si {when}"},
    "item_always": {"en": "{what} is always asked", "es": "{what} se pregunta siempre"},
    "item_other": {"en": "{what}: how it is answered has changed", "es": "{what}: cambia la forma de responder"},
    "score_changed": {"en": "How {form} is scored has changed", "es": "Cambia la puntuación de {form}"},
    "rule_new": {"en": "New rule: {rule}", "es": "Regla nueva: {rule}"},
    "rule_gone": {"en": "Rule removed: {rule}", "es": "Regla eliminada: {rule}"},
    "rule_off": {"en": "Rule switched off: {rule}", "es": "Regla desactivada: {rule}"},
    "rule_on": {"en": "Rule switched on again: {rule}", "es": "Regla activada otra vez: {rule}"},
    "rule_then": {"en": "If {when}: {before} → {after}", "es": "Si {when}: {before} → {after}"},
    "rule_advice": {"en": "Advice has changed. {rule}", "es": "Cambia el consejo. {rule}"},
    "rule_other": {
        "en": "What the team reads, or how soon they must answer, has changed. {rule}",
        "es": "Cambia lo que lee el equipo o su plazo para responder. {rule}",
    },
    "climbs": {
        "en": "How an alert climbs ({tier}): {before} → {after}",
        "es": "Cómo sube un aviso ({tier}): {before} → {after}",
    },
    "worsens": {
        "en": "When an alert becomes worse ({tier}) has changed",
        "es": "Cambia cuándo empeora un aviso ({tier})",
    },
    "restriction_new": {"en": "New restriction: {what}", "es": "Restricción nueva: {what}"},
    "restriction_gone": {"en": "Restriction removed: {what}", "es": "Restricción eliminada: {what}"},
    "restriction_words": {
        "en": "Restriction, words in another language: {what}",
        "es": "Restricción, texto en otro idioma: {what}",
    },
    "usual_new": {"en": "New: what is usual. {what}", "es": "Nuevo: lo habitual. {what}"},
    "usual_gone": {"en": "Removed: what is usual. {what}", "es": "Eliminado: lo habitual. {what}"},
    "sources": {"en": "The list of sources has changed", "es": "Cambia la lista de fuentes"},
    "rest": {"en": "Other settings of the protocol have changed", "es": "Cambian otros ajustes del protocolo"},
}


class Change(msgspec.Struct, frozen=True):
    """One change: the part it is about, that part's key, and the sentence."""

    part: Part
    key: str
    text: str


def say_change(name: str, language: str, **parts: object) -> str:
    """One of the sentences above, its holes filled."""
    return filled(SAID[name], language, **parts)
