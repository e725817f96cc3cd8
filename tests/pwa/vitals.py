"""What a slow phone on a slow network sees when: throttled as DevTools does, told by the browser's own observers."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from playwright.async_api import BrowserContext, expect

SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 184_320, "uploadThroughput": 84_375}
"""Milliseconds; bytes a second."""
SLOW_CPU = 4
OBSERVED = """
window.vitals = {lcp: 0, cls: 0, tbt: 0};
const watch = (type, note) =>
    new PerformanceObserver(list => list.getEntries().forEach(note)).observe({type, buffered: true});
let painted = Infinity;
watch("paint", entry => { if (entry.name === "first-contentful-paint") painted = entry.startTime; });
watch("largest-contentful-paint", entry => { vitals.lcp = entry.startTime; });
watch("layout-shift", entry => { if (!entry.hadRecentInput) vitals.cls += entry.value; });
watch("longtask", entry => {
    if (entry.startTime >= painted) vitals.tbt += Math.max(0, entry.duration - 50);
});
"""
LOADED = """() => performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0)"""
WORDS = "<h1>Some questions for you</h1><p>This takes about one minute. Your answers go to your care team.</p>"
SETTLED_MS = 1_000
"""Long after the heading stands: what moves later has moved."""


class Vitals(msgspec.Struct, frozen=True):
    """Largest contentful paint and total blocking time in ms, cumulative layout shift without unit, bytes loaded."""

    lcp: float
    cls: float
    tbt: float
    loaded: int


async def visit(context: BrowserContext, address: str, *, offline: bool = False) -> Vitals:
    """One visit in a new tab, until nothing moves any more."""
    page = await context.new_page()
    await page.add_init_script(OBSERVED)
    cdp = await context.new_cdp_session(page)
    await cdp.send("Network.enable")
    await cdp.send("Network.emulateNetworkConditions", SLOW_4G | {"offline": offline})
    await cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})
    await page.goto(address)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await page.wait_for_timeout(SETTLED_MS)
    seen = msgspec.convert({**await page.evaluate("vitals"), "loaded": await page.evaluate(LOADED)}, Vitals)
    await page.close()
    return seen


@asynccontextmanager
async def plain_page(size: int) -> AsyncIterator[str]:
    """The address of a page of so many bytes with a few words and nothing to load or to run: no app is there sooner."""
    filler = base64.b64encode(os.urandom(size))[:size].decode()
    html = f"<!doctype html><title>Plain</title><meta name=viewport content=width=device-width><!--{filler}-->{WORDS}"
    body = html.encode()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://localhost:{server.sockets[0].getsockname()[1]}/"
