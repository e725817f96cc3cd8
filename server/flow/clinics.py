"""A clinic is made: its key, its lead and the protocols it starts with, unsigned."""

from typing import Any
from uuid import UUID

from server.access.model import NewClinic
from server.access.setup import new_clinic
from server.protocols.builtin import load_builtin
from server.protocols.queries import insert_version


async def create_clinic(conn: Any, instance_key: bytes, wanted: NewClinic) -> UUID:
    """Make a clinic as the database's owner, over one asyncpg connection. Raises SetupError; all or nothing."""
    async with new_clinic(conn, instance_key, wanted) as tx:
        for document in load_builtin():
            await insert_version(tx, document)
        return tx.clinic_id
