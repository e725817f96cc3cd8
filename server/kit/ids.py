"""Identifiers: UUID version 7, sortable by creation."""

import os
from uuid import UUID

from server.kit.clock import unix_ms


def uuid7() -> UUID:
    """A new identifier: 48 bits of milliseconds, then 74 random bits (RFC 9562)."""
    value = (unix_ms() & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10))
    return UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)
