"""Providers' signed reports on messages, and receipts of the phones themselves."""

from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec
import structlog
from litestar import Request, post
from litestar.handlers.base import BaseRouteHandler
from msgspec import Meta

from server.access.attempts import begin_attempt
from server.access.guards import client_address, provider_signed
from server.flow.notifications import message_reported, prompt_seen, report_forged
from server.kit import audit, errors
from server.kit.actor import Actor
from server.kit.crypto import fingerprint
from server.kit.db import Database
from server.notifications.channels.sms_callback import STATUS_PATH, callback_url, read_status, verify_signature
from server.settings import Settings

log = structlog.get_logger()


@post(STATUS_PATH, guards=[provider_signed], status_code=204, include_in_schema=False)
async def sms_status(
    message: UUID, request: Request[Any, Any, Any], db: Database, settings: Settings, clinic: UUID | None = None
) -> None:
    """Only the owner of the SMS token is heard; a forged report changes nothing. The signature covers the whole
    address; texts of before it named their clinic are looked up."""
    params = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    signature = request.headers.get("x-twilio-signature", "")
    url = callback_url(settings.url, message, clinic)
    if settings.sms is None or not verify_signature(url, params, signature, settings.sms.token):
        await _forged(db, message, clinic, client_address(request))
        raise errors.forbidden("This report is not signed by the provider.")
    report = read_status(params)
    if report is None or report.receipt not in ("delivered", "failed"):
        return
    clinic = clinic or await _clinic_of(db, message)
    if clinic is None:
        return
    async with db.begin(Actor("system", clinic)) as tx:
        if await message_reported(tx, message, "sms", report):
            await audit.record(tx, f"message.{report.receipt}", "notification", message)


async def _forged(db: Database, message: UUID, clinic: UUID | None, address: str) -> None:
    """Told in the log, and in the audit log of whom it is about; who goes on is told to wait."""
    log.warning("forged_report", message=str(message))
    await begin_attempt(db, [("address", address)])
    clinic = clinic or await _clinic_of(db, message)
    if clinic is not None:
        async with db.begin(Actor("system", clinic)) as tx:
            await report_forged(tx, message)


async def _clinic_of(db: Database, message: UUID) -> UUID | None:
    found = await db.find_credential("message", fingerprint(message.bytes))
    return None if found is None else found[0]


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a message's link, and what happened to the message."""

    token: Annotated[str, Meta(min_length=8, max_length=200)]
    event: Literal["shown", "opened"]


@post("/api/receipts", guards=[provider_signed], status_code=204)
async def receive_receipt(data: Receipt, request: Request[Any, Any, Any], db: Database) -> None:
    """From the phone's worker, without a cookie: whoever holds the link's token may say that it was seen."""
    attempt = await begin_attempt(db, [("address", client_address(request))])
    found = await db.find_credential("link", fingerprint(data.token.encode()))
    if found is None:
        raise errors.not_found()
    await attempt.succeeded()
    async with db.begin(Actor("link", found[0])) as tx:
        await prompt_seen(tx, found[1], data.event)


HANDLERS: list[BaseRouteHandler] = [sms_status, receive_receipt]
