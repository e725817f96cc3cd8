"""E-mail through an SMTP submission server."""

import asyncio
from contextlib import suppress
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

import aiosmtplib

from server.notifications.channels.base import TIMEOUT_S
from server.notifications.model import TIMED_OUT, Message, Outcome
from server.settings import EmailSettings

AUTH_CODES = (530, 534, 535, 538)


class EmailSender:
    """Sends plain text, one connection for each message."""

    def __init__(self, settings: EmailSettings, timeout_s: float = TIMEOUT_S) -> None:
        self._settings = settings
        self._timeout_s = timeout_s
        self._from = parseaddr(settings.sender)[1]
        self._host = self._from.rpartition("@")[2] or "localhost"

    async def send(self, message: Message) -> Outcome:
        """Hand the mail to the server; a copy sent again carries the same Message-ID, so mailboxes can drop it."""
        try:
            mail = compose(message, self._settings.sender, self._host)
        except (ValueError, HeaderParseError, IndexError):
            return Outcome("permanent", error_code="invalid_address")
        client = self._client()
        try:
            async with asyncio.timeout(self._timeout_s):
                await client.connect()
                await client.send_message(mail, sender=self._from, recipients=[message.to])
        except Exception as error:
            client.close()
            outcome = _failure(error)
            if outcome is None:
                raise
            return outcome
        await _part(client)
        return Outcome("accepted", provider_ref=mail["Message-ID"])

    async def close(self) -> None:
        """Nothing is kept open."""

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user,
            password=settings.password,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            # Without a name it would ask the resolver for this machine's.
            local_hostname=self._host,
            timeout=self._timeout_s,
        )


async def _part(client: aiosmtplib.SMTP) -> None:
    """Say goodbye. The mail is already taken: a goodbye that fails must not make it look unsent."""
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=2)
    client.close()


def compose(message: Message, sender: str, host: str) -> EmailMessage:
    """The mail, the same bytes for the same message. ValueError when a header could not hold the address."""
    if "@" not in message.to or not message.to.isprintable():
        raise ValueError("not an e-mail address")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = message.to
    mail["Subject"] = message.title or message.body.partition(".")[0][:60]
    mail["Date"] = message.at
    mail["Message-ID"] = f"<{message.id}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    mail.set_content(message.body + "\n", charset="utf-8", cte="quoted-printable")
    return mail


def _failure(error: Exception) -> Outcome | None:
    match error:
        case aiosmtplib.SMTPAuthenticationError() if error.code >= 500:
            return Outcome("configuration", error_code=f"smtp_{error.code}")
        case aiosmtplib.SMTPConnectResponseError() | aiosmtplib.SMTPHeloError() | aiosmtplib.SMTPSenderRefused() if (
            error.code >= 500
        ):
            # Refused before anybody was named: the server does not like us, whoever the mail is for.
            return Outcome("configuration", error_code=f"smtp_{error.code}")
        case aiosmtplib.SMTPRecipientsRefused():
            return _from_code(error.recipients[0].code) if error.recipients else Outcome("permanent", error_code="smtp")
        case aiosmtplib.SMTPResponseException():
            return _from_code(error.code)
        case TimeoutError():
            return Outcome("temporary", error_code=TIMED_OUT)
        case aiosmtplib.SMTPNotSupported():
            return Outcome("configuration", error_code="smtp_unsupported")
        case OSError():
            return Outcome("temporary", error_code="connection")
        case aiosmtplib.SMTPException():
            return Outcome("configuration", error_code="smtp")
    return None


def _from_code(code: int) -> Outcome:
    if code in AUTH_CODES:
        return Outcome("configuration", error_code=f"smtp_{code}")
    return Outcome("permanent" if code >= 500 else "temporary", error_code=f"smtp_{code}")
