"""What a push service checks and what only the phone can read: RFC 8030, 8291 and 8292 from the receiving side."""

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from py_vapid.jwt import decode as decode_signed

from server.demo.push_phones import PushPhone, Unreadable
from server.settings import is_contact

AUTHORIZATION = re.compile(r"vapid t=([A-Za-z0-9_.-]+), ?k=([A-Za-z0-9_-]+)")
TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
URGENCIES = ("very-low", "low", "normal", "high")
LARGEST_BODY = 4096
LONGEST_SIGNATURE = timedelta(hours=24)


class Notification(msgspec.Struct, frozen=True):
    """What the phone shows: the declarative form, or what its app's worker makes of it."""

    title: str
    body: str
    navigate: str
    tag: str
    lang: str
    silent: bool


class Payload(msgspec.Struct, frozen=True):
    """8030 says that the rest is of this form."""

    web_push: int
    notification: Notification


class Taken(msgspec.Struct, frozen=True):
    """A message as the service saw it, and what only the phone could read (None: nothing)."""

    headers: dict[str, str]
    claims: dict[str, Any]
    body: bytes
    payload: Payload | None


def signed_claims(phone: PushPhone, headers: dict[str, str], host: str, now: datetime) -> dict[str, Any] | None:
    """What the sender signed; None unless it is meant for this host, in time, and by the key that the phone knows."""
    found = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if found is None or found.group(2) != phone.server_key:
        return None
    try:
        claims: dict[str, Any] = decode_signed(found.group(1), found.group(2))
    except InvalidSignature:
        return None
    until, now_s = claims.get("exp", 0), now.timestamp()
    in_time = now_s < until <= now_s + LONGEST_SIGNATURE.total_seconds()
    ours = claims.get("aud") == f"http://{host}" and is_contact(claims.get("sub", ""))
    return claims if in_time and ours else None


def problem_with(headers: dict[str, str], body: bytes) -> int:
    """The status that a push service refuses a malformed message with; 0 for none."""
    if len(body) > LARGEST_BODY:
        return 413
    known = headers.get("content-encoding") == "aes128gcm" and headers.get("urgency", "normal") in URGENCIES
    topic = headers.get("topic")
    return 0 if known and headers.get("ttl", "").isdigit() and (topic is None or TOPIC.fullmatch(topic)) else 400


def read(phone: PushPhone, body: bytes) -> Payload | None:
    """What the phone makes of it; the service itself cannot know."""
    try:
        payload = msgspec.json.decode(phone.read(body), type=Payload)
    except (Unreadable, msgspec.DecodeError):
        return None
    return payload if payload.web_push == 8030 else None
