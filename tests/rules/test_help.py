"""Help numbers: by the country the person is in, checked, and never guessed."""

from datetime import date, timedelta

import pytest

from server.patients.help import country_of_zone, help_for, load_help, stale_help

NUMBERS = {
    "US": ("911", ["988"]),
    "CA": ("911", ["988"]),
    "GB": ("999", ["111", "116 123"]),
    "IE": ("112", ["116 123"]),
    "ES": ("112", ["024"]),
    "MX": ("911", ["800 911 2000"]),
    "FR": ("112", ["3114"]),
    "NL": ("112", ["113"]),
    "DE": ("112", ["0800 111 0 111"]),
    "AU": ("000", ["13 11 14"]),
    "NZ": ("111", ["1737"]),
}


@pytest.mark.parametrize(("country", "numbers"), NUMBERS.items())
@pytest.mark.parametrize("language", ["en", "es"])
def test_numbers_of_a_country(country: str, numbers: tuple[str, list[str]], language: str) -> None:
    card = help_for(country, "+34 600", language)
    assert (card.emergency.number, [line.number for line in card.crisis]) == numbers
    assert (card.country, card.clinic_phone) == (country, "+34 600")


def test_no_country_is_listed_that_is_not_tested() -> None:
    assert {row.country for row in load_help()} == set(NUMBERS)


@pytest.mark.parametrize("country", [None, "XX", "us"])
def test_an_unknown_country_gets_words_and_no_number(country: str | None) -> None:
    card = help_for(country, "+34 600", "en")
    assert (card.country, card.emergency.number, card.crisis) == (None, None, ())
    assert card.emergency.label == "your local emergency number"


def test_how_to_use_a_number_is_said() -> None:
    assert help_for("GB", None, "en").crisis[0].note == "Choose the mental health option"
    assert help_for("US", None, "es").crisis[0].note == "Llame o envíe un mensaje"


@pytest.mark.parametrize(
    ("zone", "country"),
    [("Europe/Madrid", "ES"), ("America/Tijuana", "MX"), ("Pacific/Auckland", "NZ"), ("UTC", None), ("nowhere", None)],
)
def test_the_country_of_the_phones_zone(zone: str, country: str | None) -> None:
    assert country_of_zone(zone) == country


def test_rows_grow_stale_after_ninety_days() -> None:
    for row in load_help():
        assert row.source.startswith("https://")
        assert {"en", "es"} <= row.label.keys()
    oldest = min(row.checked_on for row in load_help())
    assert stale_help(oldest + timedelta(days=90)) == ()
    assert stale_help(oldest + timedelta(days=91)) != ()
    assert stale_help(oldest + timedelta(days=180), days=180) == ()
    assert oldest >= date(2026, 11, 1)
