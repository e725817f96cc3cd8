"""Patients' phones over HTTP, and a ledger of what they were told: an answer is kept and sent again until a 2xx."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec

from server.kit.clock import monotonic
from server.kit.ids import uuid7
from tests.bench.ground import Target
from tests.rules.answering import WELL

AGAIN_S = 0.3
COOKIE = re.compile(r"(__Host-staff=[^;]+)")

FINE = WELL["acute@1"]
CALLS_SOMEBODY = FINE | {"a_sick": "many"}
"""Urgent: whoever is on call is paged."""
DANGER = FINE | {"a_danger": "chest_pain"}
"""An emergency: two are paged at once."""


class Told(msgspec.Struct, frozen=True):
    """One answer that a phone holds a 2xx for. `tries`: how often it was sent."""

    response_id: UUID
    patient_id: UUID
    check_in_id: UUID
    flagged: bool
    tries: int
    status: int
    reply: bytes
    answers: dict[str, Any]
    at: datetime


class Phones:
    """All patients' phones of one web process. `ledger`: what they were told."""

    def __init__(self, url: str) -> None:
        self.ledger: list[Told] = []
        self._http = httpx.AsyncClient(
            base_url=url, trust_env=False, timeout=15, limits=httpx.Limits(max_connections=50)
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def put(
        self, target: Target, answers: dict[str, Any], response_id: UUID, at: datetime | None = None
    ) -> httpx.Response:
        """Send once; httpx.HTTPError when nobody answers."""
        now = at or datetime.now(UTC)
        body = {
            "response_id": response_id, "answers": answers, "answered_by": "patient",
            "started_at": now - timedelta(minutes=1), "completed_at": now, "sent_at": now,
        }  # fmt: skip
        return await self._http.put(
            f"/api/my/check-ins/{target.check_in_id}/response", content=msgspec.json.encode(body),
            headers={"Authorization": f"Bearer {target.token}", "Content-Type": "application/json"},
        )  # fmt: skip

    async def answer(self, target: Target, answers: dict[str, Any], patience_s: float = 120) -> Told:
        """Send until it is taken, under one id, the same words each time."""
        response_id, now, until, tries = uuid7(), datetime.now(UTC), monotonic() + patience_s, 0
        while True:
            tries += 1
            try:
                answer = await self.put(target, answers, response_id, now)
                if answer.is_success:
                    break
                if answer.status_code < 500 and answer.status_code != 429:
                    raise AssertionError(f"{answer.status_code}: {answer.text}")
            except httpx.HTTPError:
                pass
            assert monotonic() < until, "nobody took the answer"
            await asyncio.sleep(AGAIN_S)
        return self.heard(target, answers, response_id, now, answer, tries)

    def heard(
        self,
        target: Target,
        answers: dict[str, Any],
        response_id: UUID,
        at: datetime,
        answer: httpx.Response,
        tries: int,
    ) -> Told:
        """Into the ledger: the phone holds a 2xx for it."""
        told = Told(
            response_id, target.patient_id, target.check_in_id, answers != FINE, tries, answer.status_code,
            answer.content, answers, at,
        )  # fmt: skip
        self.ledger.append(told)
        return told

    async def put_raw(self, target: Target, body: bytes) -> int:
        """Send these bytes; the status."""
        answer = await self._http.put(
            f"/api/my/check-ins/{target.check_in_id}/response", content=body,
            headers={"Authorization": f"Bearer {target.token}", "Content-Type": "application/json"},
        )  # fmt: skip
        return answer.status_code

    async def repeat(self, target: Target, told: Told) -> httpx.Response:
        """The same answer once more."""
        return await self.put(target, told.answers, told.response_id, told.at)


class Colleague:
    """One of the care team in front of the team page."""

    def __init__(self, http: httpx.AsyncClient, cookie: str) -> None:
        self._http = http
        self._headers = {"X-Afterglow": "1", "Cookie": cookie}

    @classmethod
    async def signed_in(cls, url: str, email: str, password: str) -> "Colleague":
        """The cookie is for https: it is carried by hand."""
        http = httpx.AsyncClient(base_url=url, trust_env=False, timeout=15)
        answer = await http.post(
            "/api/sign-in", json={"email": email, "password": password}, headers={"X-Afterglow": "1"}
        )
        answer.raise_for_status()
        found = COOKIE.search(answer.headers["set-cookie"])
        assert found is not None
        http.cookies.clear()
        return cls(http, found.group(1))

    async def close(self) -> None:
        await self._http.aclose()

    async def call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Again while nobody answers; whatever the answer is, it is given back."""
        for _ in range(100):
            try:
                answer = await self._http.request(method, path, json=body, headers=self._headers)
                if answer.status_code != 503:
                    return answer
            except httpx.HTTPError:
                pass
            await asyncio.sleep(AGAIN_S)
        raise AssertionError("nobody answers")
