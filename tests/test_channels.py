"""The real channels against servers that speak the real protocols, over real sockets."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar, Request, post
from msgspec.structs import replace

from server.demo.expectations import Expectations
from server.demo.inbox import Delivered, Inbox
from server.demo.listening import HttpServer
from server.demo.relay import fetch_messages
from server.demo.sms_api import SmsApi
from server.demo.smtp import MailServer
from server.demo.times import NoTime, Times
from server.notifications.channels import close, make_channels, send
from server.notifications.channels.email import EmailSender
from server.notifications.channels.sms import SmsSender
from server.notifications.channels.sms_callback import callback_url, read_status, sign, verify_signature
from server.notifications.model import Message, Outcome, StatusReport
from server.settings import EmailSettings, SmsSettings, from_env
from tests.outgoing import ANA, CARE, LINK, MACHINE, NORA, PATIENT_S, clock, closed_port, mail, text


def texting(api: SmsApi, timeout_s: float, origin: str = "http://127.0.0.1:9") -> SmsSender:
    return SmsSender(SmsSettings(api.url, "AC1", "secret", "+15005550006"), origin, timeout_s)


async def no_clock() -> Times:
    raise NoTime


@asynccontextmanager
async def phones(origin: str = "http://127.0.0.1:9") -> AsyncIterator[tuple[SmsApi, SmsSender]]:
    api = SmsApi("AC1", "secret", clock, Inbox())
    await api.start()
    sender = texting(api, PATIENT_S, origin)
    try:
        yield api, sender
    finally:
        await sender.close()
        await api.stop()


async def gives_up(api: SmsApi, message: Message, *, keep: bool) -> Outcome:
    """What a sender that waits half as long as the provider hangs says of the message."""
    api.faults.hang(2, keep=keep)
    hasty = texting(api, 1)
    try:
        return await hasty.send(message)
    finally:
        await hasty.close()


@asynccontextmanager
async def callbacks() -> AsyncIterator[tuple[str, list[tuple[str, dict[str, str], str]]]]:
    """A web process that writes down what the provider reports: URL, fields, signature."""
    seen: list[tuple[str, dict[str, str], str]] = []

    @post("/api/provider/sms/status")
    async def report(request: Request[Any, Any, Any]) -> None:
        form = {str(name): str(value) for name, value in (await request.form()).items()}
        seen.append((str(request.url), form, request.headers["X-Twilio-Signature"]))

    server = HttpServer(Litestar([report], openapi_config=None))
    await server.start()
    try:
        yield f"http://127.0.0.1:{server.port}", seen
    finally:
        await server.stop()


async def test_a_text_arrives_and_is_accepted() -> None:
    async with phones() as (api, sender):
        message = text(expires_at=CARE + timedelta(minutes=5))
        outcome = await sender.send(message)
        assert outcome.result == "accepted"
        assert outcome.provider_ref is not None
        assert outcome.provider_ref.startswith("SM")
        assert api.inbox.latest() == [Delivered("sms", ANA, message.body, CARE, link=LINK)]
        form = api.forms[0]
        assert form["ValidityPeriod"] == "300"
        assert form["From"] == "+15005550006"
        assert form["StatusCallback"] == callback_url("http://127.0.0.1:9", message.id)


@pytest.mark.parametrize(("hours", "seconds"), [(24, "14400"), (-1, "1")])
async def test_the_validity_stays_within_the_providers_limits(hours: int, seconds: str) -> None:
    async with phones() as (api, sender):
        await sender.send(text(expires_at=CARE + timedelta(hours=hours)))
        assert api.forms[0]["ValidityPeriod"] == seconds


REFUSALS = [
    (500, None, None, Outcome("temporary", error_code="http_500")),
    (503, 20500, 7, Outcome("temporary", error_code="http_503", retry_after_s=7)),
    (429, 20429, 30, Outcome("temporary", error_code="http_429", retry_after_s=30)),
    (400, 21211, None, Outcome("permanent", error_code="sms_21211")),
    (400, 21614, None, Outcome("permanent", error_code="sms_21614")),
    (400, 21610, None, Outcome("permanent", error_code="sms_21610")),
    (400, None, None, Outcome("permanent", error_code="sms_refused")),
    (400, 21606, None, Outcome("configuration", error_code="sms_21606")),
    (401, 20003, None, Outcome("configuration", error_code="http_401")),
    (403, 20003, None, Outcome("configuration", error_code="http_403")),
    (404, 20404, None, Outcome("configuration", error_code="http_404")),
]


async def test_a_refused_text_says_what_to_do_next() -> None:
    async with phones() as (api, sender):
        for status, code, retry_after_s, outcome in REFUSALS:
            api.faults.fail(status, code=code, retry_after_s=retry_after_s)
            assert await sender.send(text()) == outcome
        assert api.inbox.latest() == []
        assert (await sender.send(text())).result == "accepted"


async def test_wrong_credentials_are_a_matter_of_configuration() -> None:
    async with phones() as (api, _):
        stranger = SmsSender(SmsSettings(api.url, "AC1", "guess", "+15005550006"), "http://127.0.0.1:9", 2)
        assert await stranger.send(text()) == Outcome("configuration", error_code="http_401")
        await stranger.close()


async def test_a_text_that_arrived_although_the_answer_was_late_is_not_sent_again() -> None:
    async with phones() as (api, sender):
        message = text()
        assert await gives_up(api, message, keep=True) == Outcome("temporary", error_code="timeout")
        again = await sender.send(replace(message, tried_since=MACHINE))
        assert again.result == "accepted"
        assert again.provider_ref is not None
        assert len(api.inbox.latest()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"tried_since": MACHINE + timedelta(minutes=2)},
        {"tried_since": MACHINE, "to": "+34600999999"},
        {"tried_since": MACHINE, "body": f"Please check in. Open: {LINK}"},
    ],
)
async def test_an_older_or_other_text_is_no_copy(change: dict[str, object]) -> None:
    async with phones() as (api, sender):
        message = text()
        await sender.send(message)
        await sender.send(replace(message, **change))
        assert len(api.inbox.latest()) == 2


async def test_a_text_that_was_lost_in_a_timeout_is_sent_again() -> None:
    async with phones() as (api, sender):
        message = text()
        assert await gives_up(api, message, keep=False) == Outcome("temporary", error_code="timeout")
        assert (await sender.send(replace(message, tried_since=MACHINE))).result == "accepted"
        assert len(api.inbox.latest()) == 1


async def test_a_provider_that_is_away_is_temporary() -> None:
    settings = SmsSettings(f"http://127.0.0.1:{closed_port()}", "AC1", "secret", "+15005550006")
    sender = SmsSender(settings, "http://127.0.0.1:9", 2)
    assert await sender.send(text()) == Outcome("temporary", error_code="connection")
    await sender.close()


async def test_no_number_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with phones() as (_, sender):
        await sender.send(text(tried_since=MACHINE))
    assert ANA[1:] not in caplog.text


async def test_the_provider_reports_until_delivered_and_signs_it() -> None:
    async with callbacks() as (origin, seen), phones(origin) as (api, sender):
        message = text()
        outcome = await sender.send(message)
        await api.settled()
        url = callback_url(origin, message.id)
        assert [form["MessageStatus"] for _, form, _ in seen] == ["queued", "sent", "delivered"]
        for asked, form, signature in seen:
            assert asked == url
            assert verify_signature(url, form, signature, "secret")
            assert not verify_signature(url, form, signature, "other")
            assert not verify_signature(url, {**form, "MessageStatus": "failed"}, signature, "secret")
        assert read_status(seen[-1][1]) == StatusReport(outcome.provider_ref or "", "delivered")


async def test_an_undelivered_text_is_reported_with_its_reason() -> None:
    async with callbacks() as (origin, seen), phones(origin) as (api, sender):
        api.faults.lose(30006)
        outcome = await sender.send(text())
        await api.settled()
        failure = Outcome("permanent", error_code="sms_30006")
        assert read_status(seen[-1][1]) == StatusReport(outcome.provider_ref or "", "failed", failure)


@pytest.mark.parametrize(
    "params",
    [{}, {"MessageSid": "SM1"}, {"MessageStatus": "sent"}, {"MessageSid": "SM1", "MessageStatus": "receiving"}],
)
async def test_an_unknown_status_changes_nothing(params: dict[str, str]) -> None:
    assert read_status(params) is None


async def test_the_signature_is_the_providers() -> None:
    """The worked example of the provider's documentation."""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    params = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    assert sign(url, params, "12345") == "GvWf1cFY/Q7PnoempGyD5oXAezc="
    assert verify_signature(url, params, "GvWf1cFY/Q7PnoempGyD5oXAezc=", "12345")


@pytest.mark.parametrize(
    ("signed", "ours", "genuine"),
    [
        ("https://a.example:443/x?m=1", "https://a.example/x?m=1", True),
        ("https://a.example/x?m=1", "https://a.example:443/x?m=1", True),
        ("https://a.example:8443/x", "https://a.example/x", False),
        ("https://b.example/x", "https://a.example/x", False),
    ],
)
async def test_the_default_port_may_be_signed_or_not(signed: str, ours: str, genuine: bool) -> None:
    assert verify_signature(ours, {"a": "b"}, sign(signed, {"a": "b"}, "secret"), "secret") is genuine


@pytest.mark.parametrize("signature", ["", "é", "AAAA", "=" * 5000])
async def test_a_forged_signature_is_refused(signature: str) -> None:
    assert not verify_signature("https://a.example/x", {"a": "b"}, signature, "secret")


async def test_simulators_do_not_invent_the_time() -> None:
    api, server = SmsApi("AC1", "secret", no_clock, Inbox()), MailServer(no_clock, Inbox())
    await api.start()
    await server.start()
    by_text = SmsSender(SmsSettings(api.url, "AC1", "secret", "+1"), "http://127.0.0.1:9", 2)
    by_mail = EmailSender(EmailSettings("127.0.0.1", server.port, "a@b.example", tls="none"), 2)
    assert (await by_text.send(text())).result == "temporary"
    assert (await by_mail.send(mail())).result == "temporary"
    await by_text.close()
    await api.stop()
    await server.stop()


async def test_each_message_takes_its_own_channel(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    inbox = Inbox(tmp_path / "messages.jsonl")
    api, server = SmsApi("AC1", "secret", clock, inbox), MailServer(clock, inbox)
    await api.start()
    await server.start()
    env = {"SMS_API_URL": api.url, "SMS_ACCOUNT": "AC1", "SMS_TOKEN": "secret", "SMS_FROM": "+15005550006"}
    env |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(server.port), "SMTP_TLS": "none", "EMAIL_FROM": "a@b.example"}
    settings = from_env({**env, "AFTERGLOW_SIMULATOR_URL": api.url})
    channels = make_channels(settings)
    world = Expectations(inbox)
    assert (await send(channels, text())).result == "accepted"
    assert (await send(channels, mail())).result == "accepted"
    assert await send(channels, text(channel="push")) == Outcome("configuration", error_code="no_provider")
    assert (await world.got(ANA, "Time to check in")).link == LINK
    with pytest.raises(AssertionError, match="unexpected"):
        world.close()
    assert (await world.got(NORA, "EMERGENCY", channel="email")).title == "EMERGENCY K7F3"
    world.close()
    with pytest.raises(AssertionError, match="got no message"):
        await world.got(NORA, within_s=0.05)
    relayed = msgspec.json.decode(await fetch_messages(settings, 1))
    assert [item["channel"] for item in relayed["items"]] == ["email"]
    await close(channels)
    await api.stop()
    await server.stop()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_a_fault_of_ours_is_temporary_and_names_nobody(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        async def send(self, message: Message) -> Outcome:
            raise RuntimeError(f"cannot send to {message.to}")

        async def close(self) -> None:
            return None

    assert await send({"sms": Broken()}, text()) == Outcome("temporary", error_code="unexpected")
    assert ANA not in caplog.text
    assert "RuntimeError" in caplog.text


async def test_the_inbox_outlives_its_process_and_stays_small(tmp_path: Path) -> None:
    file = tmp_path / "demo" / "messages.jsonl"
    inbox = Inbox(file, newest=3)
    for number in range(5):
        inbox.add(Delivered("sms", ANA, f"message {number}", CARE))
    with file.open("ab") as torn:
        torn.write(b'{"channel":"sms","to":')
    again = Inbox(file, newest=3)
    assert [message.body for message in again.latest()] == ["message 4", "message 3", "message 2"]
    assert [message.body for message in again.latest(1)] == ["message 4"]
    assert len(file.read_bytes().splitlines()) == 3
    assert file.stat().st_mode & 0o077 == 0


async def test_strangers_read_no_messages() -> None:
    async with phones() as (api, _), httpx.AsyncClient(trust_env=False) as client:
        for given in (b"", b"Bearer guess", "Bearer é".encode()):
            answer = await client.get(f"{api.url}/messages", headers={b"Authorization": given})
            assert answer.status_code == 401
        answers = await asyncio.gather(
            *(
                client.get(f"{api.url}/messages?limit={limit}", headers={"Authorization": "Bearer secret"})
                for limit in (1, "x")
            )
        )
        assert [answer.json() for answer in answers] == [{"items": []}, {"items": []}]
