"""The clinic's key pairs for sealed answers."""

from server.access.model import SealingKey
from server.kit.db import Tx

GET_PUBLIC_KEY = """
select key_id, public_key from clinic_sealing_keys where clinic_id = $1 order by key_id desc limit 1
"""

FIND_PRIVATE_KEY = "select private_enc from clinic_sealing_keys where clinic_id = $1 and key_id = $2"

PRIVATE = "clinic_sealing_keys.private_enc"


async def get_public_key(tx: Tx) -> SealingKey:
    """The pair to seal to now. LookupError for a clinic that was never completed by `migrate`."""
    row = await tx.one(GET_PUBLIC_KEY, tx.clinic_id)
    if row is None:
        raise LookupError("the clinic has no sealing key: run migrate")
    return SealingKey(row["key_id"], row["public_key"])


async def find_private_key(tx: Tx, key_id: int) -> str | None:
    """The private half as `kit.sealing` takes it; None for a pair that is not the clinic's."""
    row = await tx.one(FIND_PRIVATE_KEY, tx.clinic_id, key_id)
    return None if row is None else tx.cipher.open(PRIVATE, tx.clinic_id, row["private_enc"])
