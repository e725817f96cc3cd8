"""Many at once, timed one by one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import msgspec

from server.kit.clock import monotonic

Item = TypeVar("Item")


class Timed(msgspec.Struct, frozen=True):
    """How long the whole took and each of its parts, in seconds."""

    whole_s: float
    each_s: list[float]

    @property
    def rate(self) -> float:
        return len(self.each_s) / self.whole_s

    def ms(self, percent: float) -> float:
        """A percentile in milliseconds."""
        ordered = sorted(self.each_s)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


async def together(items: Sequence[Item], work: Callable[[Item], Awaitable[object]], at_once: int) -> Timed:
    """Do `work` on every item, `at_once` at a time."""
    waiting, each = list(reversed(items)), []

    async def one_lane() -> None:
        while waiting:
            item = waiting.pop()
            began = monotonic()
            await work(item)
            each.append(monotonic() - began)

    began = monotonic()
    await asyncio.gather(*(one_lane() for _ in range(at_once)))
    return Timed(monotonic() - began, each)


class Line(msgspec.Struct, frozen=True):
    """One line of the table. `ratio` None where the figure is not one."""

    figure: str
    ours: str
    limit: str
    ratio: str
    must: str
    goal: str
