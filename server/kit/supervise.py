"""Keeps child processes running, and stops them in order. Decides nothing about what they are."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from server.kit.clock import monotonic
from server.kit.processes import end_with_parent

FIRST_DELAY_S = 0.1
LONGEST_DELAY_S = 5.0
STEADY_S = 10.0


class Child(msgspec.Struct, frozen=True):
    """A program to keep running. It gets `stop_signal`, `patience_s` to act on it, and is killed then.

    `prepare` runs in a thread before every start. `options` are keyword arguments for subprocess, asked anew each time.
    """

    name: str
    command: list[str]
    patience_s: float
    options: Callable[[], dict[str, Any]]
    stop_signal: int = signal.SIGTERM
    open_log: Callable[[], int] | None = None
    prepare: Callable[[], None] | None = None


class Supervisor:
    """Children in process groups of their own; `say` tells the screen about crashes."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._children: dict[str, Child] = {}
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._stopping = False

    async def start(self, child: Child) -> None:
        """Start a child and keep it running from now on; an OSError when it cannot even be started once."""
        self._children[child.name] = child
        self._running[child.name] = await _spawn(child)
        self._keepers[child.name] = asyncio.create_task(self._keep(child))

    async def stop(self, order: list[str]) -> None:
        """Stop the named children one after the other; returns when all are gone."""
        self._stopping = True
        for name in order:
            if name in self._running:
                await self._stop_one(self._children[name], self._running[name])
                self._keepers[name].cancel()

    def kill(self) -> None:
        """Stop waiting for anybody."""
        for process in self._running.values():
            _signal_group(process.pid, signal.SIGKILL)

    async def _keep(self, child: Child) -> None:
        delay = FIRST_DELAY_S
        while True:
            started = monotonic()
            code = await self._running[child.name].wait()
            if self._stopping:
                return
            _signal_group(self._running[child.name].pid, signal.SIGKILL)
            if monotonic() - started > STEADY_S:
                delay = FIRST_DELAY_S
            self._say(f"{child.name} stopped unexpectedly ({_reason(code)}). Starting it again.")
            delay = await self._restart(child, delay)

    async def _restart(self, child: Child, delay: float) -> float:
        """Start until it works or everything stops; returns the next delay."""
        while not self._stopping:
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY_S)
            try:
                self._running[child.name] = await _spawn(child)
            except Exception as error:
                self._say(f"{child.name} cannot be started: {error}. Trying again.")
            else:
                break
        return delay

    async def _stop_one(self, child: Child, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            _signal_group(process.pid, child.stop_signal)
        try:
            async with asyncio.timeout(child.patience_s):
                await process.wait()
        except TimeoutError:
            self._say(f"{child.name} did not stop in {child.patience_s:.0f} s and was killed.")
            _signal_group(process.pid, signal.SIGKILL)
            await process.wait()
        _signal_group(process.pid, signal.SIGKILL)


def python_options(env: Mapping[str, str]) -> Callable[[], dict[str, Any]]:
    """Options for a Python child: own process group, given environment, ends with this process."""
    return lambda: {"env": env, "process_group": 0, "preexec_fn": end_with_parent(signal.SIGTERM)}


async def _spawn(child: Child) -> asyncio.subprocess.Process:
    if child.prepare is not None:
        await asyncio.to_thread(child.prepare)
    log = None if child.open_log is None else child.open_log()
    try:
        return await asyncio.create_subprocess_exec(
            *child.command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, **child.options()
        )
    finally:
        if log is not None:
            os.close(log)


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _reason(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {-code}, {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
