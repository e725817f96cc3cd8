"""Which protocols the clinic has, and the named sign-off without which no real session uses one."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import get, post

from server.access.guards import staff_only
from server.access.model import EVERYBODY, Staff
from server.access.queries import get_clinic, list_staff
from server.kit import audit, errors
from server.kit.db import Database, Tx
from server.protocols import queries
from server.protocols.queries import Published


class Signer(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class ProtocolListed(msgspec.Struct, frozen=True):
    """A version in use; `needs_sign_off`: real sessions are refused until a clinician signs."""

    key: str
    version: int
    title: str
    signed_by: Signer | None
    signed_at: datetime | None
    needs_sign_off: bool


class ProtocolList(msgspec.Struct, frozen=True):
    items: list[ProtocolListed]


class NothingElse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An empty object."""


@get("/api/protocols", guards=[staff_only(*EVERYBODY)])
async def list_protocols(staff: Staff, db: Database) -> ProtocolList:
    """The newest version of each protocol."""
    async with db.begin(staff.actor) as tx:
        return ProtocolList(await _list(tx, staff.language))


@post("/api/protocols/{key:str}/{version:int}/sign-off", guards=[staff_only("admin", "clinician")], status_code=200)
async def sign_off(
    key: str, version: int, staff: Staff, db: Database, data: NothingElse | None = None
) -> ProtocolListed:
    """Stand for a version by name; 404 when the clinic has no such newest version, 409 when it is signed already."""
    async with db.begin(staff.actor) as tx:
        if not any((p.document.key, p.document.version) == (key, version) for p in await queries.list_latest(tx)):
            raise errors.not_found()
        if not await queries.sign_off(tx, key, version, staff.id):
            raise errors.conflict("This version is signed already.")
        await audit.record(tx, "protocol_signed", "protocol", detail={"key": key, "version": version})
        return next(p for p in await _list(tx, staff.language) if (p.key, p.version) == (key, version))


async def _list(tx: Tx, language: str) -> list[ProtocolListed]:
    names = {s.id: s.name for s in await list_staff(tx)}
    demo = (await get_clinic(tx)).demo
    return [_listed(p, names, language, demo) for p in await queries.list_latest(tx)]


def _listed(published: Published, names: dict[UUID, str], language: str, demo: bool) -> ProtocolListed:
    document, signer = published.document, published.signed_by
    return ProtocolListed(
        document.key,
        document.version,
        document.title.get(language) or document.title["en"],
        Signer(signer, names[signer]) if signer else None,
        published.signed_at,
        signer is None and not demo,
    )


HANDLERS = [list_protocols, sign_off]
