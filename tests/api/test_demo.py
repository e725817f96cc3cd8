"""The demo's clock and messages, and that nobody else has them."""

import base64
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.app import create_app
from server.demo import routes
from server.demo.enrolled_phones import EnrolledPhones
from server.demo.seed import seed
from server.settings import Settings
from tests.api.instance import ANA, KEY, Instance
from tests.conftest import ClonedDatabase
from tests.flow.story import ANAS_PHONE, OMAR, Story
from tests.flow.test_page_answers import paged
from tests.flow.world import settings as world_settings

ADDRESSES = [
    ("GET", "/demo"), ("GET", "/demo/messages"), ("GET", "/demo/clock"), ("POST", "/demo/clock"),
    ("POST", "/demo/texts"),
]  # fmt: skip


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """The instance key where processes look for it."""
    path = tmp_path / "afterglow.key"
    path.write_bytes(base64.b64encode(KEY))
    return path


@pytest.fixture
async def demo(instance: Instance, settings: Settings, key_file: Path) -> AsyncIterator[Instance]:
    """The same instance as a demo, without phones to send to."""
    own = msgspec.structs.replace(
        settings, demo=True, key_file=key_file, database_url=instance.urls.web_url,
        database_engine_url=instance.urls.engine_url, database_owner_url=instance.urls.owner_url,
    )  # fmt: skip
    await instance.owner.execute("update clinics set demo = true")
    running = Instance(
        create_app(own, instance.db, routes.HANDLERS), instance.db, instance.owner, instance.ids, instance.urls
    )
    yield running
    await running.close()


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
async def test_outside_the_demo_its_addresses_do_not_exist(instance: Instance, method: str, path: str) -> None:
    answer = await instance.browser().call(method, path, {"hours": 1} if method == "POST" else None)
    assert answer.status_code == 404


async def test_even_registered_they_refuse_without_the_setting(instance: Instance, settings: Settings) -> None:
    app = create_app(settings, instance.db, routes.HANDLERS)
    running = Instance(app, instance.db, instance.owner, instance.ids, instance.urls)
    for method, path in ADDRESSES:
        assert (await running.browser().call(method, path, {"hours": 1})).status_code == 404
    await running.close()


@pytest.mark.parametrize("hours", [0, -1, 168.1, "2", None, True, [1]])
async def test_a_turn_is_between_nothing_and_a_week(demo: Instance, hours: Any) -> None:
    before = await demo.owner.fetchval("select care_offset from app_clock")
    assert (await demo.browser().post("/demo/clock", {"hours": hours})).status_code == 422
    assert await demo.owner.fetchval("select care_offset from app_clock") == before


async def test_programs_turn_the_clock_but_other_sites_do_not(demo: Instance) -> None:
    http = demo.browser().http
    assert (await http.post("/demo/clock", json={"hours": 0.5})).status_code == 200
    refused = await http.post("/demo/clock", json={"hours": 1}, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403


async def test_a_turn_stops_at_every_instant_when_something_is_due(demo: Instance) -> None:
    browser = await demo.as_staff("nora")
    patient = (await browser.post("/api/patients", ANA)).json()["id"]
    now = datetime.fromisoformat((await browser.get("/demo/clock")).json()["now"])
    session = {
        "drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": "depression", "risk": [],
        "started_at": (now - timedelta(minutes=60)).isoformat(), "ended_at": (now - timedelta(minutes=20)).isoformat(),
        "discharged_at": (now - timedelta(minutes=1)).isoformat(),
    }  # fmt: skip
    planned = (await browser.post(f"/api/patients/{patient}/sessions", session)).json()["check_ins"][0]
    turned = (await browser.post("/demo/clock", {"hours": 4})).json()["now"]
    assert timedelta(hours=4) <= datetime.fromisoformat(turned) - now < timedelta(hours=4, minutes=1)
    due, closes = (datetime.fromisoformat(planned[name]) for name in ("due_at", "closes_at"))
    asked = await demo.owner.fetchval("select min(created_at) from notifications where kind = 'prompt'")
    raised = await demo.owner.fetchrow("select opened_at, tier from alerts")
    flagged = await demo.owner.fetchval("select tier from flags")
    assert timedelta() <= asked - due < timedelta(seconds=20)
    assert timedelta() <= raised["opened_at"] - closes < timedelta(seconds=20)
    assert (flagged, raised["tier"]) == ("urgent", "emergency"), "nobody was reached in the hours since"


async def test_without_simulators_there_are_no_messages(demo: Instance) -> None:
    browser = demo.browser()
    assert (await browser.get("/demo/messages?limit=5000")).json() == {"items": []}
    assert (await browser.get("/demo/messages?limit=5001")).status_code in (400, 422)


@pytest.mark.slow
async def test_the_demo_clinic_has_weeks_behind_it_and_is_made_once(
    database: ClonedDatabase, settings: Settings, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = msgspec.structs.replace(
        settings, demo=True, key_file=key_file, database_url=database.web_url, database_engine_url=database.engine_url,
        database_owner_url=database.owner_url,
    )  # fmt: skip
    await seed(own)
    assert "three weeks" in capsys.readouterr().out
    await seed(own)
    assert capsys.readouterr().out == ""


async def test_a_phone_that_enrols_in_the_demo_takes_notifications(story: Story) -> None:
    """As in the demo's web process; without its push service a phone is bound all the same."""
    own = msgspec.structs.replace(world_settings(push_host=story.push.host), demo=True)
    app: Any = EnrolledPhones(create_app(own, story.instance.db), own, story.instance.db)
    demo = Instance(app, story.instance.db, story.instance.owner, story.instance.ids, story.instance.urls)
    nora = story.staff("nora")
    for state in ("on", "off"):
        invitation = (await nora.post(f"/api/patients/{story.ana}/invitation")).json()
        phone = demo.browser()
        token = {"token": invitation["link"].partition("#token=")[2], "replace": True}
        assert (await phone.post("/api/enrolment", token)).status_code == 200
        assert (await phone.get("/api/my/push")).json()["state"] == state
        assert (await phone.post("/api/enrolment", token)).status_code == 404
        await story.push.stop()
    await demo.close()
    (made,) = story.push.phones.all()
    assert made.to == ANAS_PHONE


async def test_a_colleague_texts_back_from_a_simulated_phone(story: Story) -> None:
    own = msgspec.structs.replace(world_settings(push_host=story.push.host), demo=True)
    app = create_app(own, story.instance.db, routes.HANDLERS)
    demo = Instance(app, story.instance.db, story.instance.owner, story.instance.ids, story.instance.urls)
    alert, _ = await paged(story)
    text = {"sender": OMAR, "body": f"OK {alert['reference']}"}
    for wrong in ({"sender": "Omar"}, {"body": ""}, {"body": "x" * 161}):
        assert (await demo.browser().post("/demo/texts", text | wrong)).status_code == 422
    said = await demo.browser().post("/demo/texts", text)
    assert said.json()["reply"].startswith(f"{alert['reference']}: you have it")
    assert (await demo.browser().post("/demo/texts", text | {"body": "START"})).json() == {"reply": None}
    await demo.close()
    assert (await story.alert())["acknowledged_by"]["name"] == "Omar"
