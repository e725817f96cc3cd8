"""The demo's phones take notifications: whoever enrols gets a subscription at the simulated push service."""

from contextlib import suppress
from http.cookies import SimpleCookie
from typing import Any, cast
from uuid import UUID

import httpx

from server.access import phones
from server.access.cookies import PATIENT_COOKIE
from server.kit.actor import Actor
from server.kit.db import Database
from server.kit.ids import uuid7
from server.kit.tokens import token_hash
from server.patients import queries as patients
from server.settings import Settings

ENROLMENT = "/api/enrolment"


class EnrolledPhones:
    """The application with phones at its door: when one is bound, it subscribes before its answer is given."""

    def __init__(self, app: Any, settings: Settings, db: Database) -> None:
        self._app = app
        self._settings = settings
        self._db = db
        hosts = settings.push.hosts if settings.push else ()
        self._service = next((f"http://{host}" for host in hosts if ":" in host), None)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """As the application, but for an enrolment."""
        if self._service is None or scope["type"] != "http" or scope["path"] != ENROLMENT:
            await self._app(scope, receive, send)
            return
        held: list[Any] = []

        async def hold(message: Any) -> None:
            held.append(message)

        await self._app(scope, receive, hold)
        token = _bound(held[0])
        if token is not None:
            # Without its push service a phone still gets texts.
            with suppress(httpx.HTTPError):
                await self._subscribe(self._service, token)
        for message in held:
            await send(message)

    async def _subscribe(self, service: str, token: str) -> None:
        """As its app would: ask for the key, subscribe with it, say where."""
        found = await self._db.find_credential("patient_cookie", token_hash(token))
        if found is None or self._settings.sms is None:
            return
        page = httpx.AsyncClient(
            transport=httpx.ASGITransport(cast(Any, self._app)),
            base_url="https://" + self._settings.url.split("://", 1)[1],
            cookies={PATIENT_COOKIE: token},
            headers={"X-Afterglow": "1"},
        )
        async with page, httpx.AsyncClient(timeout=5, trust_env=False) as http:
            public_key = (await page.get("/api/my/push")).json()["public_key"]
            wanted = {"to": await self._number(*found), "public_key": public_key}
            headers = {"Authorization": f"Bearer {self._settings.sms.token}"}
            made = await http.post(f"{service}/subscriptions", json=wanted, headers=headers)
            await page.put("/api/my/push", json=made.raise_for_status().json())

    async def _number(self, clinic_id: UUID, device_id: UUID) -> str:
        """What the demo page calls the phone by."""
        phone, _ = await phones.find_phone(self._db, clinic_id, device_id, uuid7())
        if phone is None:
            return "phone"
        async with self._db.begin(Actor("system", clinic_id)) as tx:
            contact = await patients.get_contact(tx, phone.patient_id)
        return contact.phone or "phone"


def _bound(start: Any) -> str | None:
    """The cookie of the phone that this answer binds; None when it binds none."""
    if start["status"] != 200:
        return None
    for name, value in start["headers"]:
        if name.lower() == b"set-cookie":
            cookie: SimpleCookie = SimpleCookie(value.decode())
            if PATIENT_COOKIE in cookie:
                return cookie[PATIENT_COOKIE].value
    return None
