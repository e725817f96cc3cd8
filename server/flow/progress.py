"""What became of an answer, for the phone that sent it; and whether its sender knows the birth year."""

from uuid import UUID

import msgspec

from server.access.model import Answering
from server.flow.situation import situation
from server.kit import errors
from server.kit.db import Tx
from server.patients import queries as patients
from server.responses import queries
from server.responses.advice import paged_text, seen_text

RECEIVED = {"en": "We have your answer.", "es": "Tenemos su respuesta."}


class Status(msgspec.Struct, frozen=True):
    """Whether anybody has looked: received, paged or seen, and the sentence that says it."""

    state: str
    text: str


async def response_progress(tx: Tx, who: Answering, response_id: UUID) -> Status:
    """404 for a response that is not here, or not of the check-in that a token opens."""
    row = await queries.find_progress(tx, who.patient_id, response_id)
    if row is None or (who.check_in_id and row.check_in_id != who.check_in_id):
        raise errors.not_found()
    seen = await situation(tx, who.patient_id, None)
    place = seen.place
    if row.opened_at is not None:
        return Status("seen", seen_text(place, row.opened_at))
    if row.tier in ("urgent", "emergency"):
        return Status("paged", paged_text(seen.version, row.tier, place, row.received_at))
    return Status("received", RECEIVED.get(place.language, RECEIVED["en"]))


async def born_in(tx: Tx, patient_id: UUID, year: int) -> bool:
    """The light check of link-only answering (safety, decision 24)."""
    return (await patients.get_patient(tx, patient_id)).date_of_birth.year == year
