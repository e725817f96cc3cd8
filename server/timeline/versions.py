"""Which protocol version asked: the one a session is pinned to, or a form before any session; else the clinic's own."""

from typing import Any
from uuid import UUID

from server.kit.db import Tx
from server.protocols import queries as protocols
from server.protocols.model import ProtocolVersion
from server.sessions import queries as sessions


async def version_of(tx: Tx, session_id: UUID | None, pinned: tuple[str, int] | None = None) -> ProtocolVersion:
    if pinned is not None:
        return await protocols.get_version(tx, *pinned)
    session = None if session_id is None else await sessions.find(tx, session_id)
    if session is None:
        return (await protocols.list_in_use(tx))[0].document
    return await protocols.get_version(tx, session.protocol_key, session.protocol_version)


def pinned_by(row: Any) -> tuple[str, int] | None:
    """What a check-in before any session carries."""
    return None if row["protocol_key"] is None else (row["protocol_key"], row["protocol_version"])
