"""All scenarios: what the fault is, how long it is played, and how short in the tests."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import msgspec

from tests.chaos import kills
from tests.chaos.result import Result

Play = Callable[[int], Coroutine[Any, Any, Result]]


class Scenario(msgspec.Struct, frozen=True):
    """Both take a seed."""

    title: str
    long: Play
    short: Play


SCENARIOS = {
    "F1": Scenario(
        "worker killed in the middle of sends",
        partial(kills.killed_in_the_middle_of_sends, alerts=1000, kills=200),
        partial(kills.killed_in_the_middle_of_sends, alerts=12, kills=2, wait=False),
    ),
}
