"""What is wrong with a rota, in words for the team."""

from datetime import datetime
from zoneinfo import ZoneInfo

from server.alerts.rota_lint import Finding, Kind

FINDINGS: dict[Kind, dict[str, str]] = {
    "no_rota": {
        "en": "There is no rota: the first person on the call list is on call at every hour.",
        "es": "No hay guardias: la primera persona de la lista de avisos está de guardia a todas horas.",
    },
    "gap": {
        "en": "Nobody is on call from {begins} to {ends}.",
        "es": "No hay nadie de guardia desde {begins} hasta {ends}.",
    },
    "left": {
        "en": "{name} is to be called but can no longer handle alerts. Take them out.",
        "es": "Se avisaría a {name}, que ya no puede atender alertas. Hay que quitar a esta persona.",
    },
    "unreachable": {
        "en": "{name} is to be called but has no phone and no e-mail to page.",
        "es": "Se avisaría a {name}, que no tiene teléfono ni correo para avisos.",
    },
    "few_verified": {
        "en": "Fewer than two ways to page {name} were tested in the last 30 days. Send a test page.",
        "es": "En los últimos 30 días se han probado menos de dos vías de aviso a {name}. Envíe un aviso de prueba.",
    },
    "idle_change": {
        "en": "The change from {begins} to {ends} does nothing: {name} is not on call then.",
        "es": "El cambio desde {begins} hasta {ends} no hace nada: {name} no está de guardia entonces.",
    },
    "same_again": {
        "en": "{tier}: step {step} calls nobody new. Put more people in the turns or on the call list.",
        "es": "{tier}: el paso {step} no avisa a nadie nuevo. Ponga a más personas en los turnos o en la lista.",
    },
    "step_empty": {
        "en": "{tier}: step {step} finds nobody at some hours. Put more people in the turns or on the call list.",
        "es": "{tier}: el paso {step} no encuentra a nadie a ciertas horas. Ponga a más personas en turnos o lista.",
    },
    "lead_unreachable": {
        "en": "No admin can be paged, and alerts that nobody takes go to the admin.",
        "es": "No se puede avisar a ningún administrador, y a él van las alertas que nadie atiende.",
    },
}
TIER_NAMES: dict[str, dict[str, str]] = {
    "emergency": {"en": "Emergency", "es": "Emergencia"},
    "urgent": {"en": "Urgent", "es": "Urgente"},
    "same_day": {"en": "Same day", "es": "Para hoy"},
}
DAYS: dict[str, tuple[str, ...]] = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
}
MONTHS: dict[str, tuple[str, ...]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}


def in_words(finding: Finding, name: str, zone: str, language: str) -> str:
    """One sentence; `name`: of the finding's colleague."""
    parts = {"name": name, "step": str(finding.step or "")}
    if finding.tier is not None:
        parts["tier"] = TIER_NAMES[finding.tier][language]
    if finding.begins is not None and finding.ends is not None:
        parts |= {"begins": _moment(finding.begins, zone, language), "ends": _moment(finding.ends, zone, language)}
    return FINDINGS[finding.kind][language].format(**parts)


def _moment(at: datetime, zone: str, language: str) -> str:
    """ "Mon 2 Mar 08:00", on the clinic's clock."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{DAYS[language][local.weekday()]} {local.day} {MONTHS[language][local.month - 1]} {local:%H:%M}"
