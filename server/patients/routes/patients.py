"""Enrol, list, read, change."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, patch, post
from litestar.params import Parameter

from server.access.guards import staff_only
from server.access.model import CARE, EVERYBODY, Staff
from server.flow.courses import hold_patient, patient_clock_changed
from server.kit import audit, errors
from server.kit.contacts import parse_phone
from server.kit.db import Database, Tx
from server.kit.ids import uuid7
from server.patients import list_queries, queries, rules
from server.patients.model import Details, NewPatient, Patient, PatientChange, PatientListed


class PatientList(msgspec.Struct, frozen=True, omit_defaults=True):
    """One page by name; `next` is the `after` of the following page."""

    items: list[PatientListed]
    next: UUID | None = None


@post("/api/patients", guards=[staff_only(*CARE)])
async def enrol_patient(data: NewPatient, staff: Staff, db: Database) -> Patient:
    """Enrol a patient who has agreed."""
    if not data.consent:
        raise errors.invalid(("consent", "Enrol only a patient who has agreed, and record it."))
    patient_id = uuid7()
    async with db.begin(staff.actor) as tx:
        details = await _tidy(tx, data)
        await queries.insert_patient(tx, patient_id, details)
        await queries.insert_consent(tx, patient_id, rules.CONSENT_VERSION, staff.id)
        await audit.record(tx, "patient_enrolled", "patient", patient_id, patient_id=patient_id)
        return await queries.get_patient(tx, patient_id)


@get("/api/patients", guards=[staff_only(*EVERYBODY)])
async def list_patients(
    staff: Staff,
    db: Database,
    limit: Annotated[int, Parameter(ge=1, le=500)] = 50,
    after: UUID | None = None,
    q: Annotated[str, Parameter(max_length=200)] | None = None,
) -> PatientList:
    """By name; `q` is a part of a name, whatever its case and accents, or a whole phone number."""
    async with db.begin(staff.actor) as tx:
        ids = await _matching(tx, q)
        start = ids.index(after) + 1 if after in ids else 0
        page = ids[start : start + limit]
        items = await list_queries.list_patients(tx, page)
        await audit.record(tx, "patients_listed", "patient", detail={"count": len(items)})
    return PatientList(items, page[-1] if start + limit < len(ids) else None)


@get("/api/patients/{patient_id:uuid}", guards=[staff_only(*EVERYBODY)])
async def get_patient(patient_id: UUID, staff: Staff, db: Database) -> Patient:
    """One patient."""
    async with db.begin(staff.actor) as tx:
        patient = await queries.get_patient(tx, patient_id)
        await audit.record(tx, "patient_read", "patient", patient_id, patient_id=patient_id)
    return patient


@patch("/api/patients/{patient_id:uuid}", guards=[staff_only(*CARE)])
async def change_patient(patient_id: UUID, data: PatientChange, staff: Staff, db: Database) -> Patient:
    """Change some details; the whole is checked again."""
    async with db.begin(staff.actor) as tx:
        await hold_patient(tx, patient_id)
        await queries.lock_patient(tx, patient_id)
        patient = await queries.get_patient(tx, patient_id)
        before = Details(**{name: getattr(patient, name) for name in Details.__struct_fields__})
        await queries.update_patient(tx, patient_id, await _tidy(tx, rules.changed(before, data)))
        if data.resume_messages is True and await queries.resume_messages(tx, patient_id):
            await audit.record(tx, "messages_resumed", "patient", patient_id, patient_id=patient_id)
        fields = rules.fields_of(data)
        if {"time_zone", "quiet_hours"} & set(fields):
            await patient_clock_changed(tx, patient_id)
        await audit.record(
            tx, "patient_changed", "patient", patient_id, patient_id=patient_id, detail={"fields": fields}
        )
        return await queries.get_patient(tx, patient_id)


async def _tidy(tx: Tx, details: Details) -> Details:
    """The details in normal form, or 422 naming every wrong field."""
    clinic = await queries.get_clinic(tx)
    tidied, problems = rules.tidy(details, clinic.country, rules.local_day(tx.now, clinic.time_zone))
    if problems:
        raise errors.invalid(*problems)
    return tidied


async def _matching(tx: Tx, q: str | None) -> list[UUID]:
    names = await list_queries.list_names(tx)
    wanted = rules.search_key(q or "")
    if not wanted:
        return [patient_id for _, patient_id, _ in names]
    phone = parse_phone(q or "", (await queries.get_clinic(tx)).country)
    index = tx.cipher.lookup(phone) if phone else None
    return [patient_id for name, patient_id, number in names if wanted in name or number == index]


HANDLERS = [enrol_patient, list_patients, get_patient, change_patient]
