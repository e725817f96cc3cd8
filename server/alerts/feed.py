"""Changed alerts, from any process to every open screen of the clinic: fed by NOTIFY, or by polling behind a pooler."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from server.kit.actor import Actor
from server.kit.db import Database
from server.kit.listening import listen

log = structlog.get_logger()

CHANNEL = "afterglow_alert"
POLL_S = 0.5
BACKLOG = 1000
OVERLAP = timedelta(minutes=1)
LIST_CHANGED = """
select id, version, step, next_action_at from alerts
where clinic_id = $1 and (next_action_at is not null or closed_at > $2) limit 1000
"""

Look = tuple[datetime, dict[UUID, tuple[object, ...]]]


class Subscription:
    """One screen's queue: alert ids to show anew; None means reload everything. `ended`: the server is stopping."""

    def __init__(self) -> None:
        self.changes: asyncio.Queue[UUID | None] = asyncio.Queue(BACKLOG)
        self.ended = False

    def offer(self, alert_id: UUID | None) -> None:
        """A screen that does not keep up gets one reload instead of every change."""
        if self.changes.full():
            while not self.changes.empty():
                self.changes.get_nowait()
            alert_id = None
        self.changes.put_nowait(alert_id)

    def end(self) -> None:
        self.ended = True
        self.offer(None)


class AlertFeed:
    """One LISTEN connection a process, fanned out by clinic."""

    def __init__(self, url: str | None, role: str | None, db: Database) -> None:
        self._url = url
        self._role = role
        self._db = db
        self._screens: dict[UUID, set[Subscription]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen (or poll) in the background."""
        task = asyncio.get_running_loop().create_task(self._poll() if self._url is None else self._listen(self._url))
        try:
            yield
        finally:
            self.end_streams()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @contextmanager
    def subscribe(self, clinic_id: UUID) -> Iterator[Subscription]:
        """A screen of this clinic, until the block ends."""
        screen = Subscription()
        self._screens.setdefault(clinic_id, set()).add(screen)
        try:
            yield screen
        finally:
            self._screens[clinic_id].discard(screen)

    def end_streams(self) -> None:
        """Let every stream finish."""
        for screens in self._screens.values():
            for screen in screens:
                screen.end()

    def _offer(self, clinic_id: UUID, alert_id: UUID | None) -> None:
        for screen in self._screens.get(clinic_id, ()):
            screen.offer(alert_id)

    def _heard(self, payload: str) -> None:
        clinic, _, alert = payload.partition(" ")
        self._offer(UUID(clinic), UUID(alert))

    async def _listen(self, url: str) -> None:
        """After every loss, screens reload, since a change may have been missed."""
        await listen(url, self._role, "afterglow-listen", CHANNEL, self._heard, self._reload)

    def _reload(self) -> None:
        for clinic in list(self._screens):
            self._offer(clinic, None)

    async def _poll(self) -> None:
        """Every half second, offer what changed; only where LISTEN cannot work."""
        seen: dict[UUID, Look] = {}
        while True:
            await asyncio.sleep(POLL_S)
            watched = [clinic for clinic, screens in self._screens.items() if screens]
            seen = {clinic: seen[clinic] for clinic in watched if clinic in seen}
            for clinic in watched:
                try:
                    seen[clinic] = await self._look(clinic, seen.get(clinic))
                except Exception as error:
                    log.warning("look_failed", error=type(error).__name__)

    async def _look(self, clinic: UUID, before: Look | None) -> Look:
        """Offer what is not as it was before; at the first look, everything."""
        async with self._db.begin(Actor("system", clinic)) as tx:
            since, known = before or (tx.now, {})
            rows = await tx.all(LIST_CHANGED, clinic, since)
            now = {row["id"]: tuple(row) for row in rows}
        for alert_id, row in now.items():
            if known.get(alert_id) != row:
                self._offer(clinic, alert_id)
        # A closing that began before this look may be committed after it.
        return tx.now - OVERLAP, now
