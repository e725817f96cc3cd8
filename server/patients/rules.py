"""Pure decisions about patients: who may be enrolled, what their details look like, how long an invitation lasts."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from server.kit.contacts import is_zone, parse_email, parse_phone
from server.patients.model import Companion, Details, Invitation, PatientChange, Pause, PauseReason

ADULT = 18
OLDEST = 125
INVITATION_LASTS = timedelta(hours=72)
CONSENT_VERSION = "1"
PAUSE_LONGEST = timedelta(days=14)
FOR_GOOD: tuple[PauseReason, ...] = ("withdrawn", "deceased")

DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}

Errors = list[tuple[str, str]]


def age(date_of_birth: date, today: date) -> int:
    """Full years. Somebody born on 29 February has their birthday on 1 March in other years."""
    return today.year - date_of_birth.year - ((today.month, today.day) < (date_of_birth.month, date_of_birth.day))


def local_day(now: datetime, time_zone: str) -> date:
    """The date on the patient's calendar."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def changed(details: Details, change: PatientChange) -> Details:
    """The details with the change applied."""
    given = {name: value for name in Details.__struct_fields__ if (value := getattr(change, name)) is not msgspec.UNSET}
    return msgspec.structs.replace(details, **given)


def fields_of(change: PatientChange) -> list[str]:
    """Which fields a change names."""
    return [name for name in change.__struct_fields__ if getattr(change, name) is not msgspec.UNSET]


def tidy(details: Details, country: str, today: date) -> tuple[Details, Errors]:
    """The details in their normal form and what is wrong with them; `country` reads national phone numbers."""
    problems = _birth_problems(details.date_of_birth, today)
    phone = parse_phone(details.phone, country)
    if phone is None:
        problems.append(
            ("phone", "Is not a phone number. Start with + and the country's code, or enter a local number.")
        )
    if not any(letter.isalnum() for letter in details.name):
        problems.append(("name", "Has no letters."))
    email = None if details.email is None else parse_email(details.email)
    if details.email is not None and email is None:
        problems.append(("email", "Is not an e-mail address."))
    if not is_zone(details.time_zone):
        problems.append(("time_zone", "Is not a time zone. Use a name such as Europe/Madrid."))
    if details.quiet_hours is not None and details.quiet_hours.start == details.quiet_hours.end:
        problems.append(("quiet_hours.to", "Must differ from the start."))
    companion = details.companion and _companion(details.companion, country, problems)
    tidied = msgspec.structs.replace(
        details, name=details.name.strip(), phone=phone or details.phone, email=email, companion=companion,
        address=details.address and details.address.strip(),
    )  # fmt: skip
    return tidied, problems


def _birth_problems(date_of_birth: date, today: date) -> Errors:
    """Minors are not enrolled (safety.md, hazard H19)."""
    years = age(date_of_birth, today)
    if years < 0 or years > OLDEST:
        return [("date_of_birth", "Is not the date of birth of a living person.")]
    if years < ADULT:
        return [("date_of_birth", "Afterglow looks after adults only. A person under 18 cannot be enrolled.")]
    return []


def _companion(companion: Companion, country: str, problems: Errors) -> Companion:
    phone = parse_phone(companion.phone, country)
    if phone is None:
        problems.append(("companion.phone", "Is not a phone number."))
    return Companion(companion.name.strip(), phone or companion.phone)


def first_name(name: str) -> str:
    """The first word of a name, for a greeting."""
    return name.split()[0] if name.split() else name


def search_key(text: str) -> str:
    """Text without case and accents, so that "jose" finds José."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).strip()


def is_usable(invitation: Invitation, wall: datetime) -> bool:
    """An invitation binds one phone, once, within 72 hours, unless a newer one replaced it."""
    return invitation.used_at is None and invitation.revoked_at is None and wall < invitation.expires_at


def device_label(user_agent: str) -> str:
    """What kind of device it is, coarsely: enough to tell a lost phone from the new one."""
    for mark, label in (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android phone"), ("Mobile", "Phone")):
        if mark in user_agent:
            return label
    return "Computer" if "Mozilla" in user_agent else "Device"


def hours_text(days: Sequence[int], opens: str, closes: str, language: str) -> str:
    """Working hours in words: "Monday to Friday, 08:00 to 18:00"."""
    names, to, comma = DAYS[language], {"en": "to", "es": "a"}[language], ", "
    parts = [
        names[first - 1] if first == last else f"{names[first - 1]} {to} {names[last - 1]}"
        for first, last in _runs(days)
    ]
    return f"{comma.join(parts)}, {opens} {to} {closes}"


def off_duty_text(until: str, language: str) -> str:
    """What follows the hours while nobody is on duty."""
    return {"en": f". Nobody is on duty until {until}.", "es": f". No hay nadie de guardia hasta {until}."}[language]


def _runs(days: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for day in sorted(set(days)):
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def pause_errors(reason: PauseReason, ends_at: datetime | None, now: datetime) -> Errors:
    """ "Per-patient pause of prompts only, reason required, <= 14 days" (reliability, section 1). Who is admitted or
    away comes back: a person looks again by then. Who withdrew or died is not asked again."""
    if reason in FOR_GOOD:
        return [] if ends_at is None else [("ends_at", "This pause has no end.")]
    if ends_at is None or not now < ends_at <= now + PAUSE_LONGEST:
        return [("ends_at", "Choose an end within the next 14 days.")]
    return []


def pause_over(pauses: Iterable[Pause], at: datetime) -> Pause | None:
    """The pause that covers this instant."""
    return next((p for p in pauses if p.starts_at <= at and (p.until is None or at < p.until)), None)
