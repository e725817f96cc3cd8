"""What PostgreSQL can do at most: pgbench with the plainest shape of an accepted answer, and our own statements."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from tests.bench.ground import Ground, Target

CLIENTS = 16
PREPARE_L4 = """
create table l4_tokens (hash bytea primary key, subject uuid not null);
create table l4_check_ins (id uuid primary key, state text not null, next_at timestamptz);
create table l4_responses (id uuid primary key, check_in uuid not null, body jsonb not null, at timestamptz not null);
create index l4_responses_check_in on l4_responses (check_in, at);
create table l4_outbox (id uuid primary key, kind text not null, due timestamptz not null);
create index l4_outbox_due on l4_outbox (due);
insert into l4_check_ins select md5('c' || n)::uuid, 'open', clock_timestamp() from generate_series(1, 20000) n;
insert into l4_tokens select sha256(n::text::bytea), md5('c' || n)::uuid from generate_series(1, 20000) n;
analyze l4_tokens, l4_check_ins;
"""
L4 = """
\\set n random(1, 20000)
begin;
select subject from l4_tokens where hash = sha256(:n::text::bytea);
insert into l4_responses values (gen_random_uuid(), md5('c' || :n)::uuid, '{body}'::jsonb, clock_timestamp());
update l4_check_ins set state = 'answered', next_at = null where id = md5('c' || :n)::uuid;
insert into l4_outbox values (gen_random_uuid(), 'page', clock_timestamp());
commit;
"""
BODY = '{"answers": {' + ", ".join(f'"item_{n}": "an answer of usual length {n}"' for n in range(26)) + "}}"


class Pgbench(msgspec.Struct, frozen=True):
    """What pgbench reached. `cpu_ms`: processor time of PostgreSQL for each transaction; pgbench itself not counted."""

    rate: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float


async def l4(on: Ground, seconds: int) -> Pgbench:
    """One transaction of four statements, on the tables of `PREPARE_L4`."""
    return await pgbench(on, on.server.owner_url, L4.replace("{body}", BODY), seconds)


async def own_statements(
    on: Ground, targets: Sequence[Target], statements: Sequence[tuple[str, Any]], seconds: int
) -> Pgbench:
    """The statements of one submission, recorded as it was made, on random check-ins: no Python, no HTTP."""
    await on.owner.execute("create table bench_targets (n int primary key, patient uuid, session uuid, check_in uuid)")
    rows = [(n, t.patient_id, t.session_id, t.check_in_id) for n, t in enumerate(targets, 1)]
    await on.owner.copy_records_to_table("bench_targets", records=rows)
    await on.owner.execute("grant select on bench_targets to afterglow_web; analyze bench_targets")
    choose = "select patient, session, check_in, gen_random_uuid() as response from bench_targets where n = :n \\gset"
    # In turns: two on one check-in would wait for each other, and each would find the answers of those before it.
    await on.owner.execute("create sequence bench_turns; grant usage on sequence bench_turns to afterglow_web")
    lines = [f"select 1 + nextval('bench_turns') % {len(rows)} as n \\gset", choose]
    lines += [await _as_pgbench(on, sql, arguments) for sql, arguments in statements]
    return await pgbench(on, on.server.web_url, "\n".join(lines) + "\n", seconds)


async def _as_pgbench(on: Ground, sql: str, arguments: Any) -> str:
    """A statement with its arguments written into it: ids as pgbench's variables, the rest as they were."""
    flat = " ".join(sql.split()).rstrip(";")
    prepared = await on.owner.prepare(sql) if arguments else None
    for number in range(len(arguments), 0, -1):
        assert prepared is not None
        text = _literal(arguments[number - 1], prepared.get_parameters()[number - 1].name)
        flat = re.sub(rf"\${number}\b", text.replace("\\", r"\\"), flat)
    return flat + ";"


def _literal(value: Any, kind: str) -> str:
    if isinstance(value, Named):
        return f":{value.name}::{kind}"
    if value is None:
        return f"null::{kind}"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'::bytea"
    if isinstance(value, UUID):
        return "gen_random_uuid()"
    if isinstance(value, list | tuple):
        return f"array[{', '.join(_literal(item, kind.removesuffix('[]')) for item in value)}]::{kind}"
    if isinstance(value, dict):
        # A colon before a letter would be one of pgbench's variables.
        return "'" + msgspec.json.encode(value).decode().replace("'", "''").replace('":', '": ') + "'::jsonb"
    return "'" + str(value).replace("'", "''") + f"'::{kind}"


class Named(msgspec.Struct, frozen=True):
    """An id that pgbench has to choose."""

    name: str


async def pgbench(on: Ground, url: str, script: str, seconds: int) -> Pgbench:
    """Run a script, prepared, from 16 clients."""
    file, log = on.folder / "script.sql", on.folder / "pgbench_log"
    file.write_text(script)
    for old in on.folder.glob("pgbench_log*"):
        old.unlink()
    before = on.database_cpu_s()
    process = await asyncio.create_subprocess_exec(
        on.pgbench, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "-l",
        f"--log-prefix={log}", "-f", str(file), url, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, words = await process.communicate()
    found = re.search(r"tps = ([\d.]+)", out.decode())
    done = re.search(r"actually processed: (\d+)", out.decode())
    if found is None or done is None or int(done.group(1)) == 0:
        raise RuntimeError(words.decode()[-2000:])
    used = on.database_cpu_s() - before
    each = sorted(float(line.split()[2]) for part in on.folder.glob("pgbench_log*") for line in _lines(part))
    return Pgbench(
        float(found.group(1)), 1000 * used / int(done.group(1)), each[len(each) // 2] / 1000,
        each[int(len(each) * 0.99)] / 1000,
    )  # fmt: skip


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines()
