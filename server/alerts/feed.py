"""Changed alerts, from any process to every open screen of the clinic: fed by NOTIFY, or by polling behind a pooler."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from uuid import UUID

import asyncpg
import structlog

from server.kit.actor import Actor
from server.kit.db import AWAY, Database

log = structlog.get_logger()

CHANNEL = "afterglow_alert"
POLL_S = 0.5
BACKLOG = 1000
LIST_CHANGED = (
    "select id from alerts where clinic_id = $1 and (next_action_at is not null or closed_at > $2) limit 1000"
)


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

    def _heard(self, payload: object) -> None:
        clinic, _, alert = str(payload).partition(" ")
        self._offer(UUID(clinic), UUID(alert))

    async def _listen(self, url: str) -> None:
        """Keep one connection listening; after every loss, screens reload, since a change may have been missed."""
        settings = {"application_name": "afterglow-listen", **({"role": self._role} if self._role else {})}
        while True:
            try:
                conn = await asyncpg.connect(url, timeout=5, server_settings=settings)
                lost = asyncio.Event()
                conn.add_termination_listener(lambda _, lost=lost: lost.set())
                await conn.add_listener(CHANNEL, lambda _c, _p, _ch, payload: self._heard(payload))
                for clinic in list(self._screens):
                    self._offer(clinic, None)
                await lost.wait()
            except (*AWAY, asyncpg.PostgresError) as error:
                log.warning("listen_lost", error=type(error).__name__)
            await asyncio.sleep(0.5)

    async def _poll(self) -> None:
        """Every half second, offer what changed; only where LISTEN cannot work."""
        since: dict[UUID, datetime] = {}
        while True:
            await asyncio.sleep(POLL_S)
            for clinic in [c for c, screens in self._screens.items() if screens]:
                with suppress(*AWAY):
                    async with self._db.begin(Actor("system", clinic)) as tx:
                        rows = await tx.all(LIST_CHANGED, clinic, since.get(clinic, tx.now))
                        since[clinic] = tx.now
                    for row in rows:
                        self._offer(clinic, row["id"])
