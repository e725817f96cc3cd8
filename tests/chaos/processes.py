"""Processes as an operator starts them, and how they die."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from server.kit.processes import end_with_parent

ROOT = Path(__file__).parents[2]
OURS = ("DATABASE_", "SMS_", "SMTP_", "PUSH_", "AFTERGLOW_", "WATCH_", "PORT", "HOST", "EMAIL_")


def find_program(name: str) -> str | None:
    """Its path; a server's own is not in everybody's PATH."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class Process:
    """`python -m server NAME`. One log over all its lives; `kills`: how often it was killed."""

    def __init__(self, name: str, log: Path, env: Mapping[str, str]) -> None:
        self.name = name
        self.log = log
        self.kills = 0
        self.env = {key: value for key, value in os.environ.items() if not key.startswith(OURS)} | dict(env)
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._running is not None
        return self._running.pid

    @property
    def alive(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "server", self.name], cwd=ROOT, env=self.env, stdout=log, stderr=log,
                preexec_fn=end_with_parent(signal.SIGKILL),
            )  # fmt: skip

    async def kill(self) -> None:
        """`kill -9`."""
        self.kills += 1
        await self.end(signal.SIGKILL)

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """The exit code; one that does not stop when asked is killed."""
        running = self._running
        if running is None:
            return 0
        running.send_signal(how)
        try:
            return await asyncio.to_thread(running.wait, 20)
        except subprocess.TimeoutExpired:
            running.kill()
            return await asyncio.to_thread(running.wait)
        finally:
            self._running = None

    def freeze(self) -> None:
        """It stands still and keeps its connections."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def events(self, name: str) -> int:
        """How often a line of its log tells of this event."""
        return self.log.read_text(errors="replace").count(f'"event": "{name}"') if self.log.exists() else 0
