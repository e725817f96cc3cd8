"""What a simulation tells: how far it is, and at the end what came of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from server.demo.simulate.count import Counts
from server.demo.simulate.run import Simulation
from server.kit.clock import monotonic

TELL_EVERY_S = 5
TIERS = ("emergency", "urgent", "same_day")


class Progress:
    """One line now and then: where the clock stands, what has been done, how fast."""

    def __init__(self, total: int, begins: datetime) -> None:
        self._total, self._begins, self._began = total, begins, monotonic()
        self._told = 0.0

    def tell(self, simulation: Simulation, now: datetime) -> None:
        took = max(monotonic() - self._began, 0.001)
        if took - self._told < TELL_EVERY_S:
            return
        self._told, ledger = took, simulation.ledger
        print(
            f"day {(now - self._begins).days:3}  sessions {ledger.sessions} of {self._total}  "
            f"answers {len(ledger.told)}  alerts closed {ledger.closed}  "
            f"{ledger.sessions / took:.1f} sessions a second, {len(ledger.told) / took:.1f} answers a second",
            flush=True,
        )


def told(counts: Counts) -> list[str]:
    """The figures in words."""
    weeks, hundred = counts.span / timedelta(weeks=1), max(counts.answers, 1) / 100
    states = ", ".join(f"{name} {counts.states[name]}" for name in sorted(counts.states))
    lines = [
        f"{counts.sessions} sessions in {weeks:.0f} weeks; the clock leapt {counts.leaps} times.",
        f"Check-ins planned: {sum(counts.states.values())} ({counts.extra} of them asked for by an answer): {states}.",
        f"Answers: {counts.answers}, {counts.companions} by companions, {counts.late} late; "
        f"{counts.again} came twice and were kept once. Prompts: {counts.prompts}.",
        f"Answers that call somebody: {100 * counts.share:.1f} of 100",
    ]
    lines += [
        f"  {tier:10} {counts.by_tier[tier]:6}  {counts.by_tier[tier] / hundred:5.2f} of 100 answers"
        f"  {counts.by_tier[tier] / weeks:7.1f} a week  {counts.alerts.get(tier, 0):6} alerts"
        for tier in TIERS
    ]
    lines += [
        f"Silences that call somebody: {counts.silences}.",
        f"Planted emergencies: {counts.planted}, not found: {counts.not_found}.",
        f"Lost: {_words(counts.lost)}. Doubled: {_words(counts.doubled)}.",
    ]
    return lines


def _words(found: Mapping[str, int]) -> str:
    return ", ".join(f"{words} ({number})" for words, number in found.items()) or "0"
