"""Sending is held after a restore, and starts again when an admin has seen what is in flight."""

from datetime import datetime

from server.kit import audit
from server.kit.db import Tx
from server.notifications import hold_queries as queries


async def held_since(tx: Tx) -> datetime | None:
    """Since when (machine time) nothing is sent for this clinic; None when it is."""
    return await queries.find_hold(tx)


async def sending_started(tx: Tx) -> bool:
    """Messages leave again; of several prompts for one check-in only the last, and stale ones end by their own time.
    Done twice it does nothing. Returns whether they were held."""
    held = await queries.release(tx)
    if held:
        await audit.record(tx, "sending.started", "clinic", tx.clinic_id)
    return held
