"""A backup is brought back whole, and nothing leaves until somebody has looked."""

import asyncio
import os
import zipfile
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from server.backups import count_rows, run_backup, run_restore
from server.commands import CommandError
from server.kit.db import Database
from server.kit.dumps import DumpError
from server.kit.embedded import EmbeddedPostgres
from server.settings import Settings, from_env
from server.worker import Engine, cycle, hold_when_restored
from tests.api.instance import KEY, ORIGIN
from tests.conftest import ClonedDatabase, run_as_superuser, urls_of
from tests.flow.story import ANAS_PHONE, OMAR, Story
from tests.flow.world import instance_on

# How pg_dump's compressed data of a table begins.
ZLIB = b"\x78\x9c"
HELD = "select count(*)::text from sending_holds"
CATALOGUE = """
    select 'policy ' || tablename || ' ' || policyname || ' ' || roles::text || ' ' || coalesce(qual, '')
    from pg_policies
    union all select 'grant ' || table_name || ' ' || grantee || ' ' || privilege_type
    from information_schema.role_table_grants where table_schema = 'public'
    union all select 'column ' || table_name || ' ' || column_name || ' ' || grantee || ' ' || privilege_type
    from information_schema.column_privileges where table_schema = 'public'
    union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
    union all select 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
    where connamespace = 'public'::regnamespace
    union all select 'function ' || oid::regprocedure || prosrc || coalesce(proacl::text, '') from pg_proc
    where pronamespace = 'public'::regnamespace
    union all select 'table ' || relname || relrowsecurity || relforcerowsecurity from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r'
    order by 1
"""


@pytest.fixture
async def empty(postgres: EmbeddedPostgres) -> AsyncIterator[ClonedDatabase]:
    """A database without a table."""
    name = f"test_{os.urandom(6).hex()}"
    await run_as_superuser(postgres, f"create database {name} owner afterglow_owner")
    yield urls_of(postgres, name)
    await run_as_superuser(postgres, f"drop database {name} with (force)")


def settings_of(urls: ClonedDatabase, folder: Path) -> Settings:
    key = folder / "afterglow.key"
    key.write_bytes(b64encode(KEY))
    return from_env({
        "AFTERGLOW_DATA": str(folder), "DATABASE_OWNER_URL": urls.owner_url, "AFTERGLOW_KEY_FILE": str(key),
    })  # fmt: skip


async def asked(url: str, sql: str) -> list[str]:
    conn = await asyncpg.connect(url)
    try:
        return [row[0] for row in await conn.fetch(sql)]
    finally:
        await conn.close()


async def counted(url: str) -> dict[str, int]:
    conn = await asyncpg.connect(url)
    try:
        return await count_rows(conn)
    finally:
        await conn.close()


async def backed_up(story: Story, folder: Path) -> Path:
    """A backup with a session in it."""
    await story.record_session()
    file = folder / "evening.afterglow"
    assert await run_backup(settings_of(story.instance.urls, folder), file) == 0
    return file


async def test_what_is_restored_is_what_was_backed_up(
    story: Story, empty: ClonedDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = await backed_up(story, tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert "key file is not in it" in capsys.readouterr().out
    assert await run_restore(settings_of(empty, tmp_path), file, force=False) == 0
    said = capsys.readouterr().out
    assert "Sending is held" in said
    assert "does not open" not in said
    before, after = await counted(story.instance.urls.owner_url), await counted(empty.owner_url)
    assert before.pop("sending_holds") == 0
    assert after.pop("sending_holds") == 2
    assert (before.pop("database_system"), after.pop("database_system")) == (0, 1)
    assert after.pop("credential_lookup") < before.pop("credential_lookup")
    assert before == after
    assert before["check_ins"] > 0
    urls = story.instance.urls
    assert await asked(empty.superuser_url, CATALOGUE) == await asked(urls.superuser_url, CATALOGUE)


async def test_nothing_is_sent_before_an_admin_starts_sending(
    story: Story, empty: ClonedDatabase, tmp_path: Path
) -> None:
    await story.record_session()
    await story.forward(hours=2, minutes=50)
    file = tmp_path / "night.afterglow"
    await run_backup(settings_of(story.instance.urls, tmp_path), file)
    await run_restore(settings_of(empty, tmp_path), file, force=False)
    db = await Database.open(empty.engine_url, None, KEY, size=5)
    async with instance_on(empty, story.world.ids) as instance:
        restored = Story(
            story.world,
            instance,
            Engine(db, story.engine.senders, ORIGIN),
            story.messages,
            story.sms,
            story.mail,
            story.push,
            story.rooms,
        )
        for who in ("lena", "nora"):
            assert (await restored.staff(who).sign_in(who)).status_code == 200
        lena = restored.staff("lena")
        await restored.forward(hours=8)
        assert [item["state"] for item in await restored.timeline("check_in")].count("missed") >= 1
        await cycle(restored.engine)
        assert story.messages.unexpected() == []
        health = await instance.browser().get("/health/engine")
        assert (health.status_code, health.json()["sending_held"]) == (503, 2)
        assert (await restored.staff("nora").get("/api/me")).json()["sending_held_since"]
        shown = (await lena.get("/api/clinic/sending")).json()
        assert {w["kind"] for w in shown["waiting"]} >= {"page"}
        assert all(w["count"] >= 1 and w["oldest_at"] <= w["newest_at"] for w in shown["waiting"])
        assert (await restored.staff("nora").post("/api/clinic/sending/start")).status_code == 403

        started = await lena.post("/api/clinic/sending/start")
        assert (started.status_code, started.json()["held_since"]) == (200, None)
        assert (await lena.post("/api/clinic/sending/start")).status_code == 200
        await restored.settle()
        pages = [message.to for message in story.messages.unexpected()]
        assert OMAR in pages
        assert pages.count(ANAS_PHONE) <= 1
        for message in list(story.messages.unexpected()):
            await restored.got(message.to)
        audited = await restored.rows("select actor_id from audit_log where action = 'sending.started'")
        assert [row["actor_id"] for row in audited] == [story.world.ids.staff["lena"]]
        assert await asked(empty.owner_url, HELD) == ["1"]
    await db.close()


async def test_nothing_that_is_there_is_lost(story: Story, empty: ClonedDatabase, tmp_path: Path) -> None:
    file = await backed_up(story, tmp_path)
    with pytest.raises(CommandError, match="is there already"):
        await run_backup(settings_of(story.instance.urls, tmp_path), file)
    with pytest.raises(CommandError, match="Stop Afterglow first"):
        await run_restore(settings_of(story.instance.urls, tmp_path), file, force=True)
    await run_restore(settings_of(empty, tmp_path), file, force=False)
    with pytest.raises(CommandError, match="not empty"):
        await run_restore(settings_of(empty, tmp_path), file, force=False)
    assert await run_restore(settings_of(empty, tmp_path), file, force=True) == 0


async def test_a_restore_that_fails_leaves_everything_as_it_was(
    story: Story, empty: ClonedDatabase, tmp_path: Path
) -> None:
    file = await backed_up(story, tmp_path)
    await run_restore(settings_of(empty, tmp_path), file, force=False)
    before = await counted(empty.owner_url)
    cut = tmp_path / "cut"
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(cut, "w") as part:
        part.writestr("afterglow.json", whole.read("afterglow.json"))
        part.writestr("database.dump", whole.read("database.dump")[:-20_000])
    with pytest.raises(DumpError):
        await run_restore(settings_of(empty, tmp_path), cut, force=True)
    assert await counted(empty.owner_url) == before


async def test_a_dump_that_breaks_off_late_is_not_committed(
    story: Story, empty: ClonedDatabase, tmp_path: Path
) -> None:
    """Most of it has gone to the database by then, and the end of a script is psql's sign to commit."""
    file = await backed_up(story, tmp_path)
    broken = tmp_path / "broken"
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(broken, "w") as copy:
        dump = bytearray(whole.read("database.dump"))
        copy.writestr("afterglow.json", whole.read("afterglow.json"))
        last = dump.rindex(ZLIB)
        dump[last + 2 : last + 6] = b"\xff" * 4
        copy.writestr("database.dump", bytes(dump))
    with pytest.raises(DumpError):
        await run_restore(settings_of(empty, tmp_path), broken, force=False)
    assert await counted(empty.owner_url) == {}


async def test_who_was_sent_away_since_is_not_let_in_again(
    story: Story, empty: ClonedDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = (await story.staff("nora").post(f"/api/patients/{story.ana}/invitation")).json()["link"]
    file = await backed_up(story, tmp_path)
    await run_restore(settings_of(empty, tmp_path), file, force=False)
    assert "Everybody signs in again" in capsys.readouterr().out
    async with instance_on(empty, story.world.ids) as instance:
        nora, phone = instance.browser(), instance.browser()
        nora.http.cookies.update(story.world.cookies["nora"])
        assert (await nora.get("/api/me")).status_code == 401
        assert (await nora.sign_in("nora")).status_code == 200
        token = link.partition("#token=")[2]
        assert (await phone.post("/api/enrolment", {"token": token, "replace": True})).status_code == 404
        phone.http.cookies.update(story.world.cookies["ana"])
        assert (await phone.get("/api/my/check-ins")).status_code == 200


async def test_a_backup_follows_no_link_and_overwrites_nothing(story: Story, tmp_path: Path) -> None:
    settings, file, victim = settings_of(story.instance.urls, tmp_path), tmp_path / "b", tmp_path / "victim"
    file.symlink_to(victim)
    with pytest.raises(CommandError):
        await run_backup(settings, file)
    file.unlink()
    part = tmp_path / "b.part"
    part.symlink_to(victim)
    with pytest.raises(CommandError, match="Remove it"):
        await run_backup(settings, file)
    assert part.is_symlink()
    assert not victim.exists()
    part.unlink()
    assert await run_backup(settings, file) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["afterglow.key", "b"]


@pytest.mark.parametrize("content", [b"", b"not a backup", b"PK\x03\x04 but nothing else"])
async def test_what_is_no_backup_is_refused(empty: ClonedDatabase, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(CommandError, match="not a backup"):
        await run_restore(settings_of(empty, tmp_path), file, force=False)


async def test_a_damaged_backup_is_refused(story: Story, empty: ClonedDatabase, tmp_path: Path) -> None:
    file = await backed_up(story, tmp_path)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(CommandError, match="damaged"):
        await run_restore(settings_of(empty, tmp_path), file, force=False)


async def test_another_key_file_is_noticed(
    story: Story, empty: ClonedDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = await backed_up(story, tmp_path)
    settings = settings_of(empty, tmp_path)
    settings.key_file.write_bytes(b64encode(bytes(32)))
    await run_restore(settings, file, force=False)
    assert "does not open this data" in capsys.readouterr().out


async def test_a_database_that_wakes_up_in_another_system_is_held_once(story: Story) -> None:
    """Restored by other means than ours: pg_restore, a copy of a host's dump."""
    story.expected_errors.add("sending_held")
    db, owner = story.engine.db, story.instance.owner
    assert await hold_when_restored(db) == 0, "the first start remembers where it is"
    assert await hold_when_restored(db) == 0
    await owner.execute("update database_system set identifier = 42")
    assert await asyncio.gather(*(hold_when_restored(db) for _ in range(3))) in ([2, 0, 0], [0, 2, 0], [0, 0, 2])
    assert await asked(story.instance.urls.owner_url, HELD) == ["2"]
    assert await hold_when_restored(db) == 0
    assert (await story.staff("lena").post("/api/clinic/sending/start")).status_code == 200
    assert await hold_when_restored(db) == 0
    assert await asked(story.instance.urls.owner_url, HELD) == ["1"]
