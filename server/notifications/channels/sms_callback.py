"""The provider's signed status callbacks: where they go, whether they are genuine, what they say."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from server.notifications.channels.sms_errors import from_code
from server.notifications.model import Receipt, StatusReport

STATUS_PATH: Final = "/api/provider/sms/status"
INBOUND_PATH: Final = "/api/provider/sms/received"
DEFAULT_PORTS = {"http": 80, "https": 443}
RECEIPTS: dict[str, Receipt] = {
    "accepted": "queued",
    "scheduled": "queued",
    "queued": "queued",
    "sending": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}


def callback_url(origin: str, message_id: UUID, clinic_id: UUID | None = None) -> str:
    """Where the provider reports on a message; also the URL that it signs, so that its clinic may be believed."""
    url = f"{origin}{STATUS_PATH}?message={message_id}"
    return url if clinic_id is None else f"{url}&clinic={clinic_id}"


def sign(url: str, params: Mapping[str, str], token: str) -> str:
    """X-Twilio-Signature: base64 of HMAC-SHA1 over the URL followed by the sorted form fields."""
    text = url + "".join(name + params[name] for name in sorted(params))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def verify_signature(url: str, params: Mapping[str, str], signature: str, token: str) -> bool:
    """Whether this token's owner signed these fields for this URL, in constant time.

    `url` is the public address (`callback_url`), not what arrived behind a proxy. Providers sign it with or without
    the default port, so both pass.
    """
    given = signature.encode()
    verdicts = [hmac.compare_digest(sign(form, params, token).encode(), given) for form in _forms(url)]
    return any(verdicts)


def read_status(params: Mapping[str, str]) -> StatusReport | None:
    """What a verified callback says; None for a status that changes nothing for us."""
    ref, receipt = params.get("MessageSid"), RECEIPTS.get(params.get("MessageStatus", ""))
    if not ref or receipt is None:
        return None
    if receipt != "failed":
        return StatusReport(ref, receipt)
    code = params.get("ErrorCode", "")
    return StatusReport(
        ref, receipt, from_code(int(code) if code.isascii() and code.isdigit() and len(code) < 7 else None)
    )


def _forms(url: str) -> tuple[str, ...]:
    parts = urlsplit(url)
    default = DEFAULT_PORTS.get(parts.scheme)
    if parts.port is None:
        return url, parts._replace(netloc=f"{parts.netloc}:{default}").geturl()
    if parts.port == default:
        return url, parts._replace(netloc=parts.netloc.removesuffix(f":{default}")).geturl()
    return (url,)
