"""`make chaos`: every fault at full length, and docs/chaos.md from what was measured.

`--only F1 F4` plays these and keeps the other rows; `--short` is what the tests play, and writes nothing.
"""

import argparse
import asyncio
import logging
import secrets
import sys
import traceback
from functools import partial

from server.kit.clock import monotonic
from server.kit.log import set_up_logs
from tests.chaos import soak, table
from tests.chaos.scenarios import SCENARIOS, Scenario

PUBLISHED_MINUTES = 15


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.chaos")
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--minutes", type=float, help="of F25, which is then played alone")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    options = parser.parse_args()
    set_up_logs()
    # The simulators' servers tell of each answer that a killed process did not wait for.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    print(f"seed {options.seed}", flush=True)
    if options.minutes:
        soaking = Scenario(SCENARIOS["F25"].title, partial(soak.soak, minutes=options.minutes))
        return 0 if played("F25", soaking, options.seed, publish=options.minutes >= PUBLISHED_MINUTES) else 1
    failed = [name for name in options.only if not played(name, SCENARIOS[name], options.seed, short=options.short)]
    if failed:
        print(f"Did not hold: {' '.join(failed)}")
    return 1 if failed else 0


def played(name: str, scenario: Scenario, seed: int, *, short: bool = False, publish: bool = True) -> bool:
    """Whether everything held; the row is told, and published unless it was short."""
    play = scenario.short if short else scenario.long
    if play is None or not scenario.can_be_played():
        print(f"{name}: not played here", flush=True)
        return True
    began = monotonic()
    try:
        result = asyncio.run(play(seed))
    except Exception:
        traceback.print_exc()
        print(f"{name}: {scenario.title}: DID NOT HOLD", flush=True)
        return False
    print(table.line(name, scenario.title, result), f"({monotonic() - began:.0f} s)", flush=True)
    if publish and not short:
        table.publish(name, result, seed)
    return True


sys.exit(main())
