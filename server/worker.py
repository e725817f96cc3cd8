"""The worker: stateless ticks that claim due rows. Start as many as you like; two of them never do the same twice."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import msgspec
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from server.alerts.answer_queries import forget_links as forget_page_links
from server.flow.alerts import alerts_due
from server.flow.checkins import checkins_due
from server.flow.following import plans_to_follow
from server.flow.links import LinkWalk
from server.flow.notifications import notifications_due
from server.flow.push import prompts_unshown
from server.flow.signals import forms_stopped_midway
from server.flow.standstill import stood_still
from server.kit import audit, crypto
from server.kit.actor import Actor
from server.kit.clock import monotonic
from server.kit.db import AWAY, Database
from server.kit.listening import listen
from server.kit.log import set_up_logs
from server.kit.loop import collect_less, fast_loop
from server.notifications.channels import Providers, make_channels
from server.notifications.channels import close as close_channels
from server.notifications.model import Lane
from server.notifications.push_queries import forget_retired
from server.notifications.queries import count_due
from server.notifications.reply_queries import forget as forget_texts
from server.settings import Settings

log = structlog.get_logger()

PAGE_QUEUED = "afterglow_page"
TICK_LIMIT_S = 20
HUNG_S = 50
HUNG_CODE = 70
LOOK_EACH_S = 5
# How often each begins, in seconds.
REGULAR = {"cycle": 1, "pages": 1, "send": 1, "housekeeping": 5}
STANDS_AFTER_S = 10
# Longer than the longest of them takes to begin, so that none is put off again and again.
BEGIN_ANEW_EACH_S = 7
PAGES_LATE = timedelta(seconds=30)
STOP_PATIENCE_S = 8
SEND_FOR_S = 5
SEND_LANES = 2
# Told of a page while those before it still wait for their provider, the next one is taken all the same.
TOLD_AT_ONCE = 4
# A fifth of the time at most, so that a burst is sent before it is sealed.
SEAL_FOR_S = 1
# A tick that took so long was cut off by its own limit: there is more to do.
BUSY_S = 4
MARK_CYCLE = """
insert into engine_cycle (finished_at, held) values (wall_now(), (select count(*) from sending_holds))
on conflict (one) do update set finished_at = excluded.finished_at, held = excluded.held
"""
# What is more than that waits too long whatever its number: the count must not make it later.
MARK_ALL_DUE = """
with m as (select count(*) as due, min(at) as oldest from
        (select next_attempt_at as at from notifications
         where state = 'queued' and next_attempt_at <= $1 limit 50000) q),
    c as (select count(*) as due, min(at) as oldest from
        (select next_action_at as at from check_ins where next_action_at <= $2 limit 50000) q),
    a as (select count(*) as due, min(at) as oldest from
        (select next_action_at as at from alerts where state <> 'closed' and next_action_at <= $2 limit 50000) q)
update engine_cycle set
    messages_due = m.due, messages_lag_s = coalesce(extract(epoch from $1 - m.oldest), 0),
    check_ins_due = c.due, check_ins_lag_s = coalesce(extract(epoch from $2 - c.oldest), 0),
    alerts_due = a.due, alerts_lag_s = coalesce(extract(epoch from $2 - a.oldest), 0)
from m, c, a
"""
HOLD_WHEN_RESTORED = "select hold_when_restored() as held"
FORGET_FAILURES = "delete from failed_attempts where at < wall_now() - interval '1 day'"


class Engine(msgspec.Struct, frozen=True):
    """What a tick needs."""

    db: Database
    senders: Providers
    origin: str
    links: LinkWalk = msgspec.field(default_factory=LinkWalk)


async def cycle(engine: Engine) -> int:
    """One round of everything that care time brings; returns how much was done. Each part runs even if another failed.

    The mark that /health/engine looks at is left to grow old while pages that are due are not taken by any sender.
    """
    done, failed = 0, []
    for part in (checkins_due, prompts_unshown, forms_stopped_midway, alerts_due, plans_to_follow):
        try:
            done += await part(engine.db)
        except Exception as error:
            failed.append(error)
    if failed:
        raise failed[0]
    await stood_still(engine.db)
    async with engine.db.begin(Actor("engine", None)) as tx:
        late = await count_due(tx, tx.wall - PAGES_LATE)
        if late:
            log.error("pages_late", count=late)
        else:
            await tx.run(MARK_CYCLE)
    return done


async def send_pages(engine: Engine) -> int:
    """Send urgent pages until none is due. They share no lane, no place at a provider and no tick with the rest."""
    return await _send_lane(engine, "pages", monotonic() + SEND_FOR_S)


async def send_all(engine: Engine, for_s: float = SEND_FOR_S) -> int:
    """Send everything else until no message is due, taking no more after `for_s` seconds: a tick that is cut off in the
    middle of its sends would make a slow provider look like a message that kills its sender."""
    until = monotonic() + for_s
    # A lane that fails must not cut off the sends of another.
    lanes = await asyncio.gather(
        *(_send_lane(engine, "rest", until) for _ in range(SEND_LANES)), return_exceptions=True
    )
    if failed := [end for end in lanes if isinstance(end, BaseException)]:
        raise failed[0]
    return sum(end for end in lanes if isinstance(end, int))


async def _send_lane(engine: Engine, lane: Lane, until: float) -> int:
    total = 0
    while monotonic() < until and (claimed := await notifications_due(engine.db, engine.senders, engine.origin, lane)):
        total += claimed
    return total


async def drain(engine: Engine, rounds: int = 50) -> int:
    """Cycle and send until nothing is due: what turning the demo's clock waits for."""
    total = 0
    for _ in range(rounds):
        done = await cycle(engine) + await send_pages(engine) + await send_all(engine)
        total += done
        if not done:
            break
    return total


async def housekeeping(engine: Engine) -> None:
    """Count what waits, seal the audit log; forget old failures, expired links of pages and check-ins, and phones
    that take no messages any more."""
    async with engine.db.begin(Actor("engine", None)) as tx:
        await tx.run(MARK_ALL_DUE, tx.wall, tx.now)
    until = monotonic() + SEAL_FOR_S
    while monotonic() < until and await audit.seal_pending(engine.db):
        pass
    async with engine.db.begin(Actor("engine", None)) as tx:
        await tx.run(FORGET_FAILURES)
        await forget_retired(tx)
        await forget_texts(tx)
        await forget_page_links(tx)
    await engine.links.step(engine.db)


class Pulse:
    """When each regular tick last did its work to the end, in monotonic seconds. One that does not for so long ends
    the process, so that it is started anew; so does an event loop that stands still. Waiting for the database is life.
    """

    def __init__(self) -> None:
        self.last = dict.fromkeys(REGULAR, monotonic())
        self._away_at = 0.0
        self._running = 0
        self._stopping = False

    async def ticks(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        """One tick after another while there is more to do than fits into one."""
        while True:
            began = monotonic()
            await self.tick(name, work)
            if self._stopping or monotonic() - began < BUSY_S:
                return

    async def tick(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        """Run one tick within its limit; the database being away is waited out, anything else is logged by type."""
        self._running += 1
        limit = asyncio.timeout(TICK_LIMIT_S)
        try:
            async with limit:
                await work()
            self.last[name] = monotonic()
        except Exception as error:
            if isinstance(error, AWAY) and not limit.expired():
                self._away_at = monotonic()
                log.warning("database_away", tick=name, error=type(error).__name__)
            else:
                log.error("tick_failed", tick=name, error=type(error).__name__)
        finally:
            self._running -= 1

    async def idle(self) -> None:
        """Return when the ticks under way are done, and begin no other: none is cut off in the middle of a send."""
        self._stopping = True
        while self._running:
            await asyncio.sleep(0.02)

    def hung(self) -> list[str]:
        """The regular ticks that did not finish for too long, the database being there."""
        limit = monotonic() - HUNG_S
        return [name for name in REGULAR if max(self.last[name], self._away_at) < limit]

    def standing(self) -> list[str]:
        """The regular ticks that did not finish for a while, whatever the reason."""
        limit = monotonic() - STANDS_AFTER_S
        return [name for name in REGULAR if self.last[name] < limit]

    def watch(self) -> None:
        """Look from a thread of its own, which goes on when the event loop does not. Never returns."""
        while True:
            time.sleep(LOOK_EACH_S)
            if hung := self.hung():
                log.error("engine_hung", ticks=hung)
                os._exit(HUNG_CODE)


async def open_engine(settings: Settings) -> Engine:
    """Connect as the engine; refuses a role that row-level security does not bind."""
    url, role = engine_dsn(settings)
    key = crypto.load_key(settings.key_file)
    db = await Database.open(url, role, key, pooled=settings.database_pooled, statement_s=20)
    return Engine(db, make_channels(settings), settings.url)


async def hold_when_restored(db: Database) -> int:
    """Hold sending when this database has been brought up in another database system than it was written in: somebody
    restored it, by whatever means. Returns for how many clinics; 0 ever after."""
    async with db.begin(Actor("engine", None)) as tx:
        row = await tx.one(HOLD_WHEN_RESTORED)
    held = 0 if row is None else int(row["held"])
    if held:
        log.error("sending_held", clinics=held, reason="restored")
    return held


def engine_dsn(settings: Settings) -> tuple[str, str | None]:
    """The DSN, and the role to take when one DSN serves all."""
    if settings.database_engine_url:
        return settings.database_engine_url, None
    return settings.database_url or "", "afterglow_engine"


def start_ticks(engine: Engine, pulse: Pulse) -> AsyncIOScheduler:
    """The regular ticks, side by side from now on: what becomes due is sent while the rest is still prompted."""
    collect_less()
    scheduler = AsyncIOScheduler(
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}, timezone="UTC"
    )
    works: dict[str, Callable[[], Awaitable[object]]] = {
        "cycle": partial(cycle, engine), "pages": partial(send_pages, engine), "send": partial(send_all, engine),
    }  # fmt: skip
    for name, work in works.items():
        scheduler.add_job(pulse.ticks, "interval", (name, work), seconds=REGULAR[name], id=name)
    house = partial(housekeeping, engine)
    scheduler.add_job(
        pulse.tick, "interval", ("housekeeping", house), seconds=REGULAR["housekeeping"], id="housekeeping"
    )
    scheduler.start()
    return scheduler


async def keep_ticking(scheduler: AsyncIOScheduler, pulse: Pulse, each_s: float = BEGIN_ANEW_EACH_S) -> None:
    """The scheduler reckons by the time of day: set back, it would wait until that is again where it was. What stands
    still is begun anew from the time that it is now."""
    while True:
        await asyncio.sleep(each_s)
        for name in pulse.standing():
            scheduler.reschedule_job(name, trigger="interval", seconds=REGULAR[name])


async def run(settings: Settings) -> None:
    """Tick until told to stop; then finish the sends under way."""
    engine = await open_engine(settings)
    await hold_when_restored(engine.db)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    pulse = Pulse()
    scheduler = start_ticks(engine, pulse)
    threading.Thread(target=pulse.watch, name="pulse", daemon=True).start()
    send = asyncio.Event()
    hint = loop.create_task(_listen(settings, send))
    sender = loop.create_task(_send_when_told(send, pulse, engine))
    ticking = loop.create_task(keep_ticking(scheduler, pulse))
    log.info("worker_started")
    await stop.wait()
    scheduler.pause()
    hint.cancel()
    ticking.cancel()
    with suppress(TimeoutError):
        await asyncio.wait_for(pulse.idle(), STOP_PATIENCE_S)
    sender.cancel()
    await asyncio.gather(hint, ticking, sender, return_exceptions=True)
    scheduler.shutdown(wait=False)
    await close_channels(engine.senders)
    await engine.db.close()


async def _listen(settings: Settings, told: asyncio.Event) -> None:
    """Hear of each page at once; behind a pooler without a direct DSN the tick finds it within a second."""
    url, role = engine_dsn(settings)
    dsn = settings.database_listen_url or (None if settings.database_pooled else url)
    if dsn is not None:
        await listen(dsn, role, "afterglow-worker-listen", PAGE_QUEUED, lambda _: told.set(), told.set)


async def _send_when_told(told: asyncio.Event, pulse: Pulse, engine: Engine) -> None:
    places = asyncio.Semaphore(TOLD_AT_ONCE)

    async def send() -> None:
        async with places:
            await pulse.tick("told", partial(send_pages, engine))

    async with asyncio.TaskGroup() as group:
        while True:
            await told.wait()
            told.clear()
            if not places.locked():
                group.create_task(send())


def main(settings: Settings) -> None:
    """`python -m server worker`."""
    set_up_logs()
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        runner.run(run(settings))
