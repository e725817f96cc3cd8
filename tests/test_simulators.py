"""The process behind the demo's phones: care time from the database, messages kept over a restart."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import msgspec
import pytest

from server.demo.inbox import Delivered, Inbox
from server.demo.listening import bind
from server.demo.relay import fetch_messages
from server.demo.times import DatabaseClock, NoTime
from server.kit.clock import monotonic
from server.kit.ids import uuid7
from server.notifications.channels import close, make_channels, send
from server.notifications.model import Channel, Message
from server.settings import Settings, from_env
from tests.conftest import ClonedDatabase

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
START = """
import os
from server.demo.simulators import main
from server.settings import from_env
main(from_env(os.environ))
"""


def free_port() -> int:
    sock = bind(0)
    port: int = sock.getsockname()[1]
    sock.close()
    return port


def demo_environment(database: ClonedDatabase, folder: Path) -> dict[str, str]:
    sms, smtp, push = free_port(), free_port(), free_port()
    return {
        "AFTERGLOW_DEMO": "1",
        "PUSH_CONTACT": "mailto:afterglow@demo.example",
        "PUSH_HOSTS": f"127.0.0.1:{push}",
        "AFTERGLOW_DATA": str(folder / "with space"),
        "AFTERGLOW_SIMULATOR_PORT": str(sms),
        "AFTERGLOW_SIMULATOR_SMTP_PORT": str(smtp),
        "AFTERGLOW_SIMULATOR_URL": f"http://127.0.0.1:{sms}",
        "DATABASE_URL": database.web_url,
        "SMS_API_URL": f"http://127.0.0.1:{sms}",
        "SMS_ACCOUNT": "ACdemo",
        "SMS_TOKEN": "secret",
        "SMS_FROM": "+15005550006",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp),
        "SMTP_TLS": "none",
        "EMAIL_FROM": "Afterglow <no-reply@afterglow.example>",
    }


@asynccontextmanager
async def running(env: dict[str, str]) -> AsyncIterator[Settings]:
    settings = from_env(env)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", START, env={**os.environ, **env})
    try:
        until = monotonic() + 20
        while True:
            try:
                await fetch_messages(settings, 1)
                break
            except httpx.TransportError:
                assert process.returncode is None
                assert monotonic() < until
                await asyncio.sleep(0.05)
        yield settings
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 5) == 0


async def move_care_time(database: ClonedDatabase, hours: int) -> None:
    conn = await asyncpg.connect(database.superuser_url)
    await conn.execute("update app_clock set care_offset = care_offset + $1", timedelta(hours=hours))
    await conn.close()


async def test_the_clock_follows_care_time_and_finds_its_way_back(database: ClonedDatabase) -> None:
    clock = DatabaseClock(database.web_url)
    before = await clock.read()
    await move_care_time(database, 24)
    conn = await asyncpg.connect(database.superuser_url)
    await conn.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
        database.name,
    )
    await conn.close()
    after = await clock.read()
    assert timedelta(hours=24) <= after.care - before.care < timedelta(hours=24, minutes=1)
    assert after.machine - before.machine < timedelta(minutes=1)
    await clock.close()


async def test_a_database_that_is_away_has_no_time() -> None:
    clock = DatabaseClock(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")
    with pytest.raises(NoTime):
        await clock.read()


@pytest.mark.slow
async def test_messages_carry_care_time_and_outlive_the_process(database: ClonedDatabase, tmp_path: Path) -> None:
    env = demo_environment(database, tmp_path)
    await move_care_time(database, 1000)
    clock = DatabaseClock(database.web_url)
    async with running(env) as settings:
        channels = make_channels(settings)
        now = (await clock.read()).care
        people: list[tuple[Channel, str]] = [("sms", "+34600111222"), ("email", "nora@demo.example")]
        for channel, to in people:
            message = Message(
                id=uuid7(), channel=channel, to=to, title="T", body="Open: http://a/c#t=1", language="en", at=now
            )
            assert (await send(channels, message)).result == "accepted"
        await close(channels)
        first = await fetch_messages(settings, 10)
    items = msgspec.json.decode(first)["items"]
    assert [(item["channel"], item["link"]) for item in items] == [
        ("email", "http://a/c#t=1"),
        ("sms", "http://a/c#t=1"),
    ]
    assert all(abs(msgspec.convert(item["at"], type(now)) - now) < timedelta(minutes=1) for item in items)
    assert set(items[1]) == {"channel", "to", "body", "link", "at"}
    async with running(env) as settings:
        assert await fetch_messages(settings, 10) == first
    await clock.close()


def test_a_night_of_pages_pushes_no_patient_out_of_sight() -> None:
    inbox = Inbox()
    early = Delivered("sms", "+34600111222", "Time to check in", MIDNIGHT)
    inbox.add(early)
    for minute in range(400):
        inbox.add(Delivered("sms", "+34600000002", "URGENT", MIDNIGHT + timedelta(minutes=minute)))
    assert early in inbox.latest(300)
    assert len(inbox.latest(300)) == 301
