"""An instance with two clinics for each test that asks, cloned from one that is made once a run."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from server.app import create_app
from server.kit.db import Database
from server.kit.embedded import EmbeddedPostgres
from server.settings import Settings
from tests.api.instance import KEY, ORIGIN, Ids, Instance, seed
from tests.conftest import ClonedDatabase, copy_database, run_as_superuser
from tests.flow.story import Story, World

TEMPLATE = "template_clinics"
MADE: list[Ids] = []


@pytest.fixture(scope="session")
async def two_clinics(postgres: EmbeddedPostgres, template: str) -> Ids:
    """The ids in a database that nobody connects to afterwards."""
    # Two conftests offer this fixture, and each counts as one of its own.
    if not MADE:
        await copy_database(postgres, template, TEMPLATE)
        MADE.append(await seed(postgres.url("afterglow_owner", TEMPLATE)))
    return MADE[0]


@pytest.fixture
def settings() -> Settings:
    """As in production, without any channel."""
    return Settings(url=ORIGIN, host="127.0.0.1", port=443, data=Path(), key_file=Path())


@pytest.fixture
async def instance(postgres: EmbeddedPostgres, two_clinics: Ids, settings: Settings) -> AsyncIterator[Instance]:
    """The app on a database of the test's own."""
    name = f"test_{os.urandom(6).hex()}"
    await copy_database(postgres, TEMPLATE, name)
    urls = urls_of(postgres, name)
    db = await Database.open(urls.web_url, None, KEY, size=5)
    owner = await asyncpg.connect(urls.owner_url)
    await owner.set_type_codec("jsonb", schema="pg_catalog", encoder=msgspec.json.encode, decoder=msgspec.json.decode)
    running = Instance(create_app(settings, db), db, owner, two_clinics, urls)
    yield running
    await running.close()
    await owner.close()
    await db.close()
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


@pytest.fixture(scope="session")
async def world(postgres: EmbeddedPostgres, template: str) -> World:
    """What every story begins with."""
    from tests.flow.world import make_world

    return await make_world(postgres, template)


@pytest.fixture
async def story(postgres: EmbeddedPostgres, world: World) -> AsyncIterator[Story]:
    """Harbor Clinic on a Monday morning, with an engine and simulated phones."""
    from tests.flow.world import story_of

    async with story_of(postgres, world) as story:
        yield story
