"""All scenarios: what the fault is, how long it is played, and how short in the tests."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import msgspec

from tests.chaos import (
    clock,
    database,
    disk,
    due,
    failover,
    kills,
    poison,
    pooler,
    races,
    refusals,
    soak,
    stories,
    watcher,
)
from tests.chaos.processes import find_program
from tests.chaos.result import Result

Play = Callable[[int], Coroutine[Any, Any, Result]]


class Scenario(msgspec.Struct, frozen=True):
    """Both take a seed; without `short` it is too slow for the tests. `needs`: a program that is not there on every
    machine; `possible`: whether this one allows it."""

    title: str
    long: Play
    short: Play | None = None
    needs: str | None = None
    possible: Callable[[], bool] = lambda: True

    def can_be_played(self) -> bool:
        return self.possible() and (self.needs is None or find_program(self.needs) is not None)


SCENARIOS = {
    "none": Scenario(
        "nothing is wrong",
        partial(races.nothing_is_wrong, a_second=50, seconds=30, p99_s=1),
        partial(races.nothing_is_wrong, a_second=5, seconds=2, p99_s=3),
    ),
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
    "F5": Scenario(
        "the text provider refuses everything",
        partial(refusals.texts_are_refused, alerts=200, seconds=600),
        partial(refusals.texts_are_refused, alerts=3, seconds=1),
    ),
    "F6": Scenario(
        "a provider takes a text and answers too late",
        partial(refusals.texts_are_answered_late, alerts=100),
        partial(refusals.texts_are_answered_late, alerts=3, late_s=6),
    ),
    "F7": Scenario(
        "a provider asks to wait",
        partial(refusals.asked_to_wait, alerts=20),
        partial(refusals.asked_to_wait, alerts=3, wait_s=3),
    ),
    "F8": Scenario("a phone's push service says that it is gone", partial(stories.told, tests=stories.GONE)),
    "F9": Scenario("a push is taken and no phone shows it", partial(stories.told, tests=stories.UNSEEN)),
    "F10": Scenario("reports twice, in the wrong order, forged", partial(stories.told, tests=stories.REPORTS)),
    "F11": Scenario(
        "the same answer many times, and another one under its id",
        partial(races.the_same_answer_many_times, answers=40),
        partial(races.the_same_answer_many_times, answers=2),
    ),
    "F12": Scenario(
        "well, and two minutes later not",
        partial(races.worse_two_minutes_later, patients=200),
        partial(races.worse_two_minutes_later, patients=2),
    ),
    "F13": Scenario(
        "the clocks of the database and of the application's machine jump",
        partial(clock.jumps, patients=200),
        partial(clock.jumps, patients=4),
    ),
    "F14": Scenario(
        "summer time begins and ends, 14 days in three zones", partial(stories.told, tests=stories.SUMMER_TIME)
    ),
    "F15": Scenario(
        "the disk of the database and of the logs is full",
        partial(disk.full, answers=100),
        partial(disk.full, answers=10),
        possible=disk.may_mount,
    ),
    "F16": Scenario(
        "four workers killed while everything is due at once",
        partial(due.four_workers_one_outbox, rows=20_000, kills=60),
        partial(due.four_workers_one_outbox, rows=100, kills=2),
    ),
    "F17": Scenario(
        "a slow provider, and urgent pages behind hundreds of prompts",
        partial(refusals.slow_texts, prompts=500, alerts=5, slow_s=25),
        partial(refusals.slow_texts, prompts=60, alerts=2, slow_s=4),
    ),
    "F18": Scenario(
        "messages that kill whoever sends or words them, and unreadable answers",
        partial(poison.bad_words_and_two_killers, neighbours=100),
        partial(poison.bad_words_and_two_killers, neighbours=5),
    ),
    "F19": Scenario("a tick of the engine hangs", kills.hung, partial(kills.hung, wait=False)),
    "F20": Scenario(
        "everything down for two hours",
        partial(due.down_for_two_hours, patients=2000),
        partial(due.down_for_two_hours, patients=20),
    ),
    "F21": Scenario("nobody on call, nobody reachable", partial(stories.told, tests=stories.NOBODY)),
    "F22": Scenario(
        "two nurses and an escalation at the same moment",
        partial(races.three_hands_on_one_alert, alerts=1000),
        partial(races.three_hands_on_one_alert, alerts=5),
    ),
    "F23": Scenario("a backup is restored", partial(stories.told, tests=stories.RESTORED)),
    "F24": Scenario(
        "the watcher dies, or its network is cut",
        partial(watcher.dies_or_is_cut_off, rounds=2),
        watcher.dies_or_is_cut_off,
    ),
    "F25": Scenario(
        "all of it at random, five clinics",
        partial(soak.soak, minutes=15),
    ),
    "PgBouncer": Scenario(
        "everything behind a pooler in transaction mode",
        partial(pooler.behind_a_pooler, answers=600, kills=10),
        partial(pooler.behind_a_pooler, answers=24, kills=1),
        needs="pgbouncer",
    ),
    "failover": Scenario(
        "primary killed, its synchronous standby takes over",
        partial(failover.primary_killed_under_load, answers=1500),
        needs="pg_autoctl",
    ),
}
