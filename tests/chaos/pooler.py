"""Everything behind PgBouncer in transaction mode: fewer connections than transactions at once, and it is killed."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from tests.bench.ground import Target
from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY, FINE
from tests.chaos.place import Place, free_port, place
from tests.chaos.processes import find_program
from tests.chaos.result import Result

CONFIGURED = """
[databases]
* = host={sockets}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
"""
LEAKED = """
select count(*) from pg_stat_activity a
where a.usename in ('afterglow_web', 'afterglow_engine') and a.state = 'idle in transaction'
"""
PROMPTED = "select count(*) from notifications where kind = 'prompt' and state in ('sent', 'delivered')"
MAKE_DUE = """
update check_ins set opens_at = t.now, due_at = t.now, next_action_at = t.now
from (select app_now() as now offset 0) t where key = 'h1' and state = 'planned'
"""


class Pooler:
    """PgBouncer in front of a place's cluster, under the account that may open its sockets."""

    def __init__(self, here: Place, folder: Path) -> None:
        self._server = here.cluster.server
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        users = dict(_login(url) for url in (self._server.web_url, self._server.engine_url))
        sockets = parse_qs(urlsplit(self._server.web_url).query)["host"][0]
        (folder / "users").write_text("".join(f'"{name}" "{password}"\n' for name, password in users.items()))
        (folder / "pgbouncer.ini").write_text(CONFIGURED.format(sockets=sockets, port=self.port, folder=folder))

    def env(self) -> dict[str, str]:
        """What a process needs to come through here."""
        names = {"DATABASE_URL": self._server.web_url, "DATABASE_ENGINE_URL": self._server.engine_url}
        return {name: self._through(url) for name, url in names.items()} | {"DATABASE_POOLED": "1"}

    def _through(self, url: str) -> str:
        name, password = _login(url)
        return f"postgresql://{name}:{password}@127.0.0.1:{self.port}{urlsplit(url).path}"

    def start(self) -> None:
        program = find_program("pgbouncer")
        assert program is not None
        with (self._folder / "pgbouncer.log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, str(self._folder / "pgbouncer.ini")], stdout=log, stderr=log,
                **self._server.spawn_options(self._folder),
            )  # fmt: skip

    async def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(self._process.wait)
        self._process = None

    async def stop(self) -> None:
        if self._process is not None:
            await self.kill()


def _login(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return unquote(parts.username or ""), unquote(parts.password or "")


@asynccontextmanager
async def pooled(seed: int) -> AsyncIterator[tuple[Place, Pooler]]:
    """A place whose web process and two workers know only the pooler."""
    async with place(seed, web=False) as here:
        folder = here.folder / "pooler"
        folder.mkdir(mode=0o755)
        pooler = Pooler(here, folder)
        pooler.start()
        try:
            here.web = here.process("web", 1, **pooler.env())
            here.processes.append(here.web)
            await here.start_web()
            for _ in range(2):
                here.add_worker(**pooler.env())
            yield here, pooler
        finally:
            await pooler.stop()


async def behind_a_pooler(seed: int, answers: int, kills: int) -> Result:
    """Answers, alerts, pages, acknowledgements and prompts through three connections a role; PgBouncer is killed in the
    middle and started anew a second later."""
    async with pooled(seed) as (here, pooler):
        await here.patients(10)
        nora = await here.colleague("nora")
        await here.sql(MAKE_DUE)
        await here.settled()
        targets = await here.patients(answers)
        answering = asyncio.create_task(_answer_all(here, targets))
        for _ in range(kills):
            await asyncio.sleep(here.rng.uniform(0.5, 2))
            await pooler.kill()
            here.cuts += 1
            await asyncio.sleep(1)
            pooler.start()
        await answering
        for target in targets[::4]:
            await here.acknowledge(nora, target.patient_id)
        recovery = await here.settled()
        found = await invariants.hold(here)
        assert found.alerts == (answers + 1) // 2
        prompts = await here.value(PROMPTED)
        assert prompts == 10
        assert await here.value(LEAKED) == 0
        also = f"{prompts} prompts sent, {len(targets)} answers over 3 connections a role"
        return result.of(found, f"{kills} kills of PgBouncer", recovery_s=recovery, also=also)


async def _answer_all(here: Place, targets: Sequence[Target]) -> None:
    """Sixteen at a time, every other one calls somebody."""
    lanes = asyncio.Semaphore(16)

    async def answer(number: int, target: Target) -> None:
        async with lanes:
            await here.phones.answer(target, FINE if number % 2 else CALLS_SOMEBODY)

    await asyncio.gather(*(answer(number, target) for number, target in enumerate(targets)))
