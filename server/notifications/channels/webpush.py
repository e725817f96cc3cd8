"""Web push (RFC 8030): a message encrypted to one phone, signed with our key (VAPID, RFC 8292)."""

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import msgspec
from py_vapid import Vapid

from server.kit.tls import authorities
from server.notifications.channels.base import TIMEOUT_S, retry_after_s
from server.notifications.channels.push_encryption import encrypt
from server.notifications.model import TIMED_OUT, Message, Outcome, PushTarget
from server.notifications.push_keys import decode, private_key, public_key
from server.notifications.rules import is_push_service
from server.settings import PushSettings

GONE = "push_gone"
"""The phone is not there any more: its subscription is to be retired."""

# Push services refuse more than 24 hours; theirs and our clock may differ.
SIGNATURE_LASTS = timedelta(hours=12)
LONGEST_TTL_S = 28 * 24 * 3600
AT_ONCE = 50


class WebPushSender:
    """Sends to the push services of the settings and to nobody else; redirects are not followed."""

    def __init__(self, settings: PushSettings, timeout_s: float = TIMEOUT_S) -> None:
        self._settings = settings
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            timeout=timeout_s,
            verify=authorities(),
            follow_redirects=False,
            limits=httpx.Limits(max_connections=AT_ONCE),
            # A proxy of the environment cannot reach a push service on this machine.
            trust_env=not any(":" in host for host in settings.hosts),
        )

    async def send(self, message: Message) -> Outcome:
        """Hand it to the phone's push service. A copy sent again replaces the first one on the phone."""
        target = message.push
        if target is None or not is_push_service(target.endpoint, self._settings.hosts):
            return Outcome("permanent", error_code="push_address")
        try:
            body = encrypt(payload(message, target), public_key(target.p256dh), decode(target.auth))
        except ValueError:
            return Outcome("permanent", error_code="push_unusable")
        headers = self._headers(message, target)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._post(target.endpoint, body, headers)
        except (TimeoutError, httpx.TimeoutException):
            return Outcome("temporary", error_code=TIMED_OUT)
        except httpx.TransportError:
            return Outcome("temporary", error_code="connection")
        except httpx.InvalidURL:
            return Outcome("permanent", error_code="push_address")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, endpoint: str, body: bytes, headers: dict[str, str]) -> Outcome:
        # What the service says besides its status is not read: it could be endless.
        async with self._client.stream("POST", endpoint, content=body, headers=headers) as response:
            return _outcome(response)

    def _headers(self, message: Message, target: PushTarget) -> dict[str, str]:
        parts = urlsplit(target.endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((target.signed_at + SIGNATURE_LASTS).timestamp()),
            "sub": self._settings.contact,
        }
        signed: dict[str, str] = Vapid(private_key(target.private_key)).sign(claims)
        return signed | {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_ttl_s(message)),
            "Topic": target.topic,
            "Urgency": "high",
        }


def payload(message: Message, target: PushTarget) -> bytes:
    """The declarative form: newer phones show it even if the app's worker fails, on others the worker reads it."""
    notification = {
        "title": message.title or "",
        "body": message.body,
        "navigate": message.link or "",
        "tag": target.topic,
        "lang": message.language,
        "silent": False,
    }
    return msgspec.json.encode({"web_push": 8030, "notification": notification})


def _ttl_s(message: Message) -> int:
    """How long the service may hold it for a phone that is off: until the window ends. None would mean not at all."""
    if message.expires_at is None:
        return LONGEST_TTL_S
    return min(max(int((message.expires_at - message.at).total_seconds()), 1), LONGEST_TTL_S)


def _outcome(response: httpx.Response) -> Outcome:
    status = response.status_code
    if response.is_success:
        return Outcome("accepted")
    if status in (404, 410):
        return Outcome("permanent", error_code=GONE)
    if status in (408, 425, 429) or status >= 500:
        return Outcome("temporary", error_code=f"http_{status}", retry_after_s=retry_after_s(response.headers))
    if status in (401, 403):
        return Outcome("configuration", error_code=f"http_{status}")
    return Outcome("permanent", error_code=f"http_{status}")
