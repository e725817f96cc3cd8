"""Stories in the words of the domain: the real app, the real engine, real PostgreSQL; phones and mailboxes simulated.

`forward` goes from due instant to due instant. Every message that nobody expected fails the story, every error in the
log that the story did not announce, and so does Zoe, the outsider from next door, when she sees anything.
"""

import base64
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec

from server.demo.clock import Hands
from server.demo.expectations import Expectations
from server.demo.inbox import Delivered
from server.demo.push_service import PushService
from server.demo.sms_api import SmsApi
from server.demo.smtp import MailServer
from server.demo.team_rooms import TeamRooms
from server.kit.sealing import seal
from server.notifications.channels.sms_callback import sign
from server.worker import Engine, drain
from tests.api.instance import ANA, Browser, Ids, Instance
from tests.rules.answering import WELL

NORA, OMAR, LENA = "+34600000003", "+34600000002", "+34600000001"
ANAS_PHONE = "+34600111222"

SESSIONS = "select id from treatment_sessions where clinic_id = $1 limit 3"

CALM = WELL["acute@1"]
NEXT_DAY = WELL["day@1"] | {"d_since": "none", "d_change": "same"}


class World(msgspec.Struct, frozen=True):
    """What every story begins with. `cookies`: of the signed-in staff and of Ana's phone, by first name."""

    ids: Ids
    ana: UUID
    cookies: dict[str, dict[str, str]]


class Phone:
    """Ana's phone."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    @classmethod
    async def bound(cls, instance: Instance, nora: Browser, ana: UUID) -> "Phone":
        """Nora invites, Ana opens the link and presses the button."""
        invitation = (await nora.post(f"/api/patients/{ana}/invitation")).json()
        browser = instance.browser()
        found = await browser.post("/api/enrolment", {"token": invitation["link"].partition("#token=")[2]})
        assert found.status_code in (200, 201), found.text
        return cls(browser)

    async def listed(self) -> list[dict[str, Any]]:
        """What the phone shows: open and coming check-ins."""
        items: list[dict[str, Any]] = (await self.browser.get("/api/my/check-ins")).json()["items"]
        return items

    async def open(self, check_in_id: str | None = None) -> dict[str, Any]:
        """The one check-in that is open (or this one), with its questions."""
        if check_in_id is None:
            (open_one,) = [item for item in await self.listed() if item["state"] == "open"]
            check_in_id = open_one["id"]
        found = await self.browser.get(f"/api/my/check-ins/{check_in_id}")
        assert found.status_code == 200, found.text
        asked: dict[str, Any] = found.json()
        return asked

    async def now(self) -> datetime:
        """Care time, as the phone hears it."""
        heard: str = (await self.browser.get("/api/my")).json()["now"]
        return datetime.fromisoformat(heard)

    async def answer(self, check_in: dict[str, Any], base: dict[str, Any], **changed: Any) -> httpx.Response:
        """Fill in and send; items that this check-in does not ask are left out."""
        asked = {item["id"] for item in check_in["questionnaire"]["items"]}
        answers = {key: value for key, value in (base | changed).items() if key in asked}
        return await self.send(check_in["id"], answers)

    async def send(self, check_in_id: str, answers: dict[str, Any], **more: Any) -> httpx.Response:
        """Submit exactly these answers."""
        body = form(await self.now(), answers) | {"answered_by": "patient"} | more
        return await self.browser.call("PUT", f"/api/my/check-ins/{check_in_id}/response", body)

    async def tap(self, check_in_id: str, item: str, value: Any, response_id: UUID) -> httpx.Response:
        """A dangerous answer travels on tap."""
        now = stamp(await self.now())
        body = {"response_id": str(response_id), "item": item, "value": value, "at": now, "sent_at": now}
        return await self.browser.post(f"/api/my/check-ins/{check_in_id}/signals", body)

    async def report(self, answers: dict[str, Any], **more: Any) -> httpx.Response:
        """ "I feel unwell now"."""
        return await self.browser.post("/api/my/reports", form(await self.now(), answers) | more)


class Story:
    """Harbor Clinic: Omar is on call, Nora next, Lena leads. Ana is the patient."""

    def __init__(
        self, world: World, instance: Instance, engine: Engine, messages: Expectations, sms: SmsApi, mail: MailServer,
        push: PushService, rooms: TeamRooms,
    ) -> None:  # fmt: skip
        self.world = world
        self.instance = instance
        self.engine = engine
        self.messages = messages
        self.sms = sms
        self.mail = mail
        self.push = push
        self.rooms = rooms
        push.tell = self.phone_tells
        self.ana = world.ana
        self.expected_errors: set[str] = set()
        self._browsers: dict[str, Browser] = {}
        self.phone = Phone(self._browser("ana"))

    def _browser(self, who: str) -> Browser:
        if who not in self._browsers:
            browser = self._browsers[who] = self.instance.browser()
            browser.http.cookies.update(self.world.cookies[who])
        return self._browsers[who]

    def staff(self, who: str) -> Browser:
        """A colleague's browser, signed in."""
        return self._browser(who)

    async def now(self) -> datetime:
        """Care time."""
        now: datetime = await self.instance.owner.fetchval("select app_now()")
        return now

    async def set_time(self, at: datetime) -> None:
        """Begin at this instant of care time."""
        await self.instance.owner.execute("update app_clock set care_offset = $1::timestamptz - wall_now()", at)

    async def forward(self, **amount: float) -> None:
        """Let care time pass; the engine does what falls due on the way."""
        await Hands(self.instance.owner, self.engine).turn(timedelta(**amount))

    async def wait(self, seconds: float, *, turning: bool = False) -> None:
        """Let machine time pass, and care time with it: leases run out, back-off ends. Nothing is done; `turning`: as
        if the engine had looked all the while."""
        await self.instance.forward(seconds=seconds)
        if turning:
            await self.instance.owner.execute("update engine_cycle set finished_at = wall_now()")

    async def settle(self) -> None:
        """Let the engine do what is due now."""
        await drain(self.engine)

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """What is stored, as the owner sees it."""
        return [dict(row) for row in await self.instance.owner.fetch(sql, *args)]

    async def got(self, to: str, *words: str, **more: Any) -> Delivered:
        """The oldest message to this number or address that was not looked at yet."""
        return await self.messages.got(to, *words, **more)

    async def quiet(self) -> None:
        """Nothing is due, and nobody was written to that the story has not told of."""
        await self.settle()
        assert self.messages.unexpected() == []

    async def record_session(self, *, ended_minutes_ago: float = 0, **changed: Any) -> dict[str, Any]:
        """Nora records an IV session that has just ended."""
        ended = await self.now() - timedelta(minutes=ended_minutes_ago)
        body = {
            "drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": "depression",
            "started_at": stamp(ended - timedelta(minutes=40)), "ended_at": stamp(ended),
        }  # fmt: skip
        answer = await self.staff("nora").post(f"/api/patients/{self.ana}/sessions", body | changed)
        assert answer.status_code == 201, answer.text
        recorded: dict[str, Any] = answer.json()
        return recorded

    async def earlier_sessions(self) -> None:
        """Two sessions weeks ago, so that the next one is not among the first two: no risk flag by itself. The course
        asks again on Saturday."""
        for days in (37, 20):
            recorded = await self.record_session(ended_minutes_ago=days * 24 * 60)
            own = [c for c in recorded["check_ins"] if c["key"] in ("h1", "h6", "h24", "h72")]
            assert {c["state"] for c in own} == {"cancelled"}

    async def prompted(self) -> dict[str, Any]:
        """Three hours after a session Ana's phone gets the first prompt; the check-in it opens."""
        await self.forward(hours=3)
        await self.got(ANAS_PHONE, "Time to check in")
        return await self.phone.open()

    async def alerts(self, who: str = "nora", state: str | None = None) -> list[dict[str, Any]]:
        """The queue as this colleague sees it."""
        answer = await self.staff(who).get("/api/alerts" + (f"?state={state}" if state else ""))
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def alert(self) -> dict[str, Any]:
        """The only alert that is not closed."""
        (alert,) = await self.alerts()
        return alert

    async def act(self, who: str, alert: dict[str, Any], what: str, **body: Any) -> httpx.Response:
        """Acknowledge, follow-up, escalate or close, of the alert as it was seen."""
        seen = {"version": alert["version"]} | ({"step": alert["step"]} if what == "escalate" else {})
        return await self.staff(who).post(f"/api/alerts/{alert['id']}/{what}", seen | body)

    async def done(self, who: str, alert: dict[str, Any], what: str, **body: Any) -> dict[str, Any]:
        """The same, and it works: the alert as it then is."""
        answer = await self.act(who, alert, what, **body)
        assert answer.status_code == 200, answer.text
        after: dict[str, Any] = answer.json()
        return after

    async def timeline(self, kind: str, who: str = "nora") -> list[dict[str, Any]]:
        """Items of one kind, oldest first."""
        items = (await self.staff(who).get(f"/api/patients/{self.ana}/timeline")).json()["items"]
        return [item for item in items if item["kind"] == kind]

    async def check_ins(self) -> dict[str, str]:
        """State by key; of several sessions, the last one's."""
        return {item["key"]: item["state"] for item in await self.timeline("check_in")}

    async def subscription(self) -> dict[str, Any]:
        """What Ana's browser gets from its push service."""
        public_key = (await self.phone.browser.get("/api/my/push")).json()["public_key"]
        return self.push.subscribe(ANAS_PHONE, public_key)

    async def takes_push(self) -> dict[str, Any]:
        """Ana turns notifications on; the subscription."""
        given = await self.subscription()
        answer = await self.phone.browser.call("PUT", "/api/my/push", given)
        assert (answer.status_code, answer.json()["state"]) == (200, "on"), answer.text
        return given

    async def phone_tells(self, _: str, token: str, event: str = "shown") -> None:
        """The receipt of Ana's phone: no cookie, no header of ours."""
        sent = await self.instance.browser().http.post("/api/receipts", json={"token": token, "event": event})
        assert sent.status_code == 204, sent.text

    async def provider_reports(self, status: str, number: int = -1, **more: str) -> httpx.Response:
        """The SMS provider's signed report on the text it took as this one (the last)."""
        taken = self.sms.forms[number]
        url = taken["StatusCallback"]
        params = {"MessageSid": "SM1", "MessageStatus": status, "To": taken["To"], **more}
        headers = {"X-Twilio-Signature": sign(url, params, "sms-token")}
        browser = self.instance.browser()
        return await browser.http.post(url, data=params, headers=headers)

    async def outsider_sees_nothing(self) -> None:
        """Zoe works at another clinic."""
        assert await self.alerts("zoe") == []
        zoe = self.staff("zoe")
        for path in (f"/api/patients/{self.ana}", f"/api/patients/{self.ana}/timeline"):
            assert (await zoe.get(path)).status_code == 404
        for alert in await self.rows("select id, version from alerts where clinic_id = $1", self.world.ids.harbor):
            assert (await zoe.get(f"/api/alerts/{alert['id']}")).status_code == 404
            acted = await zoe.post(f"/api/alerts/{alert['id']}/acknowledge", {"version": alert["version"]})
            assert acted.status_code == 404
        for session in await self.rows(SESSIONS, self.world.ids.harbor):
            assert (await zoe.get(f"/api/sessions/{session['id']}")).status_code == 404


def form(now: datetime, answers: dict[str, Any]) -> dict[str, Any]:
    """A form that took a minute and is sent at once, under a fresh id."""
    return {
        "response_id": str(uuid4()), "answers": answers, "started_at": stamp(now - timedelta(minutes=1)),
        "completed_at": stamp(now), "sent_at": stamp(now),
    }  # fmt: skip


def sealed(check_in: dict[str, Any], body: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A body as the phone sends it from its store. `under`: the id it is sealed under; `public`: another key."""
    public = changed.pop("public", base64.b64decode(check_in["sealing"]["public_key"]))
    under = changed.pop("under", body["response_id"])
    inner = {name: value for name, value in body.items() if name not in ("response_id", "sent_at")}
    envelope = {
        "response_id": body["response_id"], "sent_at": body["sent_at"], "key_id": check_in["sealing"]["key_id"],
        "sealed": base64.b64encode(seal(public, under, msgspec.json.encode(inner))).decode(),
    }  # fmt: skip
    return envelope | changed


def stamp(at: datetime) -> str:
    """RFC 3339 with Z."""
    return at.isoformat().replace("+00:00", "Z")


async def enrol(lena: Browser, **changed: Any) -> UUID:
    """Lena enrols Ana."""
    answer = await lena.post("/api/patients", ANA | {"language": "en"} | changed)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])
