"""Reading a file of sessions and finding its patients. Pure; what is wrong is told by row and column, never echoed."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from server.interop.cells import PATIENT, REQUIRED, SESSION, CellError, Place
from server.interop.model import SessionRow, Sheet, Who
from server.sessions.model import NewSession
from server.sessions.rules import risk_errors, time_errors

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
READERS = PATIENT | SESSION
MOST_TOLD = 100
OLDEST = timedelta(days=365 * 30)
WAYS = "Name the patient with patient_id, with phone, or with name and date_of_birth."

Wrong = list[tuple[str, str]]


class Unreadable(Exception):
    """The file as a whole is not what it should be; the message says what to do."""


def read_sessions(content: bytes, place: Place, most: int) -> Sheet:
    """Every row of a CSV file, read as far as it can be. Raises Unreadable."""
    lines = _records(_decoded(content))
    header = [name.strip().lower() for name in next(lines, [])]
    wrong = _header_errors(header)
    if wrong:
        return Sheet([], wrong, [])
    reader = _Reader(place)
    rows: list[SessionRow] = []
    meant: list[tuple[int, Who]] = []
    for number, cells in enumerate(lines, start=2):
        if number > most + 1:
            raise Unreadable(f"The file has more than {most:,} rows. Split it.")
        if any(cell.strip() for cell in cells):
            row, found = reader.row(number, header, cells)
            wrong += found
            if isinstance(row, SessionRow):
                rows.append(row)
            elif row is not None:
                meant.append((number, row))
    if not rows and not wrong:
        raise Unreadable("The file has no rows under its header.")
    return Sheet(rows, wrong, meant)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("The file is not UTF-8 text. Save it as CSV UTF-8.") from error


def _records(text: str) -> Iterator[list[str]]:
    """Cells by row; comma, semicolon or tab, whichever the header uses most."""
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise Unreadable("The file is not CSV: look for a quotation mark that is never closed.") from error


def _header_errors(header: Sequence[str]) -> Wrong:
    found = [
        (f"row 1, column {i}", "Is not a known column.") for i, name in enumerate(header, 1) if name not in READERS
    ]
    found += [(f"row 1, {name}", "Is there twice.") for name in READERS if header.count(name) > 1]
    found += [(f"row 1, {name}", "This column is missing.") for name in REQUIRED if name not in header]
    if not {"patient_id", "phone"} & {*header} and not {"name", "date_of_birth"} <= {*header}:
        found.append(("row 1", WAYS))
    return found


class _Reader:
    """Reads rows; phone numbers are slow to parse and come again and again."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._cached = lru_cache(maxsize=20_000)(self._cell)

    def _cell(self, column: str, text: str) -> Any:
        return READERS[column](text, self._place)

    def row(self, number: int, header: Sequence[str], cells: Sequence[str]) -> tuple[SessionRow | Who | None, Wrong]:
        """The row; of one that cannot be read whom it means, when at least that is clear."""
        if len(cells) > len(header):
            return None, [(f"row {number}", "Has more cells than the header.")]
        given = {name: text.strip() for name, text in zip(header, cells, strict=False) if text.strip()}
        values, wrong = self._values(given)
        wrong += [(name, "Is missing.") for name in REQUIRED if name not in given]
        if not ({"patient_id", "phone"} & given.keys() or {"name", "date_of_birth"} <= given.keys()):
            wrong.append(("", WAYS))
        who = Who(**{name: value for name, value in values.items() if name in PATIENT})
        if wrong:
            unclear = any(not column or column in PATIENT for column, _ in wrong)
            return None if unclear else who, [(_place(number, column), message) for column, message in wrong]
        return SessionRow(
            number, who, NewSession(**{name: value for name, value in values.items() if name in SESSION})
        ), []

    def _values(self, given: Mapping[str, str]) -> tuple[dict[str, Any], Wrong]:
        values: dict[str, Any] = {}
        wrong: Wrong = []
        for column, text in given.items():
            try:
                if CONTROL.search(text):
                    raise CellError("Contains a character that is not allowed.")
                values[column] = (self._cached if column == "phone" else self._cell)(column, text)
            except CellError as error:
                wrong.append((column, str(error)))
        return values, wrong


def _place(number: int, column: str) -> str:
    return f"row {number}, {column}" if column else f"row {number}"


class People(msgspec.Struct, frozen=True):
    """The clinic's patients by each way to name them. Keys: phone's blind index, (search key of the name, born)."""

    ids: frozenset[UUID]
    by_phone: Mapping[bytes, frozenset[UUID]]
    by_name: Mapping[tuple[str, str], frozenset[UUID]]


def find_patient(
    people: People, who: Who, phone: bytes | None, name: str | None
) -> tuple[UUID | None, tuple[str, str]]:
    """The one patient whom everything given fits, else (column, message). `phone` and `name` as keys of `people`."""
    if (who.name is None) != (who.date_of_birth is None):
        return None, ("name", "Give name and date_of_birth together, or neither.")
    fitting: frozenset[UUID] | None = None
    column = ""
    if who.patient_id is not None:
        fitting, column = people.ids & {who.patient_id}, "patient_id"
    if phone is not None:
        found = people.by_phone.get(phone, frozenset())
        fitting, column = found if fitting is None else fitting & found, column or "phone"
    if name is not None and who.date_of_birth is not None:
        found = people.by_name.get((name, who.date_of_birth.isoformat()), frozenset())
        fitting, column = found if fitting is None else fitting & found, column or "name"
    if fitting and len(fitting) == 1:
        return next(iter(fitting)), ("", "")
    several = "More than one patient fits. Add name and date_of_birth, or give patient_id."
    return None, (column, several if fitting else "No patient of this clinic fits.")


def believable(row: SessionRow, now: datetime) -> Wrong:
    """What cannot be about a session's times and risks; a file may bring old sessions."""
    new = row.session
    found = time_errors(new.started_at, new.ended_at, new.discharged_at, now, OLDEST) + risk_errors(new.risk)
    return [(_place(row.number, column), message) for column, message in found]


def twice(rows: Sequence[tuple[SessionRow, UUID]], stored: Mapping[UUID, set[datetime]]) -> Wrong:
    """A patient's session at the same start exists once: in the file, and with what is stored (starts by patient)."""
    first: dict[tuple[UUID, datetime], int] = {}
    wrong = []
    for row, patient_id in rows:
        key = (patient_id, row.session.started_at)
        if key in first:
            wrong.append((_place(row.number, "started_at"), f"Is the same session as row {first[key]}."))
        elif row.session.started_at in stored.get(patient_id, ()):
            wrong.append((_place(row.number, "started_at"), "This patient has a session that began then already."))
        first.setdefault(key, row.number)
    return wrong


def capped(wrong: Sequence[tuple[str, str]]) -> Wrong:
    """As many as somebody will read."""
    if len(wrong) <= MOST_TOLD:
        return list(wrong)
    return [*wrong[:MOST_TOLD], ("file", f"{len(wrong) - MOST_TOLD:,} more are wrong.")]
