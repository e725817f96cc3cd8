"""Messages on their way out, and the fixed times they are sent at."""

from datetime import UTC, datetime

from msgspec.structs import replace

from server.demo.listening import bind
from server.demo.times import Times
from server.kit.ids import uuid7
from server.notifications.model import Message

CARE = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
MACHINE = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LINK = "https://afterglow.example/c#t=Zm9yX3Rlc3Rz"
ANA, NORA = "+34600111222", "nora@staff.example"
PATIENT_S = 30
"""Nothing waits this long, so that a busy machine is not taken for a provider that hangs."""


async def clock() -> Times:
    return Times(CARE, MACHINE)


def text(**changes: object) -> Message:
    message = Message(id=uuid7(), channel="sms", to=ANA, body=f"Time to check in. Open: {LINK}", language="en", at=CARE)
    return replace(message, **changes)


def mail(**changes: object) -> Message:
    return replace(text(channel="email", to=NORA, title="EMERGENCY K7F3"), **changes)


def closed_port() -> int:
    sock = bind(0)
    port: int = sock.getsockname()[1]
    sock.close()
    return port
