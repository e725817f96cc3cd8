"""Field encryption: a key file wraps one data key per clinic; ciphertext is bound to table, column, clinic, row."""

import base64
import hmac
import os
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class KeyFileError(Exception):
    """The key file is missing or unusable; the message says what to do."""


class Tampered(Exception):
    """A ciphertext does not belong to the row it was read from."""


def make_key_file(path: Path) -> bool:
    """Create the instance's key file (0600) unless it exists; returns whether it was made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(os.urandom(32)) + b"\n")
    return True


def load_key(path: Path) -> bytes:
    """The 32-byte instance key."""
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except (OSError, ValueError) as error:
        raise KeyFileError(
            f"The key file {path} cannot be used. Without it no patient data can be read: restore it from your backup."
        ) from error
    if len(key) != 32:
        raise KeyFileError(f"The key file {path} must hold 32 bytes in base64.")
    return key


@lru_cache(maxsize=64)
def derive(key: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose; kept, since every token is opened with one."""
    return HKDF(SHA256(), 32, None, purpose.encode()).derive(key)


def digest(key: bytes, text: str) -> bytes:
    """Keyed hash for look-ups; the text must be normalised (E.164, lower case)."""
    return hmac.digest(key, text.encode(), "sha256")


class Cipher:
    """Seals and opens the fields of one clinic. `keys` maps key id to 32-byte data key; the highest id seals."""

    def __init__(self, clinic_id: UUID, keys: Mapping[int, bytes]) -> None:
        self._clinic = clinic_id
        self._keys = {number: AESGCM(key) for number, key in keys.items()}
        self._current = max(keys)
        self._lookup = derive(keys[min(keys)], "lookup")

    def seal(self, field: str, row: UUID, text: str) -> bytes:
        """Encrypt text for `table.column` of a row: key id (4 bytes), nonce (12), ciphertext."""
        nonce = os.urandom(12)
        aad = self._aad(field, row, self._current)
        return self._current.to_bytes(4) + nonce + self._keys[self._current].encrypt(nonce, text.encode(), aad)

    def seal_if(self, field: str, row: UUID, text: str | None) -> bytes | None:
        """Like `seal`; nothing stays nothing."""
        return None if text is None else self.seal(field, row, text)

    def open(self, field: str, row: UUID, sealed: bytes) -> str:
        """Decrypt; raises Tampered when the ciphertext belongs elsewhere."""
        number = int.from_bytes(sealed[:4])
        if number not in self._keys:
            raise Tampered(field)
        try:
            return self._keys[number].decrypt(sealed[4:16], sealed[16:], self._aad(field, row, number)).decode()
        except (InvalidTag, ValueError) as error:
            raise Tampered(field) from error

    def open_if(self, field: str, row: UUID, sealed: bytes | None) -> str | None:
        """Like `open`; nothing stays nothing."""
        return None if sealed is None else self.open(field, row, sealed)

    def lookup(self, text: str) -> bytes:
        """The clinic's blind index for a phone number or an e-mail address."""
        return digest(self._lookup, text)

    def fingerprint(self, data: bytes) -> bytes:
        """What shows that two contents are the same and, without the clinic's key, nothing else: answers are few
        enough to be guessed from a plain hash."""
        return hmac.digest(self._lookup, data, "sha256")

    def _aad(self, field: str, row: UUID, number: int) -> bytes:
        return f"{field}|{self._clinic}|{row}|{number}".encode()


def wrap(instance_key: bytes, owner_id: UUID, number: int, key: bytes) -> bytes:
    """Encrypt a key of a clinic (or of the instance itself) under the instance key, bound to its owner and number."""
    nonce = os.urandom(12)
    wrapper = AESGCM(derive(instance_key, "wrap"))
    return nonce + wrapper.encrypt(nonce, key, f"{owner_id}|{number}".encode())


def unwrap(instance_key: bytes, owner_id: UUID, number: int, wrapped: bytes) -> bytes:
    """Decrypt what `wrap` made; KeyFileError when the key file is not the one that wrapped it."""
    wrapper = AESGCM(derive(instance_key, "wrap"))
    try:
        return wrapper.decrypt(wrapped[:12], wrapped[12:], f"{owner_id}|{number}".encode())
    except InvalidTag as error:
        raise KeyFileError("The key file does not fit this database: restore the one made with it.") from error


def fingerprint(data: bytes) -> bytes:
    """SHA-256, for tokens at rest: nobody guesses those."""
    return sha256(data).digest()
