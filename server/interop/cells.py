"""What one cell of a file says. Each reader returns a value or raises CellError with words that hold no value."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from server.kit.contacts import parse_phone
from server.protocols.model import Phase
from server.sessions.model import DoseMg, Drug, Indication, Route, Setting
from server.sessions.rules import RISK_NAME

INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?( ?(Z|[+-]\d\d:\d\d))?")
NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?")
MOST_IN_A_LIST = 30


class CellError(Exception):
    """A cell cannot be read; the message says what to write instead."""


class Place(msgspec.Struct, frozen=True):
    """What local times and national phone numbers are read by: an IANA zone and two letters."""

    zone: str
    country: str


Reader = Callable[[str, Place], Any]


def one_of(words: Any) -> Reader:
    """Exactly one of a Literal's words."""
    allowed: tuple[str, ...] = get_args(words)

    def read(text: str, _: Place) -> str:
        if text not in allowed:
            raise CellError(f"Must be one of: {', '.join(allowed)}.")
        return text

    return read


def list_of(read_one: Reader) -> Reader:
    """Several, separated by semicolons."""

    def read(text: str, place: Place) -> list[Any]:
        parts = [part.strip() for part in text.split(";") if part.strip()]
        if len(parts) > MOST_IN_A_LIST:
            raise CellError(f"Has more than {MOST_IN_A_LIST} entries.")
        return [read_one(part, place) for part in parts]

    return read


def text_of(longest: int) -> Reader:
    """Free text."""

    def read(text: str, _: Place) -> str:
        if len(text) > longest:
            raise CellError(f"Is longer than {longest} characters.")
        return text

    return read


def read_risk(text: str, _: Place) -> str:
    if not RISK_NAME.fullmatch(text):
        raise CellError("Must be names such as alone_tonight, separated by semicolons.")
    return text


def read_dose(text: str, _: Place) -> float:
    """Milligrams."""
    try:
        return msgspec.convert(float(text) if NUMBER.fullmatch(text) else None, DoseMg)
    except msgspec.ValidationError as error:
        raise CellError("Must be a number of mg from 0.01 to 2000, such as 40 or 40.5.") from error


def read_instant(text: str, place: Place) -> datetime:
    """An instant with its offset, or a time on the clinic's clocks, to UTC.

    A time that the clocks skip or show twice when they change needs its offset: a guess would be an hour wrong.
    """
    if not INSTANT.fullmatch(text):
        raise CellError("Must be a time such as 2026-03-01 14:30, or 2026-03-01T14:30+01:00.")
    try:
        at = datetime.fromisoformat(text.replace(" Z", "Z").replace(" +", "+").replace(" -", "-"))
        if at.tzinfo is not None:
            return at.astimezone(UTC)
        first = at.replace(tzinfo=ZoneInfo(place.zone))
        utc = first.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise CellError("Is not a day and time that exist.") from error
    if first.utcoffset() != first.replace(fold=1).utcoffset():
        raise CellError("The clocks changed at that time: add the offset, such as +01:00.")
    return utc


def read_date(text: str, _: Place) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CellError("Must be a date such as 1984-03-09.") from error


def read_id(text: str, _: Place) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise CellError("Must be a patient's id.") from error


def read_phone(text: str, place: Place) -> str:
    """E.164."""
    phone = parse_phone(text, place.country)
    if phone is None:
        raise CellError("Is not a phone number. Start with + and the country's code, or enter a local number.")
    return phone


PATIENT: dict[str, Reader] = {
    "patient_id": read_id,
    "phone": read_phone,
    "name": text_of(200),
    "date_of_birth": read_date,
}
SESSION: dict[str, Reader] = {
    "drug": one_of(Drug),
    "route": one_of(Route),
    "setting": one_of(Setting),
    "dose_mg": read_dose,
    "indication": one_of(Indication),
    "other_indications": list_of(one_of(Indication)),
    "phase": one_of(Phase),
    "started_at": read_instant,
    "ended_at": read_instant,
    "discharged_at": read_instant,
    "risk": list_of(read_risk),
    "staying_with": text_of(200),
    "note": text_of(4000),
}
REQUIRED = ("drug", "route", "dose_mg", "indication", "started_at", "ended_at")
