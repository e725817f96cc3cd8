"""Published versions, and what is different between two of them or between a draft and what it began from."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get
from litestar.handlers.base import BaseRouteHandler
from litestar.params import QueryParameter

from server.access.guards import staff_only
from server.access.model import EVERYBODY, Staff
from server.kit import errors
from server.kit.db import Database, Tx
from server.protocols import draft_queries, queries
from server.protocols.change_words import Change
from server.protocols.diff import diff
from server.protocols.model import ProtocolVersion
from server.protocols.queries import VersionListed
from server.protocols.routes.shown import RISK_WORDS, DocumentShown, Language, document_shown


class VersionList(msgspec.Struct, frozen=True):
    items: list[VersionListed]


class ChangeList(msgspec.Struct, frozen=True):
    items: list[Change]


@get("/api/protocols/{key:str}/versions", guards=[staff_only(*EVERYBODY)])
async def list_versions(key: str, staff: Staff, db: Database) -> VersionList:
    """The newest first, with both signatures."""
    async with db.begin(staff.actor) as tx:
        if not (items := await queries.list_versions(tx, key)):
            raise errors.not_found()
        return VersionList(items)


@get("/api/protocols/{key:str}/{version:int}", guards=[staff_only(*EVERYBODY)])
async def get_version(
    key: str, version: int, staff: Staff, db: Database, language: Language = None
) -> DocumentShown:  # fmt: skip
    """What was asked when and why, as published."""
    async with db.begin(staff.actor) as tx:
        return document_shown(await published(tx, key, version), language or staff.language)


@get("/api/protocols/{key:str}/diff", guards=[staff_only(*EVERYBODY)])
async def diff_versions(
    key: str,
    staff: Staff,
    db: Database,
    before: Annotated[int, QueryParameter(name="from")],
    after: Annotated[int, QueryParameter(name="to")],
    language: Language = None,
) -> ChangeList:
    """Each change from one version to another in one sentence."""
    async with db.begin(staff.actor) as tx:
        documents = await published(tx, key, before), await published(tx, key, after)
    return ChangeList(diff(*documents, language or staff.language, RISK_WORDS))


@get("/api/protocols/drafts/{draft_id:uuid}/diff", guards=[staff_only(*EVERYBODY)])
async def diff_draft(draft_id: UUID, staff: Staff, db: Database, language: Language = None) -> ChangeList:
    """Each change against the version that the draft began from; for a new protocol against its clinic's newest one for
    the clinic or, when that is where it is used, for home."""
    async with db.begin(staff.actor) as tx:
        draft = await draft_queries.get(tx, draft_id)
        if draft.base_version:
            base = await published(tx, draft.key, draft.base_version)
        else:
            newest = {p.document.key: p.document for p in await queries.list_in_use(tx)}
            base = newest["home" if "home" in newest and "clinic" not in draft.document.settings else "clinic"]
    return ChangeList(diff(base, draft.document, language or staff.language, RISK_WORDS))


async def published(tx: Tx, key: str, version: int) -> ProtocolVersion:
    """404 when the clinic has no such version."""
    try:
        return await queries.get_version(tx, key, version)
    except LookupError:
        raise errors.not_found() from None


HANDLERS: list[BaseRouteHandler] = [list_versions, get_version, diff_versions, diff_draft]
