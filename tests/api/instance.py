"""One instance, two clinics, and browsers: Lena (admin), Omar, Nora and Vera at Harbor, Zoe next door."""

from typing import Any, cast
from uuid import UUID

import asyncpg
import httpx
import msgspec
from litestar import Litestar

from server.access.model import NewClinic, Role
from server.access.secrets import email_hash
from server.access.setup import DEFAULT_HOURS, create_staff
from server.flow.clinics import create_clinic
from server.kit.db import Database
from server.notifications.push_setup import ensure_push_key
from tests.conftest import ClonedDatabase

KEY = bytes(range(32))
ORIGIN = "https://localhost"
PASSWORD = "quiet harbor 12"
HARBOR: dict[str, tuple[str, Role]] = {
    "omar": ("Omar", "clinician"),
    "nora": ("Nora", "nurse"),
    "vera": ("Vera", "viewer"),
}

ANA: dict[str, Any] = {
    "name": "Ana Ruiz",
    "date_of_birth": "1984-03-09",
    "phone": "+34600111222",
    "time_zone": "Europe/Madrid",
    "language": "es",
    "consent": True,
}


class Ids(msgspec.Struct, frozen=True):
    """The two clinics and their people, by first name."""

    harbor: UUID
    elsewhere: UUID
    staff: dict[str, UUID]


class Browser:
    """A browser with a cookie jar of its own, and our pages' way of calling."""

    def __init__(self, app: Litestar, address: str = "127.0.0.1") -> None:
        transport = httpx.ASGITransport(cast(Any, app), raise_app_exceptions=False, client=(address, 4711))
        self.http = httpx.AsyncClient(transport=transport, base_url=ORIGIN)

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """As the pages do it: JSON and the marker header."""
        own = {"X-Afterglow": "1", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body is None:
            return await self.http.request(method, path, headers=own)
        return await self.http.request(method, path, json=body, headers=own)

    async def get(self, path: str) -> httpx.Response:
        return await self.call("GET", path)

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.call("POST", path, body)

    async def sign_in(self, who: str, password: str = PASSWORD) -> httpx.Response:
        """As lena, omar, nora, vera or zoe."""
        return await self.post("/api/sign-in", {"email": f"{who}@example.org", "password": password})


class Instance:
    """The app on its database, with hands on the owner's connection."""

    def __init__(self, app: Litestar, db: Database, owner: Any, ids: Ids, urls: ClonedDatabase) -> None:
        self.urls = urls
        self.app = app
        self.db = db
        self.owner = owner
        self.ids = ids
        self._browsers: list[Browser] = []

    def browser(self, address: str = "127.0.0.1") -> Browser:
        """A fresh one, signed out."""
        self._browsers.append(Browser(self.app, address))
        return self._browsers[-1]

    async def as_staff(self, who: str) -> Browser:
        """A browser that is signed in."""
        browser = self.browser()
        assert (await browser.sign_in(who)).status_code == 200
        return browser

    async def forward(self, **amount: float) -> None:
        """Move machine time, and care time with it."""
        unit, number = next(iter(amount.items()))
        await self.owner.execute(
            "update app_clock set wall_offset = wall_offset + $1::text::interval", f"{number} {unit}"
        )

    async def close(self) -> None:
        for browser in self._browsers:
            await browser.http.aclose()


async def seed(url: str) -> Ids:
    """The two clinics in an empty migrated database."""
    owner = await asyncpg.connect(url)
    common: dict[str, Any] = {"hours": DEFAULT_HOURS, "password": PASSWORD, "language": "en"}
    harbor = NewClinic(
        name="Harbor Clinic", time_zone="Europe/Madrid", country="ES", phone="+34910000000",
        lead_name="Lena", lead_email="lena@example.org", lead_phone="+34600000001", **common,
    )  # fmt: skip
    elsewhere = NewClinic(
        name="Elsewhere", time_zone="Europe/Dublin", country="IE", phone=None,
        lead_name="Zoe", lead_email="zoe@example.org", lead_phone="+353861234567", **common,
    )  # fmt: skip
    await ensure_push_key(owner, KEY)
    harbor_id = await create_clinic(owner, KEY, harbor)
    elsewhere_id = await create_clinic(owner, KEY, elsewhere)
    for first, (name, role) in HARBOR.items():
        await create_staff(
            owner, KEY, clinic_id=harbor_id, name=name, email=f"{first}@example.org", phone=None, role=role,
            password=PASSWORD,
        )  # fmt: skip
    staff = {
        who: await _staff_id(owner, f"{who}@example.org") for who in ("lena", "omar", "nora", "vera", "zoe")
    }  # fmt: skip
    await owner.close()
    return Ids(harbor_id, elsewhere_id, staff)


async def _staff_id(owner: Any, email: str) -> UUID:
    found: UUID = await owner.fetchval(
        "select subject_id from credential_lookup where kind = 'staff_email' and hash = $1", email_hash(KEY, email)
    )
    return found
