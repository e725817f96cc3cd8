"""A file of sessions comes in: all rows or none."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from server.access import queries as access
from server.alerts.hold_queries import list_holding
from server.checkins import course_queries as courses
from server.checkins import queries as checkins
from server.flow.courses import IMPORTING
from server.flow.home import is_watched
from server.flow.planned import quiet_hours
from server.flow.recording import Entry, facts_of_new, follow_sessions, insert_sessions, open_shelf
from server.flow.sessions import NO_OWN_PROTOCOL
from server.interop.cells import Place
from server.interop.model import SessionRow, Sheet, Who
from server.interop.overlaps import close_together
from server.interop.rules import People, Wrong, believable, capped, find_patient, twice
from server.interop.unusual import unusual
from server.kit import audit, errors
from server.kit.db import Tx
from server.patients import matching_queries as patients
from server.patients.matching_queries import Known
from server.patients.pause_queries import list_of_many
from server.patients.rules import age, local_day, pause_over, search_key
from server.sessions import queries as sessions
from server.sessions.import_queries import hold_plans
from server.sessions.model import NewSession
from server.sessions.rules import setting_of

PAUSED_THEN = "The check-ins of this patient are paused. End the pause first."
Told = Callable[[int], None]
# Somebody who records one session is done in milliseconds; another file is not.
PATIENCE = "select set_config('lock_timeout', '3s', true)"
BY_HAND = "A dose at home of the last 4 hours is recorded by hand, so that the companion is asked in time."


class Imported(msgspec.Struct, frozen=True):
    """What came of a file: sessions, check-ins that will be asked, and those whose window was over before they were
    recorded (stored, never judged)."""

    sessions: int
    planned: int
    cancelled_late: int
    warnings: list[str]


async def place_of_files(tx: Tx) -> Place:
    """By what the clinic's files are read: its clocks and its country's telephone numbers."""
    clinic = await access.get_clinic(tx)
    return Place(clinic.time_zone, clinic.country)


def _untold(_: int) -> None:
    """Nobody is watching."""


async def file_imported(
    begin: Callable[[], AbstractAsyncContextManager[Tx]], sheet: Sheet, told: Told = _untold
) -> Imported:
    """The whole file in one transaction of `begin`. 409 while another one comes in. A session that was stored in the
    same moment by somebody who does not know of the lock is told by its row, by looking once more."""
    try:
        async with begin() as tx:
            return await sessions_imported(tx, sheet, told)
    except asyncpg.UniqueViolationError:
        async with begin() as tx:
            return await sessions_imported(tx, sheet, told)


async def sessions_imported(tx: Tx, sheet: Sheet, told: Told) -> Imported:
    """Find every patient, then store all sessions as if each had been recorded by hand. 422 with row and column when
    any row cannot be, all of them in one go; nothing is stored then. `told`: sessions stored so far.

    It holds no patient: only new rows are written here, and whoever answers meanwhile waits for nothing. What was
    planned before follows within seconds (`flow.following`).
    """
    if sheet.wrong and not sheet.rows and not sheet.meant:
        raise errors.invalid(*capped(sheet.wrong))
    await _alone(tx)
    rows, known = sheet.rows, await patients.list_known(tx)
    matched, wrong = _match(tx, sheet, known)
    wrong += [problem for row in rows for problem in believable(row, tx.now)]
    wrong += [(f"row {row.number}, setting", BY_HAND) for row in rows if is_watched(facts_of_new(row.session), tx.now)]
    ids = list({patient_id for _, patient_id in matched})
    wrong += await _paused(tx, matched)
    times = await sessions.list_times(tx, ids)
    wrong += twice(matched, {patient_id: {began for began, _ in of} for patient_id, of in times.items()})
    if wrong:
        raise errors.invalid(*capped(sorted(wrong, key=_row_number)))
    entries, asked = await _entries(tx, matched, known), await checkins.list_asked(tx, ids)
    stored = await insert_sessions(tx, entries, told)
    await follow_sessions(tx, [e for e in entries if e.patient_id not in asked])
    await audit.record(tx, "sessions.imported", "clinic", tx.clinic_id, detail={"sessions": len(stored)})
    await courses.add_to_follow(tx, list(asked))
    planned, late = await checkins.count_of_sessions(tx, [s.session_id for s in stored])
    warnings = await _warnings(tx, [row.session for row in rows])
    warnings += unusual(rows)
    warnings += close_together(matched, times, (await access.get_clinic(tx)).time_zone)
    if held := len({patient_id for patient_id, _ in await list_holding(tx, ids)}):
        warnings.append(f"The next session of {held:,} of these patients is on hold. Look at them with the prescriber.")
    if planned and (count := await patients.count_without_phone(tx, ids)):
        warnings.append(f"{count:,} of these patients have no phone linked: prompts go by text message. Invite them.")
    return Imported(len(stored), planned, late, warnings)


async def _paused(tx: Tx, matched: Sequence[tuple[SessionRow, UUID]]) -> Wrong:
    """Nobody would ask how these patients are after a session within their pause."""
    pauses = await list_of_many(tx, {patient_id for _, patient_id in matched})
    going_on = {who: pause for who, of in pauses.items() if (pause := pause_over(of, tx.now)) is not None}
    return [
        (f"row {row.number}, ended_at", PAUSED_THEN)
        for row, who in matched
        if who in going_on and going_on[who].starts_at <= row.session.ended_at
    ]


async def _alone(tx: Tx) -> None:
    await tx.one(PATIENCE)
    try:
        await hold_plans(tx)
    except asyncpg.LockNotAvailableError as error:
        raise errors.conflict(IMPORTING) from error


def _row_number(problem: tuple[str, str]) -> int:
    return int(problem[0].removeprefix("row ").split(",")[0])


def _match(tx: Tx, sheet: Sheet, known: dict[UUID, Known]) -> tuple[list[tuple[SessionRow, UUID]], Wrong]:
    """Whose each row is, and all that is wrong so far. Names and dates are opened only when a row asks by them."""
    asked = [(row.number, row.who, row) for row in sheet.rows] + [(number, who, None) for number, who in sheet.meant]
    people = _people(tx, known, any(who.name for _, who, _ in asked))
    matched: list[tuple[SessionRow, UUID]] = []
    wrong: Wrong = list(sheet.wrong)
    for number, who, row in asked:
        patient_id, (column, message) = find_patient(people, who, *_keys(tx, who))
        if patient_id is None:
            wrong.append((f"row {number}, {column}", message))
        elif row is not None:
            matched.append((row, patient_id))
    return matched, wrong


def _keys(tx: Tx, who: Who) -> tuple[bytes | None, str | None]:
    phone = None if who.phone is None else tx.cipher.lookup(who.phone)
    return phone, None if who.name is None else search_key(who.name)


def _people(tx: Tx, known: dict[UUID, Known], named: bool) -> People:
    by_phone: dict[bytes, frozenset[UUID]] = {}
    by_name: dict[tuple[str, str], frozenset[UUID]] = {}
    for person in known.values():
        by_phone[person.phone_hmac] = by_phone.get(person.phone_hmac, frozenset()) | {person.id}
        if named:
            key = (search_key(patients.name_of(tx, person)), patients.born(tx, person).isoformat())
            by_name[key] = by_name.get(key, frozenset()) | {person.id}
    return People(frozenset(known), by_phone, by_name)


async def _entries(tx: Tx, matched: Sequence[tuple[SessionRow, UUID]], known: dict[UUID, Known]) -> list[Entry]:
    shelf = await open_shelf(tx)
    birthdays: dict[UUID, date] = {}
    entries = []
    for row, patient_id in matched:
        person = known[patient_id]
        born = birthdays.setdefault(patient_id, patients.born(tx, person))
        entries.append(
            Entry(
                patient_id=patient_id, age=age(born, local_day(tx.now, person.time_zone)), zone=person.time_zone,
                quiet=quiet_hours(person), new=row.session, version=shelf.version_for(row.session),
            )
        )  # fmt: skip
    return entries


async def _warnings(tx: Tx, recorded: Sequence[NewSession]) -> list[str]:
    shelf = await open_shelf(tx)
    own = {(route, setting) for p in shelf.published for route in p.document.routes for setting in p.document.settings}
    return [] if all((new.route, setting_of(new)) in own for new in recorded) else [NO_OWN_PROTOCOL]
