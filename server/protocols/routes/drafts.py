"""Begin a draft, read it, change parts of it, drop it."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, patch, post
from litestar.handlers.base import BaseRouteHandler
from litestar.params import QueryParameter
from msgspec import Meta

from server.access.guards import staff_only
from server.access.model import EVERYBODY, LEAD, Staff
from server.kit import audit, errors
from server.kit.db import Database, Tx
from server.kit.ids import uuid7
from server.protocols import draft_queries, queries, questionnaire_queries
from server.protocols.draft_model import AddQuestionnaire, Edit, Operation, Refused, Words
from server.protocols.draft_queries import DraftListed
from server.protocols.model import ProtocolVersion
from server.protocols.operations import applied
from server.protocols.questionnaires import Questionnaire
from server.protocols.routes.shown import DraftShown, Language, draft_shown, draft_to_change
from server.protocols.rules import own_key

TAKEN = "Somebody is changing this protocol already. Go on with that draft."


class NewDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which protocol to change. With a `title` it stays as it is, and a new one begins as its copy."""

    key: Annotated[str, Meta(max_length=80)]
    title: Words | None = None


class DraftList(msgspec.Struct, frozen=True):
    items: list[DraftListed]


@get("/api/protocols/drafts", guards=[staff_only(*EVERYBODY)])
async def list_drafts(staff: Staff, db: Database, language: Language = None) -> DraftList:
    """What is being changed, and what waits for a second person."""
    async with db.begin(staff.actor) as tx:
        return DraftList(await draft_queries.list_drafts(tx, language or staff.language))


@post("/api/protocols/drafts", guards=[staff_only(*LEAD)])
async def begin_draft(data: NewDraft, staff: Staff, db: Database, language: Language = None) -> DraftShown:
    """From the version of a protocol that is in use; 409 with the id of the draft that is there."""
    async with db.begin(staff.actor) as tx:
        document, base = await _base(tx, data)
        draft_id = uuid7()
        if not await draft_queries.insert(tx, draft_id, document, base, staff.id):
            raise errors.conflict(TAKEN, draft_id=str(await draft_queries.find_of_key(tx, document.key)))
        await _note(tx, "protocol_draft.begun", draft_id, document.key)
        return await draft_shown(tx, staff, draft_id, language)


async def _base(tx: Tx, data: NewDraft) -> tuple[ProtocolVersion, ProtocolVersion]:
    """(the draft's document, the version in use that it began from)."""
    published = {p.document.key: p.document for p in await queries.list_in_use(tx)}
    if data.key not in published:
        raise errors.not_found()
    newest = published[data.key]
    if data.title is None:
        return msgspec.structs.replace(newest, version=newest.version + 1), newest
    if not data.title.get("en", "").strip():
        raise errors.invalid(("title", "Give it an English name too."))
    taken = {*published, *(d.key for d in await draft_queries.list_drafts(tx, "en"))}
    return msgspec.structs.replace(newest, key=own_key(data.title["en"], taken), version=1, title=data.title), newest


@get("/api/protocols/drafts/{draft_id:uuid}", guards=[staff_only(*EVERYBODY)])
async def get_draft(draft_id: UUID, staff: Staff, db: Database, language: Language = None) -> DraftShown:
    async with db.begin(staff.actor) as tx:
        return await draft_shown(tx, staff, draft_id, language)


@patch("/api/protocols/drafts/{draft_id:uuid}", guards=[staff_only(*LEAD)])
async def change_draft(
    draft_id: UUID, data: Edit, staff: Staff, db: Database, language: Language = None
) -> DraftShown:  # fmt: skip
    """All operations or none. One that was submitted has to be submitted again. 409 with the current draft when
    somebody has changed it meanwhile."""
    async with db.begin(staff.actor) as tx:
        draft = await draft_to_change(tx, staff, draft_id, data.revision, language)
        try:
            document = applied(draft.document, data.operations, await _library(tx, data.operations))
        except Refused as refused:
            raise errors.invalid((refused.field, refused.message)) from refused
        await draft_queries.change(tx, draft_id, document, staff.id)
        await _note(tx, "protocol_draft.changed", draft_id, draft.key, data.operations)
        return await draft_shown(tx, staff, draft_id, language)


async def _library(tx: Tx, operations: tuple[Operation, ...]) -> dict[str, Questionnaire]:
    """The clinic's questionnaires by id, for operations that take one in."""
    if not any(isinstance(operation, AddQuestionnaire) for operation in operations):
        return {}
    return {stored.document.id: stored.document for stored in await questionnaire_queries.list_newest(tx)}


@delete("/api/protocols/drafts/{draft_id:uuid}", guards=[staff_only(*LEAD)])
async def drop_draft(
    draft_id: UUID, staff: Staff, db: Database, revision: Annotated[int, QueryParameter(name="revision")]
) -> None:
    """What was published stays; the draft is gone."""
    async with db.begin(staff.actor) as tx:
        draft = await draft_to_change(tx, staff, draft_id, revision, None)
        await draft_queries.delete(tx, draft_id)
        await _note(tx, "protocol_draft.dropped", draft_id, draft.key)


async def _note(tx: Tx, action: str, draft_id: UUID, key: str, operations: tuple[Operation, ...] = ()) -> None:
    """Ids and names of parts only: what a question says is the document's."""
    detail: dict[str, object] = {"key": key}
    if operations:
        detail["operations"] = [_named(operation) for operation in operations]
    await audit.record(tx, action, "protocol_draft", draft_id, detail=detail)


def _named(operation: Operation) -> str:
    parts = [getattr(operation, name, None) for name in ("questionnaire", "item", "key", "id")]
    parts += [
        getattr(getattr(operation, "step", None), "key", None),
        getattr(getattr(operation, "rule", None), "id", None),
        getattr(getattr(operation, "restriction", None), "id", None),
    ]
    return " ".join([str(type(operation).__struct_config__.tag), *(str(part) for part in parts if part)])


HANDLERS: list[BaseRouteHandler] = [list_drafts, begin_draft, get_draft, change_draft, drop_draft]
