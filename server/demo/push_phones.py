"""The simulated phones' side of web push: each has a key pair and a secret of its own, kept over restarts."""

import os
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.kit.ids import uuid7
from server.notifications.channels.push_encryption import SALT_BYTES, content_keys
from server.notifications.push_keys import CURVE, decode, encode, new_pair, private_key, public_bytes

POINT_BYTES = 65
HEADER_BYTES = SALT_BYTES + 4 + 1 + POINT_BYTES


class Unreadable(Exception):
    """The phone cannot read what came: it is not for it, or it was changed on the way."""


class PushPhone(msgspec.Struct, frozen=True):
    """`to`: how the inbox names it. `server_key`: the public key it was subscribed with. Keys in base64url."""

    id: str
    to: str
    server_key: str
    private: str
    public: str
    auth: str

    def read(self, body: bytes) -> bytes:
        """The text of a message (RFC 8291)."""
        if len(body) <= HEADER_BYTES or body[SALT_BYTES + 4] != POINT_BYTES:
            raise Unreadable("not a message of one record")
        salt, sender = body[:SALT_BYTES], body[SALT_BYTES + 5 : HEADER_BYTES]
        own = private_key(decode(self.private))
        try:
            shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
            key, nonce = content_keys(shared, decode(self.auth), public_bytes(own.public_key()), sender, salt)
            padded = AESGCM(key).decrypt(nonce, body[HEADER_BYTES:], None)
        except (InvalidTag, ValueError) as error:
            raise Unreadable("wrong keys") from error
        plain, mark, _ = padded.rpartition(b"\x02")
        if not mark:
            raise Unreadable("no end")
        return plain


class PushPhones:
    """All of them, in memory and, with a file, on disk: one JSON document a line."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._phones: dict[str, PushPhone] = {}
        if file is not None and file.exists():
            for line in file.read_bytes().splitlines():
                phone = msgspec.json.decode(line, type=PushPhone)
                self._phones[phone.id] = phone

    def make(self, to: str, server_key: str) -> PushPhone:
        """A phone that has just subscribed."""
        private, public = new_pair()
        phone = PushPhone(uuid7().hex, to, server_key, encode(private), public, encode(os.urandom(16)))
        self._phones[phone.id] = phone
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with open(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
                file.write(msgspec.json.encode(phone) + b"\n")
        return phone

    def find(self, phone_id: str) -> PushPhone | None:
        """None when it is unknown or gone."""
        return self._phones.get(phone_id)

    def all(self) -> list[PushPhone]:
        """The oldest first."""
        return list(self._phones.values())

    def drop(self, phone_id: str) -> None:
        """It is not there any more."""
        self._phones.pop(phone_id, None)
