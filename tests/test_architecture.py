"""The house keeps its shape: import order, one clock, sizes, names, lock files without addresses."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
SERVER = ROOT / "server"
MODULES = sorted(SERVER.rglob("*.py"))
CODE = [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))]

CLOCK_READS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "monotonic"),
    ("time", "monotonic_ns"),
    ("time", "perf_counter"),
}
VAGUE_NAMES = {"service", "services", "utils", "util", "helpers", "helper", "common", "manager", "misc"}
ACROSS_STAGES = {"flow", "timeline", "demo", "commands", "app", "worker"}


def test_imports_follow_the_flow(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    code = lint_imports(no_cache=True)
    assert code == 0, capsys.readouterr().out


def test_the_queries_of_a_stage_are_called_by_the_flow_and_its_own_stage() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in MODULES
        for module in imported(path)
        if re.fullmatch(r"server\.\w+\.(\w+_)?queries", module)
        and module.split(".")[1] != stage(path)
        and stage(path) not in ACROSS_STAGES
    ]
    assert wrong == []


def test_only_the_app_imports_routes() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in MODULES
        for module in imported(path)
        if re.match(r"server\.\w+\.routes\b", module) and stage(path) != "app" and "routes" not in str(path)
    ]
    assert wrong == []


def test_only_the_clock_reads_a_clock() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in MODULES
        if path != SERVER / "kit" / "clock.py"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in CLOCK_READS
    ]
    assert wrong == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(path) for path in CODE if path.stem in VAGUE_NAMES or path.parent.name in VAGUE_NAMES] == []


def test_files_stay_small() -> None:
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: size for name, size in sizes.items() if size > 400} == {}
    assert median(sizes.values()) <= 80
    assert ninetieth(list(sizes.values())) <= 250


def test_functions_stay_small() -> None:
    sizes = {f"{path.relative_to(ROOT)}:{node.name}": lines(node) for path in MODULES for node in functions(path)}
    assert {name: size for name, size in sizes.items() if size > 60} == {}
    assert median(sizes.values()) <= 10
    assert ninetieth(list(sizes.values())) <= 30


def test_nothing_is_left_to_be_done_later() -> None:
    words = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
    assert [name for name in tracked_files() if words.search(read(ROOT / name))] == []


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-run.lock"):
        assert "://" not in read(ROOT / name)
    assert '"resolved"' not in read(ROOT / "pwa" / "package-lock.json")


def imported(path: Path) -> Iterator[str]:
    """Full names of what a module imports; `from a import b` gives a and a.b."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def stage(path: Path) -> str:
    return path.relative_to(SERVER).parts[0].removesuffix(".py")


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(parse(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def ninetieth(sizes: list[int]) -> int:
    return sorted(sizes)[len(sizes) * 9 // 10]


def tracked_files() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a clone")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def read(path: Path) -> str:
    """The text of a file; nothing of a picture."""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")
