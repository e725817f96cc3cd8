"""One round: a session is recorded, its check-in asked, answered with a danger, paged, acknowledged, closed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from server.kit.clock import monotonic
from server.kit.ids import uuid7
from server.notifications.channels.watcher import WATCHERS_PHONE
from server.watch.caller import Caller
from server.watch.mailbox import Mailbox

ARRIVES_WITHIN_S = 60
PATIENT_FOR_S = 6 * 3600
BORN = 1980
# An hour after leaving a check-in is due at any hour of the night: it opens at once. Later ones rest until morning.
LEFT_AGO = timedelta(hours=1, seconds=30)
ANSWERS = {"a_who": "patient", "a_danger": "chest_pain"}


class Round:
    """What goes on from one round to the next: who is signed in, and a patient for some hours, so that no history grows
    without end. `step`: what the round under way is at."""

    def __init__(self, caller: Caller, mailbox: Mailbox) -> None:
        self._caller = caller
        self._mailbox = mailbox
        self._patient: str | None = None
        self._patient_until = 0.0
        self.step = ""

    async def prove(self) -> None:
        """Everything once, and only then the proof is stored. TimeoutError or httpx.HTTPError: `step` did not work."""
        self.step = "sign_in"
        now = datetime.fromisoformat((await self._caller.staff("GET", "/api/me"))["now"])
        await self._tidy()
        self._mailbox.clear()
        self.step = "session"
        async with self._session(now) as check_ins:
            self.step = "prompt"
            opened = await self._open_link(check_ins)
            self.step = "answer"
            await self._answer(opened, datetime.fromisoformat(opened["now"]))
            self.step = "alert"
            (alert,) = await self._alerts()
            self.step = "page"
            async with asyncio.timeout(ARRIVES_WITHIN_S):
                await self._mailbox.find(rf"(?:EMERGENCY|URGENT)\b.*\b({alert['reference']})\b")
            self.step = "acknowledge"
            await self._caller.staff("POST", f"/api/alerts/{alert['id']}/acknowledge", {"version": alert["version"]})
            self.step = "proof"
            await self._caller.staff("POST", "/api/watch/proof", {"alert_id": alert["id"]})
            self.step = "close"
            await self._tidy()

    async def _tidy(self) -> None:
        """Close what is open, from this round or from one that broke off."""
        for alert in await self._alerts():
            body = {"version": alert["version"], "outcome": "technical_fault"}
            await self._caller.staff("POST", f"/api/alerts/{alert['id']}/close", body)

    async def _alerts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self._caller.staff("GET", "/api/alerts"))["items"]
        return found

    @asynccontextmanager
    async def _session(self, now: datetime) -> AsyncIterator[set[str]]:
        """Its check-ins; afterwards it is taken back, so that nothing more comes of it."""
        if self._patient is None or monotonic() > self._patient_until:
            await self._enrol()
        left = now - LEFT_AGO
        body = {
            "drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": "depression",
            "started_at": (left - timedelta(minutes=40)).isoformat(), "ended_at": left.isoformat(),
            "discharged_at": left.isoformat(),
        }  # fmt: skip
        session = await self._caller.staff("POST", f"/api/patients/{self._patient}/sessions", body)
        try:
            yield {check_in["id"] for check_in in session["check_ins"]}
        finally:
            await self._caller.staff("POST", f"/api/sessions/{session['id']}/cancel", {"reason": "watch"})

    async def _enrol(self) -> None:
        """Signs what is unsigned on the way."""
        for listed in (await self._caller.staff("GET", "/api/protocols"))["items"]:
            if listed["key"] == "clinic" and listed["signed_at"] is None:
                await self._caller.staff("POST", f"/api/protocols/clinic/{listed['version']}/sign-off", {})
        body = {
            "name": "Watch", "date_of_birth": f"{BORN}-01-01", "phone": WATCHERS_PHONE, "time_zone": "UTC",
            "language": "en", "consent": True,
        }  # fmt: skip
        self._patient = (await self._caller.staff("POST", "/api/patients", body))["id"]
        self._patient_until = monotonic() + PATIENT_FOR_S

    async def _open_link(self, check_ins: set[str]) -> dict[str, Any]:
        """The check-in behind the link of the prompt that arrives."""
        async with asyncio.timeout(ARRIVES_WITHIN_S):
            while True:
                token = await self._mailbox.find(r"#token=([\w-]+)")
                self._mailbox.clear()
                opened: dict[str, Any] = await self._caller.patient("POST", "/api/my/link", {"token": token})
                if opened["id"] in check_ins:
                    return opened

    async def _answer(self, opened: dict[str, Any], now: datetime) -> None:
        at = now.isoformat()
        body = {
            "response_id": str(uuid7()), "answers": ANSWERS, "started_at": at, "completed_at": at, "sent_at": at,
            "birth_year": BORN,
        }  # fmt: skip
        path = f"/api/my/check-ins/{opened['id']}/response"
        await self._caller.patient("PUT", path, body, opened["submit_token"])
