"""The way to each provider: how much may be under way at once, places kept for urgent pages, and a breaker."""

import asyncio
import math
from datetime import datetime

from server.notifications.breaker import Breaker, answered, begun, wait_before
from server.notifications.model import HELD, Outcome

AT_ONCE = 50
KEPT_FOR_PAGES = 20


class Gate:
    """Before one provider, for everything that this process sends through it."""

    def __init__(self) -> None:
        self.breaker = Breaker()
        self._places = {False: asyncio.Semaphore(AT_ONCE), True: asyncio.Semaphore(KEPT_FOR_PAGES)}

    def place(self, *, urgent: bool) -> asyncio.Semaphore:
        """What a message holds while it is under way: the prompts of a morning never take the places of pages."""
        return self._places[urgent]

    def held(self, now: datetime) -> Outcome | None:
        """Why a message does not go at this moment; None: it may."""
        wait = wait_before(self.breaker, now)
        if wait is None:
            self.breaker = begun(self.breaker, now)
            return None
        return Outcome("temporary", error_code=HELD, retry_after_s=max(1, math.ceil(wait.total_seconds())))

    def heard(self, outcome: Outcome, now: datetime) -> None:
        """The provider answered, or did not."""
        self.breaker = answered(self.breaker, outcome, now)
