"""A clinic is made: its key, its lead and the protocols it starts with, unsigned."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from server.access.model import NewClinic
from server.access.setup import clinic_transaction, complete_clinics, list_all_clinics, new_clinic
from server.kit.db import Tx
from server.protocols.builtin import load_builtin
from server.protocols.queries import insert_version, list_documents
from server.protocols.rules import next_standard


async def create_clinic(conn: Any, instance_key: bytes, wanted: NewClinic) -> UUID:
    """Make a clinic as the database's owner, over one asyncpg connection. Raises SetupError; all or nothing."""
    async with clinic_in_making(conn, instance_key, wanted) as tx:
        return tx.clinic_id


@asynccontextmanager
async def clinic_in_making(conn: Any, instance_key: bytes, wanted: NewClinic) -> AsyncIterator[Tx]:
    """The transaction in which it is made, for what belongs to it from the start."""
    async with new_clinic(conn, instance_key, wanted) as tx:
        for document in load_builtin():
            await insert_version(tx, document)
        yield tx


async def bring_up_to_date(conn: Any, instance_key: bytes) -> None:
    """Give clinics made by an earlier version what later ones begin with: keys, and protocols that are new or have
    changed, unsigned, as the version after their newest. What they have signed stays in use; repeats change nothing."""
    await complete_clinics(conn, instance_key)
    for clinic_id, _ in await list_all_clinics(conn):
        async with clinic_transaction(conn, instance_key, clinic_id) as tx:
            for standard in load_builtin():
                document = next_standard(standard, await list_documents(tx, standard.key))
                if document is not None:
                    await insert_version(tx, document)
