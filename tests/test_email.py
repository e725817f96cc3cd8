"""The e-mail channel against a server that speaks SMTP, over real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from server.demo.inbox import Delivered, Inbox
from server.demo.smtp import MailServer
from server.notifications.channels.email import EmailSender, compose
from server.notifications.model import Outcome
from server.settings import EmailSettings
from tests.outgoing import CARE, LINK, NORA, PATIENT_S, clock, closed_port, mail


@asynccontextmanager
async def mailboxes(
    login: tuple[str, str] | None = None, given: tuple[str, str] | None = None
) -> AsyncIterator[tuple[MailServer, EmailSender]]:
    server = MailServer(clock, Inbox(), login=login)
    await server.start()
    user, password = given or (None, None)
    settings = EmailSettings("127.0.0.1", server.port, "Afterglow <no-reply@afterglow.example>", user, password, "none")
    try:
        yield server, EmailSender(settings, PATIENT_S)
    finally:
        await server.stop()


async def test_a_mail_arrives_and_is_accepted() -> None:
    async with mailboxes() as (server, sender):
        message = mail(body=f"Es hora de responder, mié. Abra: {LINK}", language="es")
        outcome = await sender.send(message)
        message_id = f"<{message.id}@afterglow.example>"
        assert outcome == Outcome("accepted", provider_ref=message_id)
        assert server.inbox.latest() == [Delivered("email", NORA, message.body, CARE, "EMERGENCY K7F3", LINK)]
        arrived = server.mails[0]
        assert arrived["Message-ID"] == message_id
        assert arrived["Date"].datetime == CARE
        assert arrived["From"] == "Afterglow <no-reply@afterglow.example>"
        assert arrived.get_content_type() == "text/plain"
        assert arrived.get_content_charset() == "utf-8"


async def test_a_mail_sent_again_is_the_same_mail() -> None:
    message = mail(id=UUID("019cafe0-0000-7000-8000-000000000001"))
    first, second = (compose(message, "no-reply@afterglow.example", "afterglow.example") for _ in range(2))
    assert first.as_bytes() == second.as_bytes()
    assert first["Message-ID"] == "<019cafe0-0000-7000-8000-000000000001@afterglow.example>"


@pytest.mark.parametrize(
    ("status", "stage", "outcome"),
    [
        (451, "data", Outcome("temporary", error_code="smtp_451")),
        (452, "rcpt", Outcome("temporary", error_code="smtp_452")),
        (421, "mail", Outcome("temporary", error_code="smtp_421")),
        (550, "rcpt", Outcome("permanent", error_code="smtp_550")),
        (554, "data", Outcome("permanent", error_code="smtp_554")),
        (553, "mail", Outcome("configuration", error_code="smtp_553")),
        (530, "mail", Outcome("configuration", error_code="smtp_530")),
    ],
)
async def test_a_refused_mail_says_what_to_do_next(status: int, stage: str, outcome: Outcome) -> None:
    async with mailboxes() as (server, sender):
        server.faults.fail(status, stage=stage)  # type: ignore[arg-type]
        assert await sender.send(mail()) == outcome
        assert server.inbox.latest() == []
        assert (await sender.send(mail())).result == "accepted"


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (("afterglow", "right"), "accepted"),
        (("afterglow", "wrong"), "configuration"),
        (None, "configuration"),
    ],
)
async def test_a_mail_server_wants_to_know_who_we_are(given: tuple[str, str] | None, outcome: str) -> None:
    async with mailboxes(("afterglow", "right"), given) as (_, sender):
        assert (await sender.send(mail())).result == outcome


async def test_a_slow_mail_server_is_temporary_and_the_copy_can_be_told() -> None:
    async with mailboxes() as (server, sender):
        message = mail()
        server.faults.hang(2)
        hasty = EmailSender(
            EmailSettings("127.0.0.1", server.port, "Afterglow <no-reply@afterglow.example>", tls="none"), 1
        )
        assert await hasty.send(message) == Outcome("temporary", error_code="timeout")
        assert (await sender.send(message)).result == "accepted"
        assert len({arrived["Message-ID"] for arrived in server.mails}) == 1


async def test_a_mail_server_that_is_away_is_temporary() -> None:
    sender = EmailSender(EmailSettings("127.0.0.1", closed_port(), "a@b.example", tls="none"), 2)
    assert await sender.send(mail()) == Outcome("temporary", error_code="connection")


async def test_a_mail_server_without_encryption_is_a_matter_of_configuration() -> None:
    async with mailboxes() as (server, _):
        sender = EmailSender(EmailSettings("127.0.0.1", server.port, "a@b.example", tls="starttls"), 2)
        assert (await sender.send(mail())).result == "configuration"


@pytest.mark.parametrize("to", ["nobody", "", "a@b.example\r\nBcc: eve@evil.example", "a@b.example\x00"])
async def test_an_address_that_is_none_is_permanent(to: str) -> None:
    async with mailboxes() as (server, sender):
        assert await sender.send(mail(to=to)) == Outcome("permanent", error_code="invalid_address")
        assert not server.mails
