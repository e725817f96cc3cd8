"""A file of sessions: all rows or none, and each as if it had been recorded by hand."""

import asyncio
import time
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest

from server.alerts.queries import lock_patient
from server.commands import run_import_sessions
from server.flow.following import plans_to_follow
from server.flow.imports import place_of_files, sessions_imported
from server.interop.rules import read_sessions
from server.kit.actor import Actor
from server.kit.ids import uuid7
from server.patients.model import Details
from server.patients.queries import insert_patient
from server.sessions.import_queries import HOLD_PLANS, share_plans
from server.settings import Settings, from_env
from tests.api.instance import KEY
from tests.flow.story import ANAS_PHONE, CALM, Story, stamp

HEADER = "phone,drug,route,dose_mg,indication,started_at,ended_at,risk,staying_with,note"
COUNTED = """
select count(*) filter (where state = 'planned') as planned,
       count(*) filter (where reason = 'recorded_late') as cancelled_late
from check_ins
"""
# The test shares one process and one event loop with the server: a measure of waiting, with room for that.
MOST_WAITED_S = 3.0
STORED = "select count(*) as sessions, (select count(*) from check_ins) as check_ins from treatment_sessions"


def row(ended: datetime, dose: float = 40, phone: str = ANAS_PHONE, route: str = "iv", more: str = ",,") -> str:
    wall = ended.astimezone(ZoneInfo("Europe/Madrid"))
    started = wall - timedelta(minutes=40)
    return f"{phone},ketamine,{route},{dose},depression,{started:%Y-%m-%d %H:%M},{wall:%Y-%m-%d %H:%M},{more}"


async def send(story: Story, *rows: str, who: str = "omar", media: str = "text/csv") -> httpx.Response:
    content = "\n".join([HEADER, *rows])
    headers = {"X-Afterglow": "1", "Content-Type": media}
    return await story.staff(who).http.post("/api/sessions/import", content=content.encode(), headers=headers)


async def test_imported_sessions_are_like_those_recorded_by_hand(story: Story) -> None:
    now = await story.now()
    text = 'sedative;blood_thinner,her sister,"calm, throughout"'
    sent = await send(
        story,
        row(now - timedelta(minutes=5), 60, more=text),
        row(now - timedelta(days=21)),
        row(now - timedelta(days=400)),
    )
    counted = (await story.rows(COUNTED))[0]
    assert (sent.status_code, sent.json()) == (201, {"sessions": 3, **counted, "warnings": []})  # fmt: skip
    latest, middle, oldest = [
        (await story.staff("vera").get(f"/api/sessions/{item['id']}")).json()
        for item in sorted(await story.timeline("session"), key=lambda item: item["at"], reverse=True)
    ]
    assert [s["number"] for s in (oldest, middle, latest)] == [1, 2, 3]
    assert set(latest["risk_reasons"]) == {"dose_raised", "sedative", "blood_thinner"}
    assert (latest["staying_with"], latest["note"]) == ("her sister", "calm, throughout")
    assert {c["state"] for c in oldest["check_ins"]} == {"cancelled"}
    assert {c["reason"] for c in oldest["check_ins"]} == {"recorded_late"}
    by_hand = await story.record_session(dose_mg=60)
    assert [c["key"] for c in by_hand["check_ins"]] == [c["key"] for c in latest["check_ins"]]
    audited = await story.rows("select action, actor_id from audit_log where action like 'session%'")
    assert [a["action"] for a in audited].count("session.recorded") == 4
    assert [a["actor_id"] for a in audited if a["action"] == "sessions.imported"] == [story.world.ids.staff["omar"]]


async def test_an_imported_session_is_asked_about(story: Story) -> None:
    assert (await send(story, row(await story.now()))).status_code == 201
    await story.prompted()


async def test_patients_without_a_phone_are_counted(story: Story) -> None:
    await story.instance.owner.execute("update devices set revoked_at = app_now()")
    now = await story.now()
    sent = await send(story, row(now), row(now - timedelta(days=7)))
    assert [w.split(" have ")[0] for w in sent.json()["warnings"]] == ["1 of these patients"]
    await story.settle()
    story.messages.forget()


async def test_all_rows_or_none_and_what_is_wrong_by_row_and_column(story: Story) -> None:
    now = await story.now()
    stranger = "+34699999999"
    refused = await send(
        story, row(now), row(now, route="nasal", phone=stranger), row(now, phone=stranger),
        row(now + timedelta(hours=2)), row(now, phone="1", route="nasal"),
    )  # fmt: skip
    assert refused.status_code == 422
    assert refused.headers["content-type"].startswith("application/problem+json")
    assert [e["field"] for e in refused.json()["errors"]] == [
        "row 3, route", "row 3, phone", "row 4, phone", "row 5, started_at", "row 5, ended_at", "row 6, phone",
        "row 6, route",
    ]  # fmt: skip
    assert "699999999" not in refused.text
    assert (await story.rows(STORED))[0] == {"sessions": 0, "check_ins": 0}


async def test_a_session_that_is_there_is_not_imported_again(story: Story) -> None:
    now = await story.now()
    assert (await send(story, row(now))).status_code == 201
    again = await send(story, row(now), row(now - timedelta(days=1)), row(now - timedelta(days=1)))
    assert [e["field"] for e in again.json()["errors"]] == ["row 2, started_at", "row 4, started_at"]


async def test_sessions_that_come_close_to_each_other_are_told_by_row(story: Story) -> None:
    await story.set_time(datetime(2026, 3, 2, 16, 0, tzinfo=UTC))
    now = await story.now()
    assert (await send(story, row(now - timedelta(days=3)))).status_code == 201
    sent = await send(
        story, row(now - timedelta(days=3, minutes=20)), row(now), row(now - timedelta(hours=4)),
        row(now - timedelta(minutes=39)), row(now - timedelta(days=30)),
    )  # fmt: skip
    assert sent.status_code == 201, sent.text
    assert [warning for warning in sent.json()["warnings"] if warning.startswith("Row")] == [
        "Row 2, started_at: overlaps in time with a session that was there already.",
        "Row 5, started_at: is on the same day as row 4 of the same patient.",
        "Row 5, started_at: overlaps in time with row 3 of the same patient.",
    ]


async def test_a_dose_at_home_that_is_still_watched_is_recorded_by_hand(story: Story) -> None:
    now = await story.now()
    refused = await send(story, row(now - timedelta(hours=1), route="oral"))
    assert [e["field"] for e in refused.json()["errors"]] == ["row 2, setting"]


async def test_who_may_import_and_in_which_form(story: Story) -> None:
    one = row(await story.now())
    assert (await send(story, one, who="nora")).status_code == 403
    assert (await send(story, one, who="vera")).status_code == 403
    assert (await send(story, one, media="application/json")).status_code == 415
    assert (await send(story, one, media="text/plain")).status_code == 403
    other_site = {"X-Afterglow": "1", "Content-Type": "text/csv", "Sec-Fetch-Site": "cross-site"}
    assert (
        await story.staff("omar").http.post("/api/sessions/import", content=b"x", headers=other_site)
    ).status_code == 403
    assert (await send(story, one, who="lena")).status_code == 201


async def test_the_neighbours_patients_cannot_be_named(story: Story) -> None:
    await story.staff("zoe").post("/api/protocols/clinic/1/sign-off", {})
    foreign = await send(story, row(await story.now() - timedelta(days=1)), who="zoe")
    assert [e["field"] for e in foreign.json()["errors"]] == ["row 2, phone"]


async def test_a_file_may_be_larger_than_other_bodies_but_not_endless(story: Story) -> None:
    now = await story.now()
    long = [row(now - timedelta(days=n), more=f',,"{"x" * 3000}"') for n in range(40)]
    assert (await send(story, *long)).status_code == 201
    headers = {"X-Afterglow": "1", "Content-Type": "text/csv"}
    answer = await story.staff("omar").http.post("/api/sessions/import", content=b"x" * 9_000_000, headers=headers)
    assert answer.status_code == 413


@pytest.fixture
def settings(story: Story, tmp_path: Path) -> Settings:
    key = tmp_path / "key"
    key.write_bytes(b64encode(KEY))
    return from_env({
        "AFTERGLOW_DATA": str(tmp_path), "DATABASE_OWNER_URL": story.instance.urls.owner_url,
        "AFTERGLOW_KEY_FILE": str(key),
    })  # fmt: skip


async def test_the_command_shows_progress_and_says_what_came_of_it(
    story: Story, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now, file = await story.now(), tmp_path / "sessions.csv"
    file.write_text("\n".join([HEADER, *(row(now - timedelta(days=n)) for n in range(3))]))
    assert await run_import_sessions(settings, file, "Harbor Clinic") == 0
    said = capsys.readouterr().out
    assert "3 of 3" in said
    assert "Imported 3 sessions" in said
    assert await run_import_sessions(settings, file, "Harbor Clinic") == 1
    assert "row 2, started_at" in capsys.readouterr().err


async def begun(story: Story) -> Any:
    """A file is coming in, by hand of the test: the transaction that holds the clinic's plans."""
    tx = story.instance.owner.transaction()
    await tx.start()
    await story.instance.owner.execute(HOLD_PLANS, str(story.world.ids.harbor))
    return tx


async def test_one_file_at_a_time_and_nobody_records_beside_it(story: Story) -> None:
    now = await story.now()
    file = await begun(story)
    second = await send(story, row(now))
    assert (second.status_code, second.headers["content-type"]) == (409, "application/problem+json")
    assert second.json()["title"] == "A file of sessions is being imported. Try again in a minute."
    session = {
        "drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": "depression",
        "started_at": stamp(now - timedelta(minutes=40)), "ended_at": stamp(now),
    }  # fmt: skip
    nora = story.staff("nora")
    assert (await nora.post(f"/api/patients/{story.ana}/sessions", session)).status_code == 409
    moved = await nora.call("PATCH", f"/api/patients/{story.ana}", {"time_zone": "Europe/Dublin"})
    assert moved.status_code == 409
    await file.rollback()
    assert (await send(story, row(now))).status_code == 201


async def test_what_was_planned_before_follows_within_one_round(story: Story) -> None:
    now = await story.now()
    before = await story.record_session(ended_minutes_ago=60 * 30)
    assert (await send(story, row(now))).status_code == 201
    assert await story.rows("select patient_id from plans_to_follow") == [{"patient_id": story.ana}]
    await story.settle()
    gone = await story.rows(
        "select key from check_ins where session_id = $1 and reason = 'newer_session'", before["id"]
    )
    assert {r["key"] for r in gone} == {"h72"}
    assert await story.rows("select patient_id from plans_to_follow") == []
    story.messages.forget()


async def test_the_neighbours_files_do_not_wait_for_ours(story: Story) -> None:
    file = await begun(story)
    async with story.instance.db.begin(Actor("staff", story.world.ids.elsewhere)) as tx:
        assert await share_plans(tx)
    await file.rollback()


async def test_a_session_stored_in_the_same_moment_is_told_by_its_row(story: Story) -> None:
    now = await story.now()
    await story.record_session(ended_minutes_ago=60 * 24 * 30)
    owner = await asyncpg.connect(story.instance.urls.owner_url)
    same = owner.transaction()
    await same.start()
    await owner.execute(COPY, stored_start(now))
    sending = asyncio.create_task(send(story, row(now - timedelta(days=1)), row(now)))
    while not await owner.fetchval(WAITS_FOR_ME):
        await asyncio.sleep(0.02)
    await same.commit()
    await owner.close()
    refused = await sending
    assert (refused.status_code, [e["field"] for e in refused.json()["errors"]]) == (422, ["row 3, started_at"])
    assert (await story.rows(STORED))[0]["sessions"] == 2


COPY = """
insert into treatment_sessions (clinic_id, id, patient_id, protocol_key, protocol_version, drug, route, setting,
    dose_mg, indication, number, started_at, ended_at, recorded_at, recorded_by)
select clinic_id, gen_random_uuid(), patient_id, protocol_key, protocol_version, drug, route, setting,
    dose_mg, indication, 2, $1, $1::timestamptz + interval '40 minutes', recorded_at, recorded_by
from treatment_sessions
"""
WAITS_FOR_ME = "select exists (select from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid)))"


def stored_start(ended: datetime) -> datetime:
    """As `row` writes it: to the minute."""
    return (ended - timedelta(minutes=40)).replace(second=0, microsecond=0)


@pytest.mark.slow
@pytest.mark.parametrize("asked", [0, 1000])
async def test_ten_thousand_rows_in_one_go_hold_nobodys_answer_up(story: Story, asked: int) -> None:
    """`asked`: so many of the 5,000 patients have check-ins planned already."""
    now = await story.now()
    phones = await many_patients(story, 5000)
    before = [row(now - timedelta(days=14), phone=phone) for phone in phones[:asked]]
    if before:
        assert (await send(story, *before)).status_code == 201
    await story.record_session()
    check_in = await story.prompted()
    rows = [row(now - timedelta(days=days), phone=phone) for phone in phones for days in (0, 7)]
    assert len(rows) == 10_000
    began = time.perf_counter()
    sending = asyncio.create_task(send(story, *rows))
    longest = 0.0
    while not sending.done():
        since = time.perf_counter()
        async with story.instance.db.begin(Actor("patient", story.world.ids.harbor, story.ana)) as tx:
            await lock_patient(tx, story.ana)
        longest = max(longest, time.perf_counter() - since)
        await asyncio.sleep(0.01)
    sent = await sending
    assert sent.status_code == 201, sent.text
    assert sent.json()["sessions"] == 10_000
    assert (await story.rows(STORED))[0]["sessions"] == 10_001 + asked
    assert (await story.phone.answer(check_in, CALM)).status_code == 201
    print(f"{asked} asked before: an answer waited {longest:.2f} s at most, of {time.perf_counter() - began:.1f} s")
    assert longest < MOST_WAITED_S


async def many_patients(story: Story, count: int) -> list[str]:
    """Phones of enrolled patients, made in the database: enrolling is not what is tried here."""
    phones = [f"+346{n:08d}" for n in range(20_000_000, 20_000_000 + count)]
    async with story.instance.db.begin(Actor("staff", story.world.ids.harbor)) as tx:
        for n, phone in enumerate(phones):
            await insert_patient(tx, uuid7(), details(n, phone))
    return phones


def details(number: int, phone: str) -> Details:
    fields: dict[str, Any] = {
        "name": f"Patient {number}", "date_of_birth": date(1980, 1, 1), "phone": phone, "email": None,
        "time_zone": "Europe/Madrid", "language": "es", "quiet_hours": None, "companion": None, "address": None,
    }  # fmt: skip
    return Details(**fields)


async def test_a_file_that_comes_while_the_one_before_is_followed_is_followed_too(story: Story) -> None:
    await story.record_session()
    await story.forward(hours=30)
    now = await story.now()
    assert (await send(story, row(now - timedelta(hours=20)))).status_code == 201
    async with story.instance.db.begin(Actor("staff", story.instance.ids.harbor, story.world.ids.staff["omar"])) as tx:
        file = read_sessions("\n".join([HEADER, row(now)]).encode(), await place_of_files(tx), 100)
        await sessions_imported(tx, file, lambda _: None)
        await plans_to_follow(story.engine.db)
    assert len(await story.rows("select 1 from plans_to_follow")) == 1
    await plans_to_follow(story.engine.db)
    assert await story.rows("select 1 from plans_to_follow") == []
    assert len(await story.rows("select 1 from check_ins where key = 'h72' and state = 'planned'")) == 1
    story.messages.forget()


async def test_what_is_kept_though_no_rule_knows_it_is_told_by_row(story: Story) -> None:
    now = await story.now()
    sent = await send(story, row(now - timedelta(days=21)), row(now - timedelta(days=40), more="alone_tonigt,,"))
    assert sent.status_code == 201, sent.text
    assert sent.json()["warnings"] == [
        "Row 3, risk: has a word that is not known here. It is kept and changes nothing."
    ]


async def test_no_session_is_imported_into_a_pause(story: Story) -> None:
    """Nobody would ask how the patient is after it."""
    ends = stamp(await story.now() + timedelta(days=5))
    pause = {"reason": "admitted", "ends_at": ends}
    assert (await story.staff("nora").post(f"/api/patients/{story.ana}/pauses", pause)).status_code == 201
    await story.set_time(await story.now() + timedelta(hours=2))
    now = await story.now()
    refused = await send(story, row(now - timedelta(days=9)), row(now - timedelta(minutes=5)))
    assert refused.status_code == 422
    assert [e["field"] for e in refused.json()["errors"]] == ["row 3, ended_at"]
    assert (await send(story, row(now - timedelta(days=9)))).status_code == 201
