"""Ana's first week, told to the real application over its own HTTP interface, hour by hour on the demo's clock."""

from datetime import datetime, timedelta
from typing import Any

from server.demo.clock import Hands
from server.demo.pages import Caller, Pages, pages
from server.kit.ids import uuid7
from server.settings import Settings

PASSWORD = "afterglow-demo"
PEOPLE_TO_PAGE = ("nora@demo.example", "omar@demo.example", "lena@demo.example")

ANA = {
    "name": "Ana Ruiz",
    "date_of_birth": "1984-03-09",
    "phone": "+15555550111",
    "email": "ana.ruiz@demo.example",
    "time_zone": "America/New_York",
    "language": "en",
    "consent": True,
    "quiet_hours": {"from": "22:00", "to": "08:00"},
    "companion": {"name": "Luis Ruiz", "phone": "+15555550112"},
    "address": "12 Harbor Street, Portland, Maine",
}
BEN = {
    "name": "Ben Carter",
    "date_of_birth": "1991-11-23",
    "phone": "+15555550121",
    "time_zone": "America/New_York",
    "language": "en",
    "consent": True,
    "companion": {"name": "Mia Carter", "phone": "+15555550122"},
    "address": "3 Mill Lane, Portland, Maine",
}
AFTER_ONE_HOUR = {
    "a_who": "patient", "a_danger": "none", "a_place": "with_adult", "a_awake": "sleepy", "a_real": "little",
    "a_steady": "dizzy", "a_sick": "no", "a_pain": "no", "a_mind": "calm", "a_overall": "better",
}  # fmt: skip
NEXT_DAY = {
    "d_danger": "none", "d_mood": 4, "d_left": ["headache"], "d_howbad": "slows", "d_sleep": "badly",
    "d_feel": "little", "d_unlike": "no", "d_since": "none", "s_open": "no", "d_call": "no",
}  # fmt: skip
THREE_DAYS_LATER = {
    "d_danger": "none", "d_mood": 7, "d_left": ["nothing"], "d_sleep": "well", "d_feel": "none", "d_unlike": "no",
    "d_change": "better", "s_open": "no", "d_call": "no",
}  # fmt: skip


async def live_through(settings: Settings, hands: Hands, start: datetime) -> None:
    """From Ana's discharge on the first day to her answer on the fourth; Ben is enrolled and waits."""
    async with pages(settings) as app:
        lena, nora = await app.sign_in("lena@demo.example"), await app.sign_in("nora@demo.example")
        await _order_call_list(lena)
        ana, phone = await _enrol(app, nora, ANA)
        await nora.call("POST", f"/api/patients/{ana}/sessions", _session(start))
        await hands.walk_to(start + timedelta(minutes=66))
        await _answer(phone, await hands.now(), AFTER_ONE_HOUR)
        await hands.walk_to(start + timedelta(hours=23, minutes=58))
        await _answer(phone, await hands.now(), NEXT_DAY)
        await _look_after(hands, nora)
        await hands.walk_to(start + timedelta(days=3, hours=1))
        await _answer(phone, await hands.now(), THREE_DAYS_LATER)
        await nora.call("POST", "/api/patients", BEN)


async def _order_call_list(lena: Caller) -> None:
    people = {one["email"]: one["id"] for one in (await lena.call("GET", "/api/staff"))["items"]}
    await lena.call("PUT", "/api/clinic/call-list", {"staff_ids": [people[email] for email in PEOPLE_TO_PAGE]})


async def _enrol(app: Pages, nora: Caller, details: dict[str, Any]) -> tuple[str, Caller]:
    """(the patient's id, their bound phone)."""
    patient = await nora.call("POST", "/api/patients", details)
    invitation = await nora.call("POST", f"/api/patients/{patient['id']}/invitation")
    phone = await app.open()
    await phone.call("POST", "/api/enrolment", {"token": invitation["link"].split("#token=")[1]})
    return patient["id"], phone


def _session(discharged: datetime) -> dict[str, Any]:
    ended = discharged - timedelta(minutes=26)
    return {
        "drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": "treatment_resistant_depression",
        "started_at": (ended - timedelta(minutes=40)).isoformat(), "ended_at": ended.isoformat(),
        "discharged_at": (discharged - timedelta(minutes=1)).isoformat(), "staying_with": "Luis, her husband",
    }  # fmt: skip


async def _answer(phone: Caller, now: datetime, answers: dict[str, Any]) -> None:
    """Answer the check-in that is open."""
    items = (await phone.call("GET", "/api/my/check-ins"))["items"]
    due = next(item for item in items if item["state"] == "open")
    began = now - timedelta(seconds=50)
    body = {
        "response_id": str(uuid7()), "answers": answers, "started_at": began.isoformat(),
        "completed_at": now.isoformat(), "sent_at": now.isoformat(), "answered_by": "patient",
    }  # fmt: skip
    await phone.call("PUT", f"/api/my/check-ins/{due['id']}/response", body)


async def _look_after(hands: Hands, nora: Caller) -> None:
    """Nora sees the alert, calls Ana, and closes it within the hour."""
    await hands.turn(timedelta(minutes=18))
    alert = (await nora.call("GET", "/api/alerts"))["items"][0]
    path = f"/api/alerts/{alert['id']}"
    alert = await nora.call("POST", f"{path}/acknowledge", {"version": alert["version"]})
    await hands.turn(timedelta(minutes=7))
    seen = {"version": alert["version"], "reached": True, "note": "Headache since this morning, eases with rest."}
    alert = await nora.call("POST", f"{path}/follow-up", seen)
    await hands.turn(timedelta(minutes=22))
    closing = {"outcome": "self_care_advice", "harm": "mild", "useful": "worth_knowing"}
    await nora.call("POST", f"{path}/close", {"version": alert["version"], **closing})
