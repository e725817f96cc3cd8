"""Patients in PostgreSQL: names, dates and contacts are ciphertext bound to their row."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import asyncpg

from server.kit import errors
from server.kit.db import Tx
from server.kit.ids import uuid7
from server.patients import rules
from server.patients.model import (
    Brief,
    Clinic,
    Companion,
    CompanionContact,
    Consent,
    Details,
    Language,
    Named,
    Patient,
    PatientContact,
    QuietHours,
)

INSERT_PATIENT = """
insert into patients (clinic_id, id, name_enc, date_of_birth_enc, phone_enc, phone_hmac, email_enc, email_hmac, address_enc,
                      companion_name_enc, companion_phone_enc, time_zone, language, quiet_from, quiet_to,
                      companion_may_text, companion_blocked, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
"""

UPDATE_PATIENT = """
update patients set name_enc = $3, date_of_birth_enc = $4, phone_enc = $5, phone_hmac = $6, email_enc = $7, email_hmac = $8,
    address_enc = $9, companion_name_enc = $10, companion_phone_enc = $11, time_zone = $12, language = $13,
    quiet_from = $14, quiet_to = $15, companion_may_text = $16, companion_blocked = $17,
    texting_stopped_at = case when phone_hmac = $6 then texting_stopped_at end
where clinic_id = $1 and id = $2
"""

INSERT_CONSENT = """
insert into consents (clinic_id, id, patient_id, text_version, given_at, recorded_by) values ($1, $2, $3, $4, $5, $6)
"""

GET_PATIENT = """
select p.id, p.name_enc, p.date_of_birth_enc, p.phone_enc, p.email_enc, p.address_enc, p.companion_name_enc,
  p.companion_phone_enc, p.time_zone, p.language, p.quiet_from, p.quiet_to, p.created_at,
  p.texting_stopped_at, p.companion_may_text, p.companion_blocked,
  (select s.at from stopped_texts s where s.clinic_id = p.clinic_id and s.phone_hmac = p.phone_hmac) as texts_stopped_at,
  c.given_at, c.text_version,
  (select count(*) from devices d where d.clinic_id = p.clinic_id and d.patient_id = p.id and d.revoked_at is null)
    as devices,
  (select count(*) from treatment_sessions s
   where s.clinic_id = p.clinic_id and s.patient_id = p.id and s.cancelled_at is null) as session_count
from patients p left join lateral (
    select given_at, text_version from consents c
    where c.clinic_id = p.clinic_id and c.patient_id = p.id and c.withdrawn_at is null order by given_at desc limit 1
) c on true
where p.clinic_id = $1 and p.id = $2
"""

FIND_PATIENT = "select id from patients where clinic_id = $1 and id = $2"

LOCK_PATIENT = FIND_PATIENT + " for no key update"


# A companion as the rules know one: named, and may be asked.
COMPANION = """(p.companion_phone_enc is not null and p.companion_name_enc is not null and p.companion_may_text
                and not p.companion_blocked)"""

LIST_PEOPLE = f"""
select p.id, p.name_enc, {COMPANION} as companion from patients p where p.clinic_id = $1 and p.id = any($2::uuid[])
"""

GET_BRIEF = "select name_enc, language, time_zone from patients where clinic_id = $1 and id = $2"

# Who withdrew or died is not written to, nor is their companion.
GONE = """exists (select from pauses g where g.clinic_id = p.clinic_id and g.patient_id = p.id
                   and g.ends_at is null and g.ended_at is null)"""

LIST_CONTACTS = f"""
select p.id, p.phone_enc, p.email_enc, p.language, p.time_zone, p.quiet_from, p.quiet_to, p.texting_stopped_at, {GONE} as gone,
  exists (select from stopped_texts s where s.clinic_id = p.clinic_id and s.phone_hmac = p.phone_hmac) as no_texts
from patients p where p.clinic_id = $1 and p.id = any($2::uuid[])
"""

COUNT_READERS = f"""
select p.language, count(*) as patients from patients p where p.clinic_id = $1 and not {GONE} group by p.language
"""

LIST_BY_PHONE = "select id from patients where clinic_id = $1 and phone_hmac = $2"

LIST_COMPANIONS = f"""
select p.id, p.language,
       case when p.companion_may_text and not p.companion_blocked and not {GONE} then p.companion_phone_enc end as phone_enc
from patients p where p.clinic_id = $1 and p.id = any($2::uuid[])
"""

LIST_STOPPED = "select phone_hmac from stopped_texts where clinic_id = $1 and phone_hmac = any($2::bytea[])"

GET_STOPPED = "select at from stopped_texts where clinic_id = $1 and phone_hmac = $2"

STOP_MESSAGES = """
update patients set texting_stopped_at = coalesce(texting_stopped_at, $3) where clinic_id = $1 and id = $2
"""

STOP_ASKING_COMPANION = "update patients set companion_may_text = false where clinic_id = $1 and id = $2"

RESUME_MESSAGES = (
    "update patients set texting_stopped_at = null where clinic_id = $1 and id = $2 and texting_stopped_at is not null"
)

GET_READER = "select language, time_zone from patients where clinic_id = $1 and id = $2"

SET_LANGUAGE = "update patients set language = $3 where clinic_id = $1 and id = $2"

GET_CLINIC = "select name, phone, country, time_zone, hours from clinics where clinic_id = $1"


async def get_clinic(tx: Tx) -> Clinic:
    """The clinic as patients know it."""
    row = await tx.one(GET_CLINIC, tx.clinic_id)
    if row is None:
        raise errors.not_found()
    hours = row["hours"]
    return Clinic(
        row["name"], row["phone"], row["country"], row["time_zone"], tuple(hours["days"]), hours["from"], hours["to"]
    )  # fmt: skip


async def insert_patient(tx: Tx, patient_id: UUID, details: Details) -> None:
    """A new patient; `details` tidied."""
    await tx.run(INSERT_PATIENT, *_columns(tx, patient_id, details), tx.now)


async def update_patient(tx: Tx, patient_id: UUID, details: Details) -> None:
    """Store all details again; `details` tidied."""
    await tx.run(UPDATE_PATIENT, *_columns(tx, patient_id, details))


async def count_readers(tx: Tx) -> dict[str, int]:
    """How many patients read which language; those who are gone for good are not counted."""
    return {row["language"]: row["patients"] for row in await tx.all(COUNT_READERS, tx.clinic_id)}


async def get_reader(tx: Tx, patient_id: UUID) -> tuple[Language, str]:
    """(language, time zone) of what the patient is told; LookupError when unknown."""
    row = await tx.one(GET_READER, tx.clinic_id, patient_id)
    if row is None:
        raise LookupError("unknown patient")
    return row["language"], row["time_zone"]


async def set_language(tx: Tx, patient_id: UUID, language: Language) -> None:
    """The language of questions, advice and messages from now on."""
    await tx.run(SET_LANGUAGE, tx.clinic_id, patient_id, language)


async def stop_messages(tx: Tx, patient_id: UUID) -> None:
    """Nothing more goes to this number or address until staff have looked at them (H5)."""
    await tx.run(STOP_MESSAGES, tx.clinic_id, patient_id, tx.now)


async def stop_asking_companion(tx: Tx, patient_id: UUID) -> None:
    """The number is somebody else's: nothing goes to it until staff have asked anew whom we may write to (H5)."""
    await tx.run(STOP_ASKING_COMPANION, tx.clinic_id, patient_id)


async def resume_messages(tx: Tx, patient_id: UUID) -> bool:
    """Staff have looked: the number and address are the patient's. False when messages were not stopped."""
    return await tx.run(RESUME_MESSAGES, tx.clinic_id, patient_id) == 1


async def insert_consent(tx: Tx, patient_id: UUID, version: str, staff_id: UUID) -> None:
    """The patient agreed, in front of this colleague."""
    await tx.run(INSERT_CONSENT, tx.clinic_id, uuid7(), patient_id, version, tx.now, staff_id)


async def lock_patient(tx: Tx, patient_id: UUID) -> None:
    """Hold the patient until the transaction ends; 404 when foreign or unknown."""
    if await tx.one(LOCK_PATIENT, tx.clinic_id, patient_id) is None:
        raise errors.not_found()


async def require_patient(tx: Tx, patient_id: UUID) -> None:
    """404 when foreign or unknown."""
    if await tx.one(FIND_PATIENT, tx.clinic_id, patient_id) is None:
        raise errors.not_found()


async def get_patient(tx: Tx, patient_id: UUID) -> Patient:
    """Everything about one patient; 404 when foreign or unknown. For the web's role."""
    row = await tx.one(GET_PATIENT, tx.clinic_id, patient_id)
    if row is None:
        raise errors.not_found()
    opened = tx.cipher.open_if
    born = born_on(tx, patient_id, row["date_of_birth_enc"])
    companion_name = opened("patients.companion_name", patient_id, row["companion_name_enc"])
    companion_phone = opened("patients.companion_phone", patient_id, row["companion_phone_enc"])
    return Patient(
        id=patient_id,
        name=tx.cipher.open("patients.name", patient_id, row["name_enc"]),
        date_of_birth=born,
        age=rules.age(born, rules.local_day(tx.now, row["time_zone"])),
        phone=tx.cipher.open("patients.phone", patient_id, row["phone_enc"]),
        email=opened("patients.email", patient_id, row["email_enc"]),
        time_zone=row["time_zone"],
        language=row["language"],
        quiet_hours=quiet_of(row),
        companion=Companion(companion_name, companion_phone) if companion_name and companion_phone else None,
        text_companion=row["companion_may_text"],
        companion_blocked=row["companion_blocked"],
        address=opened("patients.address", patient_id, row["address_enc"]),
        consent=Consent(row["given_at"], row["text_version"]) if row["given_at"] else None,
        created_at=row["created_at"],
        devices=row["devices"],
        session_count=row["session_count"],
        messages_stopped_at=row["texting_stopped_at"],
        texts_stopped_at=row["texts_stopped_at"],
        companion_texts_stopped_at=await _stopped_at(tx, companion_phone),
    )


async def _stopped_at(tx: Tx, phone: str | None) -> datetime | None:
    row = await tx.one(GET_STOPPED, tx.clinic_id, tx.cipher.lookup(phone)) if phone else None
    return None if row is None else row["at"]


async def get_contact(tx: Tx, patient_id: UUID) -> PatientContact:
    """How messages reach a patient; LookupError when unknown. Reads only columns the worker may see."""
    found = await list_contacts(tx, [patient_id])
    if not found:
        raise LookupError("unknown patient")
    return found[patient_id]


async def list_contacts(tx: Tx, patient_ids: Collection[UUID]) -> dict[UUID, PatientContact]:
    """The same for many; the unknown are left out."""
    return {row["id"]: _contact(tx, row) for row in await tx.all(LIST_CONTACTS, tx.clinic_id, list(patient_ids))}


async def list_by_phone(tx: Tx, phone: str) -> list[UUID]:
    """Patients with this number."""
    return [row["id"] for row in await tx.all(LIST_BY_PHONE, tx.clinic_id, tx.cipher.lookup(phone))]


def _contact(tx: Tx, row: asyncpg.Record) -> PatientContact:
    patient_id, stopped = row["id"], row["texting_stopped_at"] is not None
    return PatientContact(
        patient_id,
        None if stopped or row["no_texts"] else tx.open_contact("patients.phone", patient_id, row["phone_enc"]),
        None if stopped else tx.open_contact("patients.email", patient_id, row["email_enc"]),
        row["language"],
        row["time_zone"],
        quiet_of(row),
        stopped,
        row["gone"],
    )


async def get_companion(tx: Tx, patient_id: UUID) -> CompanionContact:
    """How messages reach the companion; LookupError when the patient is unknown. Works in the worker's role."""
    found = await list_companions(tx, [patient_id])
    if not found:
        raise LookupError("unknown patient")
    return found[patient_id]


async def list_companions(tx: Tx, patient_ids: Collection[UUID]) -> dict[UUID, CompanionContact]:
    """The same for many, by patient; the unknown are left out. A number that wants no more texts gets none."""
    rows = await tx.all(LIST_COMPANIONS, tx.clinic_id, list(patient_ids))
    phones = {row["id"]: tx.open_contact("patients.companion_phone", row["id"], row["phone_enc"]) for row in rows}
    asked = {phone: tx.cipher.lookup(phone) for phone in phones.values() if phone}
    stopped = {row["phone_hmac"] for row in await tx.all(LIST_STOPPED, tx.clinic_id, list(asked.values()))}
    wanted = {phone for phone, index in asked.items() if index not in stopped}
    return {
        row["id"]: CompanionContact(phone if phone in wanted else None, phone, row["language"])
        for row in rows
        for phone in [phones[row["id"]]]
    }


async def list_people(tx: Tx, patient_ids: Collection[UUID]) -> dict[UUID, Named]:
    """Names and companions by patient."""
    rows = await tx.all(LIST_PEOPLE, tx.clinic_id, list(patient_ids))
    opened = tx.cipher.open
    return {r["id"]: Named(opened("patients.name", r["id"], r["name_enc"]), r["companion"]) for r in rows}


async def get_brief(tx: Tx, patient_id: UUID) -> Brief:
    """What a phone shows of its owner; LookupError when unknown. For the web's role: the worker may not read names."""
    row = await tx.one(GET_BRIEF, tx.clinic_id, patient_id)
    if row is None:
        raise LookupError("unknown patient")
    name = tx.cipher.open("patients.name", patient_id, row["name_enc"])
    return Brief(patient_id, rules.first_name(name), row["language"], row["time_zone"])


def _columns(tx: Tx, patient_id: UUID, details: Details) -> tuple[Any, ...]:
    """Parameters $1 to $17 of insert and update."""
    seal, companion, quiet = tx.cipher.seal_if, details.companion, details.quiet_hours
    return (
        tx.clinic_id,
        patient_id,
        tx.cipher.seal("patients.name", patient_id, details.name),
        tx.cipher.seal("patients.date_of_birth", patient_id, details.date_of_birth.isoformat()),
        tx.cipher.seal("patients.phone", patient_id, details.phone),
        tx.cipher.lookup(details.phone),
        seal("patients.email", patient_id, details.email),
        tx.cipher.lookup(details.email.lower()) if details.email else None,
        seal("patients.address", patient_id, details.address),
        seal("patients.companion_name", patient_id, companion.name if companion else None),
        seal("patients.companion_phone", patient_id, companion.phone if companion else None),
        details.time_zone,
        details.language,
        quiet and time.fromisoformat(quiet.start),
        quiet and time.fromisoformat(quiet.end),
        details.text_companion,
        details.companion_blocked,
    )


def born_on(tx: Tx, patient_id: UUID, sealed: bytes) -> date:
    return date.fromisoformat(tx.cipher.open("patients.date_of_birth", patient_id, sealed))


def quiet_of(row: asyncpg.Record) -> QuietHours | None:
    """Quiet hours from a row's two columns."""
    if row["quiet_from"] is None:
        return None
    return QuietHours(f"{row['quiet_from']:%H:%M}", f"{row['quiet_to']:%H:%M}")
