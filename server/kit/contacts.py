"""Phone numbers, e-mail addresses and zones in their one normal form, or None when they cannot be one."""

import re
from functools import cache
from zoneinfo import available_timezones

import phonenumbers

EMAIL = re.compile(r"[^@\s\"<>(),;:\\\[\]]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
LONGEST_EMAIL = 254
LONGEST_PHONE = 40
NOT_PLACES = {"Factory", "localtime", "posixrules"}


def parse_phone(text: str, country: str) -> str | None:
    """E.164 of an international number, or of a national one of the country (ISO 3166, two letters).

    Only the length is checked against the country's plan: number ranges change faster than any table of them.
    """
    if len(text) > LONGEST_PHONE:
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if (
        number.extension
        or phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE
    ):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_email(text: str) -> str | None:
    """The address without surrounding space; None when mail could not reach it."""
    text = text.strip()
    fits = len(text) <= LONGEST_EMAIL and ".." not in text and EMAIL.fullmatch(text)
    return text if fits else None


def is_zone(name: str) -> bool:
    """Whether the IANA zone exists here."""
    return name in _zones()


def is_country(code: str) -> bool:
    """Whether the two letters name a country that has telephones."""
    return code in phonenumbers.SUPPORTED_REGIONS


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - NOT_PLACES)


def mask_phone(phone: str) -> str:
    """Enough to recognise one's own number."""
    return f"{phone[:3]} ••• {phone[-2:]}"


def mask_email(email: str) -> str:
    """First letter and domain."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"
