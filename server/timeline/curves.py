"""A patient's curves, for the screen and as a file."""

import csv
import io
from datetime import datetime
from uuid import UUID

import msgspec

from server.kit.db import Tx
from server.protocols.model import ProtocolVersion
from server.responses.queries import open_answers
from server.sessions import queries as sessions
from server.timeline.answers import in_words
from server.timeline.model import Answered, Curve
from server.timeline.rules import curves
from server.timeline.versions import version_of

LIST_ANSWERED = """
select id, session_id, questionnaire, answers_enc, answered_at, hours_since_end, scores from responses
where clinic_id = $1 and patient_id = $2 and session_id is not null order by answered_at desc limit 1000
"""
COLUMNS = ("session", "session_ended_at", "answered_at", "hours_since_end", "curve", "level", "max", "answer")


class CurveSession(msgspec.Struct, frozen=True):
    """A session that curves count their hours from."""

    id: UUID
    number: int
    ended_at: datetime
    drug: str
    route: str
    dose_mg: float


class Curves(msgspec.Struct, frozen=True):
    """Sessions oldest first."""

    sessions: list[CurveSession]
    curves: list[Curve]


async def list_curves(tx: Tx, patient_id: UUID, language: str) -> Curves:
    """The symptoms and scores of this patient's sessions, cancelled ones left out."""
    taken = [s for s in await sessions.list_of_patient(tx, patient_id) if s.cancelled_at is None]
    shown = [CurveSession(s.id, s.number, s.ended_at, s.drug, s.route, s.dose_mg) for s in reversed(taken)]
    known = {s.id for s in shown}
    answered = [one for one in await _answered(tx, patient_id, language) if one.session_id in known]
    return Curves(shown, curves(answered, language))


async def _answered(tx: Tx, patient_id: UUID, language: str) -> list[Answered]:
    versions: dict[UUID, ProtocolVersion] = {}
    found = []
    for row in await tx.all(LIST_ANSWERED, tx.clinic_id, patient_id):
        session_id = row["session_id"]
        if session_id not in versions:
            versions[session_id] = await version_of(tx, session_id)
        answers, _ = open_answers(tx, row["id"], row["answers_enc"])
        words = in_words(versions[session_id], row["questionnaire"], answers, [], language)
        found.append(
            Answered(
                session_id=session_id, at=row["answered_at"], hours=row["hours_since_end"], answers=answers,
                scores=row["scores"], words={one.item: one.value_text for one in words},
            )
        )  # fmt: skip
    return found


def as_csv(found: Curves) -> str:
    """One row a point; the patient is not named in it. The mark at the start tells spreadsheets that it is UTF-8."""
    text = io.StringIO("\ufeff")
    text.seek(1)
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    by_id = {session.id: session for session in found.sessions}
    for curve in found.curves:
        for point in curve.points:
            session = by_id[point.session_id]
            rows.writerow(
                (session.number, _instant(session.ended_at), _instant(point.at), round(point.hours, 2), curve.title,
                 point.level, curve.max, _plain(point.text))
            )  # fmt: skip
    return text.getvalue()


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _plain(text: str) -> str:
    """No cell that a spreadsheet would run."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
