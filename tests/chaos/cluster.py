"""A PostgreSQL on disk with all its promises on, that can be killed at any moment and comes back by itself."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from server.kit.clock import monotonic
from server.kit.embedded import EmbeddedPostgres

# The order of commits is what the invariants compare: care time is read before a lock is waited for.
SETTINGS = {"track_commit_timestamp": "on", "max_connections": "200"}


class Urls(Protocol):
    """Where each role finds a database."""

    @property
    def owner_url(self) -> str: ...
    @property
    def web_url(self) -> str: ...
    @property
    def engine_url(self) -> str: ...
    @property
    def superuser_url(self) -> str: ...


class Cluster:
    """`crashes`: how often it was killed."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        self.crashes = 0
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> float:
        """Up and taking connections; returns the seconds it took, recovery included."""
        began = monotonic()
        log = self.server.open_log()
        try:
            self._process = subprocess.Popen(
                self.server.command(), stdout=log, stderr=log, **self.server.spawn_options()
            )
        finally:
            os.close(log)
        await self.server.wait_ready()
        return monotonic() - began

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def crash(self) -> None:
        """As when the power fails: `pg_ctl -m immediate`."""
        self.crashes += 1
        await self._end(signal.SIGQUIT)

    async def stop(self) -> None:
        if self._process is not None:
            await self._end(signal.SIGINT)

    async def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        await asyncio.to_thread(self._process.wait)
        self._process = None


@asynccontextmanager
async def cluster(folder: Path, settings: Mapping[str, str] | None = None) -> AsyncIterator[Cluster]:
    """A running one in `folder`."""
    server = EmbeddedPostgres(folder, settings={**SETTINGS, **(settings or {})})
    with server.lock():
        await asyncio.to_thread(server.prepare)
        running = Cluster(server)
        await running.start()
        try:
            yield running
        finally:
            await running.stop()
            await asyncio.to_thread(server.clear_leftovers)
