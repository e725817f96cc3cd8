"""Simulated providers with a ledger: what they accepted of which message, and when. They may hold an answer."""

import asyncio
import re
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any
from uuid import UUID

import msgspec
from aiosmtpd.smtp import Envelope
from litestar import Response

from server.demo.faults import Fault
from server.demo.inbox import Inbox
from server.demo.push_service import PushService
from server.demo.sms_api import Sms, SmsApi
from server.demo.smtp import MailServer
from server.demo.times import Times
from server.kit.clock import monotonic

OUR_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


class Accepted(msgspec.Struct, frozen=True):
    """`message_id`: our own id of it, the same on each attempt. `at`: by the clock of this machine. `answered_s`: how
    long its sender waited to be told so; None: they never were."""

    message_id: UUID
    channel: str
    at: datetime
    answered_s: float | None = None


class OwnClock:
    """A provider has a clock of its own, that goes on while the database is away. `ahead`: as far as machine time was
    moved there."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    async def __call__(self) -> Times:
        now = self.now()
        return Times(now, now)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Texts(SmsApi):
    """Takes texts, and answers those that it is told to hold only when it is let go. `reporting`: makes callbacks.
    `poison`: messages that it neither takes nor answers. `arrivals`: every attempt (monotonic seconds)."""

    def __init__(self, clock: OwnClock, inbox: Inbox, ledger: list[Accepted]) -> None:
        super().__init__("AC1", "sms-token", clock, inbox)
        self.holding = asyncio.Event()
        self.held = 0
        self.reporting = True
        self.poison: set[UUID] = set()
        self.arrivals: list[tuple[UUID, float]] = []
        self._ledger = ledger
        self._places: dict[str, int] = {}
        self._to_hold = 0
        self._let_go = asyncio.Event()

    def hold(self, count: int = 1) -> None:
        """The next texts are taken and not answered. `holding` tells when the first is here."""
        self._to_hold = count
        self.holding.clear()
        self._let_go.clear()

    def forget_held(self) -> None:
        """Whoever waited is dead."""
        self.holding.clear()

    def let_go(self) -> None:
        """Whoever still waits for an answer hears that it did not work."""
        self._to_hold = 0
        self._let_go.set()

    async def create(self, form: dict[str, str]) -> Response[dict[str, Any]]:
        message_id = UUID(OUR_ID.findall(form["StatusCallback"])[0])
        self.arrivals.append((message_id, monotonic()))
        if message_id in self.poison:
            self.holding.set()
            await self._let_go.wait()
            return Response({}, status_code=503)
        if self._to_hold == 0:
            return await self._answered(form)
        self._to_hold -= 1
        self.held += 1
        await self._keep(form)
        self.holding.set()
        await self._let_go.wait()
        return Response({}, status_code=503)

    async def _answered(self, form: dict[str, str]) -> Response[dict[str, Any]]:
        began = monotonic()
        answer = await super().create(form)
        if answer.status_code == 201:
            place = self._places[answer.content["sid"]]
            self._ledger[place] = msgspec.structs.replace(self._ledger[place], answered_s=monotonic() - began)
        return answer

    def _report_on(self, text: Sms, callback: str, fault: Fault) -> None:
        if self.reporting:
            super()._report_on(text, callback, fault)

    async def _keep(self, form: dict[str, str]) -> Sms:
        kept = await super()._keep(form)
        self._places[kept.sid] = len(self._ledger)
        self._ledger.append(Accepted(UUID(OUR_ID.findall(form["StatusCallback"])[0]), "sms", datetime.now(UTC)))
        return kept


class Mails(MailServer):
    """Takes mails, and says so at once."""

    def __init__(self, clock: OwnClock, inbox: Inbox, ledger: list[Accepted]) -> None:
        super().__init__(clock, inbox)
        self._ledger = ledger

    async def _keep(self, envelope: Envelope) -> None:
        await super()._keep(envelope)
        head = message_from_bytes(envelope.original_content or b"")
        self._ledger.append(Accepted(UUID(OUR_ID.findall(head["Message-ID"])[0]), "email", datetime.now(UTC), 0))


class Providers:
    """All three; `ledger`: every text and mail that was accepted, a copy as often as it came."""

    def __init__(self) -> None:
        self.inbox = Inbox(newest=200_000)
        self.ledger: list[Accepted] = []
        self.clock = OwnClock()
        self.sms = Texts(self.clock, self.inbox, self.ledger)
        self.mail = Mails(self.clock, self.inbox, self.ledger)
        self.push = PushService("sms-token", self.clock, self.inbox)
        self._running = AsyncExitStack()

    async def start(self) -> None:
        for server in (self.sms, self.mail, self.push):
            await server.start()
            self._running.push_async_callback(server.stop)

    async def stop(self) -> None:
        self.sms.let_go()
        await self._running.aclose()

    def env(self) -> dict[str, str]:
        """What the processes are told of them."""
        return {
            "SMS_API_URL": self.sms.url, "SMS_ACCOUNT": "AC1", "SMS_TOKEN": "sms-token", "SMS_FROM": "+15550000000",
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(self.mail.port), "SMTP_TLS": "none",
            "EMAIL_FROM": "afterglow@example.org", "PUSH_CONTACT": "mailto:care@clinic.example",
            "PUSH_HOSTS": self.push.host, "AFTERGLOW_DEMO": "1",
        }  # fmt: skip
