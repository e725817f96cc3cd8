"""What every provider looks like from inside: give it a message, get an outcome, never an exception."""

from email.utils import parsedate_to_datetime
from typing import Protocol

import httpx

from server.notifications.model import Message, Outcome

TIMEOUT_S = 10.0
"""The longest one attempt may take from first byte to last; a lease must be at least twice as long."""


class Sender(Protocol):
    """One provider on one channel."""

    async def send(self, message: Message) -> Outcome:
        """Hand the message over. Repeating it after a crash or a timeout gives at most one extra copy."""

    async def close(self) -> None:
        """Give back the connections."""


def retry_after_s(headers: httpx.Headers) -> int | None:
    """What the provider's Retry-After asks for: seconds, or a date that is compared with the provider's own clock."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return int(text[:9])
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("Date", ""))
        return max(0, int(wait.total_seconds()))
    except (ValueError, TypeError):
        return None
