"""F5, F6, F7, F17: providers that refuse, answer late, ask to wait or are slow."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import msgspec

from server.kit.clock import monotonic
from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY
from tests.chaos.due import ALL_DUE, OTHERS_LATER, PAGED
from tests.chaos.place import place
from tests.chaos.result import Result

OTHER_CHANNEL_S, URGENT_S = 60, 10
EXACTLY_S = 2
PARKED = "select count(*) from notifications where kind = 'page' and state in ('parked', 'failed')"


async def texts_are_refused(seed: int, alerts: int, seconds: float) -> Result:
    """F5: every text is answered with 503: whoever is paged gets a mail within a minute, and no page is given up."""
    async with place(seed, workers=1) as here:
        targets = await here.patients(alerts)
        here.providers.sms.faults.fail(503, times=1_000_000)
        for target in targets:
            await here.phones.answer(target, CALLS_SOMEBODY)
            await asyncio.sleep(seconds / alerts)
        await here.all_heard(within_s=OTHER_CHANNEL_S)
        assert await here.value(PARKED) == 0, "a page was given up before its next step was due"
        asked = len(here.providers.sms.arrivals)
        here.providers.sms.faults.work()
        recovery = await here.settled(within_s=180)
        found = await invariants.hold(here)
        assert found.delays_s[-1] <= OTHER_CHANNEL_S
        row = result.of(found, f"503 to {asked} texts in {seconds:.0f} s", also="by mail instead")
        return msgspec.structs.replace(row, recovery_s=recovery)


async def texts_are_answered_late(seed: int, alerts: int, late_s: int = 11) -> Result:
    """F6: the provider takes a text and answers when nobody waits any more: it is looked up before it is sent again."""
    async with place(seed, workers=1) as here:
        targets = await here.patients(alerts)
        here.providers.sms.faults.hang(late_s, times=alerts, keep=True)
        for target in targets:
            await here.phones.answer(target, CALLS_SOMEBODY)
        await here.all_heard(within_s=60)
        recovery = await here.settled(within_s=180)
        found = await invariants.hold(here)
        assert found.copies < 0.01 * max(found.messages, 100), f"{found.copies} copies"
        return result.of(found, f"{alerts} answers after {late_s} s", recovery_s=recovery)


async def asked_to_wait(seed: int, alerts: int, wait_s: int = 30) -> Result:
    """F7: 429 with Retry-After: the same text is tried again when that is over, no sooner and no later; an urgent page
    takes the other channel at once."""
    async with place(seed, workers=1) as here:
        targets = await here.patients(alerts)
        texts = here.providers.sms
        texts.faults.fail(429, times=alerts, retry_after_s=wait_s)
        for target in targets:
            await here.phones.answer(target, CALLS_SOMEBODY)
        await here.all_heard(within_s=60)
        asked = alerts - len(texts.faults)
        texts.faults.work()
        await asyncio.sleep(wait_s + EXACTLY_S + 1)
        again = [_next_wait(texts.arrivals, number) for number in range(asked)]
        early, late = min(again), max(again)
        assert wait_s - EXACTLY_S <= early <= late <= wait_s + EXACTLY_S, f"again after {early:.1f} to {late:.1f} s"
        await here.settled(within_s=120)
        found = await invariants.hold(here)
        assert found.delays_s[-1] <= URGENT_S
        also = f"texts tried again after {early:.1f} to {late:.1f} s"
        return result.of(found, f"{asked} times 429, wait {wait_s} s", also=also)


def _next_wait(arrivals: Sequence[tuple[UUID, float]], number: int) -> float:
    """Seconds from this arrival of a text until its next one."""
    message_id, at = arrivals[number]
    later = [then for again, then in arrivals[number + 1 :] if again == message_id]
    assert later, "a text was not tried again"
    return later[0] - at


async def slow_texts(seed: int, prompts: int, alerts: int, slow_s: float) -> Result:
    """F17: each text takes so long, hundreds of prompts wait, and a few urgent pages come in."""
    async with place(seed, workers=1) as here:
        await here.patients(prompts)
        calling = await here.patients(alerts)
        await here.sql(OTHERS_LATER, PAGED)
        await here.sql(ALL_DUE, PAGED)
        here.providers.sms.faults.hang(slow_s, times=prompts + 10 * alerts, keep=True)
        began = monotonic()
        while len(here.providers.sms.arrivals) < min(prompts, 20):
            assert monotonic() - began < 30
            await asyncio.sleep(0.1)
        for target in calling:
            await here.phones.answer(target, CALLS_SOMEBODY)
        await here.all_heard(within_s=60)
        here.providers.sms.faults.work()
        recovery = await here.settled(within_s=300)
        found = await invariants.hold(here)
        assert found.delays_s[-1] <= URGENT_S, f"an urgent page took {found.delays_s[-1]:.0f} s"
        return result.of(found, f"{prompts} prompts at {slow_s:.0f} s each", recovery_s=recovery)
