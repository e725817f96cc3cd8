"""F25: everything at random for many minutes, five clinics, and quiet between the faults to see how fast a page is."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from server.kit.clock import monotonic, unix_ms
from tests.bench.ground import Target, memory_mb
from tests.chaos import invariants
from tests.chaos.client import CALLS_SOMEBODY, DANGER, FINE
from tests.chaos.place import Place, place
from tests.chaos.result import Result, percentile

CLINICS, CHECK_INS = 5, 50_000
ENROLLED_AT_ONCE = 100
# After a fault the leases of whoever died run out; what comes after that is to be as fast as if nothing had been.
FAULT_S, RECOVERY_S, QUIET_S = 15.0, 40.0, 25.0
QUIET_P99_S = 5.0
GROWTH = 1.10
SPREAD = """
update check_ins set opens_at = t.at, due_at = t.at, next_action_at = t.at, closes_at = t.at + interval '2 hours'
from (select id as row, app_now() + random() * $1 * interval '1 minute' as at from check_ins
      where key = 'h1' and state = 'planned') t
where id = t.row
"""


async def soak(seed: int, minutes: float, check_ins: int = CHECK_INS) -> Result:
    """Every fault at random; nothing is lost, pages in quiet times take at most 5 s, the web process does not grow."""
    async with place(seed, clinics=CLINICS, workers=2) as here:
        targets = await _enrolled(here, check_ins)
        here.rng.shuffle(targets)
        await here.sql(SPREAD, minutes)
        planned = await here.value("select count(*) from check_ins")
        until = monotonic() + minutes * 60
        answering = asyncio.create_task(_answer(here, targets, until, len(targets) / (minutes * 60)))
        made, quiet = dict.fromkeys((fault.__name__ for fault in FAULTS), 0), list[tuple[float, float]]()
        await asyncio.sleep(10)
        before = memory_mb(here.web.pid)
        while monotonic() < until:
            end = min(until, monotonic() + FAULT_S)
            while monotonic() < end:
                fault = here.rng.choice(FAULTS)
                made[fault.__name__] += 1
                await fault(here)
                await asyncio.sleep(here.rng.uniform(0.5, 4))
            await _all_well(here)
            await asyncio.sleep(min(RECOVERY_S, max(0, until - monotonic())))
            began = unix_ms() / 1000
            await asyncio.sleep(min(QUIET_S, max(0, until - monotonic())))
            quiet.append((began, unix_ms() / 1000))
        await answering
        after = memory_mb(here.web.pid)
        recovery = await here.settled(within_s=300)
        found = await invariants.hold(here)
        calm = [s for at, s in found.calls if any(a <= at <= b for a, b in quiet)]
        worst = percentile(calm, 99)
        assert (worst or 0) <= QUIET_P99_S, f"p99 in quiet times {worst} s"
        assert after < before * GROWTH + 10, f"the web process grew from {before:.0f} to {after:.0f} MB"
        also = f"{planned:,} check-ins, {found.answers:,} answers, web process {before:.0f} to {after:.0f} MB"
        return Result(
            faults=", ".join(f"{count} {name.replace('_', ' ')}" for name, count in made.items()), cases=found.alerts,
            lost=found.unheard, copies=found.copies, p50_s=percentile(calm, 50), p99_s=worst, recovery_s=recovery,
            also=also,
        )  # fmt: skip


async def _enrolled(here: Place, check_ins: int) -> list[Target]:
    targets: list[Target] = []
    while await here.value("select count(*) from check_ins") < check_ins:
        for clinic in range(CLINICS):
            targets += await here.patients(ENROLLED_AT_ONCE, clinic)
    return targets


async def _answer(here: Place, targets: Sequence[Target], until: float, a_second: float) -> None:
    async with asyncio.TaskGroup() as group:
        for target in targets:
            if monotonic() > until:
                return
            answers = here.rng.choice([FINE] * 6 + [CALLS_SOMEBODY, DANGER])
            group.create_task(here.phones.answer(target, answers))
            await asyncio.sleep(here.rng.expovariate(a_second))


async def workers_killed(here: Place) -> None:
    worker = here.rng.choice(here.workers)
    await worker.kill()
    worker.start()


async def database_crashes(here: Place) -> None:
    await here.cluster.crash()
    await here.cluster.start()


async def texts_refused(here: Place) -> None:
    here.providers.sms.faults.fail(here.rng.choice([500, 503]), times=here.rng.randint(1, 20))


async def texts_put_off(here: Place) -> None:
    here.providers.sms.faults.fail(429, times=here.rng.randint(1, 5), retry_after_s=here.rng.randint(1, 30))


async def texts_taken_and_answered_late(here: Place) -> None:
    here.providers.sms.faults.hang(here.rng.uniform(1, 15), times=here.rng.randint(1, 10), keep=True)


async def mails_refused(here: Place) -> None:
    here.providers.mail.faults.fail(451, times=here.rng.randint(1, 10))


FAULTS: tuple[Callable[[Place], Coroutine[Any, Any, None]], ...] = (
    workers_killed, database_crashes, texts_refused, texts_put_off, texts_taken_and_answered_late, mails_refused,
)  # fmt: skip


async def _all_well(here: Place) -> None:
    for provider in (here.providers.sms, here.providers.mail):
        provider.faults.work()
