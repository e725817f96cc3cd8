"""`python -m server watch`: round after round, and an outside switch told only when the loop is proven."""

import asyncio
import signal

import httpx
import structlog

from server.commands import CommandError
from server.kit.clock import monotonic
from server.kit.log import set_up_logs
from server.settings import Settings
from server.watch.caller import Caller
from server.watch.credentials import file_of, read_credentials
from server.watch.mailbox import Mailbox
from server.watch.round import Round

log = structlog.get_logger()

EVERY_S = 300.0
AGAIN_S = 30.0
ROUND_LIMIT_S = 240


def main(settings: Settings) -> int:
    """Until told to stop; the exit code."""
    set_up_logs()
    asyncio.run(watch(settings))
    return 0


async def watch(settings: Settings) -> None:
    """CommandError when it cannot begin; afterwards nothing ends it but a signal."""
    credentials = read_credentials(file_of(settings))
    if settings.watch_sink is None:
        raise CommandError("WATCH_SINK is missing: where pages to the watcher arrive. Give the worker the same.")
    caller, mailbox = Caller(settings.watch_url or settings.url, credentials), Mailbox()
    await mailbox.open(*settings.watch_sink)
    rounds = asyncio.create_task(_go_round(Round(caller, mailbox), caller, settings.watch_ping_url))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, rounds.cancel)
    await asyncio.wait({rounds})
    mailbox.close()
    await caller.close()


async def _go_round(play: Round, caller: Caller, ping_url: str | None) -> None:
    while True:
        proven = await attempt(play)
        if proven and ping_url:
            await tell_outside(caller, ping_url)
        await asyncio.sleep(EVERY_S if proven else AGAIN_S)


async def attempt(play: Round) -> bool:
    """Whether the loop was proven; what failed is logged by step and type."""
    began = monotonic()
    try:
        async with asyncio.timeout(ROUND_LIMIT_S):
            await play.prove()
    except Exception as error:
        code = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else None
        log.error("page_not_proven", step=play.step, error=type(error).__name__, status=code)
        return False
    log.info("page_proven", took_s=round(monotonic() - began, 1))
    return True


async def tell_outside(caller: Caller, ping_url: str) -> None:
    """Not while sending is held for any clinic, nor while that cannot be asked: the watcher's own page arrived, theirs
    does not leave."""
    try:
        held = await caller.clinics_held()
    except Exception as error:
        log.error("hold_not_asked", error=type(error).__name__)
        return
    if held:
        log.error("sending_held", clinics=held)
        return
    await ping(ping_url)


async def ping(url: str) -> None:
    """Tell the switch outside that all is well; its own alarm is its silence."""
    try:
        async with httpx.AsyncClient(timeout=10) as http:
            (await http.get(url)).raise_for_status()
    except httpx.HTTPError as error:
        log.warning("ping_failed", error=type(error).__name__)
