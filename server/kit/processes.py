"""Operating-system processes: end with the parent, find leftovers of a killed one."""

import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(number: int) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends signal `number` to the child when this process dies, even by kill -9."""
    parent = os.getpid()

    def follow() -> None:
        if LIBC is None:
            return
        LIBC.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return follow


def processes_in(folder: Path, program: str) -> list[int]:
    """Ids of the running processes of `program` whose working directory is `folder`; none where there is no /proc.

    The working directory tells more than a pid file, whose number may belong to somebody else by now.
    """
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").samefile(folder) and (entry / "exe").readlink().name.startswith(program):
                found.append(int(entry.name))
        except OSError:
            continue
    return found
