"""Texts that people send to our number: signed by the provider, answered in the same breath."""

from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import structlog
from litestar import Request, Response, post
from litestar.handlers.base import BaseRouteHandler

from server.access.guards import provider_signed
from server.flow.text_replies import text_received
from server.kit import errors
from server.kit.db import Database
from server.notifications.channels.sms_callback import INBOUND_PATH, verify_signature
from server.settings import Settings

log = structlog.get_logger()


@post(INBOUND_PATH, guards=[provider_signed], status_code=200, include_in_schema=False)
async def sms_received(request: Request[Any, Any, Any], db: Database, settings: Settings) -> Response[str]:
    """Only the owner of the SMS token is heard. What the text says is stored nowhere."""
    params = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    signature = request.headers.get("x-twilio-signature", "")
    url = f"{settings.url}{INBOUND_PATH}"
    if settings.sms is None or not verify_signature(url, params, signature, settings.sms.token):
        log.warning("forged_text")
        raise errors.forbidden("This text is not signed by the provider.")
    sender, reference = params.get("From", ""), params.get("MessageSid", "")
    said = None
    if sender and 0 < len(reference) <= 64:
        said = await text_received(db, sender, params.get("Body", ""), reference)
    message = "" if said is None else f"<Message>{escape(said)}</Message>"
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>', media_type="text/xml; charset=utf-8"
    )


HANDLERS: list[BaseRouteHandler] = [sms_received]
