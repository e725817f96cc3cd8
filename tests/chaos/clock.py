"""F13: the clock of the database jumps, forwards and back."""

import msgspec

from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY
from tests.chaos.place import place
from tests.chaos.result import Result

PROMPTS = "select count(*) from notifications where kind = 'prompt'"
MISSED = "select count(*) from check_ins where state = 'missed'"
TOLD = "select count(distinct params ->> 'incident') from notifications where params ->> 'incident' = any($1)"


async def jumps(seed: int, patients: int) -> Result:
    """An hour ahead, then five minutes back, with patients whose check-ins are hours away: nothing is missed or asked
    for it, somebody is told of each, and an alert right after it is paged."""
    async with place(seed, workers=1) as here:
        targets = await here.patients(patients)
        await here.settled()
        for number, hours in enumerate((1.0, -5 / 60)):
            await here.later(hours=hours)
            for target in targets[number::2]:
                await here.phones.answer(target, CALLS_SOMEBODY)
            await here.settled()
        assert await here.value(MISSED) == 0, "a clock that jumps is no silence of a patient"
        assert await here.value(PROMPTS) <= patients, "a burst"
        assert await here.value(TOLD, ["engine_late", "clock_set_back"]) == 2, "nobody is told"
        found = await invariants.hold(here)
        row = result.of(found, "+1 h, -5 min", also="each jump told to the team, 0 missed, no burst")
        return msgspec.structs.replace(row, p50_s=None, p99_s=None)
