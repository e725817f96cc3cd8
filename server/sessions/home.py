"""What a dose at home needs. Pure."""

from datetime import datetime, timedelta

from server.sessions.model import Missing

HOME_WATCH = timedelta(hours=4)
ENOUGH_REACHABLE = 2


def watched_until(t0: datetime) -> datetime:
    """Up to when a dose at home needs somebody there and somebody on duty (decision 4: "cover to T0+4 h")."""
    return t0 + HOME_WATCH


def missing_for_home(
    *,
    companion: bool,
    may_text: bool,
    blocked: bool,
    stopped: bool,
    address: bool,
    alone: bool,
    in_hours: bool,
    reachable: int,
) -> tuple[Missing, ...]:
    """What a dose at home still lacks: "No start without companion, address, and cover to T0+4 h" (decision 4).

    `stopped`: the companion's number has asked for no more texts. `alone`: nobody stays tonight. `in_hours`: the clinic
    is at work until T0+4 h; without that at least two people must be `reachable`, at every moment until then.
    """
    lacks: dict[Missing, bool] = {
        "companion": not companion,
        "companion_blocked": companion and blocked,
        "companion_consent": companion and not blocked and not may_text,
        "companion_stopped": companion and not blocked and stopped,
        "address": not address,
        "alone": alone,
        "cover": not in_hours and reachable < ENOUGH_REACHABLE,
    }
    return tuple(name for name, lacking in lacks.items() if lacking)
