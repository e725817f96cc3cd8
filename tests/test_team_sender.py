"""The way out to chats and webhooks: what is taken, what is refused, how long it may take, where it may not lead."""

import asyncio
import logging
import socket
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest

from server.demo.inbox import Inbox
from server.demo.team_rooms import TeamRooms
from server.demo.times import Times
from server.kit.clock import monotonic
from server.notifications.channels.reach import is_public
from server.notifications.channels.team import TeamSender
from server.notifications.channels.team_address import Unusable, read_address
from server.notifications.model import HELD, Message

NOW = datetime(2026, 3, 2, 13, 36, tzinfo=UTC)
LOGIC = "https://prod-1.westus.logic.azure.com:443/workflows/abc/triggers/manual/paths/invoke"


async def clock() -> Times:
    return Times(NOW, NOW)


@pytest.fixture
async def rooms() -> AsyncIterator[TeamRooms]:
    server = TeamRooms(clock, Inbox())
    await server.start()
    yield server
    await server.stop()


def message(url: str) -> Message:
    return Message(
        id=uuid4(), channel="team", to=url, body="URGENT  K7F3", title="URGENT K7F3", language="en", at=NOW
    )  # fmt: skip


def webhook(rooms: TeamRooms, room: str = "nurses") -> str:
    return read_address(rooms.webhook(room), private=True).url


@pytest.mark.parametrize(
    ("url", "service", "host"),
    [
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "Slack", None),
        (f"{LOGIC}?api-version=2016-06-01&sp=%2Ft&sv=1.0&sig=SIG", "Microsoft Teams", "prod-1.westus.logic.azure.com"),
        ("https://discord.com/api/webhooks/000000000000000001/abcdefghijklmnop", "Discord", None),
        ("https://chat.googleapis.com/v1/spaces/AAA/messages?key=K&token=T", "Google Chat", None),
        ("pagerduty://A1BRTD4JD@TIiajkdnlazkcOXrIdevi7FQ", "PagerDuty", None),
        ("ntfy://a-secret-topic", "ntfy", None),
        ("https://ntfy.sh/a-secret-topic", "ntfy", None),
        ("ntfys://ntfy.clinic.example/nurses", "ntfy", "ntfy.clinic.example"),
        ("https://hook.clinic.example/in/1?token=abc&room=2", "Webhook", "hook.clinic.example"),
    ],
)
def test_addresses_as_the_services_give_them_out(url: str, service: str, host: str | None) -> None:
    address = read_address(url, private=False)
    assert (address.service, address.host) == (service, host)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("hello", "not the address of a service"),
        ("mailto://me:secret@gmail.com", "not the address of a service"),
        ("syslog://", "not the address of a service"),
        ("file:///etc/passwd", "not the address of a service"),
        ("http://hook.clinic.example/in", "encrypted"),
        ("ntfy://ntfy.clinic.example/nurses", "encrypted"),
        ("https://10.0.0.8/in", "private network"),
        ("https://[::1]/in", "private network"),
        ("https://169.254.169.254/latest/meta-data", "private network"),
        ("https://localhost/in", "private network"),
        ("https://printer/in", "private network"),
        ("https://db.internal/in", "private network"),
        ("jsons://hook.clinic.example/in?verify=no", "option"),
        ("jsons://hook.clinic.example/in?redirect=yes", "option"),
        ("jsons://hook.clinic.example/in?rto=600", "option"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/?template=/etc/passwd", "option"),
    ],
)
def test_addresses_that_nothing_may_be_sent_to(url: str, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        read_address(url, private=False)


def test_an_operator_may_allow_the_own_network() -> None:
    for url in ("http://10.0.0.8/in", "ntfy://localhost/nurses", "https://printer/in"):
        assert read_address(url, private=True).host


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("64:ff9b::5db8:d822", True),
        ("127.0.0.1", False), ("10.1.2.3", False), ("192.168.0.1", False), ("100.64.0.1", False), ("0.0.0.0", False),
        ("169.254.169.254", False), ("224.0.0.1", False), ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False),
        ("::ffff:127.0.0.1", False), ("::ffff:10.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
        ("64:ff9b:1::a00:1", False), ("::127.0.0.1", False), ("localhost", False), ("", False),
    ],
)  # fmt: skip
def test_what_is_a_public_address(address: str, public: bool) -> None:
    assert is_public(address) is public


async def test_taken(rooms: TeamRooms) -> None:
    assert (await TeamSender(private=True).send(message(webhook(rooms)))).result == "accepted"
    assert rooms.bodies[0]["message"] == "URGENT  K7F3"


async def test_the_query_of_a_webhook_stays_part_of_it(rooms: TeamRooms) -> None:
    url = read_address(f"{rooms.webhook('nurses')}?token=a%20b", private=True).url
    await TeamSender(private=True).send(message(url))
    assert rooms.queries[-1] == {"token": "a b"}


@pytest.mark.parametrize(
    ("status", "result"),
    [(401, "configuration"), (403, "configuration"), (404, "permanent"), (410, "permanent"), (400, "permanent"),
     (408, "temporary"), (429, "temporary"), (500, "temporary"), (503, "temporary"), (302, "permanent")],
)  # fmt: skip
async def test_what_a_refusal_means(rooms: TeamRooms, status: int, result: str) -> None:
    rooms.faults.fail(status)
    outcome = await TeamSender(private=True).send(message(webhook(rooms)))
    assert (outcome.result, outcome.error_code) == (result, f"http_{status}")


async def test_no_log_names_an_address(rooms: TeamRooms) -> None:
    """Apprise does, and so does what it sends with: nothing of theirs gets to the log of the process."""
    logged = Logged()
    root = logging.getLogger()
    root.addHandler(logged)
    level = root.level
    root.setLevel(logging.DEBUG)
    rooms.faults.fail(500)
    await TeamSender(private=True).send(message(webhook(rooms)))
    await TeamSender(private=False).send(message(webhook(rooms)))
    root.removeHandler(logged)
    root.setLevel(level)
    assert not any("127.0.0.1" in text or "nurses" in text for text in logged.texts)


async def test_a_refusal_is_not_the_next_messages_own(rooms: TeamRooms) -> None:
    sender = TeamSender(private=True)
    rooms.faults.fail(404)
    assert (await sender.send(message(webhook(rooms)))).error_code == "http_404"
    assert (await sender.send(message("json://127.0.0.1:9/x"))).error_code == "connection"


async def test_an_address_that_nobody_reads_any_more() -> None:
    outcome = await TeamSender(private=True).send(message("nowhere://x"))
    assert (outcome.result, outcome.error_code) == ("configuration", "address")


async def test_a_name_that_leads_into_the_own_network_is_not_followed(rooms: TeamRooms) -> None:
    """Whatever was thought of the name when it was typed: what counts is where it leads when it is sent to."""
    outcome = await TeamSender(private=False).send(message(webhook(rooms)))
    assert (outcome.result, outcome.error_code) == ("configuration", "private_address")
    assert not rooms.bodies


async def test_other_threads_connect_as_ever(rooms: TeamRooms) -> None:
    await TeamSender(private=False).send(message(webhook(rooms)))
    reader, writer = await asyncio.open_connection("127.0.0.1", int(rooms.webhook("x").split(":")[2].split("/")[0]))
    writer.close()
    assert reader is not None


async def test_a_chat_that_never_answers_is_cut_off_and_its_thread_comes_back() -> None:
    """A byte now and then keeps any reader waiting: only the whole time bounds it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()
        threading.Thread(target=dribble, args=(server, stop), daemon=True).start()
        sender = TeamSender(private=True, timeout_s=1.0)
        begun = monotonic()
        outcome = await sender.send(message(f"json://127.0.0.1:{server.getsockname()[1]}/x"))
        assert (outcome.result, outcome.error_code) == ("temporary", "timeout")
        assert monotonic() - begun < 2
        until = monotonic() + 3
        while sending() and monotonic() < until:
            await asyncio.sleep(0.05)
        stop.set()
        assert not sending()


async def test_one_clinics_slow_rooms_leave_places_for_the_others(rooms: TeamRooms) -> None:
    """What finds no place was not tried: it is no failure of its room."""
    with socket.create_server(("127.0.0.1", 0), backlog=20) as server:
        sender = TeamSender(private=True, timeout_s=5.0, place_within_s=0.5)
        slow = msgspec.structs.replace(message(f"json://127.0.0.1:{server.getsockname()[1]}/x"), clinic_id=uuid4())
        waiting = [asyncio.create_task(sender.send(slow)) for _ in range(10)]
        await asyncio.sleep(0.1)
        other = msgspec.structs.replace(message(webhook(rooms)), clinic_id=uuid4())
        assert (await sender.send(other)).result == "accepted"
        outcomes = [(outcome.result, outcome.error_code) for outcome in await asyncio.gather(*waiting)]
    assert outcomes.count(("temporary", "timeout")) == 2
    assert outcomes.count(("temporary", HELD)) == 8


class Logged(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def sending() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "team-channel"]


def dribble(server: socket.socket, stop: threading.Event) -> None:
    connection, _ = server.accept()
    with connection:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not stop.wait(0.2):
            try:
                connection.sendall(b"a")
            except OSError:
                return
