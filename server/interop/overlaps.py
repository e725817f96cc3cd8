"""Sessions of one patient that come close to each other: nothing forbids them, but one may be a mistake. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from server.interop.model import SessionRow

MOST_TOLD = 20

Times = tuple[datetime, datetime]
"""When a session began and ended."""


class Placed(msgspec.Struct, frozen=True):
    """A session in time; `row` None: it is stored already."""

    started: datetime
    ended: datetime
    row: int | None


def close_together(
    rows: Sequence[tuple[SessionRow, UUID]], stored: Mapping[UUID, Sequence[Times]], zone: str
) -> list[str]:
    """What somebody should look at: rows that overlap in time with another session of the same patient, or are on the
    same day of the clinic's calendar; by row."""
    of_patient: dict[UUID, list[Placed]] = defaultdict(list)
    for row, patient_id in rows:
        of_patient[patient_id].append(Placed(row.session.started_at, row.session.ended_at, row.number))
    found = [
        told
        for patient_id, placed in of_patient.items()
        for told in _close(placed + [Placed(*times, None) for times in stored.get(patient_id, ())], ZoneInfo(zone))
    ]
    sentences = [sentence for _, sentence in sorted(found)]
    more = len(sentences) - MOST_TOLD
    return sentences if more <= 0 else [*sentences[:MOST_TOLD], f"{more:,} more rows are close to another session."]


def _close(placed: list[Placed], zone: ZoneInfo) -> Iterator[tuple[int, str]]:
    """(row, sentence) for each session that begins before an earlier one has ended, or on the day of the one before."""
    placed.sort(key=lambda one: one.started)
    longest = placed[0]
    for before, one in pairwise(placed):
        if one.started < longest.ended:
            yield from _told(one, longest, overlaps=True)
        elif before.started.astimezone(zone).date() == one.started.astimezone(zone).date():
            yield from _told(one, before, overlaps=False)
        longest = max(longest, one, key=lambda either: either.ended)


def _told(one: Placed, other: Placed, *, overlaps: bool) -> Iterator[tuple[int, str]]:
    """By the row that was read later; two that are stored are no news."""
    match sorted(placed.row for placed in (one, other) if placed.row is not None), overlaps:
        case [first, row], True:
            yield row, f"Row {row}, started_at: overlaps in time with row {first} of the same patient."
        case [first, row], False:
            yield row, f"Row {row}, started_at: is on the same day as row {first} of the same patient."
        case [row], True:
            yield row, f"Row {row}, started_at: overlaps in time with a session that was there already."
        case [row], False:
            yield row, f"Row {row}, started_at: is on the same day as a session that was there already."
