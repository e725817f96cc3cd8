"""Answers over HTTP through a real web process, beside pgbench."""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, timedelta
from functools import partial
from statistics import median
from typing import Any, cast
from uuid import UUID, uuid4

import msgspec

from server.access.model import Answering, Claim
from server.flow.responses import response_submitted
from server.flow.situation import judging
from server.kit.clock import monotonic
from server.kit.db import Database
from server.kit.ids import uuid7
from server.kit.tokens import open_grant
from server.responses.wire import ResponseBody
from tests.api.instance import KEY
from tests.bench.ground import ANALYZE, Ground, Target, Web, cpu_s, memory_mb, web_process
from tests.bench.limits import CLIENTS, PREPARE_L4, Named, Pgbench, l4, own_statements
from tests.bench.measure import Line, Timed
from tests.rules.answering import WELL

TURNS = 5
LENGTH = re.compile(rb"(?i)content-length: (\d+)")
COUNT_BUSY = "select count(*) from pg_stat_activity where usename = 'afterglow_web' and state <> 'idle'"


class Submitted(msgspec.Struct, frozen=True):
    timed: Timed
    cpu_ms: float
    memory_mb: float


async def bench_submissions(on: Ground, size: int, seconds: int) -> list[Line]:
    """Rates, processor time and memory of accepting answers; ours and L4 in turns, so that other work falls on both."""
    targets = await on.enrol(size + size // 4 + 100)
    statements = await recorded(on, targets[0], targets[1])
    await on.owner.execute(PREPARE_L4)
    async with web_process(on) as web:
        # A clinic has answers, and statistics of them, from before: autovacuum looks once a minute.
        await send_all(on, web, targets[2 : size // 4])
        await on.owner.execute(ANALYZE)
        ours, plain = [], []
        for turn in range(TURNS):
            part = targets[size // 4 :][turn * size // TURNS : (turn + 1) * size // TURNS]
            ours.append(await send_all(on, web, part))
            plain.append(await l4(on, max(1, seconds // TURNS)))
        cut = await cut_off(on, web, targets[-100:])
    own = await own_statements(on, targets, statements, seconds)
    return [*lines(ours, plain, own, len(statements)), cut]


def lines(ours: Sequence[Submitted], plain: Sequence[Pgbench], own: Pgbench, statements: int) -> list[Line]:
    """Of figures that were taken in turns, the median."""
    rate = median(turn.timed.rate for turn in ours)
    told = (
        f"{rate:,.0f}/s, p50 {median(turn.timed.ms(50) for turn in ours):.0f} ms, "
        f"p99 {median(turn.timed.ms(99) for turn in ours):.0f} ms"
    )
    to_l4 = [mine.timed.rate / theirs.rate for mine, theirs in zip(ours, plain, strict=True)]
    of_cpu = [theirs.cpu_ms / mine.cpu_ms for mine, theirs in zip(ours, plain, strict=True)]
    middle = sorted(plain, key=lambda turn: turn.rate)[TURNS // 2]
    return [
        Line(f"submissions, to L4 (median of {TURNS} turns)", told, shown(middle), spread(to_l4), "0.25", "0.80"),
        Line(
            f"submissions, to pgbench with our own {statements} statements", f"{rate:,.0f}/s", shown(own),
            f"{rate / own.rate:.2f}", "", "",
        ),
        Line(
            "CPU per submission, server + database, to L4's", f"{median(turn.cpu_ms for turn in ours):.2f} ms",
            f"{median(turn.cpu_ms for turn in plain):.2f} ms", spread(of_cpu), "0.25", "0.80",
        ),
        Line("memory of a web process after load", f"{ours[-1].memory_mb:.0f} MB", "", "", "110 MB", "80 MB"),
    ]  # fmt: skip


def spread(ratios: Sequence[float]) -> str:
    return f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def shown(reached: Pgbench) -> str:
    return f"{reached.rate:,.0f}/s, p50 {reached.p50_ms:.1f} ms, p99 {reached.p99_ms:.1f} ms"


async def send_all(on: Ground, web: Web, targets: Sequence[Target]) -> Submitted:
    """One answer to each check-in over 16 connections that stay open."""
    now = await on.owner.fetchval("select app_now()")
    waiting = [request(target, msgspec.json.encode(body(now))) for target in targets]
    loop, each = asyncio.get_running_loop(), list[float]()
    over = [loop.create_future() for _ in range(CLIENTS)]
    before, began = cpu_s(web.pid) + on.database_cpu_s(), monotonic()
    for end in over:
        await loop.create_connection(partial(OneAfterTheOther, waiting, each, end), "127.0.0.1", web.port)
    await asyncio.gather(*over)
    timed = Timed(monotonic() - began, each)
    used = cpu_s(web.pid) + on.database_cpu_s() - before
    return Submitted(timed, 1000 * used / len(targets), memory_mb(web.pid))


class OneAfterTheOther(asyncio.Protocol):
    """Takes the next request that waits as soon as the last was answered. It shares the processor with what is
    measured, so it does no more than it must."""

    def __init__(self, waiting: list[bytes], each: list[float], over: "asyncio.Future[None]") -> None:
        self._waiting, self._each, self._over = waiting, each, over
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def _ask(self) -> None:
        if not self._waiting:
            self._transport.close()
            return
        self._began = monotonic()
        self._transport.write(self._waiting.pop())

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, _, content = self._answer.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if length is None or len(content) < int(length.group(1)):
            return
        if not head.startswith(b"HTTP/1.1 201"):
            self._over.set_exception(RuntimeError(content.decode()))
            self._transport.close()
        self._each.append(monotonic() - self._began)
        self._answer = b""
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._over.done():
            self._over.set_result(None)


async def cut_off(on: Ground, web: Web, targets: Sequence[Target]) -> Line:
    """Clients that go away in the middle of their request: how long until no connection of the pool is in use."""
    now = await on.owner.fetchval("select app_now()")
    for target in targets:
        _, writer = await asyncio.open_connection("127.0.0.1", web.port)
        writer.write(request(target, msgspec.json.encode(body(now))))
        await writer.drain()
        writer.transport.abort()
    began = asyncio.get_running_loop().time()
    await asyncio.sleep(0.1)
    while await on.owner.fetchval(COUNT_BUSY):
        await asyncio.sleep(0.01)
    took = asyncio.get_running_loop().time() - began
    return Line("100 clients aborted mid-request: pool free again after", f"{took:.2f} s", "", "", "2 s", "2 s")


def request(target: Target, content: bytes) -> bytes:
    return (
        f"PUT /api/my/check-ins/{target.check_in_id}/response HTTP/1.1\r\nhost: localhost\r\n"
        f"authorization: Bearer {target.token}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(content)}\r\n\r\n"
    ).encode() + content


def body(now: Any) -> dict[str, Any]:
    at = now.astimezone(UTC)
    stamps = {"started_at": at - timedelta(minutes=1), "completed_at": at, "sent_at": at}
    return {"response_id": uuid4(), "answers": WELL["acute@1"], "answered_by": "patient", **stamps}


async def recorded(on: Ground, warm: Target, target: Target) -> list[tuple[str, Any]]:
    """The statements of one submission with their arguments; what pgbench must choose is named."""
    response_id = uuid7()
    names = {
        target.patient_id: "patient", target.session_id: "session", target.check_in_id: "check_in",
        response_id: "response",
    }  # fmt: skip
    said: list[tuple[str, Any]] = []

    def note(query: Any) -> None:
        said.append((query.query, query.args))

    db = await Database.open(on.server.web_url, None, KEY, size=1)
    await _submit(db, on, warm, uuid7())
    async with db.pool.acquire() as connection:
        connection.add_query_logger(note)
    await _submit(db, on, target, response_id)
    await db.close()
    grant = open_grant(KEY, target.token)
    assert grant is not None
    kept = {on.ids.harbor, grant.device_id}
    return [(sql, named(arguments, names, kept)) for sql, arguments in said]


async def _submit(db: Database, on: Ground, target: Target, response_id: UUID) -> None:
    grant = open_grant(KEY, target.token)
    assert grant is not None
    who = Answering(on.ids.harbor, target.patient_id, grant.device_id, target.check_in_id, "token", uuid7())
    claim = Claim(who, grant.expires_unix)
    async with judging(db, claim, target.check_in_id, response_id) as (tx, seen):
        await response_submitted(tx, seen, who, answer(tx.now, response_id))


def answer(now: Any, response_id: UUID) -> ResponseBody:
    return msgspec.convert(body(now) | {"response_id": response_id}, ResponseBody)


def named(arguments: Any, names: dict[UUID, str], kept: set[UUID | None]) -> list[Any]:
    """Ids by their names; those `kept` stay what they are, any other is one that was made for a row."""
    by_text = {str(key): name for key, name in names.items()}
    out: list[Any] = []
    for value in arguments or ():
        if isinstance(value, UUID):
            out.append(Named(names[value]) if value in names else str(value) if value in kept else value)
        elif isinstance(value, str) and value in by_text:
            out.append(Named(by_text[value]))
        elif isinstance(value, list | tuple):
            out.append(named(value, names, kept))
        else:
            out.append(value)
    return out
