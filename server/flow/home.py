"""A dose at home: what it needs before it may be recorded, and until when it is watched."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from server.checkins.model import SessionFacts
from server.flow.on_call import fewest_until
from server.flow.paging import calendar_of
from server.kit import errors
from server.kit.db import Tx
from server.patients import queries as patients
from server.patients.model import Patient
from server.sessions.home import missing_for_home, watched_until
from server.sessions.model import Missing

WORDS: dict[Missing, str] = {
    "companion": "name a companion with a phone",
    "companion_blocked": "name another companion, this one must not be contacted",
    "companion_consent": "ask whether we may write to the companion",
    "companion_stopped": "name a companion with another phone, this one takes no texts (STOP)",
    "address": "enter the home address",
    "alone": "make sure that somebody stays tonight",
    "cover": "have the clinic at work or two people to call reachable until 4 hours after the dose",
}

LACKS: dict[Missing, str] = {
    "companion": "Nobody can be asked how the patient is: name a companion with a phone.",
    "companion_blocked": "The companion must not be contacted: name another one.",
    "companion_consent": "The companion is not asked: find out whether we may write to them.",
    "companion_stopped": "The companion's phone takes no texts (STOP): name another one, or they text START.",
    "address": "Help would not know where to go: enter the home address.",
    "alone": "The patient is alone after a dose at home: make sure that somebody comes.",
    "cover": "Nobody is sure to be reached for 4 hours after this dose: add people to the rota or the call list.",
}
"""What a dose at home that has begun is without."""


async def lacking(tx: Tx, patient: Patient, risk: Collection[str], t0: datetime) -> tuple[Missing, ...]:
    """What a dose taken at `t0` lacks. Nothing once its four hours are over: then it is history, not a start."""
    until = watched_until(t0)
    if until <= tx.now:
        return ()
    calendar = await calendar_of(tx)
    return missing_for_home(
        companion=patient.companion is not None, may_text=patient.text_companion, blocked=patient.companion_blocked,
        stopped=patient.companion_texts_stopped_at is not None, address=bool(patient.address),
        alone="alone_tonight" in risk, in_hours=calendar.covers(tx.now, until), reachable=await fewest_until(tx, until),
    )  # fmt: skip


async def home_dose_lacks(tx: Tx, patient_id: UUID) -> tuple[Missing, ...]:
    """What a dose taken now would lack; 404 when the patient is foreign or unknown."""
    return await lacking(tx, await patients.get_patient(tx, patient_id), (), tx.now)


async def require_start(tx: Tx, patient: Patient, risk: Collection[str], t0: datetime) -> None:
    """409 that says what is missing, in words and as `missing`."""
    missing = await lacking(tx, patient, risk, t0)
    if missing:
        todo = "; ".join(WORDS[name] for name in missing)
        raise errors.conflict(f"A dose at home cannot be recorded yet: {todo}.", missing=list(missing))


def is_watched(session: SessionFacts, now: datetime) -> bool:
    """Whether this is a dose at home within its four hours."""
    return session.setting == "home" and now < watched_until(session.t0)
