"""F15: the disk under the database and the logs is full."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from server.kit.clock import monotonic
from server.kit.ids import uuid7
from tests.bench.ground import Target
from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY, FINE
from tests.chaos.place import Place, place
from tests.chaos.result import Result

SIZE_MB = 400
SMALL_LOG = {"max_wal_size": "64MB", "min_wal_size": "32MB"}
BLOCK = b"\0" * (1 << 20)
TRIES = 60


def may_mount() -> bool:
    """A small file system of our own takes the administrator's rights."""
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as name:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", name], capture_output=True).returncode:
            return False
        return subprocess.run(["umount", name], capture_output=True).returncode == 0


@asynccontextmanager
async def small_disk() -> AsyncIterator[Path]:
    """A file system in memory of `SIZE_MB`."""
    with tempfile.TemporaryDirectory(prefix="afterglow-disk-") as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", name], check=True)
        Path(name).chmod(0o711)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "-l", name], check=True)


async def full(seed: int, answers: int) -> Result:
    """The phone hears 503 and keeps its answer; nothing is told that is not stored; with room again all goes on."""
    async with small_disk() as disk, place(seed, workers=1, settings=SMALL_LOG, folder=disk) as here:
        targets = await here.patients(answers)
        half = len(targets) // 2
        await here.until_engine(red=False, within_s=30)
        for target in targets[:half]:
            await here.phones.answer(target, CALLS_SOMEBODY)
        ballast = disk / "ballast"
        refused = await _until_refused(here, ballast, targets[half])
        ballast.unlink()
        if not here.cluster.alive:
            # PostgreSQL gives up when it cannot write its log; whoever keeps it running starts it again.
            await here.cluster.start()
        for worker in here.workers:
            if not worker.alive:
                worker.start()
        began = monotonic()
        async with asyncio.TaskGroup() as group:
            for target in targets[half:]:
                group.create_task(here.phones.answer(target, CALLS_SOMEBODY))
        recovery = monotonic() - began
        await here.leases_run_out()
        await here.settled()
        found = await invariants.hold(here)
        return result.of(found, f"{refused} answers while it was full, each 503", recovery_s=recovery)


async def _until_refused(here: Place, ballast: Path, target: Target) -> int:
    """Fill it up while answers go on; how many were refused."""
    refused = 0
    here.cuts += 1
    for _ in range(TRIES):
        _fill(ballast)
        try:
            answer = await here.phones.put(target, FINE, uuid7(), here.now())
        except httpx.HTTPError:
            continue
        if answer.is_success:
            here.phones.heard(target, FINE, answer.json()["response_id"], here.now(), answer, 1)
            continue
        assert answer.status_code == 503, f"{answer.status_code} while the disk is full: {answer.text}"
        refused += 1
        if refused == 5:
            break
    assert refused, "the disk never was full"
    return refused


def _fill(ballast: Path) -> None:
    with ballast.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(BLOCK)
        except OSError:
            pass
        try:
            while file.write(b"\0" * 4096):
                pass
        except OSError:
            return
