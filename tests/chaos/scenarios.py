"""All scenarios: what the fault is, how long it is played, and how short in the tests."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import msgspec

from tests.chaos import database, due, kills, pooler
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
    "F2": Scenario(
        "worker killed between claim and send, and between send and record",
        partial(kills.killed_at_the_two_edges, kills=100),
        partial(kills.killed_at_the_two_edges, kills=1),
    ),
    "F3": Scenario(
        "PostgreSQL killed under load",
        partial(database.crashes_under_load, crashes=20),
        partial(database.crashes_under_load, crashes=1, every_s=3),
    ),
    "F4": Scenario(
        "connection cut between COMMIT and its reply",
        partial(database.cut_at_the_commit, cuts=200),
        partial(database.cut_at_the_commit, cuts=8),
    ),
    "F16": Scenario(
        "four workers killed while everything is due at once",
        partial(due.four_workers_one_outbox, rows=20_000, kills=60),
        partial(due.four_workers_one_outbox, rows=100, kills=4),
    ),
    "F19": Scenario("a tick of the engine hangs", kills.hung, partial(kills.hung, wait=False)),
    "F20": Scenario(
        "everything down for two hours",
        partial(due.down_for_two_hours, patients=2000),
        partial(due.down_for_two_hours, patients=20),
    ),
    "PgBouncer": Scenario(
        "everything behind a pooler in transaction mode",
        partial(pooler.behind_a_pooler, answers=600, kills=10),
        partial(pooler.behind_a_pooler, answers=24, kills=1),
        needs="pgbouncer",
    ),
}
