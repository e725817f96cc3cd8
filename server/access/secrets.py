"""How the secrets of access become look-up hashes."""

from server.kit.crypto import derive, digest


def email_hash(instance_key: bytes, email: str) -> bytes:
    """A staff e-mail is unique on the whole instance, so its hash is keyed by the instance, not by the clinic."""
    return digest(derive(instance_key, "staff-email"), email.strip().lower())


def code_hash(instance_key: bytes, code: str) -> bytes:
    """A code is short enough to be guessed from a bare hash, hence the key. Case and spaces do not count."""
    return digest(derive(instance_key, "invitation-code"), "".join(code.split()).upper())
