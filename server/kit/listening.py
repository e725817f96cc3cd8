"""One connection that listens for NOTIFY, for as long as the process lives."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import structlog

log = structlog.get_logger()

PAUSE_S = 0.5
# A silent network is noticed within half a minute; without this a dead line looks like a quiet night.
KEEPALIVE = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}


async def listen(
    url: str, role: str | None, name: str, channel: str, heard: Callable[[str], None], connected: Callable[[], None]
) -> None:
    """Call `heard` with each payload. `connected` is called at the start of every connection: what was said while
    there was none is lost. Ends only when it is cancelled."""
    settings = {"application_name": name, **KEEPALIVE, **({"role": role} if role else {})}
    while True:
        try:
            conn = await asyncpg.connect(url, timeout=5, server_settings=settings)
            await _until_lost(conn, channel, heard, connected)
        except Exception as error:
            log.warning("listen_lost", channel=channel, error=type(error).__name__)
        await asyncio.sleep(PAUSE_S)


async def _until_lost(conn: Any, channel: str, heard: Callable[[str], None], connected: Callable[[], None]) -> None:
    lost = asyncio.Event()
    conn.add_termination_listener(lambda _: lost.set())
    try:
        await conn.add_listener(channel, lambda _conn, _pid, _channel, payload: heard(payload))
        connected()
        await lost.wait()
    finally:
        conn.terminate()
