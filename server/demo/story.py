"""Three weeks of the demo clinic, told to the real application over its own HTTP interface on the demo's clock."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from server.demo.answers import answers_to
from server.demo.clock import Hands
from server.demo.pages import Caller, Pages, pages
from server.demo.people import BEN, TREATED, ZONE, Dose, Person
from server.kit.ids import uuid7
from server.settings import Settings

PEOPLE_TO_PAGE = ("nora@demo.example", "omar@demo.example", "lena@demo.example")
ON_CALL_BY_TURNS = PEOPLE_TO_PAGE[:2]
HAND_OVER = time(8)
WEEKS = 3
LEAVING = (11, 6)
LOOKS = ((12, 25), (17, 20))
"""When patients look at their phones: after the first hour, and twice a day."""


class Life(msgspec.Struct):
    """A patient while the story goes on."""

    person: Person
    id: str
    phone: Caller
    sessions: int = 0
    moods: int = 0


class Moment(msgspec.Struct, frozen=True):
    """At `at` this patient leaves the clinic after `dose`, or, without one, looks at their phone."""

    at: datetime
    life: Life
    dose: Dose | None = None


async def live_through(settings: Settings, hands: Hands, start: datetime, present: datetime) -> None:
    """From the first Monday to the present. The last alert is left open; Ben is enrolled and waits."""
    async with pages(settings) as app:
        lena, nora = await app.sign_in("lena@demo.example"), await app.sign_in("nora@demo.example")
        await _set_up_paging(lena, present)
        if settings.simulator_rooms is not None:
            await _set_up_room(lena, settings.simulator_rooms)
        lives = [Life(person, *await _enrol(app, nora, person.details)) for person in TREATED]
        await nora.call("POST", "/api/patients", BEN)
        last = last_working_day(present)
        for moment in moments(lives, start, present):
            if moment.at > await hands.now():
                await hands.walk_to(moment.at)
            if moment.dose is not None:
                await _leave(hands, nora, moment.life, moment.dose)
            elif await _look(moment.life, await hands.now()) and moment.at < last:
                await _look_after(hands, nora)


def first_day(present: datetime) -> datetime:
    """The moment of leaving on a Monday on the clinic's clock, three weeks ago or a little more."""
    day = present.astimezone(ZoneInfo(ZONE)) - timedelta(weeks=WEEKS)
    day -= timedelta(days=day.weekday())
    return _leaving(day)


def last_working_day(present: datetime) -> datetime:
    """The same hour on the last working day before the present day."""
    day = present.astimezone(ZoneInfo(ZONE)) - timedelta(days=1)
    while day.isoweekday() > 5:
        day -= timedelta(days=1)
    return _leaving(day)


def _leaving(day: datetime) -> datetime:
    return day.replace(hour=LEAVING[0], minute=LEAVING[1], second=0, microsecond=0)


def moments(lives: Sequence[Life], start: datetime, present: datetime) -> list[Moment]:
    """Everything that patients do until the present, in order."""
    found = []
    for nth, life in enumerate(lives):
        apart = timedelta(minutes=13 * nth)
        for dose in life.person.doses:
            left = apart + (start + timedelta(days=dose.day) if dose.day >= 0 else last_working_day(present))
            found += [Moment(left, life, dose), Moment(left + timedelta(minutes=66), life)]
        day = start
        while day < present:
            found += [Moment(day.replace(hour=h, minute=m) + apart, life) for h, m in LOOKS]
            day += timedelta(days=1)
    return sorted((m for m in found if m.at < present), key=lambda m: m.at)


async def _set_up_paging(lena: Caller, present: datetime) -> None:
    """The call list, and a rota in which the first two of it take turns: at present it is the first one's."""
    people = {one["email"]: one["id"] for one in (await lena.call("GET", "/api/staff"))["items"]}
    await lena.call("PUT", "/api/clinic/call-list", {"staff_ids": [people[email] for email in PEOPLE_TO_PAGE]})
    turns = {
        "staff_ids": [people[email] for email in ON_CALL_BY_TURNS], "first_day": f"{last_hand_over(present)}",
        "hand_over": f"{HAND_OVER:%H:%M}",
    }  # fmt: skip
    await lena.call("PUT", "/api/clinic/rota", {"version": 0, "layers": [turns]})


async def _set_up_room(lena: Caller, rooms: str) -> None:
    """A chat room of the team that hears what people are paged about."""
    room = {"name": "Care team room", "url": f"{rooms}/rooms/care-team", "hears": ["emergency", "urgent", "incident"]}
    await lena.call("POST", "/api/clinic/team-channels", room)


def last_hand_over(present: datetime) -> date:
    """The latest Monday on whose morning, on the clinic's clock, the present turn began."""
    local = present.astimezone(ZoneInfo(ZONE))
    monday = local.date() - timedelta(days=local.weekday())
    return monday - timedelta(weeks=1) if local.weekday() == 0 and local.time() < HAND_OVER else monday


async def _enrol(app: Pages, nora: Caller, details: dict[str, Any]) -> tuple[str, Caller]:
    """(the patient's id, their bound phone)."""
    patient = await nora.call("POST", "/api/patients", details)
    invitation = await nora.call("POST", f"/api/patients/{patient['id']}/invitation")
    phone = await app.open()
    await phone.call("POST", "/api/enrolment", {"token": invitation["link"].split("#token=")[1]})
    return patient["id"], phone


async def _leave(hands: Hands, nora: Caller, life: Life, dose: Dose) -> None:
    """Nora records the session as the patient leaves."""
    person, now = life.person, await hands.now()
    ended = now - timedelta(minutes=26)
    await nora.call("POST", f"/api/patients/{life.id}/sessions", {
        "drug": person.drug, "route": person.route, "dose_mg": dose.mg, "indication": person.indication,
        "started_at": (ended - timedelta(minutes=dose.minutes)).isoformat(), "ended_at": ended.isoformat(),
        "discharged_at": (now - timedelta(minutes=1)).isoformat(), "staying_with": person.staying_with,
        "risk": list(dose.risk),
    })  # fmt: skip
    life.sessions += 1


async def _look(life: Life, now: datetime) -> bool:
    """Answer what is open; whether something was."""
    answered = False
    for item in (await life.phone.call("GET", "/api/my/check-ins"))["items"]:
        answers = answers_to(life.person, life.sessions, item["key"], life.moods) if item["state"] == "open" else None
        if answers is not None:
            life.moods += "d_mood" in answers
            await _answer(life.phone, now, item["id"], answers)
            answered = True
    return answered


async def _answer(phone: Caller, now: datetime, check_in: str, answers: dict[str, Any]) -> None:
    body = {
        "response_id": str(uuid7()), "answers": answers, "started_at": (now - timedelta(seconds=50)).isoformat(),
        "completed_at": now.isoformat(), "sent_at": now.isoformat(), "answered_by": "patient",
    }  # fmt: skip
    await phone.call("PUT", f"/api/my/check-ins/{check_in}/response", body)


async def _look_after(hands: Hands, nora: Caller) -> None:
    """Nora sees what is open, calls the patient, and closes it within the hour."""
    for alert in (await nora.call("GET", "/api/alerts"))["items"]:
        await hands.turn(timedelta(minutes=18))
        path = f"/api/alerts/{alert['id']}"
        alert = await nora.call("POST", f"{path}/acknowledge", {"version": alert["version"]})
        await hands.turn(timedelta(minutes=7))
        seen = {"version": alert["version"], "reached": True, "note": "Talked to them. It eases with rest."}
        alert = await nora.call("POST", f"{path}/follow-up", seen)
        await hands.turn(timedelta(minutes=22))
        closing = {"outcome": "self_care_advice", "harm": "mild", "useful": "worth_knowing"}
        await nora.call("POST", f"{path}/close", {"version": alert["version"], **closing})
