"""A closed world for tests: every message that arrives must have been expected."""

import asyncio
from collections.abc import Sequence

from server.demo.inbox import Delivered, Inbox
from server.kit.clock import monotonic


class Expectations:
    """Over one inbox: `got` waits for a message and ticks it off, `close` fails on any that nobody expected."""

    def __init__(self, *inboxes: Inbox) -> None:
        self._inboxes: Sequence[Inbox] = inboxes
        self._ticked: set[int] = set()

    async def got(self, to: str, *words: str, channel: str | None = None, within_s: float = 5.0) -> Delivered:
        """The oldest message to this address with all these words in title or body; AssertionError when none comes."""
        until = monotonic() + within_s
        while True:
            for message in self.unexpected():
                said = f"{message.title or ''}\n{message.body}"
                if message.to == to and channel in (None, message.channel) and all(word in said for word in words):
                    self._ticked.add(id(message))
                    return message
            if monotonic() >= until:
                raise AssertionError(f"{to} got no message with {words}; waiting: {self.unexpected()}")
            await asyncio.sleep(0.01)

    def unexpected(self) -> list[Delivered]:
        """What arrived and nobody asked for, oldest first."""
        arrived = [message for inbox in self._inboxes for message in reversed(inbox.latest())]
        return [message for message in arrived if id(message) not in self._ticked]

    def forget(self) -> None:
        """What arrived so far is beside the point of this story."""
        self._ticked.update(id(message) for message in self.unexpected())

    def close(self) -> None:
        """Fail when a message arrived that nobody expected."""
        left = self.unexpected()
        if left:
            raise AssertionError(f"{len(left)} unexpected messages, the first: {left[:3]}")
