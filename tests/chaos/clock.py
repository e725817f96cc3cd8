"""F13: the clock of the database jumps, and that of the machine that the application runs on, forwards and back."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import msgspec

from tests.chaos import invariants, result
from tests.chaos.client import CALLS_SOMEBODY
from tests.chaos.place import place
from tests.chaos.result import Result

PROMPTS = "select count(*) from notifications where kind = 'prompt'"
MISSED = "select count(*) from check_ins where state = 'missed'"
TOLD = "select count(distinct params ->> 'incident') from notifications where params ->> 'incident' = any($1)"
PAGED_WITHIN_S = 60


class HostClock:
    """What processes take for the time of day, by libfaketime; their monotonic clock stays as it is."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
        self.set(0)

    @property
    def can_jump(self) -> bool:
        return self._library is not None

    def env(self) -> Mapping[str, str]:
        """For a process whose clock this is to be; nothing where there is no libfaketime."""
        if self._library is None:
            return {}
        return {
            "LD_PRELOAD": str(self._library), "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_CACHE_DURATION": "1",
        }  # fmt: skip

    def set(self, hours: int) -> None:
        """So far from the true time."""
        self._file.write_text(f"{hours:+d}h\n")


async def jumps(seed: int, patients: int) -> Result:
    """The database an hour ahead, then five minutes back; the application's machine two hours ahead, then two behind:
    with patients whose check-ins are hours away nothing is missed or asked for it, somebody is told of the database's
    jumps (nothing is reckoned by the other clock), and an alert right after each is paged."""
    async with place(seed, web=False) as here:
        host = HostClock(here.folder / "host-clock")
        here.web.env.update(host.env())
        await here.start_web()
        here.add_worker(**host.env())
        targets = await here.patients(patients)
        await here.settled()
        steps = [partial(here.later, hours=1), partial(here.later, hours=-5 / 60)]
        hosts = [2, -2] if host.can_jump else []
        for number in range(len(steps) + len(hosts)):
            if number < len(steps):
                await steps[number]()
            else:
                host.set(hosts[number - len(steps)])
            for target in targets[number :: len(steps) + len(hosts)]:
                await here.phones.answer(target, CALLS_SOMEBODY)
            await here.settled(within_s=PAGED_WITHIN_S)
        assert await here.value(MISSED) == 0, "a clock that jumps is no silence of a patient"
        assert await here.value(PROMPTS) <= patients, "a burst"
        assert await here.value(TOLD, ["engine_late", "clock_set_back"]) == 2, "nobody is told"
        assert all(worker.alive for worker in here.workers)
        found = await invariants.hold(here)
        faults = "database +1 h, -5 min; " + ("host +2 h, -2 h" if hosts else "host not played here")
        row = result.of(found, faults, also="each jump of the database told to the team, 0 missed, no burst")
        return msgspec.structs.replace(row, p50_s=None, p99_s=None)
