"""What became of an answer, for the phone that sent it; and whether its sender knows the birth year."""

from uuid import UUID

import msgspec

from server.access.model import Answering
from server.flow.cover import off_duty_words
from server.flow.situation import situation
from server.kit import errors
from server.kit.db import Tx
from server.patients import queries as patients
from server.protocols.tiers import Tier
from server.responses import queries
from server.responses.advice import no_cover_text, paged_text, seen_text

RECEIVED = {"en": "We have your answer.", "es": "Tenemos su respuesta."}


class Status(msgspec.Struct, frozen=True):
    """Whether anybody has looked: received, off_duty (nobody is there to look), paged or seen; and the sentence that
    says it."""

    state: str
    text: str


class Attention(msgspec.Struct, frozen=True):
    """Somebody was called because of what the patient answered; `text` says how far that is."""

    tier: Tier
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
    paged = row.tier in ("urgent", "emergency") and place.cover.pageable
    if (words := await off_duty_words(tx, place, row.tier if paged else None)) is not None:
        return Status("off_duty", words)
    if paged:
        return Status("paged", paged_text(seen.version, row.tier, place, row.received_at))
    return Status("received", RECEIVED.get(place.language, RECEIVED["en"]))


async def attention(tx: Tx, patient_id: UUID) -> Attention | None:
    """What the phone's start says while an urgent or emergency alert about the patient's own answers stands."""
    row = await queries.find_standing_answer(tx, patient_id)
    if row is None:
        return None
    seen = await situation(tx, patient_id, None)
    if row.opened_at is not None:
        return Attention(row.tier, seen_text(seen.place, row.opened_at))
    if not seen.place.cover.pageable:
        return Attention(row.tier, no_cover_text(seen.place, row.tier))
    if (words := await off_duty_words(tx, seen.place, row.tier)) is not None:
        return Attention(row.tier, words)
    return Attention(row.tier, paged_text(seen.version, row.tier, seen.place, row.received_at))


async def born_in(tx: Tx, patient_id: UUID, year: int) -> bool:
    """The light check of link-only answering (safety, decision 24)."""
    return (await patients.get_patient(tx, patient_id)).date_of_birth.year == year
