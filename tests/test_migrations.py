"""Migrations: from nothing, twice, changed, missing, in the wrong order, several at once, with one DSN for all."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from server.kit.embedded import EmbeddedPostgres
from server.kit.migrate import Migration, MigrationError, migrate, pending
from tests.conftest import other_postgres, run_as_superuser


@pytest.fixture
async def empty_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database without a table, as its owner."""
    name = f"test_{os.urandom(6).hex()}"
    await run_as_superuser(postgres, f"create database {name} owner afterglow_owner")
    yield postgres.url("afterglow_owner", name)
    await run_as_superuser(postgres, f"drop database {name} with (force)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two migrations."""
    (tmp_path / "0001_first.sql").write_text("create table first (id integer primary key);")
    (tmp_path / "0002_second.sql").write_text("create table second (id integer primary key);")
    return tmp_path


async def test_it_migrates_an_empty_database_and_the_second_time_does_nothing(empty_url: str) -> None:
    applied = await migrate(empty_url)
    assert applied == sorted(applied)
    assert len(applied) >= 6
    assert await migrate(empty_url) == []


async def test_two_at_once_apply_each_file_once(empty_url: str) -> None:
    first, second = await asyncio.gather(migrate(empty_url), migrate(empty_url))
    assert not set(first) & set(second)
    assert await migrate(empty_url) == []


async def test_a_changed_file_is_refused(empty_url: str, folder: Path) -> None:
    await migrate(empty_url, folder)
    (folder / "0001_first.sql").write_text("create table first (id bigint primary key);")
    with pytest.raises(MigrationError, match=r"0001_first\.sql was changed"):
        await migrate(empty_url, folder)


async def test_a_failing_file_leaves_nothing_behind_and_names_itself(empty_url: str, folder: Path) -> None:
    (folder / "0003_third.sql").write_text("create table third (id integer); select no_such_thing();")
    with pytest.raises(MigrationError, match=r"0003_third\.sql: .*no_such_thing"):
        await migrate(empty_url, folder)
    (folder / "0003_third.sql").write_text("create table third (id integer);")
    assert await migrate(empty_url, folder) == ["0003_third.sql"]


async def test_one_dsn_serves_all_when_its_user_may_create_roles(short_folder: Path) -> None:
    """As on a managed PostgreSQL: the user owns the database, the pools take their roles at connect."""
    server = EmbeddedPostgres(short_folder, binaries=other_postgres())
    async with server.running():
        for statement in (
            "drop database afterglow",
            "drop role afterglow_web, afterglow_engine",
            "create role app login password 'app' createrole",
            "create database app owner app",
        ):
            await run_as_superuser(server, statement)
        url = f"postgresql://app:app@/app?host={server.sockets}"
        await migrate(url)
        assert await migrate(url) == []
        conn = await asyncpg.connect(url, server_settings={"role": "afterglow_engine"})
        assert await conn.fetchval("select current_user") == "afterglow_engine"
        await conn.close()


def test_a_file_before_an_applied_one_is_refused() -> None:
    files = [Migration("0001_a.sql", "select 1"), Migration("0002_b.sql", "select 2")]
    with pytest.raises(MigrationError, match=r"0001_a\.sql comes before 0002_b\.sql"):
        pending(files, {"0002_b.sql": files[1].checksum})


def test_an_applied_file_that_is_missing_here_is_refused() -> None:
    with pytest.raises(MigrationError, match=r"0009_z\.sql was applied"):
        pending([], {"0009_z.sql": "any"})
