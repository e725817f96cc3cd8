"""`up`: everything starts, comes back after a crash, stops in order, and refuses kindly."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from server.kit.supervise import Child, Supervisor, python_options
from server.settings import SettingsError
from server.up import UpError, check_port, make_plan

ROOT = Path(__file__).parents[1]
CLONE = (sys.executable, "-m", "server")


class Running:
    """A running `up` on a free port; `program` and `place` when it is not the clone's."""

    def __init__(
        self, data: Path, *arguments: str, screen: str = "screen", program: Sequence[str] = CLONE, place: Path = ROOT
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.data = data
        self.screen = data.with_name(screen)
        env = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "SMS_", "SMTP_"))}
        with self.screen.open("w") as file:
            self.process = subprocess.Popen(
                [*program, "up", *arguments],
                stdout=file,
                stderr=file,
                cwd=place,
                env={**env, "PORT": str(self.port), "AFTERGLOW_DATA": str(data)},
            )

    def shows(self, words: str, within_s: float) -> None:
        wait_until(lambda: words in self.screen.read_text() or self.process.poll() is not None, within_s)
        assert words in self.screen.read_text(), self.screen.read_text()

    def child(self, command: str) -> int:
        """Process id of a child by a word of its command line; 0 when it is not there."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                line = (entry / "cmdline").read_bytes().decode()
            except OSError:
                continue
            if parent == str(self.process.pid) and command in line.split("\0"):
                return int(entry.name)
        return 0

    def children(self) -> list[int]:
        return [pid for pid in map(self.child, ("web", "worker", "-D")) if pid]

    def is_live(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health/live", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def engine_runs(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health/engine", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


def wait_until(met: Callable[[], bool], within_s: float) -> None:
    for _ in range(int(within_s / 0.02)):
        if met():
            return
        time.sleep(0.02)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A plain `up` that several tests share: each leaves it running."""
    running = Running(tmp_path_factory.mktemp("up with spaces") / "the data")
    running.shows("Afterglow is ready", within_s=60)
    yield running
    running.process.send_signal(signal.SIGINT)
    running.process.wait(25)


@pytest.mark.slow
def test_an_empty_instance_says_what_to_do_first(up: Running) -> None:
    assert "create-clinic" in up.screen.read_text()
    assert "key file" in up.screen.read_text()
    assert up.is_live()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["worker", "web"])
def test_a_killed_child_is_back_within_half_a_second_and_the_crash_is_shown(up: Running, name: str) -> None:
    killed = up.child(name)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: up.child(name) not in (0, killed), within_s=0.7)
    assert up.child(name) not in (0, killed)
    up.shows(f"{name} stopped unexpectedly (signal 9", within_s=1)
    wait_until(up.is_live, within_s=10)
    assert up.is_live()


@pytest.mark.slow
def test_everything_works_again_after_the_database_was_killed(up: Running) -> None:
    killed = up.child("-D")
    os.kill(killed, signal.SIGKILL)
    up.shows("postgres stopped unexpectedly", within_s=2)
    wait_until(lambda: up.child("-D") not in (0, killed), within_s=10)
    wait_until(up.engine_runs, within_s=20)
    assert up.engine_runs()


@pytest.mark.slow
def test_a_second_up_on_the_same_data_is_refused(up: Running) -> None:
    second = Running(up.data, screen="second.screen")
    assert second.process.wait(20) == 1
    assert "already running" in second.screen.read_text()
    assert up.is_live()


@pytest.mark.slow
def test_one_ctrl_c_stops_everything_in_order(tmp_path: Path) -> None:
    running = Running(tmp_path / "data")
    running.shows("Afterglow is ready", within_s=60)
    children = running.children()
    assert len(children) == 3
    with socket.create_connection(("127.0.0.1", running.port)) as idle:
        idle.send(b"GET /api/alerts/stream HTTP/1.1\r\n")
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(20) == 0
    assert [pid for pid in children if Path(f"/proc/{pid}/exe").exists()] == []
    assert "was killed" not in running.screen.read_text()


@pytest.mark.slow
def test_nothing_is_left_behind_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    running = Running(tmp_path / "data")
    running.shows("Afterglow is ready", within_s=60)
    children = running.children()
    running.process.kill()
    running.process.wait()
    wait_until(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in children), within_s=20)
    assert [pid for pid in children if Path(f"/proc/{pid}/exe").exists()] == []


@pytest.mark.slow
def test_the_demo_lives_a_week_and_can_be_signed_in_to(tmp_path: Path) -> None:
    running = Running(tmp_path / "data", "--demo")
    running.shows("Afterglow is ready", within_s=120)
    with httpx.Client(base_url=f"http://127.0.0.1:{running.port}", timeout=10) as client:
        messages = client.get("/demo/messages?limit=5").json()["items"]
        assert {"channel", "to", "body", "at"} <= set(messages[0])
        password = {"email": "nora@demo.example", "password": "afterglow-demo"}
        assert client.post("/api/sign-in", json=password, headers={"X-Afterglow": "1"}).status_code == 200
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(20) == 0


async def test_a_child_that_never_works_is_never_given_up_and_tried_less_often() -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append)
    child = Child("broken", ["/bin/sh", "-c", "exit 3"], 1, python_options({}))
    began = time.monotonic()
    await supervisor.start(child)
    while len(said) < 4:
        await wait_a_little()
    await supervisor.stop(["broken"])
    assert said[0] == "broken stopped unexpectedly (exit code 3). Starting it again."
    assert time.monotonic() - began >= 0.1 + 0.2 + 0.4


async def test_a_child_that_does_not_listen_is_killed() -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append)
    await supervisor.start(
        Child("deaf", ["/bin/sh", "-c", "trap '' TERM; sleep 60 & wait; wait"], 0.3, python_options({}))
    )
    await wait_a_little()
    await supervisor.stop(["deaf"])
    assert said == ["deaf did not stop in 0 s and was killed."]


async def wait_a_little() -> None:
    await asyncio.sleep(0.1)


def test_the_demo_stays_on_this_machine(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="this machine only"):
        make_plan({"AFTERGLOW_DATA": str(tmp_path), "HOST": "0.0.0.0"}, demo=True)


def test_the_demo_uses_nothing_that_is_set_for_real_use(tmp_path: Path) -> None:
    real = {
        "AFTERGLOW_DATA": str(tmp_path),
        "DATABASE_URL": "postgresql://real.example/afterglow",
        "SMS_API_URL": "https://sms.example",
        "SMS_TOKEN_FILE": "/run/secrets/sms",
        "SMTP_HOST": "mail.example",
        "SMTP_PASSWORD_FILE": "/run/secrets/mail",
    }
    plan = make_plan(real, demo=True)
    assert plan.settings.database_url is None
    assert plan.settings.data == tmp_path / "demo"
    assert plan.settings.key_file == tmp_path / "demo" / "afterglow.key"
    assert plan.settings.sms is not None
    assert plan.settings.sms.api_url.startswith("http://127.0.0.1:")
    assert plan.settings.email is not None
    assert (plan.settings.email.host, plan.settings.email.password) == ("127.0.0.1", None)
    assert not [name for name in plan.env if name.endswith("_FILE") and name != "AFTERGLOW_KEY_FILE"]


def test_a_taken_port_is_told_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        plan = make_plan({"AFTERGLOW_DATA": str(tmp_path), "PORT": str(port)}, demo=False)
        with pytest.raises(UpError, match=f"Port {port} is taken.*PORT="):
            check_port(plan.settings)


def test_with_a_database_given_none_is_started(tmp_path: Path) -> None:
    plan = make_plan({"AFTERGLOW_DATA": str(tmp_path), "DATABASE_URL": "postgresql://db.example/a"}, demo=False)
    assert plan.database is None
