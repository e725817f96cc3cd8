"""Secrets that leave the server: random tokens stored as hashes, and sealed tokens that need no row."""

import base64
import hmac
import secrets
from uuid import UUID

import msgspec

from server.kit.crypto import derive, fingerprint


def new_token() -> str:
    """256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Eight characters without look-alikes, to read out and type."""
    return "".join(secrets.choice("ABCDEFGHJKMNPQRSTVWXYZ23456789") for _ in range(8))


def token_hash(token: str) -> bytes:
    """What is stored of a token."""
    return fingerprint(token.encode())


def link_token(instance_key: bytes, check_in_id: UUID) -> str:
    """The token in every message about one check-in: 192 bits, made again for each reminder, never stored in clear."""
    mac = hmac.digest(derive(instance_key, "link"), check_in_id.bytes, "sha256")
    return base64.urlsafe_b64encode(mac[:24]).decode()


def message_topic(instance_key: bytes, check_in_id: UUID) -> str:
    """What messages about one check-in have in common, so that on a phone the later replaces the earlier: 24 characters
    that say nothing to anybody else."""
    mac = hmac.digest(derive(instance_key, "topic"), check_in_id.bytes, "sha256")
    return base64.urlsafe_b64encode(mac[:18]).decode()


class SubmitGrant(msgspec.Struct, frozen=True, array_like=True):
    """What a submit token allows: answer this check-in, from this device or (None) through its link, until then."""

    clinic_id: UUID
    patient_id: UUID
    check_in_id: UUID
    device_id: UUID | None
    expires_unix: int


def seal_grant(instance_key: bytes, grant: SubmitGrant) -> str:
    """The grant as a bearer token: payload and MAC."""
    payload = msgspec.msgpack.encode(grant)
    mac = hmac.digest(derive(instance_key, "submit"), payload, "sha256")
    return base64.urlsafe_b64encode(mac[:16] + payload).decode().rstrip("=")


def open_grant(instance_key: bytes, token: str) -> SubmitGrant | None:
    """The grant of a genuine token, else None. Expiry and the device are for the caller to check."""
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        mac, payload = data[:16], data[16:]
        if not hmac.compare_digest(mac, hmac.digest(derive(instance_key, "submit"), payload, "sha256")[:16]):
            return None
        return msgspec.msgpack.decode(payload, type=SubmitGrant)
    except (ValueError, msgspec.MsgspecError):
        return None
