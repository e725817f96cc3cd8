"""Where a log cannot be written, the work goes on."""

import subprocess
import sys
from pathlib import Path

TELLS = """
import structlog
from server.kit.log import set_up_logs
set_up_logs()
for number in range(2000):
    structlog.get_logger().warning("told", number=number)
print("went on")
"""


def test_a_full_disk_under_the_log_stops_nothing() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", TELLS],
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            stderr=full,
            timeout=60,
        )
    assert ended.stdout == b"went on\n"
