"""Files of sessions over HTTP."""

import asyncio
from typing import Any

from litestar import Request, post
from litestar.handlers.base import BaseRouteHandler

from server.access.guards import staff_only
from server.access.model import Staff
from server.flow.imports import Imported, file_imported, place_of_files
from server.interop.rules import Unreadable, read_sessions
from server.kit import errors
from server.kit.db import Database
from server.kit.errors import Problem

LARGEST_FILE = 8 * 1024 * 1024
MOST_ROWS = 10_000
CSV = "text/csv"


@post(
    "/api/sessions/import", guards=[staff_only("clinician", "admin")], request_max_body_size=LARGEST_FILE,
    media_types=("application/json", CSV),
)  # fmt: skip
async def import_sessions(request: Request[Any, Any, Any], staff: Staff, db: Database) -> Imported:
    """A CSV file of sessions, UTF-8, at most 10,000 rows: all of them or none. The README lists the columns."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != CSV:
        raise Problem(415, "Send the file as text/csv.")
    async with db.begin(staff.actor) as tx:
        place = await place_of_files(tx)
    content = await request.body()
    try:
        sheet = await asyncio.to_thread(read_sessions, content, place, MOST_ROWS)
    except Unreadable as error:
        raise errors.invalid(("file", str(error))) from error
    return await file_imported(lambda: db.begin(staff.actor), sheet)


HANDLERS: list[BaseRouteHandler] = [import_sessions]
