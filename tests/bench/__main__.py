"""`make bench`: every figure of docs/performance.md, as a table to paste. `--quick` tells only whether it all runs."""

import argparse
import asyncio
import os
import platform

from server.kit.log import set_up_logs
from server.kit.loop import fast_loop
from tests.bench.engine import bench_planning, bench_sending, bench_ticks
from tests.bench.ground import ground
from tests.bench.measure import Line
from tests.bench.screen import bench_screen
from tests.bench.submissions import bench_submissions

HEAD = ("figure", "ours", "the limit", "ratio", "must", "goal")


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="a fiftieth of the work: figures are not to be trusted")
    parser.add_argument("only", nargs="*", choices=["submissions", "planning", "sending", "ticks", "screen", []])
    options = parser.parse_args()
    set_up_logs()
    with asyncio.Runner(loop_factory=fast_loop) as runner:
        runner.run(run(set(options.only), 50 if options.quick else 1))


async def run(only: set[str], part: int) -> None:
    """One server for each bench, so that none stands on what another has left behind."""
    lines: list[Line] = []
    if not only or "submissions" in only:
        async with ground() as on:
            lines += await bench_submissions(on, 8000 // part, 15 if part == 1 else 1)
    if not only or "planning" in only:
        async with ground() as on:
            lines += await bench_planning(on, await on.enrol(5000 // part))
    if not only or "sending" in only:
        async with ground() as on:
            count = 20_000 // part
            await on.enrol(count)
            lines += await bench_sending(on, count)
    if not only or "ticks" in only:
        async with ground() as few, ground() as many:
            await few.enrol(1000)
            await many.enrol(1000)
            lines += await bench_ticks(few, many, 1 / part)
    if not only or "screen" in only:
        async with ground() as on:
            lines += await bench_screen(on, await on.enrol(500 // part))
    tell(lines)


def tell(lines: list[Line]) -> None:
    """The table in Markdown."""
    print(f"\n{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the end.\n")
    print("| " + " | ".join(HEAD) + " |")
    print("|" + "---|" * len(HEAD))
    for line in lines:
        print(f"| {line.figure} | {line.ours} | {line.limit} | {line.ratio} | {line.must} | {line.goal} |")


main()
