"""After a file of sessions: what was planned before follows the new sessions, one patient at a time."""

from datetime import timedelta
from uuid import UUID

from server.alerts.queries import lock_patient
from server.checkins import course_queries as courses
from server.flow.courses import PatientClock, follow_courses
from server.flow.planned import quiet_hours
from server.flow.recording import give_way
from server.flow.recount import recount
from server.flow.ticking import each_due
from server.kit.actor import Actor
from server.kit.db import Database, Tx
from server.patients import queries as patients
from server.protocols import queries as protocols
from server.sessions.import_queries import share_plans

PUT_OFF = timedelta(minutes=1)


async def plans_to_follow(db: Database) -> int:
    """Each patient under their own lock, as when a session is recorded by hand; a repeat changes nothing."""
    async with db.begin(Actor("engine", None)) as tx:
        due = await courses.list_to_follow(tx)

    async def work(tx: Tx, patient_id: UUID, _: UUID) -> None:
        # A file that is coming in may be about to ask for this patient again: next time, with its sessions.
        if not await share_plans(tx):
            return
        await lock_patient(tx, patient_id)
        await plan_followed(tx, patient_id)

    async def put_off(tx: Tx, patient_id: UUID, _: UUID) -> None:
        await courses.put_off_follow(tx, patient_id, tx.wall + PUT_OFF)

    return await each_due(db, "follow", due, work, put_off)


async def plan_followed(tx: Tx, patient_id: UUID) -> None:
    """All sessions are counted again, older follow-ups give way, the course's clock goes by all. The patient's lock is
    the caller's."""
    await recount(tx, [patient_id])
    recorded = await courses.list_course_sessions(tx, [patient_id])
    for key, version in {(s.protocol_key, s.protocol_version) for s in recorded}:
        await give_way(tx, [patient_id], await protocols.get_version(tx, key, version))
    patient = await patients.get_contact(tx, patient_id)
    await follow_courses(tx, [PatientClock(patient_id, patient.time_zone, quiet_hours(patient))])
    await courses.end_follow(tx, patient_id)
