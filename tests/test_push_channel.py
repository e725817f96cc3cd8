"""Web push against a push service that checks signatures and phones that really decrypt, over real sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from server.demo.inbox import Delivered, Inbox
from server.demo.push_phones import PushPhone, PushPhones, Unreadable
from server.demo.push_service import PushService
from server.kit.ids import uuid7
from server.notifications.channels.push_encryption import LONGEST_PLAIN_BYTES, encrypt
from server.notifications.channels.webpush import GONE, WebPushSender
from server.notifications.model import Message, Outcome, PushTarget
from server.notifications.push_keys import CURVE, decode, encode, new_pair, private_key, public_key
from server.settings import PushSettings
from tests.outgoing import ANA, CARE, LINK, MACHINE, PATIENT_S, clock, closed_port, text

CONTACT = "mailto:care@clinic.example"
TOPIC = "b3BhcXVlLXRvcGljLTEyMzQ1"


class Told(list[tuple[str, str]]):
    """What phones said they have shown: (origin, token)."""

    async def tell(self, origin: str, token: str) -> None:
        self.append((origin, token))


class Bench:
    """A push service, a sender that may use it, and a phone that subscribed to the sender's key."""

    def __init__(self, service: PushService, told: Told, timeout_s: float) -> None:
        self.service = service
        self.told = told
        self.private, self.public = new_pair()
        self.given = service.subscribe(ANA, self.public)
        self.sender = WebPushSender(PushSettings(CONTACT, (service.host,)), timeout_s)

    def target(self, **changes: Any) -> PushTarget:
        target = PushTarget(
            subscription_id=uuid7(), endpoint=self.given["endpoint"], p256dh=self.given["keys"]["p256dh"],
            auth=self.given["keys"]["auth"], private_key=self.private, topic=TOPIC, signed_at=MACHINE,
        )  # fmt: skip
        return replace(target, **changes)

    def message(self, **changes: Any) -> Message:
        own = {"channel": "push", "to": "x", "title": "Time to check in", "body": "It takes a minute.", "link": LINK}
        return text(**own | {"push": self.target(), "expires_at": CARE + timedelta(minutes=60)} | changes)

    async def send(self, **changes: Any) -> Outcome:
        return await self.sender.send(self.message(**changes))


@asynccontextmanager
async def benches(timeout_s: float = PATIENT_S) -> AsyncIterator[Bench]:
    told = Told()
    service = PushService("secret", clock, Inbox(), tell=told.tell)
    await service.start()
    bench = Bench(service, told, timeout_s)
    try:
        yield bench
    finally:
        await bench.sender.close()
        await service.stop()


def test_the_worked_example_of_the_standard() -> None:
    """RFC 8291, appendix A: the same keys, salt and text give the same body, and the phone reads it."""
    receiver = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    auth = "BTBZMqHH6r4Tts7J_aSIgg"
    sender = private_key(decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
    plain = b"When I grow up, I want to be a watermelon"
    body = encrypt(plain, public_key(receiver), decode(auth), sender, decode("DGv6ra1nlYgDCS1FRnbzlw"))
    assert encode(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    phone = PushPhone("1", ANA, "", "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", receiver, auth)
    assert phone.read(body) == plain


def test_only_the_phone_it_is_for_can_read_it_and_only_unchanged() -> None:
    phones = PushPhones()
    ana, ben = phones.make(ANA, ""), phones.make("+34600999888", "")
    body = encrypt(b"hello", public_key(ana.public), decode(ana.auth))
    assert ana.read(body) == b"hello"
    assert b"hello" not in body
    other_secret = PushPhone(ana.id, ana.to, "", ana.private, ana.public, ben.auth)
    changed = body[:-1] + bytes([body[-1] ^ 1])
    for reader, given in ((ben, body), (other_secret, body), (ana, changed), (ana, body[:80]), (ana, b"")):
        with pytest.raises(Unreadable):
            reader.read(given)
    with pytest.raises(ValueError, match="longer"):
        encrypt(b"x" * (LONGEST_PLAIN_BYTES + 1), public_key(ana.public), decode(ana.auth))


async def test_a_push_arrives_signed_and_encrypted_and_is_shown() -> None:
    async with benches() as bench:
        assert await bench.send() == Outcome("accepted")
        (shown,) = bench.service.inbox.latest()
        assert shown == Delivered("push", ANA, "It takes a minute.", CARE, "Time to check in", LINK)
        (taken,) = bench.service.taken
        assert taken.claims == {
            "aud": f"http://{bench.service.host}", "sub": CONTACT,
            "exp": int((MACHINE + timedelta(hours=12)).timestamp()),
        }  # fmt: skip
        asked = {name: taken.headers[name] for name in ("ttl", "urgency", "topic", "content-encoding")}
        assert asked == {"ttl": "3600", "urgency": "high", "topic": TOPIC, "content-encoding": "aes128gcm"}
        assert b"Time" not in taken.body
        assert taken.payload is not None
        assert (taken.payload.web_push, taken.payload.notification.silent) == (8030, False)
        assert (taken.payload.notification.tag, taken.payload.notification.lang) == (TOPIC, "en")


async def test_the_phone_says_that_it_has_shown_it() -> None:
    async with benches() as bench:
        await bench.send(link="https://afterglow.example/c#token=abc")
        assert bench.told == [("https://afterglow.example", "abc")]
        bench.service.faults.hide()
        await bench.send(link="https://afterglow.example/c#token=def")
        await bench.send(link="https://afterglow.example/")
        assert len(bench.told) == 1
        assert len(bench.service.inbox.latest()) == 2


@pytest.mark.parametrize("hours", [24, -1])
async def test_it_is_held_for_the_phone_until_the_window_ends_and_never_for_nothing(hours: int) -> None:
    async with benches() as bench:
        await bench.send(expires_at=CARE + timedelta(hours=hours))
        assert bench.service.taken[0].headers["ttl"] == str(max(hours * 3600, 1))


async def test_another_key_than_the_one_subscribed_to_is_refused() -> None:
    async with benches() as bench:
        stranger, _ = new_pair()
        assert await bench.send(push=bench.target(private_key=stranger)) == Outcome(
            "configuration", error_code="http_403"
        )
        assert bench.service.inbox.latest() == []


@pytest.mark.parametrize("hours", [-13, 13])
async def test_a_signature_out_of_its_time_is_refused(hours: int) -> None:
    async with benches() as bench:
        outcome = await bench.send(push=bench.target(signed_at=MACHINE + timedelta(hours=hours)))
        assert outcome == Outcome("configuration", error_code="http_403")


async def test_what_the_phone_cannot_read_is_accepted_all_the_same_and_not_shown() -> None:
    """The push service cannot look inside: only the missing receipt tells."""
    async with benches() as bench:
        other = PushPhones().make("+34600999888", "")
        assert (await bench.send(push=bench.target(p256dh=other.public))).result == "accepted"
        assert bench.service.taken[0].payload is None
        assert bench.service.inbox.latest() == []


ANSWERS = [
    (404, None, Outcome("permanent", error_code=GONE)),
    (410, None, Outcome("permanent", error_code=GONE)),
    (429, 30, Outcome("temporary", error_code="http_429", retry_after_s=30)),
    (500, None, Outcome("temporary", error_code="http_500")),
    (503, 5, Outcome("temporary", error_code="http_503", retry_after_s=5)),
    (400, None, Outcome("permanent", error_code="http_400")),
    (403, None, Outcome("configuration", error_code="http_403")),
    (413, None, Outcome("permanent", error_code="http_413")),
    (307, None, Outcome("permanent", error_code="http_307")),
]


async def test_each_refusal_says_what_to_do_next() -> None:
    async with benches() as bench:
        for status, retry_after_s, outcome in ANSWERS:
            bench.service.faults.fail(status, retry_after_s=retry_after_s)
            assert await bench.send() == outcome
        assert bench.service.inbox.latest() == []
        bench.service.phones.drop(bench.given["endpoint"].rpartition("/")[2])
        assert (await bench.send()).error_code == GONE


async def test_a_push_service_that_hangs_or_is_away_is_temporary() -> None:
    async with benches(timeout_s=1) as bench:
        bench.service.faults.hang(2)
        assert await bench.send() == Outcome("temporary", error_code="timeout")
        host = f"127.0.0.1:{closed_port()}"
        sender = WebPushSender(PushSettings(CONTACT, (host,)), 2)
        away = bench.message(push=bench.target(endpoint=f"http://{host}/push/1"))
        assert await sender.send(away) == Outcome("temporary", error_code="connection")
        await sender.close()


async def test_nothing_is_sent_to_an_address_that_is_not_on_the_list() -> None:
    async with benches() as bench:
        sender = WebPushSender(PushSettings(CONTACT, ("fcm.googleapis.com",)), 2)
        assert await sender.send(bench.message()) == Outcome("permanent", error_code="push_address")
        assert await sender.send(bench.message(push=None)) == Outcome("permanent", error_code="push_address")
        assert list(bench.service.taken) == []
        await sender.close()


async def test_keys_that_are_none_are_permanent() -> None:
    async with benches() as bench:
        for change in ({"p256dh": "AAAA"}, {"p256dh": "é"}, {"auth": "%"}):
            assert await bench.send(push=bench.target(**change)) == Outcome("permanent", error_code="push_unusable")


def test_phones_keep_their_keys_over_a_restart(tmp_path: Any) -> None:
    file = tmp_path / "demo" / "phones.jsonl"
    phone = PushPhones(file).make(ANA, "key")
    assert PushPhones(file).find(phone.id) == phone
    assert file.stat().st_mode & 0o077 == 0


def test_our_pairs_are_what_phones_take() -> None:
    private, public = new_pair()
    assert len(private) == 32
    assert private_key(private).public_key() == public_key(public)
    assert isinstance(public_key(public), ec.EllipticCurvePublicKey)
    assert public_key(public).curve.name == CURVE.name
    assert len(decode(public)) == 65
