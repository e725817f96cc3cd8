"""Which protocol version asked: the one a session is pinned to, without a session the clinic's newest."""

from uuid import UUID

from server.kit.db import Tx
from server.protocols import queries as protocols
from server.protocols.model import ProtocolVersion
from server.sessions import queries as sessions


async def version_of(tx: Tx, session_id: UUID | None) -> ProtocolVersion:
    session = None if session_id is None else await sessions.find(tx, session_id)
    if session is None:
        return (await protocols.list_latest(tx))[0].document
    return await protocols.get_version(tx, session.protocol_key, session.protocol_version)
