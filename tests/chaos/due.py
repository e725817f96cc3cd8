"""F16, F20: thousands of check-ins become due at once, with workers that die; or while nobody was there at all."""

import asyncio

import msgspec

from server.kit.clock import monotonic
from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY
from tests.chaos.place import Place, place
from tests.chaos.result import Result

ALL_DUE = """
update check_ins c set opens_at = t.now, due_at = t.now, closes_at = t.now + interval '2 hours', next_action_at = t.now
from (select app_now() as now offset 0) t where key = $1 and state = 'planned'
"""
# The others keep out of it: only these become due.
OTHERS_LATER = """
update check_ins set opens_at = opens_at + interval '3 days', due_at = due_at + interval '3 days',
    closes_at = closes_at + interval '3 days', next_action_at = next_action_at + interval '3 days'
where key <> $1 and state = 'planned'
"""
# What is asked the next day waits for the morning: at whatever hour this runs, night is half a day away.
NIGHT_FAR_AWAY = """
update patients p set quiet_from = t.far::time, quiet_to = (t.far + interval '30 minutes')::time
from (select id, (app_now() at time zone time_zone) + interval '12 hours' as far from patients) t where t.id = p.id
"""
# Silence about the first hour pages somebody each time, silence about the next day stands on the day's list.
PAGED, LISTED = "h1", "h24"
PROMPTED = "select count(*) from notifications where kind = 'prompt' and template = 'check_in'"
MISSED = "select count(*) from check_ins where state = 'missed'"
MISSED_AUDITED = "select count(*) from audit_log where action = 'check_in.missed'"
MISSED_TWICE = "select check_in_id from flags where rule like 'missed%' group by check_in_id, rule having count(*) > 1"
# Half of them become due and are over while nobody is there, half are still open then.
DUE_MEANWHILE = """
update check_ins c set opens_at = t.now, due_at = t.now + interval '10 minutes',
    next_action_at = t.now + interval '10 minutes',
    closes_at = t.now + case when substr(c.id::text, 36) < '8' then interval '1 hour' else interval '3 hours' end
from (select app_now() as now offset 0) t where key = $1 and state = 'planned'
"""
CATCH_UP_S = 60
DONE_WITHIN_S = 600


async def four_workers_one_outbox(seed: int, rows: int, kills: int) -> Result:
    """F16: so many check-ins in one minute, prompted and then missed by four workers that are killed at random."""
    async with place(seed) as here:
        await here.patients(rows)
        await here.sql(NIGHT_FAR_AWAY)
        await here.sql(OTHERS_LATER, LISTED)
        await here.sql(ALL_DUE, LISTED)
        here.providers.sms.reporting = False
        for _ in range(4):
            here.add_worker()
        await _killing(here, kills // 2, PROMPTED, rows)
        await here.leases_run_out()
        await here.sent(within_s=300)
        assert await here.value(PROMPTED) == rows
        accepted = {a.message_id for a in here.providers.ledger}
        assert len(accepted) == rows, f"{len(accepted)} prompts for {rows} check-ins"
        await here.later(hours=2.01)
        await _killing(here, kills - kills // 2, MISSED, rows)
        recovery = await here.settled(within_s=300)
        assert await here.value(MISSED) == await here.value(MISSED_AUDITED) == rows
        assert not await here.sql(MISSED_TWICE)
        found = await invariants.hold(here)
        killed = sum(worker.kills for worker in here.workers)
        also = f"{rows:,} check-ins, {len(accepted):,} prompts, {rows:,} missed once"
        return msgspec.structs.replace(
            result.of(found, f"{killed} kills", recovery_s=recovery, also=also), cases=rows, p50_s=None, p99_s=None
        )


async def _killing(here: Place, kills: int, count: str, until: int) -> None:
    """Kill one of them now and then, until so many rows are there."""
    began = monotonic()
    while (there := await here.value(count)) < until:
        assert monotonic() - began < DONE_WITHIN_S, f"{there} of {until} rows"
        await asyncio.sleep(here.rng.uniform(0.3, 1.5))
        victim = here.rng.choice(here.workers)
        if kills > 0:
            kills -= 1
            await victim.kill()
            victim.start()


async def down_for_two_hours(seed: int, patients: int) -> Result:
    """F20: web and worker stop; check-ins become due and end meanwhile. All of it is settled within a minute."""
    async with place(seed, workers=1) as here:
        targets = await here.patients(patients)
        await here.phones.answer(targets[0], CALLS_SOMEBODY)
        await here.sql(OTHERS_LATER, PAGED)
        await here.sql(DUE_MEANWHILE, PAGED)
        await here.settled()
        for process in (here.web, *here.workers):
            await process.end()
        await here.later(hours=2)
        await here.start_web()
        here.workers[0].start()
        recovery = await here.settled(within_s=CATCH_UP_S)
        assert not await here.sql(MISSED_TWICE)
        found = await invariants.hold(here)
        stale = await invariants.stale_prompts(here)
        assert not stale, f"{len(stale)} prompts were sent for check-ins that are over"
        told = await here.value("select count(*) from notifications where params ->> 'incident' = 'engine_late'")
        assert told, "nobody is told that nothing was sent for two hours"
        also = f"{patients:,} patients, {await here.value(MISSED):,} check-ins missed once, 0 stale prompts"
        row = result.of(found, "2 hours", recovery_s=recovery, also=also)
        return msgspec.structs.replace(row, cases=patients, p50_s=None, p99_s=None)
