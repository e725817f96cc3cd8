"""The app behind a real server and a real socket, and a database that can go away."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvicorn

from server.alerts.feed import AlertFeed
from server.app import create_app
from server.demo.listening import bind
from server.kit.clock import monotonic
from server.kit.db import Database
from tests.api.instance import KEY
from tests.flow.story import Story
from tests.flow.world import settings

COOKIES = {"staff": "__Host-staff", "patient": "__Host-patient"}


class Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Served(msgspec.Struct):
    """The app on a socket; `db` is its pool, `feed` what its streams hear."""

    port: int
    db: Database
    server: Server
    feed: AlertFeed
    cookies: dict[str, dict[str, str]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def headers(self, who: str) -> dict[str, str]:
        """As this person's browser sends them; the cookies are for https, which the test leaves out."""
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies[who].items())
        return {"Cookie": jar, "X-Afterglow": "1", "Host": "localhost"}

    async def get(self, path: str, who: str, **headers: str) -> httpx.Response:
        async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
            return await client.get(self.url + path, headers=self.headers(who) | headers)

    async def idle(self, within_s: float) -> bool:
        """Whether every connection of the pool comes to rest in time."""
        until = monotonic() + within_s
        while monotonic() < until:
            if self.db.pool.get_idle_size() == self.db.pool.get_size():
                return True
            await asyncio.sleep(0.02)
        return False


@asynccontextmanager
async def served(
    story: Story, *, database_url: str | None = None, listening: bool = True, size: int = 5
) -> AsyncIterator[Served]:
    """Another web process on the story's database. `listening` False: behind a pooler, so its streams poll."""
    url = database_url or story.instance.urls.web_url
    db = await Database.open(url, None, KEY, size=size)
    wanted = msgspec.structs.replace(settings(), database_url=url if listening else None, database_engine_url=url)
    sock = bind(0)
    app = create_app(wanted, db)
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=2, lifespan="on")
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[sock]))
    while not server.started:
        await asyncio.sleep(0.005)
    try:
        yield Served(sock.getsockname()[1], db, server, app.state["feed"], story.world.cookies)
    finally:
        server.should_exit = True
        await task
        sock.close()
        await db.close()


class Stream:
    """An open event stream."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self, within_s: float = 5) -> tuple[str, Any]:
        """The next event and its data; EOFError when the stream has ended."""
        async with asyncio.timeout(within_s):
            name = ""
            async for line in self._lines:
                if line.startswith("event:"):
                    name = line.partition(":")[2].strip()
                elif line.startswith("data:"):
                    return name, json.loads(line.partition(":")[2])
        raise EOFError

    async def alert(self, within_s: float = 5) -> dict[str, Any]:
        """The next alert told; beats and reloads pass by."""
        async with asyncio.timeout(within_s):
            found = await self.until("alert", within_s)
        shown: dict[str, Any] = found[-1][1]
        return shown

    async def until(self, wanted: str, within_s: float = 5) -> list[tuple[str, Any]]:
        """Everything up to the first event of this name."""
        found = [await self.next(within_s)]
        while found[-1][0] != wanted:
            found.append(await self.next(within_s))
        return found


@asynccontextmanager
async def stream(web: Served, who: str) -> AsyncIterator[Stream]:
    """This colleague's queue, live."""
    accept = {"Accept": "text/event-stream"}
    async with (
        httpx.AsyncClient(timeout=httpx.Timeout(5, read=60), trust_env=False) as client,
        client.stream("GET", web.url + "/api/alerts/stream", headers=web.headers(who) | accept) as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer.aiter_lines())


class Line:
    """A wire to PostgreSQL's socket that can be cut, and can go silent."""

    def __init__(self, real: Path, folder: Path) -> None:
        self.path = folder / real.name
        self._real = real
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()

    async def connect(self) -> None:
        """Everything passes."""
        self._server = await asyncio.start_unix_server(self._carry, path=self.path)
        self.path.chmod(0o777)
        self._flows.set()

    async def cut(self) -> None:
        """The database is gone: connections break, new ones are refused."""
        if self._server is not None:
            self._server.close()
        self.path.unlink(missing_ok=True)
        for writer in list(self._writers):
            writer.transport.abort()

    def silence(self) -> None:
        """Nothing breaks and nothing comes through: a half-dead network."""
        self._flows.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._real)
        self._writers |= {writer, back}
        ways = [asyncio.create_task(self._pump(reader, back)), asyncio.create_task(self._pump(there, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for end in (writer, back):
            self._writers.discard(end)
            end.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            return


def raw(port: int) -> socket.socket:
    """A bare connection to the server."""
    return socket.create_connection(("127.0.0.1", port), timeout=5)
