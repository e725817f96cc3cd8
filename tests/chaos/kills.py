"""F1, F2, F19: workers die in the middle of their work."""

import asyncio
import os
import sys
from collections.abc import Sequence
from functools import partial

import msgspec

from server.kit.clock import monotonic
from server.kit.supervise import Child, Supervisor, python_options
from tests.bench.ground import Target
from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY, DANGER
from tests.chaos.place import Place, place
from tests.chaos.processes import Process
from tests.chaos.proxy import Rule
from tests.chaos.result import Result

SECONDS_A_KILL = 2.5
RED_WITHIN_S, GREEN_WITHIN_S = 35, 65


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


CLAIM = "set lease_token = $1"
RECORD = "insert into attempts"


async def killed_at_the_two_edges(seed: int, kills: int) -> Result:
    """F2: killed when the claim is committed and nothing was sent, then when the provider has it and the database does
    not know: the link to the database stands still at that statement, and the process dies."""
    async with place(seed) as here, here.proxied() as proxy:
        engine = proxy.through(here.cluster.server.engine_url)
        worker = here.add_worker(DATABASE_ENGINE_URL=engine, DATABASE_URL=engine)
        edges = [
            Rule(CLAIM, at="commit", do="freeze", changing=True),
            Rule(RECORD, at="statement", do="freeze"),
        ]
        targets = await here.patients(len(edges) * kills)
        copies: list[int] = []
        for number, edge in enumerate(edges):
            for target in targets[number * kills :][:kills]:
                proxy.rule = rule = msgspec.structs.replace(edge, hit=asyncio.Event())
                await here.phones.answer(target, CALLS_SOMEBODY)
                await asyncio.wait_for(rule.hit.wait(), 30)
                await worker.kill()
                proxy.rule = None
                await here.leases_run_out()
                worker.start()
                await here.sent()
            copies.append(here.copies() - sum(copies))
        recovery = await here.settled()
        found = await invariants.hold(here)
        assert copies[0] == 0, "killed before the provider heard of it, and yet it got two"
        also = f"copies by the edge: {copies[0]} after the claim, {copies[1]} before the record"
        return result.of(found, f"{worker.kills} kills", recovery_s=recovery, also=also)


async def hung(seed: int, *, wait: bool = True) -> Result:
    """F19: the statement that ends a cycle never comes back. /health/engine must be red, the process must end by
    itself and be started anew by its supervisor. Not `wait`: only that it is red, the clock moved for it."""
    async with place(seed) as here, here.proxied() as proxy:
        engine = proxy.through(here.cluster.server.engine_url)
        worker = here.process("worker", DATABASE_ENGINE_URL=engine)
        said: list[str] = []
        supervisor = Supervisor(said.append)
        command = [sys.executable, "-m", "server", "worker"]
        log = partial(os.open, worker.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        await supervisor.start(Child("worker", command, 10, python_options(worker.env), open_log=log))
        try:
            await here.until_engine(red=False, within_s=20)
            proxy.rule = Rule("insert into engine_cycle", at="statement", do="freeze", left=1_000_000)
            await asyncio.wait_for(proxy.rule.hit.wait(), 20)
            began = monotonic()
            if not wait:
                await here.leases_run_out()
            red_s = await here.until_engine(red=True, within_s=RED_WITHIN_S)
            while wait and not said:
                assert monotonic() - began < 2 * GREEN_WITHIN_S, "it hangs and lives on"
                await asyncio.sleep(0.1)
            ended_s = monotonic() - began
            proxy.rule = None
            if not wait:
                proxy.cut_all()
            green_s = await here.until_engine(red=False, within_s=30)
            target = (await here.patients(1))[0]
            await here.phones.answer(target, CALLS_SOMEBODY)
            await here.settled()
            found = await invariants.hold(here)
        finally:
            await supervisor.stop(["worker"])
        assert not wait or ended_s <= GREEN_WITHIN_S, f"it took {ended_s:.0f} s until it ended itself"
        also = f"red after {red_s:.0f} s, the process ended itself after {ended_s:.0f} s" if wait else ""
        return result.of(found, "1 tick that hangs", recovery_s=ended_s + green_s if wait else green_s, also=also)
