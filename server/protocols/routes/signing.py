"""Two people stand for a version: the author signs by submitting, somebody else publishes."""

from uuid import UUID

import msgspec
from litestar import post
from litestar.handlers.base import BaseRouteHandler

from server.access.guards import staff_only
from server.access.model import LEAD, Staff
from server.kit import audit, errors
from server.kit.db import Database, Tx
from server.protocols import draft_queries, queries
from server.protocols.draft_model import Draft
from server.protocols.findings import FAULTY, faults_of, findings, to_accept
from server.protocols.queries import ProtocolListed
from server.protocols.routes.shown import DraftShown, Language, Revision, Signature, draft_shown, draft_to_change
from server.protocols.rules import as_version

NEEDS_YES = "Something would become less careful. Somebody has to say yes to that by name."
NOT_SUBMITTED = "Nobody has submitted this draft. Its author signs first."
SAME_PERSON = "You signed this as its author. A second person has to read it and publish it."
OVERTAKEN = "A newer version was published since this draft began. Begin a new draft from that one."


@post("/api/protocols/drafts/{draft_id:uuid}/submit", guards=[staff_only(*LEAD)], status_code=200)
async def submit(
    draft_id: UUID, data: Signature, staff: Staff, db: Database, language: Language = None
) -> DraftShown:  # fmt: skip
    """Sign as the author. 422 with every fault while there are any; 409 when somebody has changed it meanwhile."""
    async with db.begin(staff.actor) as tx:
        draft = await draft_to_change(tx, staff, draft_id, data.revision, language)
        _require_sound(draft, data.accepted, language or staff.language)
        accepted = to_accept(draft.document)
        await draft_queries.submit(tx, draft_id, staff.id, accepted)
        await _note(tx, "protocol_draft.submitted", draft, accepted)
        return await draft_shown(tx, staff, draft_id, language)


@post("/api/protocols/drafts/{draft_id:uuid}/reopen", guards=[staff_only(*LEAD)], status_code=200)
async def reopen(
    draft_id: UUID, data: Revision, staff: Staff, db: Database, language: Language = None
) -> DraftShown:  # fmt: skip
    """Take the author's signature off again: to go on changing it, or because a colleague wants that."""
    async with db.begin(staff.actor) as tx:
        draft = await draft_to_change(tx, staff, draft_id, data.revision, language)
        await draft_queries.reopen(tx, draft_id)
        await _note(tx, "protocol_draft.reopened", draft)
        return await draft_shown(tx, staff, draft_id, language)


@post("/api/protocols/drafts/{draft_id:uuid}/publish", guards=[staff_only(*LEAD)], status_code=200)
async def publish(draft_id: UUID, data: Signature, staff: Staff, db: Database) -> ProtocolListed:
    """Sign as the second person: from now on new sessions use it; others keep the version that they are pinned to."""
    async with db.begin(staff.actor) as tx:
        draft = await draft_to_change(tx, staff, draft_id, data.revision, None)
        if draft.submitted_by is None or draft.submitted_at is None:
            raise errors.conflict(NOT_SUBMITTED)
        if draft.submitted_by == staff.id:
            raise errors.forbidden(SAME_PERSON)
        _require_sound(draft, data.accepted, staff.language)
        in_use = {p.document.key: p.document.version for p in await queries.list_in_use(tx)}
        if in_use.get(draft.key, 0) != draft.base_version:
            raise errors.conflict(OVERTAKEN)
        there = await queries.list_documents(tx, draft.key)
        document = as_version(draft.document, there[-1] if there else None)
        if not await queries.insert_signed(tx, document, staff.id, draft.submitted_by, draft.submitted_at):
            raise errors.conflict(OVERTAKEN)
        await draft_queries.delete(tx, draft_id)
        await _note(tx, "protocol.published", draft, draft.accepted, document.version)
        shown = await queries.list_shown(tx, staff.language)
        return next(p for p in shown if (p.key, p.version) == (document.key, document.version))


def _require_sound(draft: Draft, accepted: list[str], language: str) -> None:
    found = findings(draft.document, language)
    if faults := faults_of(found):
        raise errors.Problem(422, FAULTY, extra={"findings": msgspec.to_builtins(faults)})
    missing = [f for f in found if f.level == "yes" and f.key not in accepted]
    if missing:
        raise errors.Problem(422, NEEDS_YES, extra={"findings": msgspec.to_builtins(missing)})


async def _note(
    tx: Tx, action: str, draft: Draft, accepted: list[str] | None = None, version: int | None = None
) -> None:
    detail: dict[str, object] = {"key": draft.key}
    if accepted:
        detail["accepted"] = accepted
    if version is not None:
        detail["version"] = version
    await audit.record(tx, action, "protocol_draft", draft.id, detail=detail)


HANDLERS: list[BaseRouteHandler] = [submit, reopen, publish]
