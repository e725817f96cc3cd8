"""Asking the operator in a terminal, and reading what they answer. Wrong answers are explained and asked again."""

import getpass
import re
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from zoneinfo import available_timezones

from server.access.model import EVERYBODY, Hours, Role
from server.access.passwords import SHORTEST
from server.kit.contacts import is_country, is_zone, parse_email, parse_phone

LANGUAGES = ("en", "es")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d\d:\d\d)-(\d\d:\d\d)")
TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")

Answer = TypeVar("Answer")


class AnswerError(Exception):
    """An answer cannot be used; the message says what is expected."""


def settle(flag: str, question: str, given: str | None, read: Callable[[str], Answer], usual: str = "") -> Answer:
    """The value of a flag; asked for in the terminal when it was not given. `usual` is what Enter alone means."""
    if given is not None:
        return _read_flag(flag, given, read)
    if not sys.stdin.isatty():
        raise AnswerError(f"{flag} is missing, and there is no terminal to ask in.")
    while True:
        answer = input(f"{question} [{usual}]: " if usual else f"{question}: ").strip() or usual
        try:
            return read(answer)
        except AnswerError as error:
            print(error)


def settle_password(file: Path | None, who: str) -> tuple[str, bool]:
    """A password and whether it was made here: from a file, asked for twice, or made when there is nobody to ask."""
    if file is not None:
        return read_password(file.read_text(encoding="utf-8").strip()), False
    if not sys.stdin.isatty():
        return secrets.token_urlsafe(12), True
    while True:
        first = getpass.getpass(f"Password for {who} (Enter alone: one is made): ")
        if not first:
            return secrets.token_urlsafe(12), True
        try:
            read_password(first)
        except AnswerError as error:
            print(error)
            continue
        if getpass.getpass("Again: ") == first:
            return first, False
        print("The two are not the same.")


def read_role(answer: str) -> Role:
    """One of the roles, in lower case."""
    for role in EVERYBODY:
        if role == answer.lower():
            return role
    raise AnswerError(f"One of these is expected: {', '.join(EVERYBODY)}.")


def read_language(answer: str) -> str:
    if answer not in LANGUAGES:
        raise AnswerError(f"One of these is expected: {', '.join(LANGUAGES)}.")
    return answer


def read_text(answer: str) -> str:
    if not answer.strip():
        raise AnswerError("This cannot be empty.")
    return answer.strip()


def read_zone(answer: str) -> str:
    if not is_zone(answer):
        raise AnswerError("A time zone is expected, such as Europe/Berlin, America/New_York or Australia/Sydney.")
    return answer


def read_country(answer: str) -> str:
    if not is_country(answer.upper()):
        raise AnswerError("Two letters are expected, such as US, CA, GB, DE or AU.")
    return answer.upper()


def read_hours(answer: str) -> Hours:
    """`Mon-Fri 08:00-18:00`, or one day; a week may wrap (Sat-Tue)."""
    found = HOURS.fullmatch(answer.strip().lower())
    if not found or found[1] not in DAYS or (found[2] or found[1]) not in DAYS:
        raise AnswerError("Days and times are expected, such as Mon-Fri 08:00-18:00.")
    if not TIME.fullmatch(found[3]) or not TIME.fullmatch(found[4]) or found[3] >= found[4]:
        raise AnswerError("Times run from 00:00 to 23:59, and the clinic closes after it opens.")
    first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
    days = [(first + n) % 7 + 1 for n in range((last - first) % 7 + 1)]
    return Hours(tuple(sorted(days)), found[3], found[4])


def read_email(answer: str) -> str:
    address = parse_email(answer)
    if address is None:
        raise AnswerError("An e-mail address is expected.")
    return address


def read_phone(country: str) -> Callable[[str], str]:
    """Reads a national or international number into E.164."""

    def read(answer: str) -> str:
        phone = parse_phone(answer, country)
        if phone is None:
            raise AnswerError("A phone number is expected, with its country code if it is not from here: +12025550123.")
        return phone

    return read


def read_password(answer: str) -> str:
    if len(answer) < SHORTEST:
        raise AnswerError(f"A password has at least {SHORTEST} characters.")
    return answer


def machine_zone() -> str:
    """The time zone this machine is set to, else UTC."""
    name = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    return name if name in available_timezones() else "UTC"


def _read_flag(flag: str, given: str, read: Callable[[str], Answer]) -> Answer:
    try:
        return read(given)
    except AnswerError as error:
        raise AnswerError(f"{flag}: {error}") from error
