"""What the offline stories need: a worker in control, what the phone has kept, a browser that can be killed, a server
whose next version can be announced."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Error, Page, Playwright

CONTROLLED = "() => navigator.serviceWorker.controller?.state === 'activated'"
KEPT = """async () => {
    const request = indexedDB.open("afterglow");
    const db = await new Promise(done => { request.onsuccess = () => done(request.result); });
    const asked = db.transaction("kept").objectStore("kept").getAllKeys();
    const keys = await new Promise(done => { asked.onsuccess = () => done(asked.result); });
    db.close();
    return keys;
}"""
STORED = """async () => {
    const request = indexedDB.open("afterglow");
    const db = await new Promise(done => { request.onsuccess = () => done(request.result); });
    const read = name => new Promise(done => {
        const asked = db.transaction(name).objectStore(name).getAll();
        asked.onsuccess = () => done(asked.result);
    });
    const plain = (_, value) => value instanceof ArrayBuffer ? new TextDecoder().decode(value)
        : ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : value;
    const all = JSON.stringify([await read("outbox"), await read("kept")], plain);
    db.close();
    return all;
}"""
PATIENCE_S = 20.0


async def until(ask: Callable[[], Awaitable[Any]], patience_s: float = PATIENCE_S) -> Any:
    """The first true answer; asked again and again from here, because a page's own waiting takes a promise for true."""
    for _ in range(int(patience_s * 20)):
        if found := await ask():
            return found
        await asyncio.sleep(0.05)
    raise TimeoutError("It never came true.")


async def controlled(page: Page) -> None:
    """The worker is in charge of this page."""
    await until(lambda: page.evaluate(CONTROLLED))


async def ready_for_offline(page: Page) -> None:
    """The worker is in charge, and questions were kept for later."""
    await controlled(page)

    async def kept() -> bool:
        keys = await page.evaluate(KEPT)
        return {"home", "report", "language"} <= set(keys) and any(key.startswith("form ") for key in keys)

    await until(kept)


async def launch(
    playwright: Playwright, executable: Path, flags: list[str], folder: Path, **more: Any
) -> BrowserContext:
    """A browser with a profile on the disk: what it keeps outlives it."""
    return await playwright.chromium.launch_persistent_context(
        folder, executable_path=executable, args=flags, headless=True, **more
    )


async def kill(context: BrowserContext, folder: Path) -> None:
    """As a phone does when it needs the memory: no farewell."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if f"--user-data-dir={folder}" in words:
            os.kill(int(entry.name), signal.SIGKILL)
    with contextlib.suppress(Error):
        await context.close()
    for name in ("SingletonLock", "SingletonSocket", "SingletonCookie"):
        (folder / name).unlink(missing_ok=True)


class Front:
    """A proxy before the demo, one connection a request. `next_version`: the worker it serves differs by a byte."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self.next_version = False
        self.url = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.rstrip().split("\r\n")
            headers = [
                line
                for line in lines
                if line.partition(":")[0].lower() not in ("host", "connection", "accept-encoding", "if-none-match")
            ]
            length = next(
                (int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length")), 0
            )
            body = await reader.readexactly(length)
            there, back = await asyncio.open_connection("127.0.0.1", self._target.port)
            own = [f"Host: {self._target.netloc}", "Connection: close"]
            back.write("\r\n".join([first, *headers, *own, "", ""]).encode("latin-1") + body)
            answer = await there.read()
            back.close()
            if self.next_version and first.startswith("GET /sw.js "):
                status, _, script = answer.partition(b"\r\n\r\n")
                kept = [
                    line for line in status.split(b"\r\n") if not line.lower().startswith((b"content-length", b"etag"))
                ]
                answer = b"\r\n".join(kept) + b"\r\n\r\n" + script + b"\n// the next version\n"
            writer.write(answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def front(target: str) -> AsyncIterator[Front]:
    """The proxy, listening."""
    proxy = Front(target)
    server = await asyncio.start_server(proxy.handle, "127.0.0.1", 0)
    async with server:
        proxy.url = f"http://localhost:{server.sockets[0].getsockname()[1]}"
        yield proxy
