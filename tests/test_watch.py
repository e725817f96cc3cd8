"""The watcher on everything that `up` starts: it proves a page, and proves nothing while the worker stands still."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime

import asyncpg
import msgspec
import pytest
import structlog.testing
from litestar import Litestar, Response, get

from server.checkins.model import SessionFacts
from server.checkins.rules import plan
from server.checkins.wall import USUAL_NIGHT
from server.demo.listening import HttpServer
from server.kit.embedded import EmbeddedPostgres
from server.notifications.channels import close, make_channels, send
from server.notifications.channels.watcher import WATCHERS_PHONE
from server.protocols.builtin import load_builtin
from server.settings import from_env
from server.watch.caller import Caller
from server.watch.credentials import Credentials
from server.watch.mailbox import Mailbox
from server.watch.process import ping, tell_outside
from server.watch.round import LEFT_AGO
from tests.flow.story import NORA, OMAR, Story
from tests.outgoing import text
from tests.test_up import Running, wait_until

FORGET = "update proven_page set proven_at = null"
PROVEN = "select proven_at is not null from proven_page"
MIDNIGHT = """
update app_clock set care_offset =
    date_trunc('day', wall_now() at time zone 'UTC') at time zone 'UTC' + interval '1 day' - wall_now()
"""
LEFT = """
select (select count(*) from alerts where state <> 'closed') as alerts,
       (select count(*) from check_ins where state in ('planned', 'open')) as check_ins
"""


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("watched") / "data")
    running.shows("page_proven", within_s=90)
    yield running
    running.process.send_signal(signal.SIGINT)
    running.process.wait(25)


@pytest.mark.slow
async def test_the_whole_loop_is_proven_and_nothing_is_left_of_it(up: Running) -> None:
    conn = await asyncpg.connect(EmbeddedPostgres(up.data).owner_url)
    assert await conn.fetchval(PROVEN)
    wait_until(lambda: "page_proven" in up.screen.read_text(), within_s=5)
    left = await conn.fetchrow(LEFT)
    assert tuple(left or ()) == (0, 0)
    assert await conn.fetchval("select count(*) from clinics where not watch") == 0
    assert (up.data / "watch.json").stat().st_mode & 0o777 == 0o600
    await conn.close()


@pytest.mark.slow
async def test_while_the_worker_stands_still_nothing_is_proven(up: Running) -> None:
    conn = await asyncpg.connect(EmbeddedPostgres(up.data).owner_url)
    worker, watcher = up.child("worker"), up.child("watch")
    os.kill(worker, signal.SIGSTOP)
    try:
        await conn.execute(FORGET)
        # It begins anew with a round.
        os.kill(watcher, signal.SIGKILL)
        up.shows('"page_not_proven"', within_s=80)
        assert '"step": "prompt"' in up.screen.read_text()
        assert not await conn.fetchval(PROVEN)
    finally:
        os.kill(worker, signal.SIGCONT)
    wait_until(lambda: up.screen.read_text().count('"page_proven"') >= 2, within_s=120)
    assert await conn.fetchval(PROVEN)
    await conn.close()


@pytest.mark.parametrize("hour", range(24))
def test_what_the_watcher_records_is_asked_at_once_at_any_hour(hour: int) -> None:
    now = datetime(2026, 6, 1, hour, 59, tzinfo=UTC)
    left = now - LEFT_AGO
    session = SessionFacts(drug="ketamine", route="iv", setting="clinic", ended_at=left, discharged_at=left)
    asked = [c for c in plan(session, load_builtin()[0], "UTC", USUAL_NIGHT, now) if c.due_at <= now < c.closes_at]
    assert [(check_in.key, check_in.state) for check_in in asked] == [("h1", "planned")]


@pytest.mark.slow
async def test_a_page_is_proven_in_the_middle_of_the_night(up: Running) -> None:
    conn = await asyncpg.connect(EmbeddedPostgres(up.data).owner_url)
    await conn.execute(MIDNIGHT)
    await conn.execute(FORGET)
    os.kill(up.child("watch"), signal.SIGKILL)
    proven = up.screen.read_text().count('"page_proven"')
    wait_until(lambda: up.screen.read_text().count('"page_proven"') > proven, within_s=120)
    assert await conn.fetchval(PROVEN)
    await conn.close()


async def test_what_is_for_the_watcher_goes_to_its_mailbox_and_nothing_else_does() -> None:
    mailbox = Mailbox()
    await mailbox.open("127.0.0.1", 42590)
    senders = make_channels(from_env({"WATCH_SINK": "127.0.0.1:42590"}))
    try:
        theirs = await send(senders, msgspec.structs.replace(text(), to=WATCHERS_PHONE, body="Open: /c#token=abc"))
        assert theirs.result == "accepted"
        assert await mailbox.find(r"#token=(\w+)") == "abc"
        others = await send(senders, text())
        assert (others.result, others.error_code) == ("configuration", "no_provider")
    finally:
        mailbox.close()
        await close(senders)


@pytest.mark.parametrize("status", [200, 500])
async def test_the_switch_outside_is_asked_once_and_its_trouble_is_its_own(status: int) -> None:
    asked: list[str] = []

    @get("/ping/{key:str}")
    async def switch(key: str) -> Response[str]:
        asked.append(key)
        return Response("", status_code=status)

    server = HttpServer(Litestar([switch], openapi_config=None, logging_config=None))
    await server.start()
    with structlog.testing.capture_logs() as logs:
        await ping(f"http://127.0.0.1:{server.port}/ping/a-key")
        await ping("http://127.0.0.1:9/ping/nobody")
    await server.stop()
    assert asked == ["a-key"]
    assert [log["event"] for log in logs] == ["ping_failed"] * (2 if status == 500 else 1)
    assert not any("ping/" in str(log) for log in logs)


@pytest.mark.parametrize(("held", "told"), [(0, True), (1, False), (None, False)])
async def test_the_switch_outside_hears_nothing_while_a_clinics_sending_is_held(held: int | None, told: bool) -> None:
    asked: list[str] = []

    @get("/ping")
    async def switch() -> None:
        asked.append("ping")

    @get("/health/engine")
    async def engine() -> Response[dict[str, int]]:
        return Response({} if held is None else {"sending_held": held}, status_code=503 if held else 200)

    server = HttpServer(Litestar([switch, engine], openapi_config=None, logging_config=None))
    await server.start()
    caller = Caller(f"http://127.0.0.1:{server.port}", Credentials(email="", password=""))
    await tell_outside(caller, f"http://127.0.0.1:{server.port}/ping")
    await caller.close()
    await server.stop()
    assert asked == (["ping"] if told else [])


async def test_a_clinic_whose_sending_is_held_has_nothing_proven(story: Story) -> None:
    lena, owner = story.staff("lena"), story.instance.owner
    await owner.execute("insert into proven_page (watched_since, proven_at) values (wall_now(), wall_now())")
    fresh = {"watched": True, "minutes": 0, "red": False, "held": False}
    assert (await lena.get("/api/clinic/proof")).json() == fresh
    harbor = story.world.ids.harbor
    await owner.execute("insert into sending_holds (clinic_id, held_at) values ($1, wall_now())", harbor)
    assert (await lena.get("/api/clinic/proof")).json() == fresh | {"red": True, "held": True}
    assert (await story.staff("zoe").get("/api/clinic/proof")).json() == fresh
    assert (await lena.post("/api/clinic/sending/start")).status_code == 200
    assert (await lena.get("/api/clinic/proof")).json() == fresh


async def test_no_other_clinic_can_say_that_a_page_is_proven(story: Story) -> None:
    lena = story.staff("lena")
    assert (await lena.get("/api/clinic/proof")).json() == {
        "watched": False,
        "minutes": None,
        "red": False,
        "held": False,
    }
    await story.instance.owner.execute("insert into proven_page (watched_since) values (wall_now())")
    assert (await lena.get("/api/clinic/proof")).json() == {
        "watched": True,
        "minutes": None,
        "red": False,
        "held": False,
    }
    await story.record_session()
    await story.phone.report({"a_danger": "chest_pain"})
    await story.settle()
    for who in (OMAR, NORA):
        await story.got(who, "EMERGENCY")
    alert = await story.alert()
    acknowledged = await story.staff("omar").post(
        f"/api/alerts/{alert['id']}/acknowledge", {"version": alert["version"]}
    )
    assert acknowledged.status_code == 200
    assert (await lena.post("/api/watch/proof", {"alert_id": str(alert["id"])})).status_code == 404
    assert (await story.staff("nora").post("/api/watch/proof", {"alert_id": str(alert["id"])})).status_code == 403
    await story.wait(601)
    assert (await lena.get("/api/clinic/proof")).json() == {
        "watched": True,
        "minutes": None,
        "red": True,
        "held": False,
    }
