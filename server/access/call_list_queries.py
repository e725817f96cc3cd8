"""Whom to page, in which order, in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from server.kit.db import Tx

LOCK_CALL_LIST = "select pg_advisory_xact_lock(hashtextextended('call list' || $1::text, 0))"


CLEAR_CALL_LIST = "delete from call_list where clinic_id = $1"


INSERT_CALL_LIST = """
insert into call_list (clinic_id, position, staff_id)
select $1, l.position, l.staff_id from unnest($2::uuid[]) with ordinality as l (staff_id, position)
"""


LEAVE_CALL_LIST = "delete from call_list where clinic_id = $1 and staff_id = $2"


async def replace_call_list(tx: Tx, staff_ids: Sequence[UUID]) -> None:
    """Store the order in which people are paged, the first is on call."""
    await tx.one(LOCK_CALL_LIST, str(tx.clinic_id))
    await tx.run(CLEAR_CALL_LIST, tx.clinic_id)
    await tx.run(INSERT_CALL_LIST, tx.clinic_id, list(staff_ids))


async def leave_call_list(tx: Tx, staff_id: UUID) -> None:
    """Nobody pages this colleague from the next step on."""
    await tx.run(LEAVE_CALL_LIST, tx.clinic_id, staff_id)
