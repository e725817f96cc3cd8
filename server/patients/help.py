"""Numbers to call, by the country the person is in. Never a guess: an unknown country has no number, only words.

The rows are data (`library/help_numbers.json`), each with its source and the day somebody checked it.
"""

from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

import msgspec

Text = dict[str, str]

WARN_AFTER_DAYS = 90
FAIL_AFTER_DAYS = 180

LOCAL_EMERGENCY: Text = {"en": "your local emergency number", "es": "su número de emergencias local"}
EMERGENCY: Text = {"en": "Emergency", "es": "Emergencias"}


class HelpRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One number of one country. `note` says how to use it, such as "Call or text"."""

    country: str
    kind: Literal["emergency", "crisis"]
    number: str
    label: Text
    source: str
    checked_on: date
    note: Text | None = None


class EmergencyLine(msgspec.Struct, frozen=True):
    """Without a number the label says it all: "your local emergency number"."""

    number: str | None
    label: str


class CrisisLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody to talk to about suicide, at any hour."""

    label: str
    number: str
    note: str | None = None


class Help(msgspec.Struct, frozen=True):
    """The help card of one person, in their language."""

    country: str | None
    emergency: EmergencyLine
    crisis: tuple[CrisisLine, ...]
    clinic_phone: str | None


@cache
def load_help() -> tuple[HelpRow, ...]:
    """All rows. A file that does not decode is a defect of the build and raises."""
    raw = (files("server.patients") / "library" / "help_numbers.json").read_bytes()
    return msgspec.json.decode(raw, type=tuple[HelpRow, ...])


@lru_cache(maxsize=1024)
def help_for(country: str | None, clinic_phone: str | None, language: str) -> Help:
    """The help card for where the person is now (ISO 3166 code; None when not known)."""
    rows = [row for row in load_help() if row.country == country]
    emergency = next((row for row in rows if row.kind == "emergency"), None)
    return Help(
        country=country if rows else None,
        emergency=EmergencyLine(
            number=emergency.number if emergency else None,
            label=_in(emergency.label if emergency else LOCAL_EMERGENCY, language),
        ),
        crisis=tuple(
            CrisisLine(_in(row.label, language), row.number, _in(row.note, language) if row.note else None)
            for row in rows
            if row.kind == "crisis"
        ),
        clinic_phone=clinic_phone,
    )


def _in(text: Text, language: str) -> str:
    return text.get(language) or text["en"]


@cache
def _countries_by_zone() -> dict[str, str]:
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def country_of_zone(zone: str) -> str | None:
    """The country of an IANA zone, as the phone reports it; None for zones of no single country, such as UTC."""
    return _countries_by_zone().get(zone)


def stale_help(today: date, days: int = WARN_AFTER_DAYS) -> tuple[HelpRow, ...]:
    """Rows nobody has checked for more than `days`: the build warns at 90 and fails at 180."""
    return tuple(row for row in load_help() if (today - row.checked_on).days > days)
