"""A demo of the tests' own: the real application with its worker, its database, its phones and its clock."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

ROOT = Path(__file__).parents[2]
PASSWORD = "afterglow-demo"
READY_S = 240
STOP_S = 25


class Demo:
    """`up --demo` as a process. Everything made up in it goes with its folder."""

    def __init__(self, folder: Path) -> None:
        self.screen = folder / "screen"
        self.data = folder / "data" / "demo"
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"
        foreign = ("DATABASE_", "SMS_", "SMTP_", "AFTERGLOW_")
        env = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        with self.screen.open("w") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "server", "up", "--demo"],
                stdout=file,
                stderr=file,
                cwd=ROOT,
                env={**env, "PORT": str(self.port), "AFTERGLOW_DATA": str(folder / "data")},
            )
        self.http = httpx.AsyncClient(base_url=self.url, timeout=30, trust_env=False)

    async def __aenter__(self) -> Self:
        for _ in range(READY_S * 10):
            if "Afterglow is ready" in self.screen.read_text():
                return self
            assert self._process.poll() is None, self.screen.read_text()
            await asyncio.sleep(0.1)
        raise TimeoutError(self.screen.read_text())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()
        self._process.send_signal(signal.SIGINT)
        await asyncio.to_thread(self._process.wait, STOP_S)

    async def messages(self, to: str) -> list[dict[str, Any]]:
        """What arrived at this number or address, newest first."""
        answer = await self.http.get("/demo/messages", params={"limit": 1000})
        return [message for message in answer.raise_for_status().json()["items"] if message["to"] == to]

    async def link_to(self, phone: str, path: str = "") -> str:
        """The link, to this path if named, of the newest message to this phone; waits for the message to arrive."""
        for _ in range(150):
            links = [link for message in await self.messages(phone) if (link := message.get("link")) and path in link]
            if links:
                return str(links[0])
            await asyncio.sleep(0.1)
        raise TimeoutError(f"No link arrived at {phone}.")

    def kill(self, name: str) -> None:
        """A crash of `web`, `worker` or another child of the demo; it is started again."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                words = (entry / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if parent == str(self._process.pid) and name in words:
                os.kill(int(entry.name), signal.SIGKILL)
                return
        raise LookupError(f"The demo has no {name}.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
