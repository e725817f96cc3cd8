"""A script of failures that a simulator plays, one for each message, before it works again."""

from collections import deque
from typing import Literal

import msgspec

Stage = Literal["mail", "rcpt", "data"]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """`status` is the answer (HTTP or SMTP), 0 for the usual one; `code` the provider's own error number.

    `keep`: the message arrives although the answer says otherwise. `hang_s`: seconds before the answer.
    `undelivered`: accepted, then reported undelivered with `code`. `unseen`: accepted, and never shown.
    `stage`: the SMTP command that fails.
    """

    status: int = 0
    code: int | None = None
    retry_after_s: int | None = None
    hang_s: float = 0
    keep: bool = False
    undelivered: bool = False
    unseen: bool = False
    stage: Stage = "data"


class Faults:
    """The script; empty means that everything works."""

    def __init__(self) -> None:
        self._script: deque[Fault] = deque()

    def fail(
        self,
        status: int,
        *,
        times: int = 1,
        code: int | None = None,
        retry_after_s: int | None = None,
        stage: Stage = "data",
    ) -> None:
        """Refuse the next messages."""
        self._script.extend([Fault(status=status, code=code, retry_after_s=retry_after_s, stage=stage)] * times)

    def hang(self, seconds: float, *, times: int = 1, keep: bool = True) -> None:
        """Take the next messages (or drop them) and let the sender wait for the answer."""
        self._script.extend([Fault(hang_s=seconds, keep=keep, status=0 if keep else 503)] * times)

    def lose(self, code: int, *, times: int = 1) -> None:
        """Accept the next texts and report them undelivered later."""
        self._script.extend([Fault(undelivered=True, code=code)] * times)

    def hide(self, *, times: int = 1) -> None:
        """Accept the next pushes for phones that show nothing."""
        self._script.extend([Fault(unseen=True)] * times)

    def clear(self) -> None:
        """It works again."""
        self._script.clear()

    def __len__(self) -> int:
        """How many failures are still to come."""
        return len(self._script)

    def work(self) -> None:
        """What is left of the script is not played."""
        self._script.clear()

    def next(self) -> Fault | None:
        """The failure for this message, if there is one; taken off the script."""
        return self._script.popleft() if self._script else None

    def peek(self) -> Fault | None:
        """The failure that waits, left where it is."""
        return self._script[0] if self._script else None
