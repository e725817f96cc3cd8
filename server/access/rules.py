"""Pure decisions of access: expiry, limits, the client's address, call-list warnings, masks."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

from server.access.model import Role

STAFF_IDLE = timedelta(minutes=15)
STAFF_LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=30)
PHONE_IDLE = timedelta(days=180)
PHONE_SEEN_EVERY = timedelta(minutes=10)

FAILURE_WINDOW = timedelta(minutes=15)
ACCOUNT_FAILURES = 5
ADDRESS_FAILURES = 50

REACHABLE_WANTED = 2
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def came_from_own_page(
    marker: str | None, site: str | None, content: str | None, empty: bool, accepted: Sequence[str]
) -> bool:
    """Whether an unsafe call can only have been made by our own pages.

    `marker` is X-Afterglow, `site` Sec-Fetch-Site where the browser sends it, `content` the media type; a call
    without a body needs none.
    """
    if marker != "1" or site not in (None, "same-origin"):
        return False
    media = (content or "").split(";")[0].strip().lower()
    return media in accepted or (empty and not media)


def wait_seconds(failures: Sequence[datetime], limit: int, wall: datetime) -> int:
    """Seconds until another try is allowed; 0 when it is allowed now. `failures`: those within the window."""
    if len(failures) < limit:
        return 0
    blocking = sorted(failures)[-limit]
    return max(1, int((blocking + FAILURE_WINDOW - wall).total_seconds()) + 1)


def client_address(peer: str, forwarded: str | None, trusted: Sequence[str]) -> str:
    """The address of the client: X-Forwarded-For counts only as far as trusted proxies wrote it."""
    if not _is_trusted(peer, trusted):
        return peer
    address = peer
    for hop in reversed([h.strip() for h in (forwarded or "").split(",") if h.strip()]):
        address = hop
        if not _is_trusted(hop, trusted):
            break
    return address


def _is_trusted(address: str, trusted: Sequence[str]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
        return any(ip in ipaddress.ip_network(network, strict=False) for network in trusted)
    except ValueError:
        return False


def may_handle_alerts(role: Role) -> bool:
    """Viewers look on: a page to one would reach nobody who may acknowledge it."""
    return role != "viewer"


def call_list_warning(reachable: int) -> str | None:
    """Fewer than two people who can be reached: one asleep phone, and an alert climbs to nobody."""
    if reachable >= REACHABLE_WANTED:
        return None
    who = "Nobody" if reachable == 0 else "Only one person"
    return f"{who} on the call list can be reached. Add people until there are at least two."
