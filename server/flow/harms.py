"""Harm learned of elsewhere, with no alert of ours before it (safety.md, Q7)."""

from datetime import date
from uuid import UUID

from server.access.model import Staff
from server.alerts import harm_queries as queries
from server.alerts.harm_queries import HarmKind
from server.kit import audit, errors
from server.kit.db import Tx
from server.patients import queries as patients


async def harm_recorded(tx: Tx, staff: Staff, patient_id: UUID, kind: HarmKind, happened_on: date, note: str) -> None:
    """Problems: a day to come, an unknown patient."""
    if happened_on > tx.now.date():
        raise errors.invalid(("happened_on", "Is in the future."))
    await patients.require_patient(tx, patient_id)
    harm_id = await queries.insert(tx, patient_id, kind, happened_on, note, staff.id)
    await audit.record(tx, "harm.recorded", "harm", harm_id, patient_id=patient_id)


async def harm_reviewed(tx: Tx, staff: Staff, harm_id: UUID, words: str) -> None:
    """By a second person, once; 409 otherwise, 404 for an unknown one."""
    patient_id = await queries.review(tx, harm_id, staff.id, words)
    if patient_id is not None:
        await audit.record(tx, "harm.reviewed", "harm", harm_id, patient_id=patient_id)
    elif await queries.is_known(tx, harm_id):
        raise errors.conflict("It takes a second person to review this, and only once.")
    else:
        raise errors.not_found()
