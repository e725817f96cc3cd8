"""A draft or a version tried on a made-up patient."""

from datetime import timedelta
from uuid import UUID

import msgspec
from litestar import post
from litestar.handlers.base import BaseRouteHandler

from server.access.guards import staff_only
from server.access.model import EVERYBODY, Staff
from server.flow.preview_shown import MadeUp, Preview
from server.flow.previewing import preview
from server.kit import errors
from server.kit.contacts import is_zone
from server.kit.db import Database, Tx
from server.protocols import draft_queries
from server.protocols.findings import FAULTY, faults_of, findings
from server.protocols.routes.shown import Language
from server.protocols.routes.versions import published

FARTHEST = timedelta(days=3 * 365)


@post("/api/protocols/drafts/{draft_id:uuid}/preview", guards=[staff_only(*EVERYBODY)], status_code=200)
async def preview_draft(
    draft_id: UUID, data: MadeUp, staff: Staff, db: Database, language: Language = None
) -> Preview:  # fmt: skip
    """422 with every fault while the draft has any: what cannot work has no timeline."""
    spoken = language or staff.language
    async with db.begin(staff.actor) as tx:
        _require_believable(tx, data)
        document = (await draft_queries.get(tx, draft_id)).document
    if faults := faults_of(findings(document, spoken)):
        raise errors.Problem(422, FAULTY, extra={"findings": msgspec.to_builtins(faults)})
    return preview(document, data, spoken)


@post("/api/protocols/{key:str}/{version:int}/preview", guards=[staff_only(*EVERYBODY)], status_code=200)
async def preview_version(
    key: str, version: int, data: MadeUp, staff: Staff, db: Database, language: Language = None
) -> Preview:
    """What this version asks."""
    async with db.begin(staff.actor) as tx:
        _require_believable(tx, data)
        document = await published(tx, key, version)
    return preview(document, data, language or staff.language)


def _require_believable(tx: Tx, made_up: MadeUp) -> None:
    if not is_zone(made_up.time_zone):
        raise errors.invalid(("time_zone", "Must be a time zone such as Europe/Madrid."))
    started, left = made_up.started_at or made_up.ended_at, made_up.discharged_at or made_up.ended_at
    for name, at in (("ended_at", made_up.ended_at), ("started_at", started), ("discharged_at", left)):
        if abs(at - tx.now) > FARTHEST:
            raise errors.invalid((name, "Is too far away."))
    if not started <= made_up.ended_at <= left:
        raise errors.invalid(("ended_at", "Is before the start or after they left."))


HANDLERS: list[BaseRouteHandler] = [preview_draft, preview_version]
