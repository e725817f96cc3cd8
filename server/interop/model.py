"""A file of sessions as read, before anybody is looked up."""

from datetime import date
from uuid import UUID

import msgspec

from server.sessions.model import NewSession


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """How a row names its patient; everything given must fit. `phone` is E.164."""

    patient_id: UUID | None = None
    phone: str | None = None
    name: str | None = None
    date_of_birth: date | None = None


class SessionRow(msgspec.Struct, frozen=True):
    """One row that can be read. `number` as a spreadsheet shows it: the header is row 1."""

    number: int
    who: Who
    session: NewSession


class Sheet(msgspec.Struct, frozen=True):
    """A whole file: the rows that can be read, (place, message) for everything that cannot, in order, and by row whom
    those others mean as far as that can be read."""

    rows: list[SessionRow]
    wrong: list[tuple[str, str]]
    meant: list[tuple[int, Who]]
