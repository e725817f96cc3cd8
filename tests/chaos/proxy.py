"""A TCP proxy before PostgreSQL that reads its protocol: it cuts or freezes a connection at a chosen statement, or when
the server has said COMMIT."""

import asyncio
import random
import struct
from contextlib import suppress
from typing import Literal

import msgspec

from server.kit.embedded import DATABASE

SSL_REQUEST = 80877103
FOR_EVER_S = 3600
LOST = (OSError, EOFError)


class Rule(msgspec.Struct):
    """Once a transaction has run a statement with these words: cut or freeze its connection, before that statement
    reaches the server or when the server has committed and the client has not heard of it.

    `chance`: of each; `left`: so many more. `changing`: only where the statement has changed a row. `about`: only where
    these bytes are among its arguments. `hit`: it was done.
    """

    words: str
    at: Literal["statement", "commit"]
    do: Literal["cut", "freeze"]
    left: int = 1
    chance: float = 1
    changing: bool = False
    about: bytes = b""
    done: int = 0
    hit: asyncio.Event = msgspec.field(default_factory=asyncio.Event)


class Proxy:
    """Listens on loopback, speaks to the server's Unix socket. `rule`: what is done now, None to let all pass.
    `struck`: how often a connection was cut or frozen."""

    def __init__(self, socket: str, rng: random.Random) -> None:
        self.rule: Rule | None = None
        self.struck = 0
        self._socket = socket
        self._rng = rng
        self._server: asyncio.Server | None = None
        self._talks: set[Talk] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def through(self, url: str) -> str:
        """The same DSN by way of this proxy."""
        return f"{url.partition('@')[0]}@127.0.0.1:{self.port}/{DATABASE}?sslmode=disable"

    def cut_all(self) -> None:
        """Every connection at once, as when a network goes away."""
        for talk in list(self._talks):
            talk.cut()

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut_all()

    def strikes(self, rule: Rule) -> bool:
        """Whether this is one of those to be struck."""
        if rule is not self.rule or rule.left == 0 or self._rng.random() > rule.chance:
            return False
        rule.left -= 1
        rule.done += 1
        self.struck += 1
        rule.hit.set()
        return True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            up = await asyncio.open_unix_connection(self._socket)
        except OSError:
            writer.transport.abort()
            return
        talk = Talk(self, writer, up[1])
        self._talks.add(talk)
        pumps = [asyncio.create_task(talk.upwards(reader)), asyncio.create_task(talk.downwards(up[0]))]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        talk.cut()
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        self._talks.discard(talk)


class Talk:
    """One client's connection."""

    def __init__(self, proxy: Proxy, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._statements: dict[bytes, str] = {}
        self._matched: Rule | None = None
        self._armed: Rule | None = None

    def cut(self) -> None:
        for writer in (self._client, self._server):
            with suppress(OSError):
                writer.transport.abort()

    async def upwards(self, reader: asyncio.StreamReader) -> None:
        with suppress(*LOST):
            await self._greet(reader)
            while True:
                kind, body = await _message(reader)
                words = self._words(kind, body)
                rule = self._proxy.rule
                if rule is not None and words is not None and rule.words in words and rule.about in body:
                    if rule.at == "statement" and self._proxy.strikes(rule):
                        # What comes after is held too: a frozen client is ended by whoever waits for it.
                        if rule.do == "cut":
                            return
                        await asyncio.sleep(FOR_EVER_S)
                    self._matched = rule
                    self._armed = self._armed if rule.changing else rule
                self._server.write(_packed(kind, body))
                await self._server.drain()

    async def downwards(self, reader: asyncio.StreamReader) -> None:
        with suppress(*LOST):
            while True:
                kind, body = await _message(reader)
                if kind == b"C":
                    if body == b"COMMIT\0" and self._armed is not None and self._armed.at == "commit":
                        rule, self._armed, self._matched = self._armed, None, None
                        if self._proxy.strikes(rule):
                            if rule.do == "cut":
                                return
                            await asyncio.sleep(FOR_EVER_S)
                    elif self._matched is not None and not body.rstrip(b"\0").endswith(b" 0"):
                        self._armed = self._matched
                    if body in (b"COMMIT\0", b"ROLLBACK\0"):
                        self._matched = self._armed = None
                self._client.write(_packed(kind, body))
                await self._client.drain()

    async def _greet(self, reader: asyncio.StreamReader) -> None:
        head = await reader.readexactly(4)
        rest = await reader.readexactly(struct.unpack("!i", head)[0] - 4)
        assert struct.unpack("!i", rest[:4])[0] != SSL_REQUEST, "ask without TLS"
        self._server.write(head + rest)
        await self._server.drain()

    def _words(self, kind: bytes, body: bytes) -> str | None:
        """The SQL that this message executes; None for others."""
        if kind == b"Q":
            return body.rstrip(b"\0").decode()
        name, _, rest = body.partition(b"\0")
        if kind == b"P":
            self._statements[name] = rest.partition(b"\0")[0].decode()
        elif kind == b"B":
            return self._statements.get(rest.partition(b"\0")[0])
        return None


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    return head[:1], await reader.readexactly(struct.unpack("!i", head[1:])[0] - 4)


def _packed(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body
