"""Links of check-ins are forgotten when they open nothing any more, a page at a time."""

from uuid import UUID

import structlog

from server.checkins.model import LINKS_LAST
from server.kit.actor import Actor
from server.kit.clock import monotonic
from server.kit.db import AWAY, Database
from server.notifications.link_queries import forget_past_links

log = structlog.get_logger()

REST_S = 3600.0
FIRST = UUID(int=0)
LIST_CLINICS = "select clinic_id from clinics order by clinic_id"


class LinkWalk:
    """How far a worker is on its way through the links of all clinics; after the last one it rests. Two walks at once
    only look twice, and one that begins anew forgets the same."""

    def __init__(self) -> None:
        self._clinics: list[UUID] = []
        self._after = FIRST
        self._rests_until = 0.0

    async def step(self, db: Database) -> int:
        """The next page; how many links were forgotten."""
        if not self._clinics:
            if monotonic() < self._rests_until:
                return 0
            async with db.begin(Actor("engine", None)) as tx:
                self._clinics = [row["clinic_id"] for row in await tx.all(LIST_CLINICS)]
            self._rests_until = monotonic() + REST_S
            if not self._clinics:
                return 0
        clinic_id = self._clinics[0]
        try:
            async with db.begin(Actor("engine", clinic_id)) as tx:
                looked = await forget_past_links(tx, self._after, tx.now - LINKS_LAST)
        except AWAY:
            raise
        except Exception as error:
            # One clinic, whose keys are gone perhaps, must not keep the others' links.
            log.error("links_not_tidied", clinic=str(clinic_id), error=type(error).__name__)
            self._next_clinic()
            return 0
        if looked.full and looked.last is not None:
            self._after = looked.last
        else:
            self._next_clinic()
        return looked.forgotten

    def _next_clinic(self) -> None:
        self._clinics, self._after = self._clinics[1:], FIRST
