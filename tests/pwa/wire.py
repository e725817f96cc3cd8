"""What goes over the wire between a browser and the demo, whoever in the browser asks: page, manifest, worker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import msgspec


class Exchange(msgspec.Struct):
    """One request and its answer. `received`: bytes of the answer, head and body, as they came."""

    path: str
    headers: dict[str, str]
    status: int = 0
    received: int = 0

    @property
    def by_worker(self) -> bool:
        """A file the worker fetches to keep it; what a page loads names its purpose."""
        return self.headers.get("sec-fetch-dest") == "empty" and not self.path.startswith("/api/")


class Wire:
    """A relay that notes all and changes nothing but the name of the host."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self.exchanges: list[Exchange] = []
        self.url = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection; browsers ask the next only when the one before is answered."""
        there, back = await asyncio.open_connection("127.0.0.1", self._target.port)
        mine: list[Exchange] = []
        answers = asyncio.create_task(self._answers(there, writer, mine))
        try:
            while data := await reader.read(65_536):
                if data.startswith((b"GET ", b"POST ", b"PATCH ", b"HEAD ")):
                    first, *lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
                    headers = dict(line.lower().split(": ", 1) for line in lines)
                    mine.append(Exchange(first.split(" ")[1], headers))
                    self.exchanges.append(mine[-1])
                # The demo answers to its own name only.
                back.write(data.replace(self.url.partition("//")[2].encode(), self._target.netloc.encode(), 1))
                await back.drain()
        except OSError:
            pass
        finally:
            back.close()
            await answers

    async def _answers(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter, mine: list[Exchange]) -> None:
        try:
            while data := await there.read(65_536):
                if data.startswith(b"HTTP/1.1 "):
                    mine[-1].status = int(data[9:12])
                mine[-1].received += len(data)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def wire(target: str) -> AsyncIterator[Wire]:
    """The relay, listening."""
    relay = Wire(target)
    server = await asyncio.start_server(relay.handle, "127.0.0.1", 0)
    async with server:
        relay.url = f"http://localhost:{server.sockets[0].getsockname()[1]}"
        yield relay
