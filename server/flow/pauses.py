"""A patient is not asked for a while, or never again. What they answer or report all the same is judged as ever."""

from datetime import datetime
from uuid import UUID

from server.access.model import Staff
from server.alerts.queries import lock_patient
from server.checkins import pause_queries as checkins
from server.kit import audit, errors
from server.kit.db import Tx
from server.notifications import pause_queries as outbox
from server.patients import pause_queries as queries
from server.patients import queries as patients
from server.patients.model import Pause, PauseReason
from server.patients.rules import pause_errors, pause_over

PAUSED = "The check-ins of this patient are paused. End the pause first, then record the session."


async def pause_started(tx: Tx, staff: Staff, patient_id: UUID, reason: PauseReason, ends_at: datetime | None) -> None:
    """From now on nothing is asked, and what waited to be sent is withdrawn with this commit; a pause that goes on
    gives way. Alerts stay with the team: "an open alert goes to a person to close" (safety, H24)."""
    if found := pause_errors(reason, ends_at, tx.now):
        raise errors.invalid(*found)
    await lock_patient(tx, patient_id)
    await patients.require_patient(tx, patient_id)
    await _end(tx, staff, patient_id)
    pause_id = await queries.insert(tx, patient_id, reason, ends_at, staff.id)
    if ends_at is None:
        await checkins.pause_all(tx, patient_id, reason)
    await checkins.unask(tx, await outbox.withdraw(tx, patient_id))
    await audit.record(tx, "pause.started", "pause", pause_id, patient_id=patient_id, detail={"reason": reason})


async def pause_renewed(tx: Tx, patient_id: UUID, pause_id: UUID, ends_at: datetime) -> None:
    """A later end, at most two weeks ahead of today. 404 when it is over or has no end."""
    if found := pause_errors("on_holiday", ends_at, tx.now):
        raise errors.invalid(*found)
    await lock_patient(tx, patient_id)
    if not await queries.renew(tx, patient_id, pause_id, ends_at):
        raise errors.not_found()
    await audit.record(tx, "pause.renewed", "pause", pause_id, patient_id=patient_id)


async def pause_ended(tx: Tx, staff: Staff, patient_id: UUID) -> None:
    """What is still open is asked again, by the clock that it always had. 404 when there is no pause."""
    await lock_patient(tx, patient_id)
    if not await _end(tx, staff, patient_id):
        raise errors.not_found()


async def _end(tx: Tx, staff: Staff, patient_id: UUID) -> bool:
    ended = await queries.end(tx, patient_id, staff.id)
    if ended is None:
        return False
    await checkins.go_on(tx, patient_id)
    await outbox.take_up(tx, patient_id)
    await audit.record(tx, "pause.ended", "pause", ended[0], patient_id=patient_id)
    return True


async def pause_now(tx: Tx, patient_id: UUID) -> Pause | None:
    """The pause that goes on at this moment."""
    return pause_over((await queries.list_of_many(tx, [patient_id])).get(patient_id, ()), tx.now)


async def require_asked(tx: Tx, patient_id: UUID, at: datetime) -> None:
    """409 for a session that ended within the pause that goes on: nobody would ask how they are after it."""
    pause = await pause_now(tx, patient_id)
    if pause is not None and pause.starts_at <= at:
        raise errors.conflict(PAUSED)
