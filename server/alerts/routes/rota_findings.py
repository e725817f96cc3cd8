"""What is wrong with the rota, before it matters."""

from typing import Annotated

import msgspec
from litestar import get
from litestar.handlers.base import BaseRouteHandler
from litestar.params import QueryParameter

from server.access.guards import staff_only
from server.access.model import CARE, Staff
from server.alerts.rota_lint import Kind
from server.alerts.rota_words import in_words
from server.flow.on_call import list_colleagues
from server.flow.paging import calendar_of
from server.flow.rota_lint import rota_findings
from server.kit.db import Database
from server.notifications.model import Language


class FindingShown(msgspec.Struct, frozen=True):
    """Something that would fail somebody later; `grave`: it would leave an alert without anybody."""

    kind: Kind
    grave: bool
    text: str


class FindingList(msgspec.Struct, frozen=True):
    """The worst first."""

    items: list[FindingShown]


@get("/api/clinic/rota/findings", guards=[staff_only(*CARE)])
async def get_findings(
    staff: Staff, db: Database, language: Annotated[Language | None, QueryParameter()] = None
) -> FindingList:
    """What is wrong with the rota, in words; in the reader's language unless another is named."""
    async with db.begin(staff.actor) as tx:
        found = await rota_findings(tx)
        names = {one.id: one.name for one in await list_colleagues(tx)}
        zone = (await calendar_of(tx)).zone
    said = [in_words(f, names[f.staff_id] if f.staff_id else "", zone, language or staff.language) for f in found]
    return FindingList([FindingShown(f.kind, f.grave, text) for f, text in zip(found, said, strict=True)])


HANDLERS: list[BaseRouteHandler] = [get_findings]
