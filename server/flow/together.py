"""Answers that arrive together are stored together: those of most days share a transaction, any other goes its own way.

A round trip to the database costs more than judging does, and what one transaction costs is the same for twenty answers
as for one. Who answers alone waits for nobody: what has come while a transaction was under way makes the next one.
"""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Any, cast
from uuid import UUID

import msgspec
import structlog

from server.access.model import Answering, Claim
from server.flow.judged import Reply
from server.flow.responses import everyday_response, response_submitted
from server.flow.situation import judging, situation_of
from server.flow.situation_queries import LOAD, LoadFor, Storable, arguments, read, store
from server.kit.actor import Actor
from server.kit.db import Database, Tx
from server.responses.wire import ResponseBody

log = structlog.get_logger()

MOST = 32
"""Answers in one transaction: their patients are locked until the last is judged."""

LANES = 2
"""Transactions of many under way at once: the second starts when enough wait behind the first."""

ENOUGH = 8
LINGER_S = 0.001
"""While many answer at the same time, a lane waits so long for enough of them: few in a transaction cost each more."""


class Asked(msgspec.Struct, frozen=True, eq=False):
    """One answer that waits for its reply."""

    claim: Claim
    check_in_id: UUID
    body: ResponseBody
    reply: asyncio.Future[Reply]

    @property
    def to_load(self) -> LoadFor:
        return LoadFor(self.who.patient_id, self.check_in_id, self.body.response_id, self.claim.device_to_prove)

    @property
    def who(self) -> Answering:
        return self.claim.who


class Together:
    """Takes answers for all patients of this process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: deque[Asked] = deque()
        self._lanes: set[asyncio.Task[None]] = set()
        self._alone: set[asyncio.Task[None]] = set()
        self._busy = False

    async def submit(self, claim: Claim, check_in_id: UUID, body: ResponseBody, *, verified: bool) -> Reply:
        """As `response_submitted`; stored when this returns. It goes on being stored when who sent it is gone."""
        if claim.who.via == "link":
            return await self._one(claim, check_in_id, body, verified=verified)
        asked = Asked(claim, check_in_id, body, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        if not self._lanes or (len(self._lanes) < LANES and len(self._waiting) >= ENOUGH):
            self._start(self._lanes, self._work())
        return await asked.reply

    def _start(self, tasks: set[asyncio.Task[None]], work: Any) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _work(self) -> None:
        try:
            while self._waiting:
                if self._busy and len(self._waiting) < ENOUGH:
                    await asyncio.sleep(LINGER_S)
                if batch := self._next():
                    self._busy = len(batch) > 1
                    await self._handle(batch)
        finally:
            # Here, not when the task's end is told: an answer that comes in between would wait for the next one.
            self._lanes.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _handle(self, batch: list[Asked]) -> None:
        """Each of them is told, whatever happens: one that is not would be waited for without end."""
        try:
            for asked in await self._those_left(batch):
                self._start(self._alone, self._go_alone(asked))
        except BaseException as error:
            for asked in batch:
                _fail(asked, error)
            raise

    def _next(self) -> list[Asked]:
        """Those of one clinic, of each patient one; none when another lane has taken them. A lane leaves the others
        their share: while one waits for the database, the next is judged."""
        share = min(MOST, max(ENOUGH, len(self._waiting) // LANES))
        clinic_id = self._waiting[0].who.clinic_id if self._waiting else None
        batch: dict[UUID, Asked] = {}
        later: deque[Asked] = deque()
        while self._waiting and len(batch) < share:
            asked = self._waiting.popleft()
            fits = asked.who.clinic_id == clinic_id and asked.who.patient_id not in batch
            if fits:
                batch[asked.who.patient_id] = asked
            else:
                later.append(asked)
        self._waiting.extendleft(reversed(later))
        return list(batch.values())

    async def _those_left(self, batch: list[Asked]) -> list[Asked]:
        """Store what can be stored together; the others, all of them when anything goes wrong."""
        try:
            actor, patients = Actor("patient", batch[0].who.clinic_id), [asked.who.patient_id for asked in batch]
            to_load = arguments([asked.to_load for asked in batch])
            async with self._db.begin_for_many(actor, patients, LOAD, *to_load) as (tx, rows):
                everyday = await _everyday(tx, [(batch[row["place"] - 1], row) for row in rows if row["locked"]])
                if everyday:
                    await store(tx, [storable for _, storable in everyday])
        except Exception as error:
            log.warning("answers_go_alone", count=len(batch), error=type(error).__name__)
            return batch
        for asked, storable in everyday:
            _tell(asked, Reply(dict(storable.reply), True))
        stored = {asked for asked, _ in everyday}
        return [asked for asked in batch if asked not in stored]

    async def _go_alone(self, asked: Asked) -> None:
        try:
            _tell(asked, await self._one(asked.claim, asked.check_in_id, asked.body, verified=True))
        except Exception as error:
            _fail(asked, error)

    async def _one(self, claim: Claim, check_in_id: UUID, body: ResponseBody, *, verified: bool) -> Reply:
        async with judging(self._db, claim, check_in_id, body.response_id) as (tx, seen):
            return await response_submitted(tx, seen, claim.who, body, verified=verified)


async def _everyday(tx: Tx, loaded: list[tuple[Asked, Any]]) -> list[tuple[Asked, Storable]]:
    """Those that can be stored here. Whatever is wrong with one of them is found again, and told, on its own way."""
    found: list[tuple[Asked, Storable]] = []
    for asked, row in loaded:
        with suppress(Exception):
            asked.claim.proven(row["bound"], tx.now)
            seen = await situation_of(tx, read(row, asked.check_in_id))
            storable = everyday_response(tx, seen, asked.who, asked.body)
            if storable is not None:
                found.append((asked, storable))
    return found


def _tell(asked: Asked, reply: Reply) -> None:
    """Whoever has gone away in the meantime asks again, and finds it stored."""
    if not asked.reply.done():
        asked.reply.set_result(reply)


def _fail(asked: Asked, error: BaseException) -> None:
    if not asked.reply.done():
        asked.reply.set_exception(error)
