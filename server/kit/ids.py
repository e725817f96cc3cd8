"""Identifiers: UUID version 7, sortable by creation."""

import os
from uuid import UUID

from server.kit.clock import unix_ms


def uuid7() -> UUID:
    """A new identifier: 48 bits of milliseconds, then 74 random bits (RFC 9562)."""
    return uuid7s(1)[0]


def uuid7s(count: int) -> list[UUID]:
    """So many at once, in no order among each other: one look at the clock, one draw of random bits."""
    instant = (unix_ms() & (1 << 48) - 1).to_bytes(6)
    drawn = os.urandom(10 * count)
    return [UUID(bytes=instant + _marked(drawn[start : start + 10])) for start in range(0, 10 * count, 10)]


def _marked(random: bytes) -> bytes:
    return bytes((0x70 | random[0] & 0x0F, random[1], 0x80 | random[2] & 0x3F)) + random[3:]
