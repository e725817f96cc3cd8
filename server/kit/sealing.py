"""What a phone seals to its clinic's public key: ephemeral ECDH on P-256, HKDF-SHA-256, AES-256-GCM.

A sealed message is the ephemeral public point (65 bytes, uncompressed), then the ciphertext with its tag. Key and nonce
(32 and 12 bytes) are derived from the shared secret, so neither is ever used twice.
"""

import base64
import binascii

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

CURVE = ec.SECP256R1()
POINT = 65
PURPOSE = b"afterglow sealed answer 1"


class CannotOpen(Exception):
    """Not sealed to this key, not under this id, or damaged: which of these is not told."""


class KeyPair(msgspec.Struct, frozen=True):
    """`public`: the uncompressed point; `private`: PKCS 8 in base64, to be stored encrypted."""

    public: bytes
    private: str


def new_pair() -> KeyPair:
    """A fresh pair on P-256."""
    key = ec.generate_private_key(CURVE)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return KeyPair(_point(key.public_key()), base64.b64encode(private).decode())


def seal(public: bytes, context: str, message: bytes) -> bytes:
    """As the phone does it. `context` is authenticated, not contained."""
    one_off = ec.generate_private_key(CURVE)
    point = _point(one_off.public_key())
    secret = one_off.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public))
    key, nonce = _derive(secret, point, public)
    return point + AESGCM(key).encrypt(nonce, message, context.encode())


def open_sealed(private: str, context: str, sealed: bytes) -> bytes:
    """The message; CannotOpen for anything that was not sealed to this key under this context."""
    key = load_der_private_key(base64.b64decode(private), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CannotOpen
    point, ciphertext = sealed[:POINT], sealed[POINT:]
    try:
        secret = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point))
        derived, nonce = _derive(secret, point, _point(key.public_key()))
        return AESGCM(derived).decrypt(nonce, ciphertext, context.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error


def from_text(text: str) -> bytes:
    """Base64 as phones write it; CannotOpen when it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CannotOpen from error


def _derive(secret: bytes, point: bytes, public: bytes) -> tuple[bytes, bytes]:
    material = HKDF(SHA256(), 44, point + public, PURPOSE).derive(secret)
    return material[:32], material[32:]


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
