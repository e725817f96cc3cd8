"""Stories in the words of the domain: the real app, the real engine, real PostgreSQL; phones and mailboxes simulated.

`forward` goes from due instant to due instant. Every message that nobody expected fails the story, and so does Zoe,
the outsider from next door, when she sees anything.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from server.demo.expectations import Expectations
from server.demo.clock import Hands
from server.worker import Engine, drain
from tests.api.instance import ANA, Browser, Instance
from tests.rules.answering import WELL

NORA, OMAR, LENA = "+34600000003", "+34600000002", "+34600000001"
ANAS_PHONE = "+34600111222"

CALM = WELL["acute@1"]
NEXT_DAY = WELL["day@1"] | {"d_since": "none", "d_change": "same"}


class Phone:
    """Ana's phone: bound through her invitation."""

    def __init__(self, story: "Story", browser: Browser) -> None:
        self.story = story
        self.browser = browser

    async def open(self) -> dict[str, Any]:
        """The one check-in that is open, with its questions."""
        listed = (await self.browser.get("/api/my/check-ins")).json()["items"]
        (open_one,) = [item for item in listed if item["state"] == "open"]
        asked: dict[str, Any] = (await self.browser.get(f"/api/my/check-ins/{open_one['id']}")).json()
        return asked

    async def answer(self, check_in: dict[str, Any], base: dict[str, Any], **changed: Any) -> httpx.Response:
        """Fill in and send; items that this check-in does not ask are left out."""
        asked = {item["id"] for item in check_in["questionnaire"]["items"]}
        answers = {key: value for key, value in (base | changed).items() if key in asked}
        return await self.send(check_in["id"], answers)

    async def send(
        self, check_in_id: str, answers: dict[str, Any], response_id: UUID | None = None, **more: Any
    ) -> httpx.Response:
        now = await self.story.now()
        body = {
            "response_id": str(response_id or uuid4()), "answers": answers, "answered_by": "patient",
            "started_at": stamp(now - timedelta(minutes=1)), "completed_at": stamp(now), "sent_at": stamp(now),
        }  # fmt: skip
        return await self.browser.call("PUT", f"/api/my/check-ins/{check_in_id}/response", body | more)

    async def tap(self, check_in_id: str, item: str, value: Any, response_id: UUID) -> httpx.Response:
        """A dangerous answer travels on tap."""
        now = stamp(await self.story.now())
        body = {"response_id": str(response_id), "item": item, "value": value, "at": now, "sent_at": now}
        return await self.browser.post(f"/api/my/check-ins/{check_in_id}/signals", body)


class Story:
    """Harbor Clinic: Omar is on call, Nora next, Lena leads. Ana is the patient."""

    def __init__(self, instance: Instance, engine: Engine, messages: Expectations, ana: UUID) -> None:
        self.instance = instance
        self.engine = engine
        self.messages = messages
        self.ana = ana
        self.staff: dict[str, Browser] = {}

    async def now(self) -> datetime:
        """Care time."""
        now: datetime = await self.instance.owner.fetchval("select app_now()")
        return now

    async def set_time(self, at: datetime) -> None:
        """Begin the story at this instant of care time."""
        await self.instance.owner.execute("update app_clock set care_offset = $1::timestamptz - wall_now()", at)

    async def forward(self, **amount: float) -> None:
        """Let care time pass; the engine does what falls due on the way."""
        await Hands(self.instance.owner, self.engine).turn(timedelta(**amount))

    async def settle(self) -> None:
        """Let the engine do what is due now."""
        await drain(self.engine)

    async def as_staff(self, who: str) -> Browser:
        """A colleague's browser, signed in once."""
        if who not in self.staff:
            self.staff[who] = await self.instance.as_staff(who)
        return self.staff[who]

    async def record_session(self, *, ended_minutes_ago: float = 0, **changed: Any) -> dict[str, Any]:
        """Nora records an IV session that has just ended."""
        ended = await self.now() - timedelta(minutes=ended_minutes_ago)
        body = {
            "drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": "depression",
            "started_at": stamp(ended - timedelta(minutes=40)), "ended_at": stamp(ended),
        }  # fmt: skip
        nora = await self.as_staff("nora")
        answer = await nora.post(f"/api/patients/{self.ana}/sessions", body | changed)
        assert answer.status_code == 201, answer.text
        recorded: dict[str, Any] = answer.json()
        return recorded

    async def bind_phone(self) -> Phone:
        """Nora invites, Ana opens the link and presses the button."""
        nora = await self.as_staff("nora")
        invitation = (await nora.post(f"/api/patients/{self.ana}/invitation")).json()
        browser = self.instance.browser()
        bound = await browser.post("/api/enrolment", {"token": invitation["link"].partition("#token=")[2]})
        assert bound.status_code in (200, 201), bound.text
        return Phone(self, browser)

    async def alerts(self, who: str = "nora", state: str | None = None) -> list[dict[str, Any]]:
        """The queue as this colleague sees it."""
        browser = await self.as_staff(who)
        answer = await browser.get("/api/alerts" + (f"?state={state}" if state else ""))
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def act(self, who: str, alert: dict[str, Any], what: str, **body: Any) -> httpx.Response:
        """Acknowledge, follow-up, escalate or close, as seen at the alert's version."""
        browser = await self.as_staff(who)
        return await browser.post(f"/api/alerts/{alert['id']}/{what}", {"version": alert["version"], **body})

    async def timeline(self, who: str = "nora") -> list[dict[str, Any]]:
        browser = await self.as_staff(who)
        items: list[dict[str, Any]] = (await browser.get(f"/api/patients/{self.ana}/timeline")).json()["items"]
        return items

    async def check_ins(self) -> dict[str, str]:
        """State by key."""
        return {item["key"]: item["state"] for item in await self.timeline() if item["kind"] == "check_in"}

    async def outsider_sees_nothing(self) -> None:
        """Zoe works at another clinic."""
        assert await self.alerts("zoe") == []
        zoe = await self.as_staff("zoe")
        assert (await zoe.get(f"/api/patients/{self.ana}/timeline")).status_code == 404


def stamp(at: datetime) -> str:
    """RFC 3339 with Z."""
    return at.isoformat().replace("+00:00", "Z")


async def enrol(instance: Instance, **changed: Any) -> UUID:
    """Lena enrols Ana."""
    lena = await instance.as_staff("lena")
    answer = await lena.post("/api/patients", ANA | {"language": "en"} | changed)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])
