"""What every bench stands on: a PostgreSQL on disk as `up` starts it, a clinic, patients with phones and sessions."""

import asyncio
import os
import socket
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import msgspec

from server.access.setup import clinic_transaction
from server.flow.recording import Entry, open_shelf, store_sessions
from server.kit.actor import Actor
from server.kit.db import Database
from server.kit.dumps import find_programs
from server.kit.embedded import MAJOR, EmbeddedPostgres
from server.kit.ids import uuid7
from server.kit.migrate import migrate
from server.kit.processes import processes_in
from server.kit.tokens import SubmitGrant, new_token, seal_grant, token_hash
from server.patients.model import Details
from server.patients.phone_queries import insert_device
from server.patients.queries import insert_patient
from server.protocols.queries import sign_off
from server.sessions.model import NewSession
from tests.api.instance import KEY, Ids, seed

ROOT = Path(__file__).parents[2]
ANALYZE = "analyze"
PART = 1000
LIST_FIRST = """
select c.id, c.patient_id, c.session_id from check_ins c where c.clinic_id = $1 and c.key = 'h1' and c.state = 'planned'
order by c.id
"""


class Target(msgspec.Struct, frozen=True):
    """One check-in that waits for an answer, and the token that may give it."""

    patient_id: UUID
    session_id: UUID
    check_in_id: UUID
    token: str


class Ground(msgspec.Struct, frozen=True):
    """A running server with a clinic in it. `web`, `engine`: pools in the processes' roles."""

    server: EmbeddedPostgres
    folder: Path
    ids: Ids
    web: Database
    engine: Database
    owner: asyncpg.Connection

    @property
    def pgbench(self) -> str:
        return str(find_programs(MAJOR).folder / "pgbench")

    async def enrol(self, count: int) -> list[Target]:
        """So many patients, each with a phone and a session that has just ended."""
        return await enrol(self.web, self.owner, Actor("staff", self.ids.harbor, self.ids.staff["omar"]), count)

    def database_cpu_s(self) -> float:
        """Seconds of processor time that PostgreSQL has used so far, all its processes."""
        return sum(cpu_s(pid) for pid in processes_in(self.server.cluster, "postgres"))


async def enrol(
    web: Database, owner: asyncpg.Connection, actor: Actor, count: int, name: str = "Patient", minutes_ago: int = 30
) -> list[Target]:
    """So many patients of the actor's clinic, each with a phone and a session that ended so long ago."""
    tokens: dict[UUID, UUID] = {}
    # Part by part: what a transaction has added without statistics makes each further row dearer.
    for first in range(0, count, PART):
        tokens |= await _enrol(web, actor, range(first, min(first + PART, count)), name, minutes_ago)
        await owner.execute(ANALYZE)
    expires = int(time.time()) + 20 * 86_400
    found = []
    for row in await owner.fetch(LIST_FIRST, actor.clinic_id):
        if row["patient_id"] in tokens:
            assert actor.clinic_id is not None
            device_id = tokens[row["patient_id"]]
            grant = SubmitGrant(actor.clinic_id, row["patient_id"], row["id"], device_id, expires)
            found.append(Target(row["patient_id"], row["session_id"], row["id"], seal_grant(KEY, grant)))
    return found


async def _enrol(web: Database, actor: Actor, numbers: Sequence[int], name: str, minutes_ago: int) -> dict[UUID, UUID]:
    """These in one transaction; their devices by patient."""
    devices: dict[UUID, UUID] = {}
    async with web.begin(actor) as tx:
        for number in numbers:
            patient_id = uuid7()
            await insert_patient(tx, patient_id, _details(number, name))
            devices[patient_id] = await insert_device(tx, patient_id, "Phone", token_hash(new_token()))
        shelf = await open_shelf(tx)
        ended = tx.now - timedelta(minutes=minutes_ago)
        new = NewSession(
            drug="ketamine", route="iv", dose_mg=40, indication="depression",
            started_at=ended - timedelta(minutes=40), ended_at=ended,
        )  # fmt: skip
        version = shelf.version_for(new)
        await store_sessions(
            tx,
            [Entry(patient_id=p, age=40, zone="Europe/Madrid", quiet=None, new=new, version=version) for p in devices],
        )
    return devices


def _details(number: int, name: str) -> Details:
    return Details(
        name=f"{name} {number}", date_of_birth=date(1985, 1, 1), phone=f"+346{20_000_000 + number:08d}",
        time_zone="Europe/Madrid", language="es", email=f"p{number}@example.org",
    )  # fmt: skip


def cpu_s(pid: int) -> float:
    """Processor seconds of one process, and of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Resident memory of one process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """A fresh one in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="afterglow-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = EmbeddedPostgres(folder)
        async with server.running():
            await migrate(server.owner_url)
            ids = await seed(server.owner_url)
            owner = await asyncpg.connect(server.owner_url)
            async with clinic_transaction(owner, KEY, ids.harbor) as tx:
                await sign_off(tx, "clinic", 1, ids.staff["omar"])
            web = await Database.open(server.web_url, None, KEY, size=16, statement_s=60)
            engine = await Database.open(server.engine_url, None, KEY, size=16, statement_s=60)
            try:
                yield Ground(server, folder, ids, web, engine, owner)
            finally:
                await web.close()
                await engine.close()
                await owner.close()


class Web(msgspec.Struct, frozen=True):
    """A real web process."""

    pid: int
    port: int


@asynccontextmanager
async def web_process(on: Ground) -> AsyncIterator[Web]:
    """`python -m server web` on a free port."""
    key = on.folder / "key"
    key.write_bytes(b64encode(KEY))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    own = {"DATABASE_URL": on.server.web_url, "DATABASE_ENGINE_URL": on.server.engine_url, "PORT": str(port)}
    env = {**os.environ, **own, "AFTERGLOW_KEY_FILE": str(key), "AFTERGLOW_DATA": str(on.folder)}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "server", "web", cwd=ROOT, env=env)
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                await client.get(f"http://127.0.0.1:{port}/health/live")
                break
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
    try:
        yield Web(process.pid, port)
    finally:
        process.terminate()
        await process.wait()
