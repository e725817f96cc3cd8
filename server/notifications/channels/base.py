"""What every provider looks like from inside: give it a message, get an outcome, never an exception."""

from typing import Protocol

from server.notifications.model import Message, Outcome

TIMEOUT_S = 10.0
"""The longest one attempt may take from first byte to last; a lease must be at least twice as long."""


class Sender(Protocol):
    """One provider on one channel."""

    async def send(self, message: Message) -> Outcome:
        """Hand the message over. Repeating it after a crash or a timeout gives at most one extra copy."""

    async def close(self) -> None:
        """Give back the connections."""
