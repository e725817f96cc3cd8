"""A primary and its synchronous standby, made by pg_auto_failover; the primary is killed while answers come in.

`python -m tests.chaos --only failover` plays it, as root, on Debian 12 with the packages `postgresql-15-auto-failover`
and `pg-auto-failover-cli`. Monitor, primary and standby run on loopback in a folder of its own, as the user `postgres`;
nothing of the machine's own PostgreSQL is touched. The web process and both workers are given the addresses of both
nodes and `target_session_attrs=read-write`, as a clinic would. `QUICK` are the monitor's time-outs.
"""

import asyncio
import os
import pwd
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

import asyncpg

from server.kit.clock import monotonic
from server.kit.processes import end_with_parent, processes_in
from tests.bench.ground import Target
from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY, FINE
from tests.chaos.place import Place, free_port, furnished
from tests.chaos.processes import find_program
from tests.chaos.result import Result

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
ACCOUNT = "postgres"
# The defaults of these add up to most of a minute; a clinic that pages at night sets them like this.
QUICK = """
pgautofailover.health_check_period = 1s
pgautofailover.health_check_timeout = 2s
pgautofailover.health_check_retry_delay = 500ms
pgautofailover.node_considered_unhealthy_timeout = 4s
pgautofailover.primary_demote_timeout = 4s
pgautofailover.startup_grace_period = 1s
"""
STATES = "select nodename, reportedstate::text as state from pgautofailover.node order by nodename"
IS_SYNCHRONOUS = "select bool_and(sync_state in ('sync', 'quorum')) from pg_stat_replication"
ROLES = """
create role afterglow_owner login createrole;
create role afterglow_web login;
create role afterglow_engine login;
"""
SETTINGS = """
track_commit_timestamp = on
max_connections = 200
wal_receiver_status_interval = 1s
"""


class Node:
    """A PostgreSQL under its keeper; both die together."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.port = free_port()
        self.cluster = folder / name
        self._folder = folder
        self._keeper: subprocess.Popen[bytes] | None = None

    def create(self, *words: str) -> None:
        """Make it; the standby copies the primary."""
        self._run(
            ["create", *words, "--pgport", str(self.port), "--hostname", "127.0.0.1", "--auth", "trust", "--no-ssl"]
        )

    def configure(self, lines: str) -> None:
        with (self.cluster / "postgresql.conf").open("a") as file:
            file.write(lines)

    def start(self) -> None:
        with self._log() as log:
            self._keeper = subprocess.Popen(
                [_pg_autoctl(), "run", "--pgdata", str(self.cluster)], stdout=log, stderr=log, env=self._env(),
                cwd=self._folder, user=ACCOUNT, group=ACCOUNT, extra_groups=[],
                preexec_fn=end_with_parent(signal.SIGTERM), start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """`kill -9` of the keeper with its helpers, and of every process of PostgreSQL."""
        assert self._keeper is not None
        os.killpg(self._keeper.pid, signal.SIGKILL)
        for pid in processes_in(self.cluster, "postgres"):
            os.kill(pid, signal.SIGKILL)
        self._keeper.wait()
        self._keeper = None

    def stop(self) -> None:
        if self._keeper is not None:
            self.kill()

    def _run(self, words: list[str]) -> None:
        with self._log() as log:
            subprocess.run(
                [_pg_autoctl(), *words, "--pgdata", str(self.cluster)], stdout=log, stderr=log, env=self._env(),
                cwd=self._folder, user=ACCOUNT, group=ACCOUNT, extra_groups=[], check=True,
            )  # fmt: skip

    def _log(self) -> BinaryIO:
        return (self._folder / f"{self.name}.out").open("ab")

    def _env(self) -> dict[str, str]:
        homes = {f"XDG_{kind}_{end}": str(self._folder / kind.lower()) for kind, end in HOMES}
        return {"PATH": f"{PROGRAMS}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self._folder), **homes}


HOMES = (("CONFIG", "HOME"), ("DATA", "HOME"), ("RUNTIME", "DIR"))


def _pg_autoctl() -> str:
    found = find_program("pg_autoctl")
    assert found is not None, "needs pg-auto-failover-cli"
    assert PROGRAMS.exists(), "needs postgresql-15-auto-failover"
    return found


class Pair:
    """Both nodes and their monitor. The addresses name both: a client takes the one that writes."""

    def __init__(self, folder: Path) -> None:
        self.monitor = Node(folder, "monitor")
        self.nodes = [Node(folder, "first"), Node(folder, "second")]

    async def start(self) -> None:
        """Until the second is a synchronous standby."""
        self.monitor.create("monitor")
        self.monitor.configure(QUICK)
        self.monitor.start()
        for node in self.nodes:
            node.create(
                "postgres", "--name", node.name, "--dbname", "afterglow",
                "--monitor", f"postgres://autoctl_node@127.0.0.1:{self.monitor.port}/pg_auto_failover",
            )  # fmt: skip
            node.configure(SETTINGS)
            node.start()
            await self._until(node, "single" if node is self.nodes[0] else "secondary")
        await self._until(self.nodes[0], "primary")

    async def took_over(self) -> float:
        """The seconds until the second node writes."""
        began = monotonic()
        await self._until(self.nodes[1], "wait_primary")
        return monotonic() - began

    def stop(self) -> None:
        for node in (*self.nodes, self.monitor):
            node.stop()

    async def _until(self, node: Node, state: str) -> None:
        until = monotonic() + 120
        while (await self.states()).get(node.name) != state:
            if monotonic() > until:
                raise SystemExit(f"{node.name} did not become {state}: {await self.states()}")
            await asyncio.sleep(0.2)

    async def states(self) -> dict[str, str]:
        """What each node's keeper has reported last."""
        url = f"postgres://autoctl_node@127.0.0.1:{self.monitor.port}/pg_auto_failover"
        try:
            conn = await asyncpg.connect(url, timeout=5)
        except (OSError, asyncpg.PostgresError):
            return {}
        try:
            return {row["nodename"]: row["state"] for row in await conn.fetch(STATES)}
        finally:
            await conn.close()

    def _url(self, role: str) -> str:
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"postgresql://{role}@{hosts}/afterglow?target_session_attrs=read-write"

    @property
    def owner_url(self) -> str:
        return self._url("afterglow_owner")

    @property
    def web_url(self) -> str:
        return self._url("afterglow_web")

    @property
    def engine_url(self) -> str:
        return self._url("afterglow_engine")

    @property
    def superuser_url(self) -> str:
        return self._url(ACCOUNT)


@asynccontextmanager
async def standing(seed: int) -> AsyncIterator[tuple[Place, Pair]]:
    """A place on such a pair, with a web process and two workers."""
    with tempfile.TemporaryDirectory(prefix="afterglow-failover-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        databases = folder / "databases"
        databases.mkdir()
        account = pwd.getpwnam(ACCOUNT)
        os.chown(databases, account.pw_uid, account.pw_gid)
        pair = Pair(databases)
        try:
            await pair.start()
            superuser = await asyncpg.connect(pair.superuser_url)
            assert await superuser.fetchval(IS_SYNCHRONOUS), "the standby is not synchronous"
            await superuser.execute(ROLES)
            await superuser.execute("alter database afterglow owner to afterglow_owner")
            await superuser.close()
            async with furnished(seed, folder, pair, workers=2) as here:
                yield here, pair
        finally:
            pair.stop()


async def primary_killed_under_load(seed: int, answers: int) -> Result:
    """Answers come in all the while, every other one calls somebody; a third of the way the primary is killed."""
    async with standing(seed) as (here, pair):
        targets = await here.patients(answers)
        lanes, told = asyncio.Semaphore(16), asyncio.Event()

        async def answer(number: int, target: Target) -> None:
            async with lanes:
                await here.phones.answer(target, FINE if number % 2 else CALLS_SOMEBODY, patience_s=180)
                if len(here.phones.ledger) > answers // 3:
                    told.set()

        async with asyncio.TaskGroup() as answering:
            for number, target in enumerate(targets):
                answering.create_task(answer(number, target))
            await told.wait()
            before = len(here.phones.ledger)
            pair.nodes[0].kill()
            here.cuts += 1
            killed = monotonic()
            took_over = await pair.took_over()
            while len(here.phones.ledger) <= before + 16:
                await asyncio.sleep(0.05)
            again = monotonic() - killed
        recovery = await here.settled()
        found = await invariants.hold(here)
        assert found.answers == answers
        also = (
            f"{before:,} of {answers:,} answers had their 2xx before; the standby wrote after {took_over:.0f} s, the"
            f" next answers were taken after {again:.0f} s by the same processes"
        )
        return result.of(found, "1 primary killed with its keeper", recovery_s=recovery, also=also)
