"""F25: everything at random for many minutes, five clinics, and quiet between the faults to see how fast a page is."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import msgspec

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
# Memory is looked at when everything that is loaded once is loaded.
WARM_AFTER = 0.2
GROWTH = 1.10
# At the end of a quiet time nothing waits longer than a tick and the time to count it.
LAG_S = 5.0
SPREAD = """
update check_ins set opens_at = t.at, due_at = t.at, next_action_at = t.at, closes_at = t.at + interval '2 hours'
from (select id as row, app_now() + random() * $1 * interval '1 minute' as at from check_ins
      where key = 'h1' and state = 'planned') t
where id = t.row
"""
LAG = "select greatest(messages_lag_s, check_ins_lag_s, alerts_lag_s)::float8 from engine_cycle"
CLINICS_PAGED = "select count(distinct clinic_id) from alerts"


class Watched(msgspec.Struct):
    """What is seen over the whole time. `made`: how many of each fault; `quiet`: from and until (unix seconds); `lags`:
    the longest wait at the end of each (seconds); `warm`: memory once all is loaded."""

    here: Place
    made: dict[str, int]
    quiet: list[tuple[float, float]] = msgspec.field(default_factory=list)
    lags: list[float] = msgspec.field(default_factory=list)
    warm: dict[str, float] = msgspec.field(default_factory=dict)

    def memory(self) -> dict[str, float]:
        """MB of the web process and of the worker that nobody kills."""
        return {"web": memory_mb(self.here.web.pid), "worker": memory_mb(self.here.workers[-1].pid)}

    def is_calm(self, at: float) -> bool:
        return any(begins <= at <= ends for begins, ends in self.quiet)


async def soak(seed: int, minutes: float, check_ins: int = CHECK_INS) -> Result:
    """Every fault at random; nothing is lost, pages in quiet times take at most 5 s, neither memory nor what waits
    grows."""
    async with place(seed, clinics=CLINICS, workers=3) as here:
        targets = await _enrolled(here, check_ins)
        here.rng.shuffle(targets)
        await here.sql(SPREAD, minutes)
        planned = await here.value("select count(*) from check_ins")
        began = monotonic()
        answering = asyncio.create_task(_answer(here, targets, began + minutes * 60, len(targets) / (minutes * 60)))
        seen = Watched(here, dict.fromkeys((fault.__name__ for fault in FAULTS), 0))
        await asyncio.sleep(10)
        await _rounds(seen, began, minutes * 60)
        await answering
        grown = seen.memory()
        recovery = await here.settled(within_s=300)
        found = await invariants.hold(here)
        calm = [s for at, s in found.calls if seen.is_calm(at)]
        p99 = percentile(calm, 99)
        assert p99 is not None, "no alert was raised in a quiet time"
        assert p99 <= QUIET_P99_S, f"p99 in quiet times {p99} s"
        assert await here.value(CLINICS_PAGED) == CLINICS
        assert planned >= check_ins
        for name, before in seen.warm.items():
            assert grown[name] < before * GROWTH, f"{name} grew from {before:.0f} to {grown[name]:.0f} MB"
        assert max(seen.lags) <= LAG_S, f"after quiet times something waited for {seen.lags} s"
        memory = ", ".join(f"{name} {before:.0f} to {grown[name]:.0f} MB" for name, before in seen.warm.items())
        also = (
            f"{CLINICS} clinics, {planned:,} check-ins, {len(targets):,} of them due in this time, {found.answers:,}"
            f" answers; {memory}; longest wait at the end of {len(seen.lags)} quiet times {seen.lags[0]:.1f} s at"
            f" first, {seen.lags[-1]:.1f} s at last; p50 and p99 of {len(calm)} alerts in quiet times"
        )
        return Result(
            faults=", ".join(f"{count} {name.replace('_', ' ')}" for name, count in seen.made.items()),
            cases=found.alerts, lost=found.unheard, copies=found.copies, p50_s=percentile(calm, 50), p99_s=p99,
            recovery_s=recovery, also=also,
        )  # fmt: skip


async def _rounds(seen: Watched, began: float, seconds: float) -> None:
    """Faults, time to recover, quiet: as often as it fits, and at least once."""
    until = began + seconds
    while not seen.quiet or until - monotonic() > FAULT_S + RECOVERY_S + QUIET_S:
        end = monotonic() + FAULT_S
        while monotonic() < end:
            fault = seen.here.rng.choice(FAULTS)
            seen.made[fault.__name__] += 1
            await fault(seen.here)
            await asyncio.sleep(seen.here.rng.uniform(0.5, 4))
        await _all_well(seen.here)
        await asyncio.sleep(RECOVERY_S)
        calm = unix_ms() / 1000
        await asyncio.sleep(QUIET_S)
        seen.quiet.append((calm, unix_ms() / 1000))
        seen.lags.append(await seen.here.value(LAG))
        if not seen.warm and monotonic() - began > WARM_AFTER * seconds:
            seen.warm = seen.memory()
    await asyncio.sleep(max(0, until - monotonic()))


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
    worker = here.rng.choice(here.workers[:-1])
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
