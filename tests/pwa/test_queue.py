"""The outbox over a thousand random runs: the seed is in what it says."""

import os
import subprocess

import pytest

from tests.pwa.demo import ROOT

pytestmark = pytest.mark.slow


def test_a_thousand_random_runs_lose_nothing_and_double_nothing() -> None:
    command = [str(ROOT / ".venv/bin/node"), "--test", "--disable-warning=ExperimentalWarning", "tests/queue.test.ts"]
    env = os.environ | {"RUNS": "1000"}
    done = subprocess.run(command, cwd=ROOT / "pwa", env=env, capture_output=True, text=True, timeout=180, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout
    assert "1000 random runs from seed" in done.stdout
