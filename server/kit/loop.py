"""The event loop that both processes run on."""

import asyncio


def fast_loop() -> asyncio.AbstractEventLoop:
    """uvloop where there is one: half of the event loop's cost for each answer and each statement."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
