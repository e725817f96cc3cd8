"""F3, F4: the database dies, and connections to it are cut when nobody knows whether it has committed."""

import asyncio

from server.kit.clock import monotonic
from tests.bench.ground import Target
from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY, FINE
from tests.chaos.place import Place, place
from tests.chaos.proxy import Rule
from tests.chaos.result import Result

STORES = "insert into responses"
ANSWERS_A_S = 8


async def crashes_under_load(seed: int, crashes: int, every_s: float = 10) -> Result:
    """F3: `-m immediate` again and again while answers come in; each third calls somebody."""
    async with place(seed, workers=2) as here:
        targets = await here.patients(int(crashes * every_s * ANSWERS_A_S))
        answering = asyncio.create_task(_answer_all(here, targets, ANSWERS_A_S))
        recoveries = []
        for _ in range(crashes):
            await asyncio.sleep(every_s * here.rng.uniform(0.5, 1))
            await here.cluster.crash()
            await asyncio.sleep(here.rng.uniform(0, 1))
            await here.cluster.start()
            recoveries.append(await _next_answer(here))
        await answering
        await here.leases_run_out()
        settled = await here.settled(within_s=180)
        found = await invariants.hold(here)
        assert found.answers == len(targets)
        retried = sum(told.tries > 1 for told in here.phones.ledger)
        also = f"{found.answers:,} answers, {retried} of them sent again; all settled {settled:.0f} s after the last"
        return result.of(found, f"{here.cluster.crashes} crashes", recovery_s=max(recoveries), also=also)


async def _next_answer(here: Place) -> float:
    """Seconds until an answer is taken."""
    began, so_far = monotonic(), len(here.phones.ledger)
    while len(here.phones.ledger) == so_far:
        assert monotonic() - began < 60, "no answer is taken any more"
        await asyncio.sleep(0.02)
    return monotonic() - began


async def _answer_all(here: Place, targets: list[Target], a_second: float) -> None:
    async with asyncio.TaskGroup() as group:
        for number, target in enumerate(targets):
            group.create_task(here.phones.answer(target, CALLS_SOMEBODY if number % 3 == 0 else FINE))
            await asyncio.sleep(1 / a_second)


async def cut_at_the_commit(seed: int, cuts: int) -> Result:
    """F4: the server has committed an answer and its connection is cut before the web process hears of it. The phone
    sends again; what it is told then must be what it would have been told."""
    async with place(seed, web=False, workers=1) as here, here.proxied() as proxy:
        here.web.env["DATABASE_URL"] = proxy.through(here.cluster.server.web_url)
        await here.start_web()
        targets = await here.patients(3 * cuts)
        proxy.rule = rule = Rule(STORES, at="commit", do="cut", left=cuts, chance=0.6)
        waiting, number = list(targets), 0

        async def one_after_the_other() -> None:
            nonlocal number
            while waiting and rule.done < cuts:
                number += 1
                await here.phones.answer(waiting.pop(), CALLS_SOMEBODY if number % 2 else FINE)

        await asyncio.gather(*(one_after_the_other() for _ in range(4)))
        proxy.rule = None
        for told in here.phones.ledger:
            target = next(t for t in targets if t.check_in_id == told.check_in_id)
            again = await here.phones.repeat(target, told)
            assert (again.status_code, again.content) == (200, told.reply), "it was told something else"
        recovery = await here.settled()
        found = await invariants.hold(here)
        retried = sum(told.tries > 1 for told in here.phones.ledger)
        also = f"{found.answers} answers under as many ids, {retried} sent again and told the same"
        return result.of(found, f"{rule.done} cuts", recovery_s=recovery, also=also)
