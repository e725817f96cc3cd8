"""The esketamine REMS worksheet as a file."""

import asyncio
from uuid import UUID

from litestar import Response, get
from litestar.handlers.base import BaseRouteHandler

from server.access.guards import staff_only
from server.access.model import EVERYBODY, Staff
from server.flow.rems import Sheet, rems_sheet
from server.kit.db import Database


@get("/api/sessions/{session_id:uuid}/rems.pdf", guards=[staff_only(*EVERYBODY)], media_type="application/pdf")
async def export_rems(session_id: UUID, staff: Staff, db: Database) -> Response[bytes]:
    """The esketamine REMS worksheet, filled in from the record; 409 for any other drug."""
    async with db.begin(staff.actor) as tx:
        sheet = await rems_sheet(tx, session_id)
    body = await asyncio.to_thread(_drawn, sheet)
    named = {"content-disposition": f'attachment; filename="rems-{session_id}.pdf"'}
    return Response(body, media_type="application/pdf", headers=named)


def _drawn(sheet: Sheet) -> bytes:
    # Fonts and pictures take a moment to load, and few clinics ever print one.
    from server.visits.pdf import draw

    return draw(sheet.title, sheet.notice, sheet.sections, letter=sheet.letter)


HANDLERS: list[BaseRouteHandler] = [export_rems]
