"""What a story needs before its browser opens: colleagues who call the API as the team page does."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import msgspec

from tests.pwa.demo import PASSWORD, Demo

ZONE = "America/New_York"
LEFT_LONG_ENOUGH_AGO = timedelta(minutes=61)
"""The first check-in, an hour after leaving, is due at once."""
LEFT_A_DAY_AGO = timedelta(hours=23, minutes=45)
"""The next day's check-in is due."""


class Patient(msgspec.Struct, frozen=True):
    """Somebody enrolled for one test."""

    id: str
    name: str
    phone: str


class Colleague:
    """A signed-in nurse, clinician or admin. httpx sends no `Secure` cookie to http, so the cookie is carried here."""

    def __init__(self, demo: Demo, cookie: str) -> None:
        self._demo = demo
        self._headers = {"X-Afterglow": "1", "Cookie": cookie}

    @classmethod
    async def sign_in(cls, demo: Demo, who: str) -> "Colleague":
        """As nora, omar, lena or somebody added by a test."""
        answer = await demo.http.post(
            "/api/sign-in", json={"email": f"{who}@demo.example", "password": PASSWORD}, headers={"X-Afterglow": "1"}
        )
        answer.raise_for_status()
        demo.http.cookies.clear()
        return cls(demo, answer.headers["set-cookie"].partition(";")[0])

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of the answer; a refusal is an error."""
        answer = await self._demo.http.request(method, path, json=body, headers=self._headers)
        if answer.is_error:
            raise httpx.HTTPStatusError(answer.text, request=answer.request, response=answer)
        return answer.json() if answer.content else None

    async def now(self) -> datetime:
        """Care time."""
        return datetime.fromisoformat((await self.call("GET", "/api/me"))["now"])

    async def enrol(self, name: str, phone: str, **more: Any) -> Patient:
        """A patient in the clinic's own zone, with a companion and an address. Their night is half a day away: what is
        due in a test comes, whatever the hour it runs at."""
        night = (await self.now()).astimezone(ZoneInfo(ZONE)) + timedelta(hours=12)
        body = {
            "name": name, "date_of_birth": "1984-03-09", "phone": phone, "time_zone": ZONE,
            "language": "en", "consent": True, "address": "12 Harbor Street, Portland, Maine",
            "companion": {"name": "Kit Stone", "phone": "+15555550199"},
            "quiet_hours": {"from": f"{night:%H}:00", "to": f"{night:%H}:30"},
        }  # fmt: skip
        patient = await self.call("POST", "/api/patients", body | more)
        return Patient(patient["id"], name, phone)

    async def invite(self, patient: Patient) -> dict[str, Any]:
        """`{link, code, ...}` of a fresh invitation."""
        invitation: dict[str, Any] = await self.call("POST", f"/api/patients/{patient.id}/invitation", {})
        return invitation

    async def record_session(
        self, patient: Patient, *, ago: timedelta = LEFT_LONG_ENOUGH_AGO, indication: str = "depression"
    ) -> dict[str, Any]:
        """An IV session that the patient left this long ago."""
        left = await self.now() - ago
        body = {
            "drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": indication,
            "started_at": (left - timedelta(minutes=60)).isoformat(),
            "ended_at": (left - timedelta(minutes=20)).isoformat(), "discharged_at": left.isoformat(),
        }  # fmt: skip
        session: dict[str, Any] = await self.call("POST", f"/api/patients/{patient.id}/sessions", body)
        return session

    async def opened(self, session: dict[str, Any]) -> dict[str, Any]:
        """The check-in of this session that is open; waits until the worker has opened it."""
        for _ in range(150):
            check_ins = (await self.call("GET", f"/api/sessions/{session['id']}"))["check_ins"]
            for check_in in check_ins:
                if check_in["state"] == "open":
                    return dict(check_in)
            await asyncio.sleep(0.1)
        raise TimeoutError(f"Nothing is open: {check_ins}")

    async def tier_about(self, patient: Patient) -> str:
        """The tier of the alert about this patient that is not closed; waits a moment for one to be opened."""
        for _ in range(30):
            for alert in (await self.call("GET", "/api/alerts"))["items"]:
                if alert["patient_id"] == patient.id:
                    return str(alert["tier"])
            await asyncio.sleep(0.1)
        return "none"

    async def responses(self, patient: Patient) -> list[dict[str, Any]]:
        """What is stored of this patient's answers, in the order of the timeline."""
        items = (await self.call("GET", f"/api/patients/{patient.id}/timeline"))["items"]
        return [item for item in items if item["kind"] == "response"]
