"""Text messages through a Twilio-compatible HTTP API."""

import asyncio
import logging
import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
import msgspec

from server.kit.tls import authorities
from server.notifications.channels.base import TIMEOUT_S, retry_after_s
from server.notifications.channels.sms_callback import callback_url
from server.notifications.channels.sms_errors import from_code
from server.notifications.model import TIMED_OUT, Message, Outcome
from server.settings import SmsSettings, is_loopback

# At its default level this logger prints whole addresses, and a look-up carries a phone number in its query.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)

LONGEST_VALIDITY_S = 14_400
CLOCK_TOLERANCE = timedelta(seconds=60)
LOST = ("failed", "undelivered", "canceled")


class Resource(msgspec.Struct, frozen=True):
    """The part of the provider's message that we read."""

    sid: str
    body: str = ""
    status: str = ""
    date_created: str | None = None


class Page(msgspec.Struct, frozen=True):
    """The provider's answer to a look-up, newest message first."""

    messages: list[Resource]


class Problem(msgspec.Struct, frozen=True):
    """The provider's refusal; its words are not read."""

    code: int | None = None


class SmsSender:
    """Sends texts; status callbacks come to `callback_url(origin, message.id, clinic)`."""

    def __init__(self, settings: SmsSettings, origin: str, timeout_s: float = TIMEOUT_S) -> None:
        self._settings = settings
        self._origin = origin
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            auth=(settings.account, settings.token),
            timeout=timeout_s,
            verify=authorities(),
            # A proxy of the environment cannot reach a provider on this machine.
            trust_env=not is_loopback(urlsplit(settings.api_url).hostname or ""),
        )
        self._address = f"{settings.api_url}/2010-04-01/Accounts/{settings.account}/Messages.json"

    async def send(self, message: Message) -> Outcome:
        """Look first whether an earlier attempt arrived after all, then send."""
        try:
            async with asyncio.timeout(self._timeout_s):
                known = await self._find(message) if message.tried_since else None
                return Outcome("accepted", provider_ref=known) if known else await self._post(message)
        except (TimeoutError, httpx.TimeoutException):
            return Outcome("temporary", error_code=TIMED_OUT)
        except httpx.TransportError:
            return Outcome("temporary", error_code="connection")
        except httpx.InvalidURL:
            return Outcome("configuration", error_code="address")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, message: Message) -> Outcome:
        form = {
            "To": message.to,
            "From": self._settings.sender,
            "Body": message.body,
            "StatusCallback": callback_url(self._origin, message.id, message.clinic_id),
        }
        if message.expires_at is not None:
            left_s = int((message.expires_at - message.at).total_seconds())
            form["ValidityPeriod"] = str(min(max(left_s, 1), LONGEST_VALIDITY_S))
        response = await self._client.post(self._address, data=form)
        return _outcome(response)

    async def _find(self, message: Message) -> str | None:
        """The provider's id of an earlier copy, or None. The API has no key of ours, so a copy is the same text to the
        same number since the first attempt. In doubt None: a second copy is better than none."""
        since = message.tried_since or message.at
        earliest = since - CLOCK_TOLERANCE
        query = {"To": message.to, "DateSent>": earliest.date().isoformat(), "PageSize": "50"}
        response = await self._client.get(self._address, params=query)
        if not response.is_success:
            return None
        try:
            found = msgspec.json.decode(response.content, type=Page).messages
        except msgspec.DecodeError:
            return None
        return next((copy.sid for copy in found if _is_copy(copy, message.body, earliest)), None)


def _is_copy(copy: Resource, body: str, earliest: datetime) -> bool:
    if _wording(copy.body) != _wording(body) or copy.status in LOST or copy.date_created is None:
        return False
    try:
        return parsedate_to_datetime(copy.date_created) >= earliest
    except (ValueError, TypeError):
        return False


def _wording(body: str) -> str:
    """What stays the same when a text is sent again: it says how old the alert is."""
    return re.sub(r"\d+", "", body)


def _outcome(response: httpx.Response) -> Outcome:
    status = response.status_code
    if response.is_success:
        return Outcome("accepted", provider_ref=_sid(response))
    if status in (401, 403):
        return Outcome("configuration", error_code=f"http_{status}")
    if status in (408, 425, 429) or status >= 500:
        return Outcome("temporary", error_code=f"http_{status}", retry_after_s=retry_after_s(response.headers))
    if status == 400:
        return from_code(_code(response))
    return Outcome("configuration", error_code=f"http_{status}")


def _sid(response: httpx.Response) -> str | None:
    try:
        return msgspec.json.decode(response.content, type=Resource).sid
    except msgspec.DecodeError:
        return None


def _code(response: httpx.Response) -> int | None:
    try:
        return msgspec.json.decode(response.content, type=Problem).code
    except msgspec.DecodeError:
        return None
