"""From a judgement to its flags, its alert and what the phone is told."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog

from server.alerts import queries as alerts
from server.alerts.model import FlagSource
from server.flow.alerts import raise_from_flags
from server.flow.situation import Situation
from server.kit.db import Tx
from server.responses.advice import advice
from server.responses.model import Judgement
from server.responses.rules import UNJUDGED

log = structlog.get_logger()


class Reply(msgspec.Struct, frozen=True):
    """What the phone is told; `first` False when this answer was here already."""

    body: dict[str, Any]
    first: bool


async def alert_for(tx: Tx, seen: Situation, judgement: Judgement, response_id: UUID, at: datetime) -> bool:
    """Store the flags, those of an earlier tap of the same form once only, and raise what they call for. True when an
    alert about this form, from now or from its tap, is not closed."""
    for hit in judgement.flags:
        if hit.rule == UNJUDGED:
            log.error("rules_failed", response=str(response_id))
    known = await alerts.list_rules_of(tx, seen.patient.id, response_id) if seen.flagged else set()
    fresh = tuple(hit for hit in judgement.flags if (hit.rule, hit.tier) not in known)
    source = FlagSource(
        patient_id=seen.patient.id, session_id=seen.session.id if seen.session else None,
        check_in_id=seen.check_in.id if seen.check_in else None, response_id=response_id, at=at,
    )  # fmt: skip
    raised = await raise_from_flags(tx, fresh, source, seen.version.escalation, judgement.worsens)
    return raised is not None or (bool(known) and await alerts.is_looked_after(tx, seen.patient.id, response_id))


def reply_to(
    response_id: UUID, judgement: Judgement, seen: Situation, *, paged: bool, benefit: bool = False
) -> dict[str, Any]:
    theirs = seen.check_in is not None and seen.check_in.asked_of == "companion"
    told = advice(judgement, seen.version, msgspec.structs.replace(seen.place, companion=theirs), benefit)
    called = paged and seen.place.cover.pageable and judgement.tier in ("urgent", "emergency")
    state = "paged" if called else "none"
    return {"response_id": str(response_id), "advice": msgspec.to_builtins(told), "alert": {"state": state}}
