"""What is due, one after another: the failure of one is its own, and it waits a minute before it is tried again."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import UUID

import structlog

from server.kit.actor import Actor
from server.kit.clock import monotonic
from server.kit.db import AWAY, Database, Tx

log = structlog.get_logger()

# What is left is taken up by the next tick: one that is cut off by its limit would look like one that hangs.
TAKE_FOR_S = 5

Item = TypeVar("Item")
Work = Callable[[Tx, UUID, Item], Awaitable[None]]


async def each_due(
    db: Database, what: str, due: Sequence[tuple[UUID, UUID, Item]], work: Work[Item], put_off: Work[Item]
) -> int:
    """Do `work(tx, id, item)` on each (clinic, id, item) in a transaction of its own; returns how many were taken.

    One that fails is logged by type as `<what>_failed` and put off, so that it does not stand before the others for
    ever. Raises only when the database is away.
    """
    until = monotonic() + TAKE_FOR_S
    for taken, (clinic_id, row_id, item) in enumerate(due):
        if monotonic() > until:
            return taken
        try:
            async with db.begin(Actor("engine", clinic_id)) as tx:
                await work(tx, row_id, item)
        except AWAY:
            raise
        except Exception as error:
            log.error(f"{what}_failed", id=str(row_id), error=type(error).__name__)
            await _put_off(db, what, (clinic_id, row_id, item), put_off)
    return len(due)


async def _put_off(db: Database, what: str, failed: tuple[UUID, UUID, Item], put_off: Work[Item]) -> None:
    clinic_id, row_id, item = failed
    try:
        async with db.begin(Actor("engine", clinic_id)) as tx:
            await put_off(tx, row_id, item)
    except AWAY:
        raise
    except Exception as error:
        log.error("put_off_failed", what=what, id=str(row_id), error=type(error).__name__)
