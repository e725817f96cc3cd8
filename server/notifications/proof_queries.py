"""When a page was last seen to arrive, by the watcher."""

from datetime import datetime
from uuid import UUID

from server.kit.db import Tx

FIND_PROOF = """
select p.watched_since, p.proven_at, h.held_at from proven_page p left join sending_holds h on h.clinic_id = $1
"""

# Not on the watcher's word alone: the page was handed over, and its alert acknowledged.
STORE_PROOF = """
update proven_page set proven_at = $3 where exists (
    select from clinics c join alerts a on a.clinic_id = c.clinic_id
    join notifications n on n.clinic_id = a.clinic_id and n.alert_id = a.id
    where c.clinic_id = $1 and c.watch and a.id = $2 and a.state = 'acknowledged'
      and n.kind = 'page' and n.state in ('sent', 'delivered'))
"""


async def find_proof(tx: Tx) -> tuple[datetime, datetime | None, datetime | None] | None:
    """(watched since, last proof, since when this clinic's sending is held), machine time; None when this instance has
    no watcher."""
    row = await tx.one(FIND_PROOF, tx.clinic_id)
    return None if row is None else (row["watched_since"], row["proven_at"], row["held_at"])


async def store_proof(tx: Tx, alert_id: UUID) -> bool:
    """False when it proves nothing: another clinic, or an alert whose page is not out or not acknowledged."""
    return await tx.run(STORE_PROOF, tx.clinic_id, alert_id, tx.wall) > 0
