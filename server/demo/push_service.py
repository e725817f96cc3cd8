"""A push service and its phones in a box: RFC 8030 over HTTP, signatures checked (RFC 8292), messages really read."""

import asyncio
import hmac
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from litestar import Litestar, Request, Response, post

from server.demo.faults import Fault, Faults
from server.demo.inbox import NEWEST, Delivered, Inbox
from server.demo.listening import HttpServer
from server.demo.push_phones import PushPhone, PushPhones
from server.demo.push_protocol import Payload, Taken, problem_with, read, signed_claims
from server.demo.times import Clock, NoTime
from server.kit.tls import authorities

Tell = Callable[[str, str], Awaitable[None]]
"""Takes the origin of a link and its token: what a phone says when it has shown a message."""


class PushService:
    """Serves on 127.0.0.1; `faults` scripts failures, `taken` holds what was accepted, `inbox` what phones show."""

    def __init__(
        self, token: str, clock: Clock, inbox: Inbox, port: int = 0, phones: PushPhones | None = None,
        tell: Tell | None = None,
    ) -> None:  # fmt: skip
        self.token = token
        self.inbox = inbox
        self.phones = phones or PushPhones()
        self.faults = Faults()
        self.taken: deque[Taken] = deque(maxlen=NEWEST)
        self._clock = clock
        self.tell = tell or self._tell_over_http
        self._client = httpx.AsyncClient(timeout=5, verify=authorities(), trust_env=False)
        self._server = HttpServer(_app(self), port)

    @property
    def host(self) -> str:
        """The allow-list's entry for it."""
        return f"127.0.0.1:{self._server.port}"

    async def start(self) -> None:
        """Listen."""
        await self._server.start()

    async def stop(self) -> None:
        """Stop listening."""
        await self._server.stop()
        await self._client.aclose()

    def subscribe(self, to: str, server_key: str) -> dict[str, Any]:
        """What a browser's `subscribe` gives its page, for a new phone."""
        phone = self.phones.make(to, server_key)
        return {
            "endpoint": f"http://{self.host}/push/{phone.id}",
            "keys": {"p256dh": phone.public, "auth": phone.auth},
            "public_key": server_key,
        }

    async def push(self, phone_id: str, headers: dict[str, str], body: bytes) -> Response[bytes]:
        """Take a message for a phone, or play the next failure of the script."""
        phone = self.phones.find(phone_id)
        if phone is None:
            return Response(b"", status_code=410)
        fault = self.faults.next() or Fault(keep=True)
        try:
            times = await self._clock()
        except NoTime:
            return Response(b"", status_code=503)
        claims = signed_claims(phone, headers, self.host, times.machine)
        problem = 403 if claims is None else problem_with(headers, body)
        if problem:
            return Response(b"", status_code=problem)
        if fault.keep or not fault.status:
            self.taken.append(Taken(headers, claims or {}, body, read(phone, body)))
            if not fault.unseen:
                await self._show(phone, self.taken[-1].payload, times.care)
        await asyncio.sleep(fault.hang_s)
        if fault.status:
            wait = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
            return Response(b"", status_code=fault.status, headers=wait)
        return Response(b"", status_code=201, headers={"Location": f"http://{self.host}/message/{len(self.taken)}"})

    async def _show(self, phone: PushPhone, payload: Payload | None, at: datetime) -> None:
        """On the phone's screen, before the service answers: a clock that is turned must not outrun the phones."""
        if payload is None:
            return
        shown = payload.notification
        self.inbox.add(Delivered("push", phone.to, shown.body, at, shown.title, shown.navigate))
        link = urlsplit(shown.navigate)
        if link.fragment.startswith("token="):
            await self.tell(f"{link.scheme}://{link.netloc}", link.fragment.removeprefix("token="))

    async def _tell_over_http(self, origin: str, token: str) -> None:
        try:
            await self._client.post(f"{origin}/api/receipts", json={"token": token, "event": "shown"})
        except httpx.HTTPError:
            return


class NewPhone(msgspec.Struct, frozen=True):
    """Whose phone, and the public key it subscribes to."""

    to: str
    public_key: str


def _app(service: PushService) -> Litestar:
    @post("/push/{phone:str}")
    async def push(phone: str, request: Request[Any, Any, Any]) -> Response[bytes]:
        headers = {name.lower(): value for name, value in request.headers.items()}
        return await service.push(phone, headers, await request.body())

    @post("/subscriptions")
    async def subscribe(data: NewPhone, request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {service.token}".encode()):
            return Response({}, status_code=401)
        return Response(service.subscribe(data.to, data.public_key), status_code=201)

    return Litestar([push, subscribe], openapi_config=None, logging_config=None)
