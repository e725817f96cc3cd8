"""No fault at all, and F11, F12, F22: how fast a page is, and answers and colleagues that come at the same moment."""

import asyncio

import msgspec

from server.kit.ids import uuid7
from tests.bench.ground import Target
from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY, DANGER, FINE
from tests.chaos.place import Place, place
from tests.chaos.result import Result

AT_ONCE = 50
PAGED_WITHIN_S = 5


async def nothing_is_wrong(seed: int, a_second: int, seconds: int, p99_s: float) -> Result:
    """So many alerts a second, two workers: until a provider has accepted the first page."""
    async with place(seed, workers=2) as here:
        targets = await here.patients(a_second * seconds)
        await here.until_engine(red=False, within_s=20)
        await here.phones.answer(targets.pop(), FINE)
        async with asyncio.TaskGroup() as group:
            for number, target in enumerate(targets):
                group.create_task(here.phones.answer(target, CALLS_SOMEBODY))
                if number % a_second == a_second - 1:
                    await asyncio.sleep(1)
        await here.settled(within_s=180)
        found = await invariants.hold(here)
        row = result.of(found, f"none, {a_second} alerts a second for {seconds} s")
        assert (row.p99_s or 0) < p99_s, f"p99 {row.p99_s} s"
        return row


async def the_same_answer_many_times(seed: int, answers: int) -> Result:
    """F11: one answer fifty times in parallel and once more a day later; then other words under its id."""
    async with place(seed, workers=1) as here:
        targets = await here.patients(answers)
        for number, target in enumerate(targets):
            await _fifty_times(here, target, number)
        await here.settled()
        told = list(here.phones.ledger)
        await here.later(hours=24)
        for target, before in zip(targets, told, strict=True):
            again = await here.phones.repeat(target, before)
            assert (again.status_code, again.content) == (200, before.reply)
            changed = await here.phones.put(target, DANGER, before.response_id, before.at)
            assert changed.status_code == 409, "other words under the same id are no replay"
            # What the phone does then: nothing that was said is dropped.
            await here.phones.answer(target, DANGER)
        await here.settled()
        found = await invariants.hold(here)
        assert found.answers == 2 * answers
        also = f"{answers} answers sent {AT_ONCE + 1} times each: {answers} rows, every reply the same"
        row = result.of(found, f"{answers * (AT_ONCE + 1)} copies", also=also)
        return msgspec.structs.replace(row, p50_s=None, p99_s=None)


async def _fifty_times(here: Place, target: Target, number: int) -> None:
    answers, response_id, at = (CALLS_SOMEBODY if number % 2 else FINE), uuid7(), here.now()
    given = await asyncio.gather(*(here.phones.put(target, answers, response_id, at) for _ in range(AT_ONCE)))
    # A patient's lock is waited for three seconds: who waited longer tries again.
    while busy := [answer for answer in given if answer.status_code == 503]:
        more = await asyncio.gather(*(here.phones.put(target, answers, response_id, at) for _ in busy))
        given = [answer for answer in given if answer.status_code != 503] + more
    assert {answer.status_code for answer in given} <= {200, 201}, {answer.status_code for answer in given}
    assert sum(answer.status_code == 201 for answer in given) <= 1
    assert len({answer.content for answer in given}) == 1, "the same answer was told different things"
    here.phones.heard(target, answers, response_id, at, given[0], AT_ONCE)


async def worse_two_minutes_later(seed: int, patients: int) -> Result:
    """F12: all is well, and two minutes later it is not: never taken for the same answer, paged within 5 s."""
    async with place(seed, workers=1) as here:
        targets = await here.patients(patients)
        for target in targets:
            await here.phones.answer(target, FINE)
        await here.until_engine(red=False, within_s=20)
        await here.later(hours=2 / 60)
        for target in targets:
            await here.phones.answer(target, CALLS_SOMEBODY)
        await here.settled()
        found = await invariants.hold(here)
        assert (found.alerts, found.answers) == (patients, 2 * patients)
        assert found.delays_s[-1] <= PAGED_WITHIN_S
        return result.of(found, f"{patients} second answers")


async def three_hands_on_one_alert(seed: int, alerts: int) -> Result:
    """F22: two acknowledge and one passes it on, all of what they saw at the same moment."""
    async with place(seed, workers=1) as here:
        targets = await here.patients(alerts)
        team = [await here.colleague(who) for who in ("omar", "nora", "lena")]
        for target in targets:
            await here.phones.answer(target, CALLS_SOMEBODY)
            (alert,) = await here.sql(
                "select id, version, step from alerts where patient_id = $1 and state <> 'closed'", target.patient_id
            )
            seen = {"version": alert["version"]}
            acts = (("acknowledge", seen), ("acknowledge", seen), ("escalate", seen | {"step": alert["step"]}))
            given = await asyncio.gather(
                *(
                    who.call("POST", f"/api/alerts/{alert['id']}/{act}", body)
                    for who, (act, body) in zip(team, acts, strict=True)
                )
            )
            # Passed on before somebody took it, or too late: what is open may climb.
            assert given[2].status_code in (200, 409), given[2].text
            assert sorted(answer.status_code for answer in given[:2]) == [200, 409], [a.text for a in given]
            (won,) = [answer.json() for answer in given[:2] if answer.status_code == 200]
            lost = [answer.json()["current"] for answer in given if answer.status_code == 409]
            assert all(seen["version"] == won["version"] for seen in lost), "who lost sees something else"
        await here.settled()
        found = await invariants.hold(here)
        return result.of(found, f"{alerts} races of three", also="one taker each, who came too late saw who")
