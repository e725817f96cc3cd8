"""The types that the web apps are built with are those of this server."""

import subprocess
from pathlib import Path

import pytest

from tests.api_description import FILE, describe

ROOT = Path(__file__).parents[1]
TYPES = ROOT / "pwa" / "shared" / "schema.d.ts"


def test_the_description_is_fresh() -> None:
    fresh = FILE.read_text(encoding="utf-8") == describe()
    assert fresh, "run: make types"


@pytest.mark.skipif(not (ROOT / "pwa" / "node_modules").is_dir(), reason="the web apps' tools are not installed")
def test_the_types_are_fresh(tmp_path: Path) -> None:
    made = tmp_path / "schema.d.ts"
    command = [str(ROOT / ".ci" / "npm"), "exec", "--", "openapi-typescript", "openapi.json", "-o", str(made)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    fresh = made.read_text(encoding="utf-8") == TYPES.read_text(encoding="utf-8")
    assert fresh, "run: make types"
