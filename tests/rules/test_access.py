"""Limits, the client's address, what counts as our own page, masks and the warning over a thin call list."""

from datetime import UTC, datetime, timedelta

import pytest

from server.access import rules
from server.kit import contacts

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
JSON = ("application/json",)


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("203.0.113.7", "198.51.100.1", (), "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", ("10.0.0.0/8",), "203.0.113.7"),
        ("10.0.0.2", "198.51.100.1", ("10.0.0.0/8",), "198.51.100.1"),
        ("10.0.0.2", "1.2.3.4, 198.51.100.1", ("10.0.0.0/8",), "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1, 10.0.0.9", ("10.0.0.0/8",), "198.51.100.1"),
        ("10.0.0.2", None, ("10.0.0.0/8",), "10.0.0.2"),
        ("10.0.0.2", "10.0.0.3", ("10.0.0.0/8",), "10.0.0.3"),
        ("", "198.51.100.1", ("10.0.0.0/8",), ""),
        ("::1", "2001:db8::5", ("::1",), "2001:db8::5"),
    ],
)
def test_forwarded_addresses_count_only_as_far_as_trusted_proxies_wrote_them(
    peer: str, forwarded: str | None, trusted: tuple[str, ...], address: str
) -> None:
    assert rules.client_address(peer, forwarded, trusted) == address


@pytest.mark.parametrize(
    ("marker", "site", "content", "empty", "own"),
    [
        ("1", "same-origin", "application/json", False, True),
        ("1", None, "application/json; charset=utf-8", False, True),
        ("1", None, None, True, True),
        (None, "same-origin", "application/json", False, False),
        ("1", "cross-site", "application/json", False, False),
        ("1", "none", "application/json", False, False),
        ("1", None, "text/plain", False, False),
        ("1", None, "multipart/form-data", True, False),
        ("1", None, None, False, False),
    ],
)
def test_a_call_of_our_own_pages(
    marker: str | None, site: str | None, content: str | None, empty: bool, own: bool
) -> None:
    assert rules.came_from_own_page(marker, site, content, empty, JSON) is own


def test_the_wait_ends_when_the_oldest_failure_that_counts_is_15_minutes_old() -> None:
    failures = [NOON - timedelta(minutes=m) for m in (14, 4, 3, 2, 1)]
    assert rules.wait_seconds(failures[:4], 5, NOON) == 0
    assert rules.wait_seconds(failures, 5, NOON) == 61


def test_fewer_than_two_who_can_be_reached_is_a_warning() -> None:
    assert rules.call_list_warning(2) is None
    assert (rules.call_list_warning(1) or "").startswith("Only one person")
    assert (rules.call_list_warning(0) or "").startswith("Nobody")


def test_contacts_are_masked() -> None:
    assert contacts.mask_phone("+34600000001") == "+34 ••• 01"
    assert contacts.mask_email("nora@example.org") == "n•••@example.org"
