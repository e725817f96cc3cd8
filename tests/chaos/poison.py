"""F18: answers that cannot be, and a message that kills every process that sends it."""

import asyncio
from typing import Any

import msgspec

from server.kit.ids import uuid7
from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY, DANGER, FINE
from tests.chaos.place import Place, place
from tests.chaos.result import Result

UNREADABLE: tuple[bytes, ...] = (
    b'{"a_danger": "\\ud800"}', b'{"a_danger": "\\u0000"}', b'{"a_danger": "' + b"x" * 1_000_000 + b'"}',
    b'{"a_danger": ' + b"[" * 2000 + b"]" * 2000 + b"}", b'{"a_danger": 1e999}', b"\xff\xfe",
)  # fmt: skip
PARKED = "select id, alert_id from notifications where state = 'parked'"
TOLD = "select count(*) from notifications where params ->> 'incident' = 'page_parked'"
LIMIT = 6


async def bad_words_and_a_killer(seed: int, neighbours: int) -> Result:
    """One page ends each process that hands it over; its neighbours are in the same batches."""
    async with place(seed) as here:
        targets = await here.patients(neighbours + 1)
        refused = [await _refused(here, targets[0], body) for body in UNREADABLE]
        for target in targets:
            await here.phones.answer(target, DANGER if target is targets[0] else CALLS_SOMEBODY)
        killer = await here.value(
            "select n.id from notifications n join alerts a on a.id = n.alert_id where a.patient_id = $1 limit 1",
            targets[0].patient_id,
        )
        texts = here.providers.sms
        texts.poison.add(killer)
        worker = here.add_worker()
        while not await here.sql(PARKED):
            try:
                await asyncio.wait_for(texts.holding.wait(), 5)
            except TimeoutError:
                continue
            await worker.kill()
            texts.forget_held()
            worker.start()
            await here.leases_run_out()
            assert worker.kills <= LIMIT, "it kills for ever"
        await here.settled()
        parked = await here.sql(PARKED)
        assert [row["id"] for row in parked] == [killer], "an innocent was parked"
        assert await here.value(TOLD), "nobody is told of the parked page"
        found = await invariants.hold(here)
        also = f"1 parked, 0 of {neighbours} neighbours; {len(refused)} unreadable answers refused without a 500"
        row = result.of(found, f"{worker.kills} kills by one message", also=also)
        return msgspec.structs.replace(row, p50_s=None, p99_s=None)


async def _refused(here: Place, target: Any, answers: bytes) -> int:
    good = msgspec.json.encode({"response_id": uuid7(), "answers": FINE, "answered_by": "patient"})
    status = await here.phones.put_raw(target, good.replace(msgspec.json.encode(FINE), answers))
    assert 400 <= status < 500, f"{status} for {answers[:30]!r}"
    return status
