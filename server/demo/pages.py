"""Pages of ours inside one process: the real application, called as a browser would."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx

from server.app import create_app, listen_role
from server.demo.enrolled_phones import EnrolledPhones
from server.kit import crypto
from server.kit.db import Database
from server.settings import Settings

PASSWORD = "afterglow-demo"


class Caller:
    """A page of ours: cookies of its own, refusals are errors."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON."""
        answer = await self._http.request(method, path, json=body, headers={"X-Afterglow": "1"})
        answer.raise_for_status()
        return answer.json() if answer.content else None


class Pages:
    """Opens pages of the application that runs inside this process."""

    def __init__(self, settings: Settings, db: Database) -> None:
        app = EnrolledPhones(create_app(settings, db), settings, db)
        self._transport = httpx.ASGITransport(cast(Any, app))
        # Secure cookies travel on https only; inside the process nothing is encrypted either way.
        self._origin = "https://" + settings.url.split("://", 1)[1]

    async def open(self) -> Caller:
        """A fresh browser."""
        return Caller(httpx.AsyncClient(transport=self._transport, base_url=self._origin))

    async def sign_in(self, email: str) -> Caller:
        """A colleague's browser."""
        page = await self.open()
        await page.call("POST", "/api/sign-in", {"email": email, "password": PASSWORD})
        return page


@asynccontextmanager
async def pages(settings: Settings) -> AsyncIterator[Pages]:
    """The application on a pool of its own."""
    url, key = settings.database_url or "", crypto.load_key(settings.key_file)
    db = await Database.open(url, listen_role(settings), key, pooled=settings.database_pooled, size=4)
    try:
        yield Pages(settings, db)
    finally:
        await db.close()
