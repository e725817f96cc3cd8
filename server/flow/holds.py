"""A hold on the next session: it begins with an answer and ends only when a colleague says that treatment may go on."""

from uuid import UUID

from server.access.model import Staff
from server.alerts import hold_queries as queries
from server.alerts.queries import lock_patient
from server.kit import audit, errors
from server.kit.db import Tx

HELD = "The next session is on hold. Look at it with the prescriber."


async def is_held(tx: Tx, patient_id: UUID) -> bool:
    """Whether an answer of this patient holds the next session."""
    return bool(await queries.list_holding(tx, [patient_id]))


async def hold_ended(tx: Tx, staff: Staff, patient_id: UUID, hold_id: UUID, reason: str) -> None:
    """With a name and a reason. 404 when it is unknown, ended, or a newer answer has taken its place: whoever decides
    has to have seen the latest."""
    await lock_patient(tx, patient_id)
    if (patient_id, hold_id) not in await queries.list_holding(tx, [patient_id]):
        raise errors.not_found()
    await queries.end(tx, patient_id, hold_id, staff.id, reason)
    await audit.record(tx, "hold.ended", "flag", hold_id, patient_id=patient_id)
