"""What a scenario has measured: one row of the published table."""

from collections.abc import Sequence

import msgspec

from tests.chaos.invariants import Found


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """`faults`: how many of what kind were made. `lost`: answers or alerts that did not reach anybody: it must be 0;
    None: not counted. Times in seconds; None where there is nothing to measure."""

    faults: str
    cases: int
    lost: int | None
    copies: int | None
    p50_s: float | None = None
    p99_s: float | None = None
    recovery_s: float | None = None
    also: str = ""


def percentile(values: Sequence[float], percent: float) -> float | None:
    """None of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else None


def of(found: Found, faults: str, *, recovery_s: float | None = None, also: str = "") -> Result:
    """The row of a scenario about alerts."""
    return Result(
        faults=faults, cases=found.alerts, lost=found.unheard, copies=found.copies,
        p50_s=percentile(found.delays_s, 50), p99_s=percentile(found.delays_s, 99), recovery_s=recovery_s, also=also,
    )  # fmt: skip
