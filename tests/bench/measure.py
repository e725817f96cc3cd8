"""What a bench has measured, and a line of its table."""

import msgspec


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


class Line(msgspec.Struct, frozen=True):
    """One line of the table. `ratio` None where the figure is not one."""

    figure: str
    ours: str
    limit: str
    ratio: str
    must: str
    goal: str
