"""Answers that arrive in the same moment share a transaction; what one of them needs or breaks concerns no other."""

import asyncio
from collections.abc import Awaitable
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from server.access.model import Answering, Claim
from server.alerts.queries import lock_patient
from server.flow.together import Together
from server.kit.actor import Actor
from server.kit.ids import uuid7
from server.responses.wire import ResponseBody
from tests.flow.story import CALM, OMAR, Phone, Story, enrol, form

COMPANY = 6
LIST_STORED = "select patient_id, tier, clear, answered_by, via from responses order by received_at"
LIST_ALERTS = "select patient_id, state from alerts"
HOLD_CHECK_IN = "select from check_ins where id = $1::uuid for update"
COUNT_COMMITS = "select count(distinct xmin::text) as commits from responses"
LIST_AUDIT = """
select actor_id, object_id, patient_id from audit_log where action = 'response.submitted' and actor_kind = 'patient'
"""


class Patient:
    """One of many, with a phone and a first check-in that is open."""

    def __init__(self, id: UUID, phone: Phone, check_in: dict[str, Any]) -> None:
        self.id = id
        self.phone = phone
        self.check_in = check_in

    def put(self, body: dict[str, Any]) -> Any:
        url = f"/api/my/check-ins/{self.check_in['id']}/response"
        return self.phone.browser.call("PUT", url, body)


async def company(story: Story) -> list[Patient]:
    """Patients who had their sessions on the same morning."""
    nora, lena = story.staff("nora"), story.staff("lena")
    ana, found = story.ana, []
    for number in range(COMPANY):
        story.ana = await enrol(lena, name=f"Patient {number}", phone=f"+3461234567{number}", email=None)
        await story.record_session()
        found.append((story.ana, await Phone.bound(story.instance, nora, story.ana)))
    story.ana = ana
    await story.forward(hours=3)
    for number in range(COMPANY):
        await story.got(f"+3461234567{number}", "Time to check in")
    return [Patient(patient_id, phone, await phone.open()) for patient_id, phone in found]


async def calm(patient: Patient, **changed: Any) -> dict[str, Any]:
    asked = {item["id"] for item in patient.check_in["questionnaire"]["items"]}
    answers = {key: value for key, value in (CALM | changed).items() if key in asked}
    return form(await patient.phone.now(), answers) | {"answered_by": "patient"}


async def test_all_are_stored_once_each_with_its_own_audit_row(story: Story) -> None:
    patients = await company(story)
    bodies = [await calm(patient) for patient in patients]
    answers: list[httpx.Response] = await asyncio.gather(*(p.put(b) for p, b in zip(patients, bodies, strict=True)))
    assert [answer.status_code for answer in answers] == [201] * COMPANY
    assert [answer.json()["response_id"] for answer in answers] == [body["response_id"] for body in bodies]
    rows = await story.rows(LIST_STORED)
    assert {row["patient_id"] for row in rows} == {patient.id for patient in patients}
    assert len(rows) == COMPANY
    assert {(row["tier"], row["clear"]) for row in rows} == {("routine", True)}
    told = await story.rows(LIST_AUDIT)
    assert {(row["actor_id"], row["patient_id"]) for row in told} == {(p.id, p.id) for p in patients}
    assert {str(row["object_id"]) for row in told} == {p.check_in["id"] for p in patients}
    again = await asyncio.gather(*(p.put(b) for p, b in zip(patients, bodies, strict=True)))
    assert [answer.status_code for answer in again] == [200] * COMPANY
    assert [a.json() for a in again] == [a.json() for a in answers]
    assert len(await story.rows(LIST_STORED)) == COMPANY
    (together,) = await story.rows(COUNT_COMMITS)
    assert together["commits"] < COMPANY
    for patient in patients:
        still_open = {item["id"] for item in await patient.phone.listed() if item["state"] == "open"}
        assert patient.check_in["id"] not in still_open


async def test_a_dangerous_one_among_them_calls_somebody(story: Story) -> None:
    patients = await company(story)
    bodies = [await calm(patient) for patient in patients]
    bodies[4] = await calm(patients[4], a_sick="many")
    answers = await asyncio.gather(*(p.put(b) for p, b in zip(patients, bodies, strict=True)))
    assert [answer.status_code for answer in answers] == [201] * COMPANY
    assert [answer.json()["alert"]["state"] for answer in answers].count("none") >= COMPANY - 1
    assert await story.rows(LIST_ALERTS) == [{"patient_id": patients[4].id, "state": "open"}]
    await story.settle()
    await story.got(OMAR, "URGENT")


async def test_one_that_cannot_be_judged_is_told_so_and_the_others_are_stored(story: Story) -> None:
    patients = await company(story)
    bodies = [await calm(patient) for patient in patients]
    bodies[2]["answers"]["a_sick"] = "purple"
    answers = await asyncio.gather(*(p.put(b) for p, b in zip(patients, bodies, strict=True)))
    assert [answer.status_code for answer in answers] == [201, 201, 422] + [201] * (COMPANY - 3)
    assert answers[2].json()["errors"][0]["field"].startswith("answers")
    assert len(await story.rows(LIST_STORED)) == COMPANY - 1


async def test_who_is_locked_keeps_nobody_waiting(story: Story) -> None:
    patients = await company(story)
    bodies = [await calm(patient) for patient in patients]
    async with story.instance.db.begin(Actor("engine", story.instance.ids.harbor)) as tx:
        await lock_patient(tx, patients[0].id)
        sent = [asyncio.create_task(p.put(b)) for p, b in zip(patients, bodies, strict=True)]
        others = await asyncio.gather(*sent[1:])
        assert [answer.status_code for answer in others] == [201] * (COMPANY - 1)
        assert not sent[0].done()
    assert (await sent[0]).status_code == 201


async def test_the_same_answer_twice_in_one_moment_is_stored_once(story: Story) -> None:
    patients = await company(story)
    first, second = patients[:2]
    body = await calm(first)
    answers = await asyncio.gather(first.put(body), first.put(body), second.put(await calm(second)))
    assert sorted(answer.status_code for answer in answers[:2]) == [200, 201]
    assert answers[0].json() == answers[1].json()
    assert len(await story.rows(LIST_STORED)) == 2


async def test_an_id_that_another_answer_has_harms_only_its_sender(story: Story) -> None:
    """One statement stores them all: what the database refuses of one must not take the others with it."""
    patients = await company(story)
    bodies = [await calm(patient) for patient in patients]
    assert (await patients[0].put(bodies[0])).status_code == 201
    bodies[0] = await calm(patients[0]) | {"response_id": bodies[0]["response_id"], "answers": {"a_sick": "no"}}
    answers = await asyncio.gather(*(p.put(b) for p, b in zip(patients, bodies, strict=True)))
    assert [answer.status_code for answer in answers] == [409] + [201] * (COMPANY - 1)


@pytest.mark.parametrize("gone", [0, 3])
async def test_who_goes_away_before_the_reply_finds_it_stored(story: Story, gone: int) -> None:
    patients = await company(story)
    bodies = [await calm(patient) for patient in patients]
    sent = [asyncio.create_task(p.put(b)) for p, b in zip(patients, bodies, strict=True)]
    await asyncio.sleep(0.01)
    sent[gone].cancel()
    others = await asyncio.gather(*(task for place, task in enumerate(sent) if place != gone))
    assert [answer.status_code for answer in others] == [201] * (COMPANY - 1)
    assert (await patients[gone].put(bodies[gone])).status_code in (200, 201)
    assert len(await story.rows(LIST_STORED)) == COMPANY


async def test_a_foreign_check_in_does_not_exist(story: Story) -> None:
    patients = await company(story)
    bodies = [await calm(patient) for patient in patients]
    theirs = f"/api/my/check-ins/{patients[1].check_in['id']}/response"
    unknown = f"/api/my/check-ins/{uuid4()}/response"
    answers = await asyncio.gather(
        patients[0].phone.browser.call("PUT", theirs, bodies[0]),
        patients[2].phone.browser.call("PUT", unknown, bodies[2]),
        *(p.put(b) for p, b in zip(patients[3:], bodies[3:], strict=True)),
    )
    assert [answer.status_code for answer in answers] == [404, 404] + [201] * (COMPANY - 3)


async def test_two_patients_whose_phones_made_the_same_id(story: Story) -> None:
    patients = await company(story)
    bodies = [await calm(patients[0]), await calm(patients[1]), await calm(patients[2], a_sick="many")]
    bodies[2]["response_id"] = bodies[1]["response_id"]
    answers = await asyncio.gather(*(p.put(b) for p, b in zip(patients[:3], bodies, strict=True)))
    assert [answer.status_code for answer in answers] == [201] * 3
    assert await story.rows(LIST_ALERTS) == [{"patient_id": patients[2].id, "state": "open"}]
    await story.settle()
    await story.got(OMAR, "URGENT")


async def test_a_row_that_somebody_holds_keeps_no_other_answer_waiting(story: Story) -> None:
    patients = await company(story)
    bodies = [await calm(patient) for patient in patients[:2]]
    async with story.instance.owner.transaction():
        await story.instance.owner.execute(HOLD_CHECK_IN, patients[0].check_in["id"])
        held = asyncio.create_task(patients[0].put(bodies[0]))
        await asyncio.sleep(0.05)
        assert (await patients[1].put(bodies[1])).status_code == 201
        assert not held.done()
    assert (await held).status_code == 201


async def test_an_answer_that_comes_as_the_last_transaction_ends_starts_the_next(story: Story) -> None:
    """Answer by answer, each sent in the very moment in which the one before is told."""
    patients = await company(story)
    for patient in patients:
        body = await calm(patient)
        assert (await asyncio.wait_for(patient.put(body), 5)).status_code == 201
    together: Together = story.instance.app.state.together
    now = await story.now()
    claims = [claim_of(story, patient) for patient in patients]
    sent = [
        asyncio.wait_for(together.submit(claims[n % COMPANY], UUID(patients[n % COMPANY].check_in["id"]),
                                         msgspec.convert(form(now, CALM), ResponseBody), verified=True), 5)
        for n in range(60)
    ]  # fmt: skip
    await asyncio.gather(*(later(n * 0.003, one) for n, one in enumerate(sent)))
    assert len(await story.rows(LIST_STORED)) == COMPANY + 60


async def later(seconds: float, work: Awaitable[Any]) -> None:
    await asyncio.sleep(seconds)
    await work


def claim_of(story: Story, patient: Patient) -> Claim:
    return Claim(Answering(story.instance.ids.harbor, patient.id, None, None, "phone", uuid7()))
