"""The engine has stood still, or the machine's clock was set back: the team is told, for nothing went out meanwhile."""

from datetime import datetime, timedelta

import structlog

from server.flow.incidents import tell_incident
from server.kit.actor import Actor
from server.kit.db import AWAY, Database
from server.notifications.messages import Incident

log = structlog.get_logger()

LATE, BACK = timedelta(minutes=5), timedelta(minutes=1)
LAST_CYCLE = "select finished_at from engine_cycle"
LIST_CLINICS = "select clinic_id from clinics where not watch"


async def stood_still(db: Database) -> None:
    """Before a cycle is marked as finished: look how long ago the one before was, by machine time."""
    async with db.begin(Actor("engine", None)) as tx:
        row = await tx.one(LAST_CYCLE)
        incident = None if row is None else what_happened(row["finished_at"], tx.wall)
        clinics = [c["clinic_id"] for c in await tx.all(LIST_CLINICS)] if incident else []
    if row is None or incident is None:
        return
    log.error(incident, since=row["finished_at"].isoformat())
    for clinic_id in clinics:
        try:
            async with db.begin(Actor("engine", clinic_id)) as tx:
                await tell_incident(tx, incident)
        except AWAY:
            raise
        except Exception as error:
            # Untold in one clinic, whose keys are gone perhaps: it must not keep the others' cycle from being marked.
            log.error("standstill_untold", clinic=str(clinic_id), error=type(error).__name__)


def what_happened(before: datetime, now: datetime) -> Incident | None:
    """Both by the same clock: a cycle takes a second or two. "Backward jump > 60 s: incident" (reliability, 4.3)."""
    if now - before > LATE:
        return "engine_late"
    return "clock_set_back" if before - now > BACK else None
