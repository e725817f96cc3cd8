"""What both processes run on: the event loop, and a collector that has little to do."""

import asyncio
import gc


def fast_loop() -> asyncio.AbstractEventLoop:
    """uvloop where there is one: half of the event loop's cost for each answer and each statement."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def collect_less() -> None:
    """What is there by now stays, and what an answer or a batch of messages makes lives as long as it does: looking
    for cycles in either finds none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)
