"""`make chaos`: every fault at full length, and docs/chaos.md from what was measured.

`--only F1 F4` plays these and writes no document; `--short` is what the tests play.
"""

import argparse
import asyncio
import secrets
from pathlib import Path

from server.kit.clock import monotonic
from server.kit.log import set_up_logs
from tests.chaos import table
from tests.chaos.scenarios import SCENARIOS

DOCUMENT = Path(__file__).parents[2] / "docs" / "chaos.md"


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.chaos")
    parser.add_argument("--only", nargs="+", metavar="F1", default=[])
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    options = parser.parse_args()
    set_up_logs()
    print(f"seed {options.seed}", flush=True)
    rows = []
    for name, scenario in SCENARIOS.items():
        if options.only and name not in options.only:
            continue
        if not scenario.can_be_played():
            raise SystemExit(f"{name} needs {scenario.needs}: install it first.")
        began = monotonic()
        result = asyncio.run(scenario.short(options.seed) if options.short else scenario.long(options.seed))
        rows.append((name, scenario, result))
        print(table.line(name, scenario.title, result), f"({monotonic() - began:.0f} s)", flush=True)
    if not options.only and not options.short:
        DOCUMENT.write_text(table.document(rows, options.seed))


main()
