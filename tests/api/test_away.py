"""The database goes away and comes back; clients go away in the middle of a request."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest

from server.alerts.queries import LOCK_PATIENT
from server.kit.clock import monotonic
from server.kit.db import Database
from server.worker import Engine, Pulse, cycle, drain
from tests.api.instance import KEY, ORIGIN
from tests.api.served import Line, Served, raw, served, stream
from tests.flow.story import CALM, NORA, OMAR, Story, form

LEFT_BEHIND = """
select coalesce(current_setting('app.clinic_id', true), '') as clinic, current_setting('role') as role,
       (select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory') as locks
"""


@pytest.fixture
async def line(story: Story, short_folder: Path) -> AsyncIterator[Line]:
    """A wire of its own to the story's database."""
    parts = urlsplit(story.instance.urls.web_url)
    query = parse_qs(parts.query)
    folder, port = query["host"][0], query.get("port", ["5432"])[0]
    short_folder.chmod(0o777)
    line = Line(Path(folder) / f".s.PGSQL.{port}", short_folder)
    await line.connect()
    yield line
    await line.cut()


def through(line: Line, url: str) -> str:
    """The same DSN by the wire."""
    real = parse_qs(urlsplit(url).query)["host"][0]
    return url.replace(real, str(line.path.parent)).replace(real.replace("/", "%2F"), str(line.path.parent))


async def test_while_the_database_is_away_the_web_says_so_kindly_and_is_back_by_itself(
    story: Story, line: Line
) -> None:
    async with served(story, database_url=through(line, story.instance.urls.web_url)) as web:
        assert (await web.get("/api/alerts", "nora")).status_code == 200
        await line.cut()
        for path, who in (("/api/alerts", "nora"), ("/api/my/check-ins", "ana"), ("/health/engine", "nora")):
            away = await web.get(path, who)
            assert away.status_code == 503, (path, away.text)
            assert away.headers["content-type"] == "application/problem+json"
            assert away.json()["status"] == 503
            assert int(away.headers["retry-after"]) > 0
        page = await web.get("/api/alerts", "nora", accept="text/html")
        assert page.status_code == 503
        assert page.headers["content-type"].startswith("text/html")
        assert "call your clinic or your local emergency number" in page.text
        assert (await web.get("/health/live", "nora")).status_code == 200
        await line.connect()
        assert (await web.get("/api/alerts", "nora")).status_code == 200
        assert await web.idle(2)


async def test_an_answer_sent_while_it_is_away_is_taken_when_it_is_back(story: Story, line: Line) -> None:
    """The phone keeps the answer until it hears 2xx, and sends the same again."""
    recorded = await story.record_session()
    body = form(await story.now(), CALM | {"a_sick": "many"})
    path = f"/api/my/check-ins/{recorded['check_ins'][0]['id']}/response"
    async with served(story, database_url=through(line, story.instance.urls.web_url)) as web:
        await line.cut()
        assert await put(web, path, body) == 503
        await line.connect()
        assert await put(web, path, body) == 201
        assert await put(web, path, body) == 200
    await story.settle()
    await story.got(OMAR, "URGENT")


async def put(web: Served, path: str, body: dict[str, object]) -> int:
    async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
        return (await client.put(web.url + path, json=body, headers=web.headers("ana"))).status_code


@pytest.mark.slow
async def test_a_network_gone_silent_is_given_up_in_time(story: Story, line: Line) -> None:
    async with served(story, database_url=through(line, story.instance.urls.web_url), size=2) as web:
        assert (await web.get("/api/alerts", "nora")).status_code == 200
        line.silence()
        began = monotonic()
        assert (await web.get("/api/alerts", "nora")).status_code == 503
        assert monotonic() - began < 20
        await line.cut()
        await line.connect()
        assert (await web.get("/api/alerts", "nora")).status_code == 200


async def test_after_a_cut_the_screen_connects_again_and_shows_what_it_missed(story: Story, line: Line) -> None:
    async with served(story, database_url=through(line, story.instance.urls.web_url)) as web:
        async with stream(web, "nora") as queue:
            await queue.until("ready")
            await line.cut()
            report = await story.phone.report({"a_sick": "many"})
            assert report.status_code == 201
            with pytest.raises((EOFError, httpx.HTTPError)):
                await queue.alert()
        await line.connect()
        async with stream(web, "nora") as again:
            assert (await again.alert())["tier"] == "urgent"
    await story.settle()
    await story.got(OMAR, "URGENT")


async def test_the_engine_waits_and_goes_on(story: Story, line: Line) -> None:
    db = await Database.open(through(line, story.instance.urls.engine_url), None, KEY, size=5)
    engine, pulse = Engine(db, story.engine.senders, ORIGIN), Pulse()
    await story.record_session()
    (first, *_) = await story.timeline("check_in")
    answer = await story.phone.answer(await story.phone.open(first["id"]), CALM, a_danger="chest_pain")
    assert answer.status_code == 201, answer.text
    await line.cut()
    for _ in range(3):
        await pulse.tick("cycle", lambda: cycle(engine))
    assert story.messages.unexpected() == []
    await line.connect()
    await pulse.tick("cycle", lambda: cycle(engine))
    await drain(engine)
    await story.got(OMAR, "EMERGENCY")
    await story.got(NORA, "EMERGENCY")
    await db.close()


async def test_backends_killed_between_requests_are_replaced_unnoticed_or_said_to_be_away(story: Story) -> None:
    async with served(story) as web:
        await asyncio.gather(*(web.get("/api/alerts", "nora") for _ in range(5)))
        superuser = await asyncpg.connect(story.instance.urls.superuser_url)
        await superuser.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'afterglow' and datname = current_database()"
        )
        await superuser.close()
        answers = await asyncio.gather(*(web.get("/api/alerts", "nora") for _ in range(10)))
        assert {answer.status_code for answer in answers} <= {200, 503}
        assert (await web.get("/api/alerts", "nora")).status_code == 200


async def test_sixteen_clients_gone_in_the_middle_leave_every_connection_free(story: Story) -> None:
    """Half a body sent; a whole request whose answer nobody reads; a stream torn off."""
    recorded = await story.record_session()
    path = f"/api/my/check-ins/{recorded['check_ins'][0]['id']}/response"
    body = json.dumps(form(await story.now(), CALM)).encode()
    async with served(story) as web:
        gone: list[socket.socket] = []
        for n in range(16):
            sock = raw(web.port)
            if n % 4 == 3:
                sock.sendall(head(web, "GET", "/api/alerts/stream", "nora", 0, "Accept: text/event-stream\r\n"))
            elif n % 4 == 2:
                sock.sendall(head(web, "GET", "/api/patients", "nora", 0))
            else:
                sock.sendall(head(web, "PUT", path, "ana", len(body)) + (body if n % 4 else body[: len(body) // 2]))
            gone.append(sock)
        await asyncio.sleep(0.05)
        for sock in gone:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            sock.close()
        assert await web.idle(2)
        async with asyncio.timeout(2):
            held = [await web.db.pool.acquire() for _ in range(5)]
        for connection in held:
            assert not connection.is_in_transaction()
            await web.db.pool.release(connection)
        assert (await web.get("/api/alerts", "nora")).status_code == 200


def head(web: Served, method: str, path: str, who: str, length: int, more: str = "") -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in web.headers(who).items())
    kind = f"Content-Type: application/json\r\nContent-Length: {length}\r\n" if length else ""
    return f"{method} {path} HTTP/1.1\r\n{lines}{kind}{more}\r\n".encode()


async def test_clients_gone_while_the_database_is_slow_leave_every_connection_free(story: Story) -> None:
    """Sixteen answers wait for a lock; their phones hang up; the lock is released."""
    recorded = await story.record_session()
    path = f"/api/my/check-ins/{recorded['check_ins'][0]['id']}/response"
    owner = story.instance.owner
    async with served(story) as web:
        lock = owner.transaction()
        await lock.start()
        await owner.execute(LOCK_PATIENT, str(story.world.ids.harbor), str(story.ana))
        waiting = []
        for _ in range(16):
            body = json.dumps(form(await story.phone.now(), CALM)).encode()
            sock = raw(web.port)
            sock.sendall(head(web, "PUT", path, "ana", len(body)) + body)
            waiting.append(sock)
        await asyncio.sleep(0.3)
        assert web.db.pool.get_idle_size() == 0
        for sock in waiting:
            sock.close()
        await lock.rollback()
        assert await web.idle(2)
        assert (await web.get("/api/alerts", "nora")).status_code == 200


async def test_the_pool_keeps_nothing_of_a_clinic(story: Story) -> None:
    """No reset query runs between users of a connection: whatever a request sets must end with its transaction."""
    async with served(story, size=3) as web:
        await asyncio.gather(*(web.get("/api/patients", who) for who in ("nora", "zoe", "lena") * 4))
        held = [await web.db.pool.acquire() for _ in range(3)]
        for connection in held:
            row = await connection.fetchrow(LEFT_BEHIND)
            assert (row["clinic"], row["role"], row["locks"]) == ("", "none", 0)
            assert await connection.fetchval("select count(*) from patients") == 0
            await web.db.pool.release(connection)
