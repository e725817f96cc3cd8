"""The only place that reads a clock. Care and machine time come from the database; these serve ids and time-outs."""

import time


def unix_ms() -> int:
    """Milliseconds since 1970, for the time part of identifiers only."""
    return time.time_ns() // 1_000_000


def monotonic() -> float:
    """Seconds that never go backwards, for time-outs and measuring."""
    return time.monotonic()
