"""The team's rooms in a box: a server that takes what webhooks and ntfy take, and keeps what was said where."""

import asyncio
from collections import deque
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, post

from server.demo.faults import Fault, Faults
from server.demo.inbox import NEWEST, Delivered, Inbox, first_link
from server.demo.listening import HttpServer
from server.demo.times import Clock, NoTime


class TeamRooms:
    """Serves on 127.0.0.1; `faults` scripts failures, `bodies` and `queries` hold what was posted,
    `inbox` what the team reads."""

    def __init__(self, clock: Clock, inbox: Inbox, port: int = 0) -> None:
        self.inbox = inbox
        self.faults = Faults()
        self.bodies: deque[dict[str, Any]] = deque(maxlen=NEWEST)
        self.queries: deque[dict[str, Any]] = deque(maxlen=NEWEST)
        self._clock = clock
        self._server = HttpServer(_app(self), port)

    def webhook(self, room: str) -> str:
        """Where messages for this room are posted; it takes no others."""
        return f"http://127.0.0.1:{self._server.port}/rooms/{room}"

    def ntfy(self, topic: str) -> str:
        """The same as an ntfy server of the operator's own."""
        return f"ntfy://127.0.0.1:{self._server.port}/{topic}"

    async def start(self) -> None:
        """Listen."""
        await self._server.start()

    async def stop(self) -> None:
        """Stop listening."""
        await self._server.stop()

    async def take(self, room: str, body: dict[str, Any]) -> Response[dict[str, Any]]:
        """Keep it, or play the next failure of the script."""
        fault = self.faults.next() or Fault(keep=True)
        self.bodies.append(body)
        if fault.keep or not fault.status:
            try:
                times = await self._clock()
            except NoTime:
                return Response({"error": "simulated"}, status_code=503)
            text = str(body.get("message", ""))
            self.inbox.add(Delivered("team", room, text, times.care, title=body.get("title"), link=first_link(text)))
        await asyncio.sleep(fault.hang_s)
        return Response({"id": "1"} if not fault.status else {"error": "simulated"}, status_code=fault.status or 200)


def _app(rooms: TeamRooms) -> Litestar:
    @post("/rooms/{room:str}")
    async def webhook(room: str, request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
        body = msgspec.json.decode(await request.body(), type=dict[str, Any])
        rooms.queries.append(dict(request.query_params))
        return await rooms.take(room, body)

    @post("/")
    async def ntfy(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
        body = msgspec.json.decode(await request.body(), type=dict[str, Any])
        return await rooms.take(str(body["topic"]), body)

    return Litestar([webhook, ntfy], openapi_config=None, logging_config=None)
