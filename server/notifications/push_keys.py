"""Key pairs of web push, on the curve P-256: ours and the phones'. In text they are base64url without padding."""

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
AUTH_SECRET_BYTES = 16


def new_pair() -> tuple[bytes, str]:
    """A private key (32 bytes) and its public key in text."""
    private = ec.generate_private_key(CURVE)
    return private.private_numbers().private_value.to_bytes(32), encode(public_bytes(private.public_key()))


def private_key(raw: bytes) -> ec.EllipticCurvePrivateKey:
    """The key of these 32 bytes."""
    return ec.derive_private_key(int.from_bytes(raw), CURVE)


def public_key(text: str) -> ec.EllipticCurvePublicKey:
    """The point behind a text; ValueError when it is none."""
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(text))


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """The uncompressed point, 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def is_public_key(text: str) -> bool:
    """Whether a phone could have this key."""
    try:
        return len(decode(text)) == 65 and public_key(text) is not None
    except ValueError:
        return False


def is_auth_secret(text: str) -> bool:
    """Whether a phone could have this shared secret."""
    try:
        return len(decode(text)) == AUTH_SECRET_BYTES
    except ValueError:
        return False


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """ValueError for anything but base64url, padded or not."""
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    try:
        return base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
