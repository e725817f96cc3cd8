"""Real databases for tests: one PostgreSQL per run, migrated once, cloned for each test that asks.

`AFTERGLOW_TEST_PG=/usr/lib/postgresql/15/bin` runs the same suite on another PostgreSQL.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import hypothesis
import msgspec
import pytest

from server.kit.embedded import EmbeddedPostgres
from server.kit.migrate import migrate

if TYPE_CHECKING:
    from tests.flow.story import Story, World

# How long an example takes says something about the machine only.
hypothesis.settings.register_profile("afterglow", deadline=None)
hypothesis.settings.load_profile("afterglow")
TEMPLATE = "template_afterglow"
MEMORY, ROOM = Path("/dev/shm"), 2 << 30
FAST = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200",
    "wal_level": "minimal", "max_wal_senders": "0", "autovacuum": "off",
}  # fmt: skip


class ClonedDatabase(msgspec.Struct, frozen=True):
    """A migrated database of one test's own, as each role and as superuser."""

    name: str
    owner_url: str
    web_url: str
    engine_url: str
    superuser_url: str


def other_postgres() -> Path | None:
    """The folder with the programs of the PostgreSQL to test on; None for the embedded one."""
    folder = os.environ.get("AFTERGLOW_TEST_PG")
    return Path(folder) if folder else None


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A temporary folder that any account can reach; pytest's own is closed to all but its user."""
    folder = Path(tempfile.mkdtemp(prefix="afterglow-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[EmbeddedPostgres]:
    """One server for the whole run, in a folder that goes with it: in memory where there is room."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="afterglow-test-", dir=MEMORY if roomy else None))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder, binaries=other_postgres(), settings=FAST)
    async with server.running():
        yield server
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def template(postgres: EmbeddedPostgres) -> str:
    """The name of a database with all migrations; nobody connects to it afterwards."""
    await run_as_superuser(postgres, f"create database {TEMPLATE} owner afterglow_owner")
    await migrate(postgres.url("afterglow_owner", TEMPLATE))
    return TEMPLATE


@pytest.fixture
async def database(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[ClonedDatabase]:
    """A clone for tests that commit or need several connections; about 0.1 s."""
    async with clone(postgres, template) as cloned:
        yield cloned


@pytest.fixture(scope="session")
async def whole_run_database(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[ClonedDatabase]:
    """One clone for all tests that leave nothing behind."""
    async with clone(postgres, template) as cloned:
        yield cloned


@pytest.fixture(scope="session")
async def world(postgres: EmbeddedPostgres, template: str) -> "World":
    """What every story begins with."""
    from tests.flow.world import make_world

    return await make_world(postgres, template)


@pytest.fixture
async def story(postgres: EmbeddedPostgres, world: "World") -> AsyncIterator["Story"]:
    """Harbor Clinic on a Monday morning, with an engine and simulated phones; the test's own."""
    from tests.flow.world import story_of

    async with story_of(postgres, world) as story:
        yield story


@contextlib.asynccontextmanager
async def clone(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[ClonedDatabase]:
    name = f"test_{os.urandom(6).hex()}"
    await copy_database(postgres, template, name)
    yield urls_of(postgres, name)
    await run_as_superuser(postgres, f"drop database {name} with (force)")


def urls_of(postgres: EmbeddedPostgres, name: str) -> ClonedDatabase:
    """The database as each role."""
    return ClonedDatabase(
        name,
        owner_url=postgres.url("afterglow_owner", name),
        web_url=postgres.url("afterglow_web", name),
        engine_url=postgres.url("afterglow_engine", name),
        superuser_url=postgres.url("postgres", name),
    )


async def copy_database(postgres: EmbeddedPostgres, template: str, name: str) -> None:
    """A copy of a database that nobody is connected to: 0.1 s, a third of what copying through the log takes."""
    copy = f"create database {name} template {template} strategy file_copy owner afterglow_owner"
    await run_as_superuser(postgres, copy)


async def run_as_superuser(postgres: EmbeddedPostgres, statement: str) -> None:
    """One statement outside any transaction, in the maintenance database."""
    conn = await asyncpg.connect(postgres.url("postgres", "postgres"))
    try:
        await conn.execute(statement)
    finally:
        await conn.close()
