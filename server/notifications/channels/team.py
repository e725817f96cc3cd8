"""Chats, pagers and webhooks of the team, through apprise: it knows their ways, and blocks while it sends."""

import asyncio
import logging
import re
import threading
from contextlib import AsyncExitStack, suppress
from uuid import UUID

from server.notifications.channels.base import TIMEOUT_S
from server.notifications.channels.reach import Reach, within
from server.notifications.channels.team_address import make
from server.notifications.model import HELD, Message, Outcome

AT_ONCE = 8
# One clinic's slow rooms leave places for the others.
OF_A_CLINIC = 2
# What gets no place by then goes back to the outbox, long before its lease ends.
PLACE_WITHIN_S = 3.0
LATER_S = 5
CONNECT_S, READ_S = 4.0, 6.0
HTTP_STATUS = re.compile(r"error=(\d{3})")
TRY_AGAIN = (408, 425, 429)


class _Told(threading.local):
    status: int | None = None


class _Listener(logging.Handler):
    """What went wrong apprise says in its log only. That may hold addresses: only the HTTP status of it is kept."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told = _Told()

    def emit(self, record: logging.LogRecord) -> None:
        if found := HTTP_STATUS.search(record.getMessage()):
            self.told.status = int(found.group(1))


_listener = _Listener()
logging.getLogger("apprise").addHandler(_listener)


class TeamSender:
    """Each message in a thread of its own, `AT_ONCE` at a time and `OF_A_CLINIC` for one clinic. `private`: into the
    operator's own network too."""

    def __init__(self, *, private: bool, timeout_s: float = TIMEOUT_S, place_within_s: float = PLACE_WITHIN_S) -> None:
        self._private = private
        self._timeout_s = timeout_s
        self._place_within_s = place_within_s
        self._places = asyncio.Semaphore(AT_ONCE)
        self._clinics: dict[UUID | None, asyncio.Semaphore] = {}

    async def send(self, message: Message) -> Outcome:
        """Hand the message over; what takes longer is cut off, and its thread given back as soon as it has ended. One
        that finds no place was not tried."""
        clinic = self._clinics.setdefault(message.clinic_id, asyncio.Semaphore(OF_A_CLINIC))
        if not await self._take_place(clinic):
            return Outcome("temporary", error_code=HELD, retry_after_s=LATER_S)
        reach = Reach(private=self._private)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._in_a_thread(message, reach, clinic)
        except TimeoutError:
            reach.cut()
            return Outcome("temporary", error_code="timeout")

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _take_place(self, clinic: asyncio.Semaphore) -> bool:
        async with AsyncExitStack() as taken:
            try:
                async with asyncio.timeout(self._place_within_s):
                    await taken.enter_async_context(clinic)
                    await taken.enter_async_context(self._places)
            except TimeoutError:
                return False
            # The thread gives both back.
            taken.pop_all()
        return True

    def _in_a_thread(self, message: Message, reach: Reach, clinic: asyncio.Semaphore) -> asyncio.Future[Outcome]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Outcome] = loop.create_future()

        def finish(outcome: Outcome) -> None:
            self._places.release()
            clinic.release()
            if not done.done():
                done.set_result(outcome)

        def work() -> None:
            outcome = _send(message, reach)
            # The loop may be gone by now: the worker does not wait for a slow chat when it stops.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(finish, outcome)

        threading.Thread(target=work, name="team-channel", daemon=True).start()
        return done


def _send(message: Message, reach: Reach) -> Outcome:
    """In the thread. Never raises: the type of what went wrong is all that may be told."""
    try:
        with within(reach):
            return _delivered(message, reach)
    except Exception as error:
        return Outcome("temporary", error_code=f"unexpected_{type(error).__name__}")


def _delivered(message: Message, reach: Reach) -> Outcome:
    _listener.told.status = None
    plugin = make(message.to)
    if plugin is None:
        return Outcome("configuration", error_code="address")
    plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_S, READ_S
    if plugin.notify(body=message.body, title=message.title or "", body_format="text"):
        return Outcome("accepted")
    if reach.refused:
        return Outcome("configuration", error_code="private_address")
    return _refused(_listener.told.status)


def _refused(status: int | None) -> Outcome:
    if status is None:
        return Outcome("temporary", error_code="connection")
    if status in TRY_AGAIN or status >= 500:
        return Outcome("temporary", error_code=f"http_{status}")
    return Outcome("configuration" if status in (401, 403) else "permanent", error_code=f"http_{status}")
