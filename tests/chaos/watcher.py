"""F24: the watcher dies, or its way to the application is cut: a switch outside must hear nothing and say so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import asyncpg
import msgspec
from litestar import Litestar, get

from server.demo.listening import HttpServer
from server.kit.clock import monotonic
from server.watch.credentials import ensure_watcher
from tests.api.instance import KEY
from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY, Colleague
from tests.chaos.place import Place, free_port, place
from tests.chaos.processes import Process
from tests.chaos.providers import OwnClock
from tests.chaos.result import Result

ALARM_AFTER = timedelta(minutes=10)
ROUND_WITHIN_S = 240
CUT_FOR_S = 20


class Switch:
    """A dead-man's switch outside, with a clock of its own: it calls when nobody has called it for ten minutes."""

    def __init__(self, clock: OwnClock) -> None:
        self.heard: list[datetime] = []
        self._clock = clock

        @get("/ping")
        async def ping() -> None:
            self.heard.append(self._clock.now())

        self._server = HttpServer(Litestar([ping], openapi_config=None, logging_config=None))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}/ping"

    def calls(self) -> bool:
        """Whether it does."""
        return self._clock.now() - self.heard[-1] >= ALARM_AFTER

    async def until_heard(self, times: int, within_s: float) -> None:
        until = monotonic() + within_s
        while len(self.heard) < times:
            assert monotonic() < until, f"the switch was asked {len(self.heard)} times, not {times}"
            await asyncio.sleep(0.1)

    async def start(self) -> None:
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop()


class Line:
    """The watcher's network: to one port, until it is cut."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self.port = free_port()

    async def join(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    def cut(self) -> None:
        """Nothing passes any more, what is under way neither."""
        if self._server is not None:
            self._server.close()
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._ends |= {writer, back}
        await asyncio.gather(_pour(reader, back), _pour(there, writer), return_exceptions=True)
        self._ends -= {writer, back}


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def _watched(seed: int) -> AsyncIterator[tuple[Place, Process, Switch, Line]]:
    """A place with a watcher, not started yet, that reaches it by a line, its public address, and tells a switch."""
    async with place(seed, web=False) as here:
        owner = await asyncpg.connect(here.urls.owner_url)
        await ensure_watcher(owner, KEY, here.folder / "watch.json")
        await owner.close()
        switch, line = Switch(here.providers.clock), Line(int(here.url.rpartition(":")[2]))
        await switch.start()
        await line.join()
        sink, public = f"127.0.0.1:{free_port()}", f"http://127.0.0.1:{line.port}"
        here.web.env["AFTERGLOW_URL"] = public
        await here.start_web()
        here.add_worker(WATCH_SINK=sink, AFTERGLOW_URL=public)
        watcher = here.process(
            "watch", WATCH_SINK=sink, AFTERGLOW_URL=public, WATCH_URL=public, WATCH_PING_URL=switch.url
        )
        here.processes.append(watcher)
        try:
            yield here, watcher, switch, line
        finally:
            line.cut()
            await switch.stop()


async def dies_or_is_cut_off(seed: int, rounds: int = 1) -> Result:
    """While all is well the switch is asked more often than each ten minutes (`rounds` are waited for). Then the
    watcher dies; then it lives and its network is cut. Each time the switch calls within ten minutes, and the team's
    page says that nothing is proven. Pages go out all the while."""
    async with _watched(seed) as (here, watcher, switch, line):
        nora = await here.colleague("nora")
        began = monotonic()
        watcher.start()
        await switch.until_heard(1, ROUND_WITHIN_S)
        first_s = monotonic() - began
        await switch.until_heard(rounds, within_s=(rounds - 1) * ALARM_AFTER.total_seconds())
        between = [later - before for before, later in zip(switch.heard, switch.heard[1:], strict=False)]
        assert all(gap < ALARM_AFTER for gap in between), "the switch calls though all is well"
        assert not switch.calls()
        assert not await _is_red(nora)
        await watcher.kill()
        await here.later(hours=(ALARM_AFTER.total_seconds() + 1) / 3600)
        assert switch.calls()
        assert await _is_red(nora)
        line.cut()
        watcher.start()
        targets = await here.patients(2)
        for target in targets:
            await here.phones.answer(target, CALLS_SOMEBODY)
        until = monotonic() + ROUND_WITHIN_S
        while watcher.events("page_not_proven") == 0:
            assert monotonic() < until, "it has not tried"
            await asyncio.sleep(0.2)
        await asyncio.sleep(CUT_FOR_S if rounds > 1 else 1)
        assert watcher.alive
        assert len(switch.heard) == rounds, "the switch was told of a round that nobody could play"
        assert await _is_red(nora)
        await line.join()
        await watcher.kill()
        watcher.start()
        await switch.until_heard(rounds + 1, ROUND_WITHIN_S)
        assert not await _is_red(nora), "it is proven again and nobody is told"
        await here.settled()
        found = await invariants.hold(here)
        assert found.unheard == 0
        also = f"proven after {first_s:.0f} s; the switch and the team's page tell ten minutes after the last proof"
        if between:
            also += f"; while all was well it was asked each {max(between).total_seconds():.0f} s"
        row = result.of(found, "1 watcher killed, 1 cut off", also=also)
        return msgspec.structs.replace(row, p50_s=None, p99_s=None)


async def _is_red(nora: Colleague) -> bool:
    """What the team's page is told: no page is proven."""
    answer = await nora.call("GET", "/api/clinic/proof")
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["red"])
