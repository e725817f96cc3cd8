"""The process behind the demo's phones, mailboxes and team rooms: an SMS API, a push service, a mail server and a
server for webhooks, on loopback."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from server.demo.inbox import Inbox
from server.demo.push_phones import PushPhones
from server.demo.push_service import PushService
from server.demo.sms_api import SmsApi
from server.demo.smtp import MailServer
from server.demo.team_rooms import TeamRooms
from server.demo.times import DatabaseClock
from server.settings import Settings, SettingsError


def main(settings: Settings, env: Mapping[str, str] = os.environ) -> None:
    """Run until SIGTERM or SIGINT."""
    asyncio.run(run(settings, env))


async def run(settings: Settings, env: Mapping[str, str]) -> None:
    """All servers on the ports of the environment, else those that the channels are set to."""
    if settings.sms is None or settings.email is None or settings.push is None or settings.database_url is None:
        raise SettingsError(
            "The simulators need SMS_API_URL, SMTP_HOST, PUSH_HOSTS and DATABASE_URL: start them with up --demo."
        )
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    clock = DatabaseClock(settings.database_url)
    inbox = Inbox(settings.data / "messages.jsonl")
    sms_port = _port(env, "AFTERGLOW_SIMULATOR_PORT", urlsplit(settings.sms.api_url).port or 0)
    mail_port = _port(env, "AFTERGLOW_SIMULATOR_SMTP_PORT", settings.email.port)
    phones = SmsApi(settings.sms.account, settings.sms.token, clock.read, inbox, sms_port)
    mailboxes = MailServer(clock.read, inbox, mail_port)
    push_port = _port(env, "AFTERGLOW_SIMULATOR_PUSH_PORT", _port_of(settings.push.hosts))
    notified = PushPhones(settings.data / "push_phones.jsonl")
    push = PushService(settings.sms.token, clock.read, inbox, push_port, notified)
    rooms = TeamRooms(clock.read, inbox, urlsplit(settings.simulator_rooms or "").port or 0)
    servers = (phones, mailboxes, push, rooms)
    for server in servers:
        await server.start()
    await stop.wait()
    for server in servers:
        await server.stop()
    await clock.close()


def _port_of(hosts: Sequence[str]) -> int:
    """The port of the simulator among the push services."""
    return next((int(host.rpartition(":")[2]) for host in hosts if ":" in host), 0)


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "")
    return int(text) if text.isdigit() else default
