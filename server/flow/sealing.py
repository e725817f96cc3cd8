"""A sealed answer is opened, then goes the way of an open one."""

from typing import Any

from server.access import sealing_queries
from server.access.model import SealingKey
from server.kit import errors
from server.kit.db import Tx
from server.kit.http import decode_strictly
from server.kit.sealing import CannotOpen, from_text, open_sealed
from server.responses.wire import Sealed

CLOSED = "Cannot be opened. Load the page again and send once more."


async def sealing_key(tx: Tx) -> SealingKey:
    """What phones of this clinic seal to."""
    return await sealing_queries.get_public_key(tx)


async def opened(tx: Tx, body: Sealed) -> dict[str, Any]:
    """The document as the phone would have sent it openly, `response_id` and `sent_at` from outside included.

    422 for what was not sealed to this clinic under this id, and nothing about why.
    """
    private = await sealing_queries.find_private_key(tx, body.key_id)
    try:
        if private is None:
            raise CannotOpen
        text = open_sealed(private, str(body.sealed_for or body.response_id), from_text(body.sealed))
    except CannotOpen as error:
        raise errors.invalid(("sealed", CLOSED)) from error
    document = decode_strictly(text)
    if not isinstance(document, dict):
        raise errors.invalid(("sealed", CLOSED))
    return document | {"response_id": str(body.response_id), "sent_at": body.sent_at}
