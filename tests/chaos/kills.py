"""F1, F2, F19: workers die in the middle of their work."""

import asyncio
from collections.abc import Sequence

from server.kit.clock import monotonic
from tests.bench.ground import Target
from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY, DANGER
from tests.chaos.place import Place, place
from tests.chaos.processes import Process
from tests.chaos.result import Result

SECONDS_A_KILL = 2.5


async def killed_in_the_middle_of_sends(seed: int, alerts: int, kills: int, wait: bool = True) -> Result:
    """F1: a provider takes texts and holds its answer; one of two workers, or both, are killed and started anew up to
    5 s later. Alerts come in all the while, every third is acknowledged. `wait`: for leases to end by themselves."""
    async with place(seed, workers=2) as here:
        targets = await here.patients(alerts)
        raising = asyncio.create_task(_raise_alerts(here, targets, over_s=kills * SECONDS_A_KILL))
        starting: list[asyncio.Task[None]] = []
        while sum(worker.kills for worker in here.workers) < kills:
            starting += await _kill_in_a_send(here)
        await raising
        await asyncio.gather(*starting)
        if not wait:
            await here.leases_run_out()
        recovery = await here.settled(within_s=180)
        found = await invariants.hold(here)
        assert found.alerts == alerts
        killed = sum(worker.kills for worker in here.workers)
        faults = f"{killed} kills, {here.providers.sms.held} texts in their hands"
        return result.of(found, faults, recovery_s=recovery)


async def _kill_in_a_send(here: Place) -> list[asyncio.Task[None]]:
    texts = here.providers.sms
    texts.hold(3)
    until = monotonic() + 10
    while not texts.holding.is_set() and monotonic() < until:
        await asyncio.sleep(0.02)
    alive = [worker for worker in here.workers if worker.alive]
    victims = here.rng.choice([alive, alive[:1], alive[-1:]])
    for worker in victims:
        await worker.kill()
    texts.let_go()
    return [asyncio.create_task(_start_later(worker, here.rng.uniform(0, 5))) for worker in victims]


async def _start_later(worker: Process, after_s: float) -> None:
    await asyncio.sleep(after_s)
    worker.start()


async def _raise_alerts(here: Place, targets: Sequence[Target], over_s: float) -> None:
    nora = await here.colleague("nora")
    pause = over_s / len(targets)
    for number, target in enumerate(targets):
        await here.phones.answer(target, DANGER if number % 10 == 0 else CALLS_SOMEBODY)
        if number % 3 == 0:
            await here.acknowledge(nora, target.patient_id)
        await asyncio.sleep(pause * here.rng.uniform(0, 2))
