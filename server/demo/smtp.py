"""A mail server in a box: takes every mail on loopback and shows it as its reader would see it."""

import asyncio
from collections import deque
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from server.demo.faults import Fault, Faults, Stage
from server.demo.inbox import NEWEST, Delivered, Inbox, first_link
from server.demo.listening import bind
from server.demo.times import Clock, NoTime


class MailServer:
    """Serves on 127.0.0.1; `login` (user, password) demands authentication; `mails` holds what arrived, parsed."""

    def __init__(self, clock: Clock, inbox: Inbox, port: int = 0, login: tuple[str, str] | None = None) -> None:
        self.inbox = inbox
        self.faults = Faults()
        self.mails: deque[EmailMessage] = deque(maxlen=NEWEST)
        self._clock = clock
        self._login = login
        self._socket = bind(port)
        self.port: int = self._socket.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._talks: WeakSet[SMTP] = WeakSet()

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.get_running_loop().create_server(self._talk, sock=self._socket)

    async def stop(self) -> None:
        """Stop listening and end the conversations."""
        if self._server is not None:
            self._server.close()
        for talk in list(self._talks):
            if talk.transport is not None:
                talk.transport.close()
        self._socket.close()

    def _talk(self) -> SMTP:
        talk = SMTP(
            self,
            hostname="localhost",
            ident="simulator",
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=self._authenticate if self._login else None,
            loop=asyncio.get_running_loop(),
        )
        self._talks.add(talk)
        return talk

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        pair = (given.login.decode(), given.password.decode()) if isinstance(given, LoginPassword) else None
        return AuthResult(success=pair == self._login, handled=False)

    def _fails_at(self, stage: Stage) -> Fault | None:
        fault = self.faults.peek()
        return self.faults.next() if fault and fault.stage == stage else None

    async def handle_MAIL(  # noqa: N802 (the server library calls it so)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        fault = self._fails_at("mail")
        if fault:
            return f"{fault.status} simulated"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fault = self._fails_at("rcpt")
        if fault:
            return f"{fault.status} simulated"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self._fails_at("data") or Fault(keep=True)
        if fault.keep or not fault.status:
            try:
                await self._keep(envelope)
            except NoTime:
                return "451 try again later"
        await asyncio.sleep(fault.hang_s)
        return f"{fault.status} simulated" if fault.status else "250 OK"

    async def _keep(self, envelope: Envelope) -> None:
        times = await self._clock()
        mail = message_from_bytes(envelope.original_content or b"", EmailMessage, policy=default)
        plain = mail.get_body(("plain",))
        body = plain.get_content().strip() if isinstance(plain, EmailMessage) else ""
        self.mails.append(mail)
        for to in envelope.rcpt_tos:
            self.inbox.add(Delivered("email", to, body, times.care, str(mail["Subject"] or ""), first_link(body)))
