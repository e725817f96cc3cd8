"""Which protocols the clinic has, and the named sign-off without which no real session uses one."""

import msgspec
from litestar import get, post

from server.access.guards import staff_only
from server.access.model import EVERYBODY, LEAD, Staff
from server.kit import audit, errors
from server.kit.db import Database, Tx
from server.protocols import queries
from server.protocols.queries import ProtocolListed


class ProtocolList(msgspec.Struct, frozen=True):
    items: list[ProtocolListed]


class NothingElse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An empty object."""


@get("/api/protocols", guards=[staff_only(*EVERYBODY)])
async def list_protocols(staff: Staff, db: Database) -> ProtocolList:
    """The version of each protocol that is in use, and beside it a newer one that waits for a signature."""
    async with db.begin(staff.actor) as tx:
        return ProtocolList(await queries.list_shown(tx, staff.language))


@post("/api/protocols/{key:str}/{version:int}/sign-off", guards=[staff_only(*LEAD)], status_code=200)
async def sign_off(
    key: str, version: int, staff: Staff, db: Database, data: NothingElse | None = None
) -> ProtocolListed:
    """Stand for a version by name; 404 when it is neither in use nor the newest, 409 when it is signed already."""
    async with db.begin(staff.actor) as tx:
        await _shown(tx, staff, key, version)
        if not await queries.sign_off(tx, key, version, staff.id):
            raise errors.conflict("This version is signed already.")
        await audit.record(tx, "protocol_signed", "protocol", detail={"key": key, "version": version})
        return await _shown(tx, staff, key, version)


async def _shown(tx: Tx, staff: Staff, key: str, version: int) -> ProtocolListed:
    for listed in await queries.list_shown(tx, staff.language):
        if (listed.key, listed.version) == (key, version):
            return listed
    raise errors.not_found()


HANDLERS = [list_protocols, sign_off]
