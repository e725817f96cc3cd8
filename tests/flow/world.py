"""The world of stories: two clinics, an engine, simulated phones and mailboxes, a closed world of messages."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import msgspec
import structlog.testing

from server.app import create_app
from server.demo.expectations import Expectations
from server.demo.inbox import Inbox
from server.demo.push_service import PushService
from server.demo.sms_api import SmsApi
from server.demo.smtp import MailServer
from server.demo.team_rooms import TeamRooms
from server.demo.times import DatabaseClock
from server.kit.db import Database
from server.kit.embedded import EmbeddedPostgres
from server.notifications.channels import close, make_channels
from server.settings import EmailSettings, PushSettings, Settings, SmsSettings
from server.worker import Engine
from tests.api.instance import KEY, ORIGIN, Ids, Instance, seed
from tests.conftest import ClonedDatabase, copy_database, run_as_superuser, urls_of
from tests.flow.story import LENA, NORA, OMAR, Phone, Story, World, enrol

MONDAY_MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
READY = "template_story"
SIGNED_IN_NOW = "update staff_sign_ins set started_at = wall_now(), last_seen_at = wall_now()"


def settings(sms_url: str = "http://127.0.0.1:9", mail_port: int = 9, push_host: str = "127.0.0.1:9") -> Settings:
    """As in production; the providers are on this machine."""
    return Settings(
        url=ORIGIN, host="127.0.0.1", port=443, data=Path(), key_file=Path(),
        sms=SmsSettings(sms_url, "AC1", "sms-token", "+15550000000", replies=True),
        email=EmailSettings("127.0.0.1", mail_port, "afterglow@example.org", tls="none"),
        push=PushSettings("mailto:care@clinic.example", (push_host,)), team_channels_private=True,
    )  # fmt: skip


@asynccontextmanager
async def instance_on(urls: ClonedDatabase, ids: Ids, push_host: str = "127.0.0.1:9") -> AsyncIterator[Instance]:
    """The app on this database."""
    db = await Database.open(urls.web_url, None, KEY, size=10)
    owner = await asyncpg.connect(urls.owner_url)
    await owner.set_type_codec("jsonb", schema="pg_catalog", encoder=msgspec.json.encode, decoder=msgspec.json.decode)
    running = Instance(create_app(settings(push_host=push_host), db), db, owner, ids, urls)
    try:
        yield running
    finally:
        await running.close()
        await owner.close()
        await db.close()


async def make_world(postgres: EmbeddedPostgres, template: str) -> World:
    """Everybody is signed in, the call list is set, the protocol signed, Ana enrolled and her phone bound: made once a
    run, through the API, in a database that nobody connects to afterwards."""
    await copy_database(postgres, template, READY)
    urls = urls_of(postgres, READY)
    ids = await seed(urls.owner_url)
    async with instance_on(urls, ids) as instance:
        staff = {who: await instance.as_staff(who) for who in ids.staff}
        lena = staff["lena"]
        for who, phone in (("omar", OMAR), ("nora", NORA), ("lena", LENA)):
            await lena.call("PATCH", f"/api/staff/{ids.staff[who]}", {"phone": phone})
        listed = [str(ids.staff[who]) for who in ("omar", "nora", "lena")]
        await lena.call("PUT", "/api/clinic/call-list", {"staff_ids": listed})
        for protocol in ("clinic", "home"):
            await lena.post(f"/api/protocols/{protocol}/1/sign-off", {})
        ana = await enrol(lena)
        anas = await Phone.bound(instance, staff["nora"], ana)
        cookies = {who: dict(browser.http.cookies) for who, browser in (staff | {"ana": anas.browser}).items()}
    return World(ids, ana, cookies)


@asynccontextmanager
async def story_of(postgres: EmbeddedPostgres, world: World) -> AsyncIterator[Story]:
    """Monday morning, ten o'clock in Madrid, at Harbor Clinic."""
    name = f"test_{os.urandom(6).hex()}"
    async with AsyncExitStack() as after:
        await copy_database(postgres, READY, name)
        after.push_async_callback(run_as_superuser, postgres, f"drop database {name} with (force)")
        clock = DatabaseClock(postgres.url("afterglow_web", name))
        after.push_async_callback(clock.close)
        inbox = Inbox()
        sms, mail = SmsApi("AC1", "sms-token", clock.read, inbox), MailServer(clock.read, inbox)
        push, rooms = PushService("sms-token", clock.read, inbox), TeamRooms(clock.read, inbox)
        for server in (sms, mail, push, rooms):
            await server.start()
            after.push_async_callback(server.stop)
        db = await Database.open(postgres.url("afterglow_engine", name), None, KEY, size=10)
        after.push_async_callback(db.close)
        senders = make_channels(settings(sms.url, mail.port, push.host))
        after.push_async_callback(close, senders)
        instance = await after.enter_async_context(instance_on(urls_of(postgres, name), world.ids, push.host))
        await instance.owner.execute(SIGNED_IN_NOW)
        story = Story(world, instance, Engine(db, senders, ORIGIN), Expectations(inbox), sms, mail, push, rooms)
        await story.set_time(MONDAY_MORNING)
        with structlog.testing.capture_logs() as logs:
            yield story
        await story.outsider_sees_nothing()
        story.messages.close()
        errors = [log for log in logs if log["log_level"] == "error" and log["event"] not in story.expected_errors]
        assert not errors, errors
