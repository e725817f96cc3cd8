"""Where the messages to the watcher's patient and colleague arrive: a mail server of its own."""

import asyncio
import re
from collections import deque
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

MOST_BYTES = 65_536
MOST_KEPT = 50


class Mailbox:
    """Listens while it is open; keeps the newest messages."""

    def __init__(self) -> None:
        self._texts: deque[str] = deque(maxlen=MOST_KEPT)
        self._arrived = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> None:
        """Take mail at this address; OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, data_size_limit=MOST_BYTES, loop=loop), host, port)

    def close(self) -> None:
        """Take no more."""
        if self._server is not None:
            self._server.close()

    async def find(self, pattern: str) -> str:
        """The first group of the pattern in a message that has arrived or arrives; waits for ever."""
        while True:
            self._arrived.clear()
            for text in reversed(self._texts):
                if found := re.search(pattern, text):
                    return found.group(1)
            await self._arrived.wait()

    def clear(self) -> None:
        """Forget what has arrived."""
        self._texts.clear()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Named by the server library."""
        mail = message_from_bytes(envelope.original_content or b"", EmailMessage, policy=default)
        plain = mail.get_body(("plain",))
        self._texts.append(plain.get_content() if isinstance(plain, EmailMessage) else "")
        self._arrived.set()
        return "250 OK"
