"""Every SQL statement of the server: it prepares, somebody may run it, it fits its Struct, ticks use their index.

A statement is a module constant in upper case that begins with a verb of SQL.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

import server
from tests.conftest import ClonedDatabase

VERB = re.compile(r"\s*(select|insert|update|delete|with|call|merge)\b", re.IGNORECASE)
SHOUTED = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|VALUES|RETURNING|ORDER BY|JOIN)\b")
CLOCK = re.compile(
    r"\b(now\s*\(|clock_timestamp|transaction_timestamp|statement_timestamp|timeofday"
    r"|current_(timestamp|date|time)\b|localtime)"
)
FORMATTED = re.compile(r"'(?:[^']|'')*'")
TICK = re.compile(r"(CLAIM\w*|\w*_DUE)")
PATIENTS_KEY = re.compile(r"hashtextextended\([^)]*, 1\)")
BY_OWNER = {
    "server.access.setup",
    "server.backups",
    "server.commands",
    "server.holding",
    "server.up",
    "server.watch.credentials",
    "server.kit.migrate",
    "server.notifications.push_setup",
}
OWNERS_PACKAGES = ("server.demo.",)

Statement = tuple[str, str]


def modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(server.__path__, "server."):
        if found.name != "server.__main__":
            yield found.name


def statements() -> dict[Statement, str]:
    """(module, constant) -> SQL; a constant imported elsewhere counts where it is written."""
    found: dict[Statement, str] = {}
    for module in modules():
        loaded = importlib.import_module(module)
        written = written_constants(Path(loaded.__file__ or ""))
        for name, value in vars(loaded).items():
            if name in written and isinstance(value, str) and VERB.match(value):
                found[module, name] = value
    return found


def written_constants(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names |= {target.id for target in targets if isinstance(target, ast.Name) and target.id.isupper()}
    return names


STATEMENTS = statements()
EACH = pytest.mark.parametrize("statement", STATEMENTS, ids=".".join)


@pytest.fixture(scope="module")
async def roles(whole_run_database: ClonedDatabase) -> AsyncIterator[dict[str, asyncpg.Connection]]:
    """A connection in each role."""
    urls = {
        "web": whole_run_database.web_url,
        "engine": whole_run_database.engine_url,
        "owner": whole_run_database.owner_url,
    }
    opened = {role: await asyncpg.connect(url, statement_cache_size=0) for role, url in urls.items()}
    yield opened
    for conn in opened.values():
        await conn.close()


def test_there_are_statements() -> None:
    assert len(STATEMENTS) > 50


@EACH
async def test_it_prepares_and_a_role_may_run_it(statement: Statement, roles: dict[str, asyncpg.Connection]) -> None:
    """The owner's rights count only where the operator's commands and the demo use them."""
    module, _ = statement
    allowed = ["web", "engine"]
    if module in BY_OWNER or module.startswith(OWNERS_PACKAGES):
        allowed.append("owner")
    refusals = [await refusal(roles[role], STATEMENTS[statement]) for role in allowed]
    assert None in refusals, refusals


@EACH
def test_it_reads_no_clock_and_does_not_shout(statement: Statement) -> None:
    plain = FORMATTED.sub("''", STATEMENTS[statement])
    assert not CLOCK.search(plain.lower())
    assert not SHOUTED.search(plain)


def structs_filled() -> Iterator[tuple[str, str, type[msgspec.Struct]]]:
    """(module, constant, Struct) of each function that runs one statement and makes one kind of Struct of its rows."""
    for module in modules():
        loaded = importlib.import_module(module)
        tree = ast.parse(Path(loaded.__file__ or "").read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
            constants = {name for name in names if (module, name) in STATEMENTS}
            kinds = {kind for kind in (made_from_row(node, loaded) for node in ast.walk(function)) if kind}
            if len(constants) == len(kinds) == 1:
                yield module, constants.pop(), kinds.pop()


def made_from_row(node: ast.AST, loaded: object) -> type[msgspec.Struct] | None:
    """The Struct of `convert(dict(row), Struct)` or `Struct(**row)`."""
    if not isinstance(node, ast.Call):
        return None
    name: ast.expr | None = None
    if isinstance(node.func, ast.Attribute) and node.func.attr == "convert" and "dict(" in ast.unparse(node.args[0]):
        name = node.args[1]
    elif len(node.keywords) == 1 and node.keywords[0].arg is None and not node.args:
        name = node.func
    kind = getattr(loaded, name.id, None) if isinstance(name, ast.Name) else None
    return kind if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None


async def test_rows_fit_the_structs_made_of_them(roles: dict[str, asyncpg.Connection]) -> None:
    pairs = list(structs_filled())
    assert len(pairs) > 5
    for module, constant, kind in pairs:
        prepared = await roles["owner"].prepare(STATEMENTS[module, constant])
        columns = {column.name for column in prepared.get_attributes()}
        required = {field.encode_name for field in msgspec.structs.fields(kind) if field.required}
        assert required <= columns, f"{module}.{constant} does not give {kind.__name__} its {required - columns}"


TICKS = [statement for statement in STATEMENTS if TICK.fullmatch(statement[1])]


def test_a_patients_lock_has_one_key_spelled_once() -> None:
    """Two spellings that drift apart would let two judge the same patient."""
    spelled = [path.name for path in Path(server.__path__[0]).rglob("*.py") if PATIENTS_KEY.search(path.read_text())]
    assert spelled == ["db.py"]


def test_there_are_ticks() -> None:
    assert len(TICKS) >= 4


@pytest.mark.parametrize("statement", TICKS, ids=".".join)
async def test_a_tick_can_use_an_index(statement: Statement, roles: dict[str, asyncpg.Connection]) -> None:
    """Tables are empty here, so reading a whole table is made dear: a plan that still does it has no index to use."""
    conn = roles["engine"]
    async with conn.transaction():
        await conn.execute("set local enable_seqscan = off")
        plan = await explain(conn, STATEMENTS[statement])
    assert "Seq Scan" not in re.sub(r"Seq Scan on (clinics|app_clock|engine_cycle)", "", plan), plan


async def refusal(conn: asyncpg.Connection, sql: str) -> str | None:
    """Why the role cannot run a statement; None when it can. Nothing is executed."""
    try:
        async with conn.transaction():
            await explain(conn, sql)
    except asyncpg.PostgresError as error:
        # A prepared statement outlives the transaction that failed.
        await conn.execute("deallocate all")
        return str(error)
    return None


async def explain(conn: asyncpg.Connection, sql: str) -> str:
    """The generic plan; permissions are checked as for a real run."""
    prepared = await conn.prepare(sql)
    await conn.execute("set local plan_cache_mode = force_generic_plan")
    await conn.execute(f"prepare statement_under_test as {sql}")
    nulls = ", ".join(["null"] * len(prepared.get_parameters()))
    rows = await conn.fetch(f"explain execute statement_under_test{f'({nulls})' if nulls else ''}")
    await conn.execute("deallocate statement_under_test")
    return "\n".join(row[0] for row in rows)
