"""A worker that does no work any more ends itself; one that waits for its database does not."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from server import worker
from server.kit.clock import monotonic
from server.kit.crypto import Cipher
from server.kit.listening import listen
from server.responses.wire import value_hash
from server.worker import HUNG_CODE, HUNG_S, REGULAR, Pulse, keep_ticking
from tests.conftest import ClonedDatabase

LONG_AGO = HUNG_S + 5
BLOCKED = """
import asyncio, time
from server import worker
worker.HUNG_S, worker.LOOK_EACH_S = 0.3, 0.05
async def main():
    pulse = worker.Pulse()
    import threading
    threading.Thread(target=pulse.watch, daemon=True).start()
    time.sleep(20)
asyncio.run(main())
"""


def silent() -> Pulse:
    """Nothing has finished for longer than is good."""
    pulse = Pulse()
    pulse.last = dict.fromkeys(REGULAR, monotonic() - LONG_AGO)
    return pulse


async def nothing() -> None:
    """Done at once."""


async def broken() -> None:
    raise ValueError


async def away() -> None:
    raise ConnectionError


async def endless() -> None:
    await asyncio.sleep(60)


async def test_ticks_go_on_when_the_time_of_day_was_set_back() -> None:
    scheduler, pulse, ticked = AsyncIOScheduler(timezone="UTC"), silent(), asyncio.Event()

    async def work() -> None:
        ticked.set()

    # As they stand when the clock has gone back four hours since the last of them.
    ahead = datetime.now(UTC) + timedelta(hours=4)
    for name in REGULAR:
        scheduler.add_job(pulse.tick, "interval", (name, work), seconds=1, id=name, next_run_time=ahead)
    scheduler.start()
    keeping = asyncio.create_task(keep_ticking(scheduler, pulse, each_s=2))
    await asyncio.wait_for(ticked.wait(), 20)
    keeping.cancel()
    scheduler.shutdown(wait=False)


async def test_each_tick_speaks_for_itself() -> None:
    pulse = silent()
    await pulse.tick("cycle", nothing)
    await pulse.tick("told", nothing)
    assert pulse.hung() == ["pages", "send", "housekeeping"]


async def test_a_tick_that_fails_or_is_cut_off_has_not_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "TICK_LIMIT_S", 0.01)
    pulse = silent()
    await pulse.tick("cycle", broken)
    await pulse.tick("send", endless)
    assert pulse.hung() == list(REGULAR)


async def test_waiting_for_the_database_is_life() -> None:
    pulse = silent()
    await pulse.tick("cycle", away)
    assert pulse.hung() == []


def test_an_event_loop_that_stands_still_ends_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, timeout=15, check=False)
    assert done.returncode == HUNG_CODE, done.stderr


async def test_listening_goes_on_whatever_happens(database: ClonedDatabase) -> None:
    """The driver's own confusion is not a loss that anybody listed."""
    connections, heard = 0, asyncio.Event()

    def connected() -> None:
        nonlocal connections
        connections += 1
        if connections == 1:
            raise asyncpg.InternalClientError

    task = asyncio.create_task(
        listen(database.web_url, None, "test", "afterglow_test", lambda _: heard.set(), connected)
    )
    conn = await asyncpg.connect(database.web_url)
    async with asyncio.timeout(10):
        while not heard.is_set():
            await conn.execute("select pg_notify('afterglow_test', 'x')")
            await asyncio.sleep(0.05)
    assert connections == 2
    await conn.close()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_answers_cannot_be_guessed_from_their_hash() -> None:
    """Two clinics, the same tap: nothing to compare without the key."""
    here, there = (Cipher(UUID(int=number), {1: bytes([number]) * 32}) for number in (1, 2))
    assert value_hash(here, "a_sick", "many") == value_hash(here, "a_sick", "many")
    assert value_hash(here, "a_sick", "many") != value_hash(there, "a_sick", "many")
