"""One file installs everything: the wheel holds all it needs, and alone in an empty environment it serves."""

import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.test_up import Running

ROOT = Path(__file__).parents[1]
SERVER = ROOT / "server"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `make wheel` builds it, from the web apps that are built."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--installer", "uv", "--outdir", str(folder))
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that holds the wheel and what it asks for, as locked, and nothing of the clone."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", str(home))
    lock = str(ROOT / "requirements-run.lock")
    run(sys.executable, "-m", "uv", "pip", "install", "-q", "--python", str(home), "-c", lock, str(wheel))
    return home / "bin" / "afterglow"


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_carries_migrations_protocols_and_the_built_web_apps(wheel: Path) -> None:
    carried = set(zipfile.ZipFile(wheel).namelist())
    expected = {f"server/migrations/{path.name}" for path in (ROOT / "migrations").glob("*.sql")}
    expected |= {f"server/{p.relative_to(SERVER)}" for p in SERVER.rglob("*") if p.suffix in (".py", ".json")}
    dist = ROOT / "pwa" / "dist"
    expected |= {f"server/pwa/{path.relative_to(dist)}" for path in dist.rglob("*") if path.is_file()}
    assert {"server/pwa/index.html", "server/pwa/team.html"} <= expected
    assert expected - carried == set()
    assert [name for name in carried if name.startswith(("tests/", "pwa/"))] == []


def test_installed_alone_it_serves_on_its_own_database(program: Path, short_folder: Path) -> None:
    running = Running(short_folder / "data", program=[str(program)], place=short_folder)
    running.shows("Afterglow is ready", within_s=60)
    address = f"http://127.0.0.1:{running.port}"
    assert running.is_live()
    team = httpx.get(f"{address}/team", headers={"accept": "text/html"})
    assert team.status_code == 200
    scripts = re.findall(r'src="(/assets/[^"]+)"', team.text)
    assert scripts
    assert all(httpx.get(address + script).status_code == 200 for script in scripts)
    made = subprocess.run(
        [program, "backup", str(short_folder / "backup")], capture_output=True, text=True, cwd=short_folder,
        env={**os.environ, "AFTERGLOW_DATA": str(short_folder / "data")}, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(25) == 0
