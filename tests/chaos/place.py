"""What every scenario stands on: a cluster, clinics with patients, providers, web and workers as processes."""

import asyncio
import atexit
import random
import shutil
import socket
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec

from server.access.call_list_queries import replace_call_list
from server.access.model import NewClinic, Role
from server.access.setup import DEFAULT_HOURS, clinic_transaction, create_staff
from server.flow.clinics import create_clinic
from server.kit.actor import Actor
from server.kit.clock import monotonic
from server.kit.db import Database
from server.kit.migrate import migrate
from server.notifications.push_setup import ensure_push_key
from server.protocols.queries import sign_off
from tests.api.instance import KEY, PASSWORD
from tests.bench.ground import Target, enrol
from tests.chaos.client import Colleague, Phones
from tests.chaos.cluster import Cluster, Urls, cluster
from tests.chaos.processes import Process
from tests.chaos.providers import Providers
from tests.chaos.proxy import Proxy

STARTS_WITHIN_S = 240
CANARY = "Quillfeather"
"""Every patient's name: it must be found nowhere outside the database."""

# When each message was put in the outbox, by the order of commits. Rows of the outbox itself change.
NOTE_INSERTS = """
create table chaos_inserted (notification_id uuid primary key);
create function chaos_note() returns trigger language plpgsql security definer set search_path = public, pg_temp as
    $$ begin insert into chaos_inserted values (new.id); return null; end $$;
create trigger chaos_note after insert on notifications for each row execute function chaos_note();
"""
HAS_WORK = """
select exists (select from notifications where state = 'queued' and next_attempt_at <= wall_now())
    or exists (select from notifications where state = 'queued' and lease_token is not null)
    or exists (select from alerts where state <> 'closed' and next_action_at <= app_now())
    or exists (select from check_ins where next_action_at <= app_now())
    or exists (select from audit_log where seal_seq is null)
"""
UNHEARD = """
select count(*) from alerts a where a.state = 'open' and not exists
    (select from notifications n where (n.clinic_id, n.alert_id) = (a.clinic_id, a.id) and n.id = any($1::uuid[]))
"""
HAS_QUEUED = "select exists (select from notifications where state = 'queued')"
OPEN_ALERT = "select id, version from alerts where patient_id = $1 and state <> 'closed'"
JUMP = "update app_clock set wall_offset = wall_offset + $1, care_offset = care_offset - $1"


class Clinic(msgspec.Struct, frozen=True):
    """One clinic: Omar is on call, then Nora, then its lead; `mail` makes their addresses."""

    id: UUID
    number: int
    omar: UUID

    def address(self, who: str) -> str:
        return f"{who}{self.number}@example.org"


class Place:
    """Everything that runs. `urls`: of the database; `web`, `workers`: processes; `phones`: the patients';
    `rng`: of the printed seed; `cuts`: how often a scenario took away the database by other means than its own."""

    def __init__(
        self, folder: Path, urls: Urls, providers: Providers, clinics: list[Clinic], url: str, rng: random.Random
    ) -> None:
        self.folder = folder
        self.urls = urls
        self._cluster: Cluster | None = None
        self.providers = providers
        self.clinics = clinics
        self.rng = rng
        self.cuts = 0
        self.url = url
        self.phones = Phones(url)
        self.web = self.process("web")
        self.workers: list[Process] = []
        self.processes: list[Process] = [self.web]
        self._colleagues: list[Colleague] = []
        self._proxies: list[Proxy] = []

    @property
    def crashes(self) -> int:
        """How often somebody who may have had a message in hand died, or was cut off before it could be recorded."""
        killed = sum(process.kills for process in self.processes) + sum(proxy.struck for proxy in self._proxies)
        return killed + self.cuts + (self._cluster.crashes if self._cluster is not None else 0)

    @property
    def cluster(self) -> Cluster:
        """The one that can be killed."""
        assert self._cluster is not None
        return self._cluster

    def process(self, name: str, number: int = 0, **env: str) -> Process:
        """Not started yet. `env` goes before what is usual."""
        usual = {
            "DATABASE_URL": self.urls.web_url, "DATABASE_ENGINE_URL": self.urls.engine_url,
            "PORT": self.url.rpartition(":")[2], "AFTERGLOW_URL": self.url, "AFTERGLOW_DATA": str(self.folder),
            "AFTERGLOW_KEY_FILE": str(self.folder / "afterglow.key"), **self.providers.env(),
        }  # fmt: skip
        return Process(name, self.folder / f"{name}{number}.log", usual | env)

    def add_worker(self, **env: str) -> Process:
        """One more worker, started."""
        worker = self.process("worker", len(self.workers) + 1, **env)
        self.workers.append(worker)
        self.processes.append(worker)
        worker.start()
        return worker

    async def start_web(self) -> None:
        """Until it answers."""
        self.web.start()
        async with httpx.AsyncClient(trust_env=False) as client:
            until = monotonic() + STARTS_WITHIN_S
            while True:
                try:
                    await client.get(f"{self.url}/health/live")
                    return
                except httpx.HTTPError:
                    assert monotonic() < until, "the web process does not answer"
                    await asyncio.sleep(0.05)

    async def engine_age_s(self) -> float | None:
        """Seconds since the last finished cycle as /health/engine tells it; None: red."""
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"{self.url}/health/engine")
        return answer.json()["age_s"] if answer.status_code == 200 else None

    async def until_engine(self, *, red: bool, within_s: float) -> float:
        """Until /health/engine has this colour; the seconds it took."""
        began = monotonic()
        while (await self.engine_age_s() is None) != red:
            assert monotonic() - began < within_s, f"/health/engine is not {'red' if red else 'green'}"
            await asyncio.sleep(0.1)
        return monotonic() - began

    async def sql(self, statement: str, *args: Any) -> list[asyncpg.Record]:
        """As owner, over a connection of its own."""
        conn = await asyncpg.connect(self.urls.owner_url, timeout=10)
        try:
            return await conn.fetch(statement, *args)
        finally:
            await conn.close()

    async def value(self, statement: str, *args: Any) -> Any:
        rows = await self.sql(statement, *args)
        return rows[0][0] if rows else None

    async def patients(self, count: int, clinic: int = 0, minutes_ago: int = 30) -> list[Target]:
        """So many, each with a phone and a session that has just ended."""
        here = self.clinics[clinic]
        web = await Database.open(self.urls.web_url, None, KEY, size=2, statement_s=120)
        owner = await asyncpg.connect(self.urls.owner_url)
        try:
            return await enrol(web, owner, Actor("staff", here.id, here.omar), count, CANARY, minutes_ago)
        finally:
            await owner.close()
            await web.close()

    async def colleague(self, who: str, clinic: int = 0) -> Colleague:
        """omar, nora or lena, signed in."""
        found = await Colleague.signed_in(self.url, self.clinics[clinic].address(who), PASSWORD)
        self._colleagues.append(found)
        return found

    async def acknowledge(self, who: Colleague, patient_id: UUID) -> int:
        """The patient's open alert is theirs: the answer's status, 409 when somebody was first."""
        (alert,) = await self.sql(OPEN_ALERT, patient_id)
        answer = await who.call("POST", f"/api/alerts/{alert['id']}/acknowledge", {"version": alert["version"]})
        assert answer.status_code in (200, 409), answer.text
        return answer.status_code

    async def leases_run_out(self, seconds: int = 31) -> None:
        """Machine time goes on, care time does not: leases end, no alert climbs for it."""
        by = timedelta(seconds=seconds)
        self.providers.clock.ahead += by
        await self.sql(JUMP, by)

    @asynccontextmanager
    async def proxied(self) -> AsyncIterator[Proxy]:
        """A proxy before the database; `Proxy.through` gives processes the way."""
        proxy = Proxy(str(self.cluster.server.sockets / ".s.PGSQL.5432"), self.rng)
        self._proxies.append(proxy)
        await proxy.start()
        try:
            yield proxy
        finally:
            await proxy.stop()

    async def sent(self, within_s: float = 60) -> None:
        """Until no message waits or is under way."""
        until = monotonic() + within_s
        while await self.value(HAS_QUEUED):
            assert monotonic() < until, "a message is left over"
            await asyncio.sleep(0.05)

    def now(self) -> datetime:
        """As the phones' clocks have it."""
        return self.providers.clock.now()

    async def all_heard(self, within_s: float) -> None:
        """Until a provider has accepted something about every alert."""
        until = monotonic() + within_s
        while True:
            accepted = [accepted.message_id for accepted in self.providers.ledger]
            if not await self.value(UNHEARD, accepted):
                return
            assert monotonic() < until, "an alert that nobody hears of"
            await asyncio.sleep(0.2)

    async def later(self, hours: float) -> None:
        """Time goes on, for everybody."""
        by = timedelta(hours=hours)
        self.providers.clock.ahead += by
        await self.sql("update app_clock set wall_offset = wall_offset + $1", by)

    async def settled(self, within_s: float = 90) -> float:
        """Until nothing is due and nothing is under way; the seconds it took."""
        began = monotonic()
        while await self.value(HAS_WORK):
            assert monotonic() - began < within_s, "work is left over"
            await asyncio.sleep(0.1)
        return monotonic() - began

    def copies(self) -> int:
        """How many messages more than there are the providers have accepted."""
        ledger = self.providers.ledger
        return len(ledger) - len({accepted.message_id for accepted in ledger})

    async def stop(self) -> None:
        self.providers.sms.let_go()
        for process in self.processes:
            if process.alive:
                await process.end()
        for colleague in self._colleagues:
            await colleague.close()
        await self.phones.close()


@asynccontextmanager
async def place(
    seed: int, *, clinics: int = 1, web: bool = True, workers: int = 0, settings: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> AsyncIterator[Place]:  # fmt: skip
    """A fresh one in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="afterglow-chaos-", dir=folder) as name:
        here = Path(name)
        here.chmod(0o711)
        template = await _template(clinics)
        # With its owner: PostgreSQL does not run as root.
        subprocess.run(["cp", "-a", f"{template.folder}/.", str(here)], check=True)
        async with (
            cluster(here, settings) as running,
            _staffed(seed, here, running.server, template.clinics, web=web, workers=workers) as found,
        ):
            found._cluster = running
            yield found


@asynccontextmanager
async def furnished(
    seed: int, folder: Path, urls: Urls, *, clinics: int = 1, web: bool = True, workers: int = 0
) -> AsyncIterator[Place]:
    """On an empty database that runs already."""
    made = await _furnish(urls, folder, clinics)
    async with _staffed(seed, folder, urls, made, web=web, workers=workers) as found:
        yield found


@asynccontextmanager
async def _staffed(
    seed: int, folder: Path, urls: Urls, made: list[Clinic], *, web: bool, workers: int
) -> AsyncIterator[Place]:
    providers = Providers()
    await providers.start()
    try:
        found = Place(folder, urls, providers, made, f"http://127.0.0.1:{free_port()}", random.Random(seed))
        try:
            if web:
                await found.start_web()
            for _ in range(workers):
                found.add_worker()
            yield found
        finally:
            await found.stop()
    finally:
        await providers.stop()


class Template(msgspec.Struct, frozen=True):
    """A stopped cluster with its clinics, to be copied: that is a second instead of five."""

    folder: Path
    clinics: list[Clinic]


TEMPLATES: dict[int, Template] = {}


async def _template(clinics: int) -> Template:
    """Made once a run."""
    if clinics not in TEMPLATES:
        folder = Path(tempfile.mkdtemp(prefix="afterglow-chaos-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o711)
        async with cluster(folder) as running:
            TEMPLATES[clinics] = Template(folder, await _furnish(running.server, folder, clinics))
    return TEMPLATES[clinics]


async def _furnish(urls: Urls, folder: Path, count: int) -> list[Clinic]:
    (folder / "afterglow.key").write_bytes(b64encode(KEY))
    await migrate(urls.owner_url)
    owner = await asyncpg.connect(urls.owner_url)
    await owner.execute(NOTE_INSERTS)
    await ensure_push_key(owner, KEY)
    made = [await _clinic(owner, number) for number in range(count)]
    await owner.close()
    return made


async def _clinic(owner: Any, number: int) -> Clinic:
    first = number * 10
    wanted = NewClinic(
        name=f"Clinic {number}", time_zone="Europe/Madrid", country="ES", phone="+34910000000", lead_name="Lena",
        lead_email=f"lena{number}@example.org", lead_phone=f"+346000{first + 1:05d}", hours=DEFAULT_HOURS,
        password=PASSWORD, language="en",
    )  # fmt: skip
    clinic_id = await create_clinic(owner, KEY, wanted)
    colleagues: list[tuple[str, Role]] = [("Omar", "clinician"), ("Nora", "nurse")]
    omar, nora = [
        await create_staff(
            owner, KEY, clinic_id=clinic_id, name=who, email=f"{who.lower()}{number}@example.org",
            phone=f"+346000{first + place:05d}", role=role, password=PASSWORD,
        )
        for place, (who, role) in enumerate(colleagues, 2)
    ]  # fmt: skip
    async with clinic_transaction(owner, KEY, clinic_id) as tx:
        lead = await tx.one("select id from staff where clinic_id = $1 and role = 'admin'", clinic_id)
        assert lead is not None
        await replace_call_list(tx, [omar, nora, lead["id"]])
        for protocol in ("clinic", "home"):
            await sign_off(tx, protocol, 1, omar)
    return Clinic(clinic_id, number, omar)


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
