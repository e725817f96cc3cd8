"""F18: answers that cannot be, and messages that kill whoever sends them or looks up their words."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec

from server.kit.clock import monotonic
from server.kit.ids import uuid7
from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY, DANGER, FINE
from tests.chaos.place import Place, place
from tests.chaos.proxy import Proxy, Rule
from tests.chaos.result import Result

UNREADABLE: tuple[bytes, ...] = (
    b'{"a_danger": "\\ud800"}', b'{"a_danger": "\\u0000"}', b'{"a_danger": "' + b"x" * 1_000_000 + b'"}',
    b'{"a_danger": ' + b"[" * 2000 + b"]" * 2000 + b"}", b'{"a_danger": 1e999}', b"\xff\xfe",
)  # fmt: skip
PARKED = "select id, alert_id from notifications where state = 'parked'"
TOLD = "select count(*) from notifications where params ->> 'incident' = 'page_parked'"
LIMIT = 6
PATIENCE_S = 120
WORDS_OF = "next_action_at from alerts"
"""What a page says is looked up by this statement."""
PAGES_OF = "select n.id from notifications n join alerts a on a.id = n.alert_id where a.patient_id = $1 limit 1"
ALERT_OF = "select id from alerts where patient_id = $1"
BARE = "An alert is waiting"


async def bad_words_and_two_killers(seed: int, neighbours: int) -> Result:
    """One page ends each process that hands it over, another each that looks up its words; their neighbours are in the
    same batches. The first is parked and told of, the second goes out in words that need no looking up."""
    async with place(seed) as here, here.proxied() as proxy:
        silent_kills = await _deadly_to_word(here, proxy, neighbours)
        targets = await here.patients(neighbours + 1)
        refused = [await _refused(here, targets[0], body) for body in UNREADABLE]
        for target in targets:
            await here.phones.answer(target, DANGER if target is targets[0] else CALLS_SOMEBODY)
        killer = await here.value(PAGES_OF, targets[0].patient_id)
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
        also = (
            f"1 parked, 0 of {neighbours} neighbours; the other went out in bare words after {silent_kills} kills, with"
            f" all its neighbours; {len(refused)} unreadable answers refused without a 500"
        )
        row = result.of(found, f"{worker.kills} and {silent_kills} kills by one message each", also=also)
        return msgspec.structs.replace(row, p50_s=None, p99_s=None)


async def _deadly_to_word(here: Place, proxy: Proxy, neighbours: int) -> int:
    """Whoever looks up what this page says stands still there and is killed; how many were."""
    targets = await here.patients(neighbours + 1)
    for target in targets:
        await here.phones.answer(target, CALLS_SOMEBODY)
    alert = await here.value(ALERT_OF, targets[0].patient_id)
    page = await here.value(PAGES_OF, targets[0].patient_id)
    engine = proxy.through(here.cluster.server.engine_url)
    worker = here.process("worker", 100, DATABASE_ENGINE_URL=engine, DATABASE_URL=engine)
    here.processes.append(worker)
    while not _is_out(here, page):
        assert worker.kills < LIMIT, "it kills for ever"
        proxy.rule = rule = Rule(WORDS_OF, at="statement", do="freeze", about=alert.bytes)
        worker.start()
        until = monotonic() + PATIENCE_S
        while not rule.hit.is_set() and not _is_out(here, page):
            assert monotonic() < until, "nobody takes the page"
            await asyncio.sleep(0.1)
        if rule.hit.is_set():
            await worker.kill()
            await here.leases_run_out()
    proxy.rule = None
    await here.settled()
    said = [message.body for message in here.providers.inbox.latest() if BARE in message.body]
    assert len(said) == 1, f"{len(said)} pages in bare words"
    assert not await here.sql(PARKED), "a page was parked that could go out"
    kills = worker.kills
    await worker.end()
    return kills


def _is_out(here: Place, page: UUID) -> bool:
    return any(accepted.message_id == page for accepted in here.providers.ledger)


async def _refused(here: Place, target: Any, answers: bytes) -> int:
    good = msgspec.json.encode({"response_id": uuid7(), "answers": FINE, "answered_by": "patient"})
    status = await here.phones.put_raw(target, good.replace(msgspec.json.encode(FINE), answers))
    assert 400 <= status < 500, f"{status} for {answers[:30]!r}"
    return status
