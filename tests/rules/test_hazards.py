"""The hazard list names every hazard, and only tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "hazards.md").read_text(encoding="utf-8")


def test_every_hazard_has_a_row() -> None:
    assert re.findall(r"^\| (H\d+) \|", TEXT, re.MULTILINE) == [f"H{number}" for number in range(1, 29)]


def test_every_named_test_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
    assert named
    for file, test in named:
        source = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {test}\(", source, re.MULTILINE), f"{file}::{test}"


def test_what_is_done_is_proved() -> None:
    for row in re.findall(r"^\| H\d+ .*$", TEXT, re.MULTILINE):
        state, tests = [cell.strip() for cell in row.strip("|").split("|")][3:5]
        assert tests or not state.startswith("done"), row[:40]
