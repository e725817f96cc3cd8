"""The worker as a process: it starts, turns, says so, sends, and stops in order."""

import asyncio
import base64
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from server.kit.clock import monotonic
from tests.api.instance import KEY, ORIGIN
from tests.flow.story import CALM, NORA, OMAR, Story

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


class Worker:
    """A worker process on the story's database and providers."""

    def __init__(self, story: Story, folder: Path, *command: str) -> None:
        key = folder / "afterglow.key"
        key.write_bytes(base64.b64encode(KEY))
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "SMS_", "SMTP_"))
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server", *(command or ("worker",))],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=kept | environment(story, key),
        )

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[float, str]:
        """(seconds it took, what it wrote)."""
        began = monotonic()
        self.process.send_signal(how)
        _, errors = await asyncio.to_thread(self.process.communicate, timeout=15)
        return monotonic() - began, errors.decode()


def environment(story: Story, key: Path) -> dict[str, str]:
    urls = story.instance.urls
    return {
        "DATABASE_URL": urls.web_url,
        "DATABASE_ENGINE_URL": urls.engine_url,
        "DATABASE_OWNER_URL": urls.owner_url,
        "AFTERGLOW_KEY_FILE": str(key),
        "AFTERGLOW_DATA": str(key.parent),
        "AFTERGLOW_URL": ORIGIN,
        "SMS_API_URL": story.sms.url,
        "SMS_ACCOUNT": "AC1",
        "SMS_TOKEN": "sms-token",
        "SMS_FROM": "+15550000000",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(story.mail.port),
        "SMTP_TLS": "none",
        "EMAIL_FROM": "afterglow@example.org",
    }


async def turning(story: Story, within_s: float = 20) -> None:
    """Until /health/engine is green."""
    until = monotonic() + within_s
    browser = story.instance.browser()
    while (answer := await browser.get("/health/engine")).status_code != 200:
        assert monotonic() < until, "the engine does not turn"
        await asyncio.sleep(0.05)
    assert answer.json()["age_s"] < 30


async def test_it_turns_pages_within_a_second_or_two_and_stops_in_order(story: Story, tmp_path: Path) -> None:
    browser = story.instance.browser()
    await story.instance.owner.execute("delete from engine_cycle")
    assert (await browser.get("/health/engine")).status_code == 503
    worker = Worker(story, tmp_path)
    try:
        await turning(story)
        report = await story.phone.report({"a_danger": "chest_pain"})
        sent = monotonic()
        assert report.status_code == 201
        await story.got(OMAR, "EMERGENCY")
        await story.got(NORA, "EMERGENCY")
        assert monotonic() - sent < 3
    finally:
        took, wrote = await worker.stop()
    assert worker.process.returncode == 0, wrote
    assert took < 10
    assert "Ana" not in wrote
    assert '"level": "error"' not in wrote, wrote
    await story.wait(31)
    assert (await browser.get("/health/engine")).status_code == 503, "nobody turns it any more"


async def test_two_of_them_send_each_message_once(story: Story, tmp_path: Path) -> None:
    workers = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        workers.append(Worker(story, tmp_path / name))
    try:
        await turning(story)
        await story.record_session()
        now = await story.now()
        await story.set_time(now.replace(hour=now.hour + 3))
        await story.got("+34600111222", "Time to check in")
        answer = await story.phone.answer(await story.phone.open(), CALM, a_danger="chest_pain")
        assert answer.status_code == 201, answer.text
        await story.got(OMAR, "EMERGENCY")
        await story.got(NORA, "EMERGENCY")
        await asyncio.sleep(2)
    finally:
        for worker in workers:
            await worker.stop()
    assert story.messages.unexpected() == []


async def test_killed_in_the_middle_of_a_send_it_loses_nothing(story: Story, tmp_path: Path) -> None:
    worker = Worker(story, tmp_path)
    await turning(story)
    story.sms.faults.hang(3, keep=False)
    report = await story.phone.report({"a_sick": "many"})
    assert report.status_code == 201
    until = monotonic() + 10
    while story.sms.faults.peek() is not None:
        assert monotonic() < until
        await asyncio.sleep(0.02)
    await worker.stop(signal.SIGKILL)
    assert story.messages.unexpected() == []
    await story.wait(31)
    await story.settle()
    await story.got(OMAR, "URGENT")


async def test_the_audit_chain_is_verified_from_the_command_line(story: Story, tmp_path: Path) -> None:
    await story.record_session()
    worker = Worker(story, tmp_path)
    await turning(story)
    until = monotonic() + 15
    while await story.rows("select from audit_log where seal_seq is null limit 1"):
        assert monotonic() < until
        await asyncio.sleep(0.1)
    await worker.stop()
    verify = Worker(story, tmp_path, "audit", "verify").process
    said, errors = await asyncio.to_thread(verify.communicate, timeout=20)
    assert verify.returncode == 0, errors
    assert said.decode().count("unbroken") == 2
    await story.instance.owner.execute("update audit_log set action = 'x' where seal_seq = 2")
    verify = Worker(story, tmp_path, "audit", "verify").process
    said, _ = await asyncio.to_thread(verify.communicate, timeout=20)
    assert verify.returncode == 1
    assert "BROKEN at row 2" in said.decode()
