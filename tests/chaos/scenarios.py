"""All scenarios: what the fault is, how long it is played, and how short in the tests."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import msgspec

from tests.chaos import kills, pooler
from tests.chaos.processes import find_program
from tests.chaos.result import Result

Play = Callable[[int], Coroutine[Any, Any, Result]]


class Scenario(msgspec.Struct, frozen=True):
    """Both take a seed. `needs`: a program that is not there on every machine."""

    title: str
    long: Play
    short: Play
    needs: str | None = None

    def can_be_played(self) -> bool:
        return self.needs is None or find_program(self.needs) is not None


SCENARIOS = {
    "F1": Scenario(
        "worker killed in the middle of sends",
        partial(kills.killed_in_the_middle_of_sends, alerts=1000, kills=200),
        partial(kills.killed_in_the_middle_of_sends, alerts=12, kills=2, wait=False),
    ),
    "PgBouncer": Scenario(
        "everything behind a pooler in transaction mode",
        partial(pooler.behind_a_pooler, answers=600, kills=10),
        partial(pooler.behind_a_pooler, answers=24, kills=1),
        needs="pgbouncer",
    ),
}
