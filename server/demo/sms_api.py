"""An SMS provider in a box: the Twilio-compatible API that the real channel talks to, with signed status callbacks."""

import asyncio
import base64
import hmac
from collections import deque
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import msgspec
from litestar import Litestar, Request, Response, get, post

from server.demo.faults import Fault, Faults
from server.demo.inbox import NEWEST, Delivered, Inbox, first_link
from server.demo.listening import HttpServer
from server.demo.times import Clock, NoTime
from server.kit.ids import uuid7
from server.kit.tls import authorities
from server.notifications.channels.sms_callback import sign

CALLBACK_PAUSE_S = 0.1
CALLBACK_TRIES = 3
CALLBACKS_AT_ONCE = 8


class Sms(msgspec.Struct):
    """A text as the provider keeps it."""

    sid: str
    to: str
    sender: str
    body: str
    created: datetime
    callback: str | None
    status: str = "queued"

    def resource(self, account: str) -> dict[str, Any]:
        """The API's form of it."""
        return {
            "account_sid": account,
            "sid": self.sid,
            "to": self.to,
            "from": self.sender,
            "body": self.body,
            "status": self.status,
            "date_created": format_datetime(self.created),
            "error_code": None,
        }


class SmsApi:
    """Serves on 127.0.0.1; `faults` scripts failures, `forms` holds what was posted, `inbox` what phones show."""

    def __init__(self, account: str, token: str, clock: Clock, inbox: Inbox, port: int = 0) -> None:
        self.account = account
        self.token = token
        self.inbox = inbox
        self.faults = Faults()
        self.forms: deque[dict[str, str]] = deque(maxlen=NEWEST)
        self._clock = clock
        self._texts: deque[Sms] = deque(maxlen=NEWEST)
        self._reports: set[asyncio.Task[None]] = set()
        self._reporting = asyncio.Semaphore(CALLBACKS_AT_ONCE)
        self._client = httpx.AsyncClient(timeout=5, verify=authorities(), trust_env=False)
        self._server = HttpServer(_app(self), port)

    @property
    def url(self) -> str:
        """The base address of the API."""
        return f"http://127.0.0.1:{self._server.port}"

    async def start(self) -> None:
        """Listen."""
        await self._server.start()

    async def stop(self) -> None:
        """Stop listening and drop the callbacks that are still to come."""
        for report in self._reports:
            report.cancel()
        await self._server.stop()
        await self._client.aclose()

    async def settled(self) -> None:
        """Wait until every callback was made."""
        while self._reports:
            await asyncio.gather(*self._reports, return_exceptions=True)

    def knows(self, request: Request[Any, Any, Any]) -> bool:
        """Whether the address and the basic authentication are our account's."""
        authorization = request.headers.get("Authorization", "")
        expected = "Basic " + base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        genuine = hmac.compare_digest(authorization.encode(), expected.encode())
        return genuine and request.path_params["account"] == self.account

    def incoming(
        self, url: str, sender: str, body: str, sid: str | None = None
    ) -> tuple[dict[str, str], dict[str, str]]:
        """A text to our number as the API hands it over to `url`: its fields and the header that signs them."""
        params = {"AccountSid": self.account, "Body": body, "From": sender, "MessageSid": sid or f"SM{uuid7().hex}"}
        return params, {"X-Twilio-Signature": sign(url, params, self.token)}

    async def create(self, form: dict[str, str]) -> Response[dict[str, Any]]:
        """Take a text, or play the next failure of the script."""
        fault = self.faults.next() or Fault(keep=True)
        if not all(form.get(name) for name in ("To", "From", "Body")):
            return refuse(400, 21604)
        text = None
        if fault.keep or not fault.status:
            try:
                text = await self._keep(form)
            except NoTime:
                return refuse(503, 20500)
        await asyncio.sleep(fault.hang_s)
        if fault.status:
            return refuse(fault.status, fault.code, fault.retry_after_s)
        assert text is not None  # a fault without a status keeps the text
        created = text.resource(self.account)
        if text.callback:
            self._report_on(text, text.callback, fault)
        return Response(created, status_code=201)

    def find(self, to: str, since: str, limit: int) -> list[dict[str, Any]]:
        """The texts to a number since a day (ISO date), newest first."""
        found = [text for text in reversed(self._texts) if to in ("", text.to)]
        return [text.resource(self.account) for text in found if text.created.date().isoformat() >= since][:limit]

    async def _keep(self, form: dict[str, str]) -> Sms:
        times = await self._clock()
        body = form["Body"]
        sid = f"SM{uuid7().hex}"
        text = Sms(sid, form["To"], form["From"], body, times.machine, form.get("StatusCallback"))
        self.forms.append(form)
        self._texts.append(text)
        self.inbox.add(Delivered("sms", text.to, body, times.care, link=first_link(body)))
        return text

    def _report_on(self, text: Sms, callback: str, fault: Fault) -> None:
        last = "undelivered" if fault.undelivered else "delivered"
        report = asyncio.create_task(self._report(text, callback, last, fault.code))
        self._reports.add(report)
        report.add_done_callback(self._reports.discard)

    async def _report(self, text: Sms, callback: str, last: str, code: int | None) -> None:
        for status in ("queued", "sent", last):
            text.status = status
            params = {
                "AccountSid": self.account,
                "ApiVersion": "2010-04-01",
                "From": text.sender,
                "MessageSid": text.sid,
                "MessageStatus": status,
                "SmsSid": text.sid,
                "SmsStatus": status,
                "To": text.to,
            }
            if code is not None and status == "undelivered":
                params["ErrorCode"] = str(code)
            await asyncio.sleep(CALLBACK_PAUSE_S)
            async with self._reporting:
                await self._call(callback, params)

    async def _call(self, url: str, params: dict[str, str]) -> None:
        headers = {"X-Twilio-Signature": sign(url, params, self.token)}
        for attempt in range(CALLBACK_TRIES):
            try:
                answer = await self._client.post(url, data=params, headers=headers)
            except httpx.HTTPError:
                await asyncio.sleep(attempt)
                continue
            if answer.status_code < 500:
                return
            await asyncio.sleep(attempt)


def refuse(status: int, code: int | None, retry_after_s: int | None = None) -> Response[dict[str, Any]]:
    """The API's error document."""
    headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return Response({"code": code, "message": "simulated", "status": status}, status_code=status, headers=headers)


def _app(api: SmsApi) -> Litestar:
    @post("/2010-04-01/Accounts/{account:str}/Messages.json")
    async def create(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
        if not api.knows(request):
            return refuse(401, 20003)
        body = (await request.body()).decode("utf-8", "replace")
        return await api.create(dict(parse_qsl(body, keep_blank_values=True)))

    @get("/2010-04-01/Accounts/{account:str}/Messages.json")
    async def find(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
        if not api.knows(request):
            return refuse(401, 20003)
        query = request.query_params
        limit = _whole(query.get("PageSize", "50"))
        return Response({"messages": api.find(query.get("To", ""), query.get("DateSent>", ""), limit)})

    @get("/messages")
    async def messages(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {api.token}".encode()):
            return refuse(401, 20003)
        return Response({"items": api.inbox.latest(_whole(request.query_params.get("limit", "50")))})

    return Litestar([create, find, messages], openapi_config=None, logging_config=None)


def _whole(text: str) -> int:
    return min(int(text), NEWEST) if text.isascii() and text.isdigit() and len(text) < 7 else 50
