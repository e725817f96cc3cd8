"""Who may be enrolled, what their details look like, how long an invitation lasts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.ids import uuid7
from server.patients import rules
from server.patients.model import Companion, Details, Invitation, PatientChange, QuietHours

TODAY = date(2026, 3, 10)
ANA = Details(
    name="Ana Ruiz", date_of_birth=date(1984, 3, 9), phone="+34600111222", time_zone="Europe/Madrid", language="es"
)  # fmt: skip


def problems(**different: Any) -> list[str]:
    _, found = rules.tidy(msgspec.structs.replace(ANA, **different), "ES", TODAY)
    return [field for field, _ in found]


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(1984, 3, 9), date(2026, 3, 9), 42),
        (date(1984, 3, 9), date(2026, 3, 8), 41),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2030, 1, 1), date(2026, 3, 9), -4),
    ],
)
def test_age_is_full_years(born: date, on: date, years: int) -> None:
    assert rules.age(born, on) == years


@given(st.dates(date(1905, 1, 1), date(2026, 1, 1)), st.dates(date(2026, 1, 1), date(2060, 1, 1)))
def test_age_rises_by_one_a_year(born: date, on: date) -> None:
    assert rules.age(born, on.replace(day=min(on.day, 28), year=on.year + 1)) - rules.age(born, on) in (0, 1)


def test_a_minor_is_refused_with_a_plain_sentence() -> None:
    """Hazard H19: enrolment under 18 is refused."""
    _, found = rules.tidy(msgspec.structs.replace(ANA, date_of_birth=date(2008, 3, 11)), "ES", TODAY)
    assert found == [("date_of_birth", "Afterglow looks after adults only. A person under 18 cannot be enrolled.")]
    assert problems(date_of_birth=date(2008, 3, 10)) == []


@pytest.mark.parametrize("born", [date(2026, 3, 11), date(1890, 1, 1)])
def test_a_birth_in_the_future_or_too_long_ago_is_refused(born: date) -> None:
    assert problems(date_of_birth=born) == ["date_of_birth"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("600 111 222", "+34600111222"), ("+353 86 123 4567", "+353861234567"), ("0034600111222", "+34600111222"),
     ("+1 (202) 555-0100", "+12025550100")],
)  # fmt: skip
def test_a_phone_becomes_e164(typed: str, stored: str) -> None:
    tidied, found = rules.tidy(msgspec.structs.replace(ANA, phone=typed), "ES", TODAY)
    assert (tidied.phone, found) == (stored, [])


@pytest.mark.parametrize(
    "typed", ["", "12", "call me", "+999123456789", "+34 600 111 222 ext 5", "+3460011122233344", "+"]
)
def test_what_cannot_be_called_is_refused(typed: str) -> None:
    assert problems(phone=typed) == ["phone"]
    assert problems(companion=Companion("Luis", typed)) == ["companion.phone"]


@pytest.mark.parametrize("zone", ["Madrid", "Europe/madrid", "", "../etc/passwd", "Factory", "localtime", "+02:00"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    assert problems(time_zone=zone) == ["time_zone"]


@pytest.mark.parametrize(
    "email", ["ana", "ana@", "@a.org", "a b@c.org", "ana@host", "a@b..org", "ana@b.org\nBcc: x@y.org"]
)
def test_what_is_no_e_mail_address_is_refused(email: str) -> None:
    assert problems(email=email) == ["email"]


def test_quiet_hours_must_have_a_length() -> None:
    assert problems(quiet_hours=QuietHours("22:00", "22:00")) == ["quiet_hours.to"]
    assert problems(quiet_hours=QuietHours("22:00", "07:00")) == []


def test_every_wrong_field_is_named_at_once() -> None:
    assert problems(phone="x", email="x", time_zone="x") == ["phone", "email", "time_zone"]


def test_a_change_leaves_out_what_it_does_not_name_and_null_removes() -> None:
    before = msgspec.structs.replace(ANA, email="ana@example.org")
    change = msgspec.json.decode(b'{"email": null, "language": "en"}', type=PatientChange)
    after = rules.changed(before, change)
    assert (after.email, after.language, after.name) == (None, "en", "Ana Ruiz")
    assert rules.fields_of(change) == ["language", "email"]


def test_an_invitation_works_once_for_72_hours_unless_replaced() -> None:
    wall = datetime(2026, 3, 10, 12, tzinfo=UTC)
    fresh = Invitation(uuid7(), uuid7(), wall + rules.INVITATION_LASTS, None, None)
    assert rules.is_usable(fresh, wall + timedelta(hours=71, minutes=59))
    assert not rules.is_usable(fresh, wall + timedelta(hours=72))
    assert not rules.is_usable(msgspec.structs.replace(fresh, used_at=wall), wall)
    assert not rules.is_usable(msgspec.structs.replace(fresh, revoked_at=wall), wall)


@pytest.mark.parametrize(
    ("days", "language", "words"),
    [
        ((1, 2, 3, 4, 5), "en", "Monday to Friday, 08:00 to 18:00"),
        ((1, 2, 3, 4, 5), "es", "lunes a viernes, 08:00 a 18:00"),
        ((1, 3, 4), "en", "Monday, Wednesday to Thursday, 08:00 to 18:00"),
        ((7,), "en", "Sunday, 08:00 to 18:00"),
    ],
)
def test_working_hours_in_words(days: tuple[int, ...], language: str, words: str) -> None:
    assert rules.hours_text(days, "08:00", "18:00", language) == words


def test_search_ignores_case_and_accents() -> None:
    assert rules.search_key("JOSÉ Núñez ") == "jose nunez"
    assert rules.search_key("") == ""


def test_a_greeting_uses_the_first_name() -> None:
    assert rules.first_name("Ana María Ruiz") == "Ana"
