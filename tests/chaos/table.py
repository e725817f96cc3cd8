"""The published table: every figure comes from a run, none is typed."""

import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tests.chaos.result import Result
from tests.chaos.scenarios import SCENARIOS

ROOT = Path(__file__).parents[2]
DOCUMENT, MEASURED = ROOT / "docs" / "chaos.md", ROOT / "docs" / "chaos.json"
HEAD = ("", "fault", "what was done", "cases", "lost", "copies", "p50", "p99", "recovery", "also seen")
TEXT = """# What was done to it, and what was lost

Written by `make chaos`, which plays each fault against a real PostgreSQL with all its promises on, real web and worker
processes, and providers that speak the real protocols on loopback. `make test` plays most of them in short. After each
one the invariants of `tests/chaos/invariants.py` are asked in SQL: every answer that a phone holds a 2xx for is stored
once, every danger has an alert, every open alert has a next step that is not overdue, no message was accepted more
often than crashes and lost answers explain, nobody is paged about an alert that somebody has, every change has its
audit row and the chain is whole, and no name or answer is in a message or a log. A row stands here only if they held;
it names the seed and the commit of its run, and `docs/chaos.json` holds the same figures. Where a row names files of
`tests/flow`, it is stories that held instead: their faults are exact, nothing is random, and nothing is counted.

*Cases*: alerts, unless the row says otherwise. *Lost*: those that nobody ever heard of. *Copies*: texts and mails that
a provider took more than once. *p50, p99*: from the alert, as its transaction began, until a provider had the first
page. *Recovery*: from the end of the fault until nothing was overdue or under way.
"""


class Row(msgspec.Struct, frozen=True):
    """One measured row: of which run, of which commit."""

    result: Result
    seed: int
    commit: str


def publish(name: str, result: Result, seed: int) -> None:
    """Put the row among those that were measured before, and write the document anew."""
    rows = msgspec.json.decode(MEASURED.read_bytes(), type=dict[str, Row]) if MEASURED.exists() else {}
    rows[name] = Row(result, seed, _commit())
    rows = {name: rows[name] for name in SCENARIOS if name in rows}
    MEASURED.write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")
    DOCUMENT.write_text(document(rows))


def document(rows: Mapping[str, Row]) -> str:
    """docs/chaos.md."""
    lines = ["| " + " | ".join(HEAD) + " | seed | commit |", "|" + "---|" * (len(HEAD) + 2)]
    for name, row in rows.items():
        lines.append(f"{line(name, SCENARIOS[name].title, row.result)} {row.seed} | {row.commit} |")
    where = f"{os.cpu_count()} cores, Python {platform.python_version()}."
    return f"{TEXT}\n{where}\n\n" + "\n".join(lines) + "\n"


def line(name: str, title: str, result: Result) -> str:
    """One row in Markdown."""
    cells = [
        name, title, result.faults, f"{result.cases:,}", number(result.lost), number(result.copies),
        seconds(result.p50_s), seconds(result.p99_s), seconds(result.recovery_s), result.also,
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f} s" if value < 10 else f"{value:.0f} s"


def _commit() -> str:
    """Twelve letters of it; a tree with changes says so."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    return git("rev-parse", "--short=12", "HEAD") + (
        " with changes" if git("status", "--porcelain", "--", "server", "tests", "migrations") else ""
    )
