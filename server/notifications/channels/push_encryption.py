"""Encryption of web push messages to one phone (RFC 8291, over the content coding aes128gcm of RFC 8188)."""

import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.notifications.push_keys import CURVE, public_bytes

RECORD_BYTES = 4096
LONGEST_PLAIN_BYTES = 3993
"""Push services take a body of 4096 bytes; the rest is header, padding mark and tag."""
SALT_BYTES = 16


def encrypt(
    plain: bytes,
    receiver: ec.EllipticCurvePublicKey,
    auth: bytes,
    sender: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of a push message that only the receiver can read. `auth` is the phone's shared secret, 16 bytes; sender
    key and salt are fresh each time (given in tests only). ValueError when the text is too long."""
    if len(plain) > LONGEST_PLAIN_BYTES:
        raise ValueError("longer than push services take")
    sender, salt = sender or ec.generate_private_key(CURVE), salt or os.urandom(SALT_BYTES)
    own = public_bytes(sender.public_key())
    key, nonce = content_keys(sender.exchange(ec.ECDH(), receiver), auth, public_bytes(receiver), own, salt)
    header = salt + RECORD_BYTES.to_bytes(4) + len(own).to_bytes(1) + own
    return header + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def content_keys(shared: bytes, auth: bytes, receiver: bytes, sender: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Key and nonce of the only record, from what both sides know; public keys as uncompressed points."""
    secret = HKDF(SHA256(), 32, auth, b"WebPush: info\0" + receiver + sender).derive(shared)
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
    return key, nonce
