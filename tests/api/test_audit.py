"""Every read and write of patient data is in the audit log, which is append-only and sealed into a chain."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from server.kit import audit
from server.worker import housekeeping
from tests.api.calls import Call, patient_calls, something_happens, staff_calls
from tests.api.instance import Browser
from tests.flow.story import Story

NEWEST = (
    "select id, actor_kind, actor_id, action, patient_id, detail, request_id from audit_log where id > $1 order by id"
)
LAST = "select coalesce(max(id::text), '00000000-0000-0000-0000-000000000000')::uuid as id from audit_log"
OF_MANY = {"/api/patients", "/api/alerts", "/api/indicators", "/api/harms"}


async def rows_of(story: Story, browser: Browser, call: Call) -> list[dict[str, Any]]:
    """What this call wrote into the audit log."""
    (last,) = await story.rows(LAST)
    answer = await browser.call(call.method, call.path, call.body)
    assert answer.is_success, (call, answer.text)
    return await story.rows(NEWEST, last["id"])


async def test_every_read_and_write_of_patient_data_by_staff_leaves_a_row(story: Story) -> None:
    there = await something_happens(story)
    lena = story.world.ids.staff["lena"]
    for call in await staff_calls(story, there):
        rows = await rows_of(story, story.staff("lena"), call)
        if not call.private:
            continue
        assert rows, f"{call.method} {call.route} leaves no trace"
        assert {(row["actor_kind"], row["actor_id"]) for row in rows} == {("staff", lena)}, call
        assert all(row["request_id"] for row in rows), call
        if call.route not in OF_MANY:
            assert story.ana in {row["patient_id"] for row in rows}, (call, rows)
    await story.settle()
    for message in list(story.messages.unexpected()):
        await story.got(message.to)


async def test_every_read_and_write_by_the_patient_leaves_a_row(story: Story) -> None:
    there = await something_happens(story)
    for call in await patient_calls(story, there):
        rows = await rows_of(story, story.phone.browser, call)
        assert rows, f"{call.method} {call.route} leaves no trace"
        assert {row["patient_id"] for row in rows} == {story.ana}, (call, rows)
        assert {row["actor_kind"] for row in rows} == {"patient"}


async def test_what_the_engine_does_is_in_it_too(story: Story) -> None:
    await story.record_session()
    await story.prompted()
    await story.forward(hours=1, minutes=1)
    for message in list(story.messages.unexpected()):
        await story.got(message.to)
    actions = [row["action"] for row in await story.rows("select action from audit_log where actor_kind = 'engine'")]
    for action in ("check_in.prompt", "check_in.nudge", "check_in.missed", "alert.open"):
        assert action in actions


async def test_rows_hold_ids_and_names_of_fields_never_values(story: Story) -> None:
    there = await something_happens(story)
    secret = "a canary in the coal mine"
    calls = [
        Call("PATCH", "", f"/api/sessions/{there.session}", {"note": secret, "staying_with": secret}),
        Call("POST", "", f"/api/alerts/{there.alert['id']}/follow-up", {"version": 1, "note": secret}),
        Call("POST", "", f"/api/sessions/{there.session}/cancel", {"reason": secret}),
    ]
    for call in calls:
        await rows_of(story, story.staff("nora"), call)
    report = await story.phone.report({}, text=secret)
    assert report.status_code == 201
    await story.settle()
    for message in list(story.messages.unexpected()):
        await story.got(message.to)
    (found,) = await story.rows(
        "select count(*) as rows from audit_log t where t::text like '%canary%' or t::text like '%Ruiz%'"
    )
    assert found["rows"] == 0


async def sealed(story: Story) -> tuple[UUID, int]:
    """Everything sealed: the clinic, and how many rows its chain has."""
    await something_happens(story)
    await housekeeping(story.engine)
    (waiting,) = await story.rows("select count(*) as rows from audit_log where seal_seq is null")
    assert waiting["rows"] == 0
    clinic = story.world.ids.harbor
    checked, broken = await audit.verify(story.instance.owner, clinic)
    assert broken is None
    assert checked > 10
    return clinic, checked


async def test_the_log_is_sealed_into_one_chain_a_clinic(story: Story) -> None:
    clinic, checked = await sealed(story)
    await story.staff("nora").get(f"/api/patients/{story.ana}")
    await housekeeping(story.engine)
    assert await audit.verify(story.instance.owner, clinic) == (checked + 1, None)
    elsewhere = await audit.verify(story.instance.owner, story.world.ids.elsewhere)
    assert elsewhere[1] is None


@pytest.mark.parametrize(
    "tampering",
    [
        "update audit_log set action = 'nothing.happened' where clinic_id = $1 and seal_seq = 5",
        "update audit_log set patient_id = gen_random_uuid() where clinic_id = $1 and seal_seq = 5",
        "update audit_log set at = at + interval '1 microsecond' where clinic_id = $1 and seal_seq = 5",
        "update audit_log set detail = '{\"a\": 1}' where clinic_id = $1 and seal_seq = 5",
        "delete from audit_log where clinic_id = $1 and seal_seq = 5",
    ],
)
async def test_tampering_is_named_by_its_row(story: Story, tampering: str) -> None:
    clinic, _ = await sealed(story)
    await story.instance.owner.execute(tampering, clinic)
    assert (
        await audit.verify(story.instance.owner, clinic) == (4, 5)
        or (await audit.verify(story.instance.owner, clinic))[1] == 5
    )


async def test_nobody_at_work_can_change_or_remove_a_row(story: Story) -> None:
    clinic, _ = await sealed(story)
    urls = story.instance.urls
    for url in (urls.web_url, urls.engine_url):
        conn = await asyncpg.connect(url)
        await conn.execute("select set_config('app.clinic_id', $1, false)", str(clinic))
        for statement in (
            "delete from audit_log",
            "update audit_log set action = 'x'",
            "truncate audit_log",
            "update audit_log set detail = '{}'",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(statement)
        await conn.close()
    engine = await asyncpg.connect(urls.engine_url)
    await engine.execute("select set_config('app.clinic_id', $1, false)", str(clinic))
    again = await engine.execute("update audit_log set seal_seq = 1000, seal_hash = '\\x00' where seal_seq = 3")
    assert again == "UPDATE 0", "a seal is set once"
    await engine.close()


async def test_two_workers_seal_into_one_chain(story: Story) -> None:
    clinic, checked = await sealed(story)
    await asyncio.gather(
        *(story.staff("nora").get(f"/api/patients/{story.ana}") for _ in range(20)),
        *(audit.seal_pending(story.engine.db) for _ in range(4)),
    )
    await housekeeping(story.engine)
    assert await audit.verify(story.instance.owner, clinic) == (checked + 20, None)
