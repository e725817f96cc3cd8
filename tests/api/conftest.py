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
from tests.conftest import copy_database, run_as_superuser, urls_of

TEMPLATE = "template_clinics"


@pytest.fixture(scope="session")
async def two_clinics(postgres: EmbeddedPostgres, template: str) -> Ids:
    """The ids in a database that nobody connects to afterwards."""
    await copy_database(postgres, template, TEMPLATE)
    return await seed(postgres.url("afterglow_owner", TEMPLATE))


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
