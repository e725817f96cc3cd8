"""A story's world: two clinics, an engine, simulated phones and mailboxes, a closed world of messages."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import structlog.testing

from server.demo.expectations import Expectations
from server.demo.inbox import Inbox
from server.demo.sms_api import SmsApi
from server.demo.smtp import MailServer
from server.demo.times import DatabaseClock
from server.kit.db import Database
from server.kit.embedded import EmbeddedPostgres
from server.notifications.channels import close, make_channels
from server.settings import EmailSettings, Settings, SmsSettings
from server.worker import Engine
from tests.api.conftest import *  # noqa: F403
from tests.api.instance import KEY, ORIGIN, Instance
from tests.flow.story import LENA, NORA, OMAR, Story, enrol

MONDAY_MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EXPECTED_ERRORS = {"nobody_reachable", "message_given_up", "patient_unreachable"}


@pytest.fixture
async def providers(postgres: EmbeddedPostgres, instance: Instance) -> AsyncIterator[tuple[SmsApi, MailServer]]:
    """An SMS API and a mail server on this machine."""
    name = await instance.owner.fetchval("select current_database()")
    clock = DatabaseClock(postgres.url("afterglow_web", name))
    inbox = Inbox()
    sms, mail = SmsApi("AC1", "sms-token", clock.read, inbox), MailServer(clock.read, inbox)
    await sms.start()
    await mail.start()
    yield sms, mail
    await sms.stop()
    await mail.stop()
    await clock.close()


@pytest.fixture
def settings() -> Settings:
    """As in production; the providers' addresses are filled in where the engine is made."""
    return Settings(
        url=ORIGIN, host="127.0.0.1", port=443, data=Path(), key_file=Path(),
        sms=SmsSettings("http://127.0.0.1:9", "AC1", "sms-token", "+15550000000"),
    )  # fmt: skip


@pytest.fixture
async def story(
    postgres: EmbeddedPostgres, instance: Instance, providers: tuple[SmsApi, MailServer]
) -> AsyncIterator[Story]:
    """Monday morning at Harbor Clinic."""
    sms, mail = providers
    name = await instance.owner.fetchval("select current_database()")
    reach = Settings(
        url=ORIGIN, host="127.0.0.1", port=443, data=Path(), key_file=Path(),
        sms=SmsSettings(sms.url, "AC1", "sms-token", "+15550000000"),
        email=EmailSettings("127.0.0.1", mail.port, "afterglow@example.org", tls="none"),
    )  # fmt: skip
    db = await Database.open(postgres.url("afterglow_engine", name), None, KEY, size=10)
    senders = make_channels(reach)
    engine = Engine(db, senders, ORIGIN)
    lena = await instance.as_staff("lena")
    ids = instance.ids.staff
    for who, phone in (("omar", OMAR), ("nora", NORA), ("lena", LENA)):
        await lena.call("PATCH", f"/api/staff/{ids[who]}", {"phone": phone})
    await lena.call("PUT", "/api/clinic/call-list", {"staff_ids": [str(ids[w]) for w in ("omar", "nora", "lena")]})
    await lena.post("/api/protocols/clinic/1/sign-off", {})
    ana = await enrol(instance)
    story = Story(instance, engine, Expectations(sms.inbox), ana)
    await story.set_time(MONDAY_MORNING)
    with structlog.testing.capture_logs() as logs:
        yield story
    await story.outsider_sees_nothing()
    await close(senders)
    await db.close()
    story.messages.close()
    errors = [log for log in logs if log["log_level"] == "error" and log["event"] not in EXPECTED_ERRORS]
    assert errors == []
