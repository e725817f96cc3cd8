"""Providers' signed reports on messages."""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import structlog
from litestar import Request, post
from litestar.handlers.base import BaseRouteHandler

from server.access.guards import provider_signed
from server.flow.notifications import message_reported
from server.kit import audit, errors
from server.kit.actor import Actor
from server.kit.crypto import fingerprint
from server.kit.db import Database
from server.notifications.channels.sms_callback import STATUS_PATH, callback_url, read_status, verify_signature
from server.settings import Settings

log = structlog.get_logger()


@post(STATUS_PATH, guards=[provider_signed], status_code=204, include_in_schema=False)
async def sms_status(message: UUID, request: Request[Any, Any, Any], db: Database, settings: Settings) -> None:
    """Only the owner of the SMS token is heard; a forged report changes nothing."""
    params = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    signature = request.headers.get("x-twilio-signature", "")
    url = callback_url(settings.url, message)
    if settings.sms is None or not verify_signature(url, params, signature, settings.sms.token):
        log.warning("forged_report", message=str(message))
        raise errors.forbidden("This report is not signed by the provider.")
    report = read_status(params)
    found = await db.find_credential("message", fingerprint(message.bytes))
    if report is None or found is None:
        return
    async with db.begin(Actor("system", found[0])) as tx:
        await message_reported(tx, message, "sms", report)
        await audit.record(tx, f"message.{report.receipt}", "notification", message)


HANDLERS: list[BaseRouteHandler] = [sms_status]
