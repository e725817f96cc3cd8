"""What arrived at the simulated phones and mailboxes, newest last, kept over restarts."""

import re
from collections import Counter, deque
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

NEWEST = 5000
ADDRESS = re.compile(r"https?://\S+")


class Delivered(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message as its reader sees it; `at` in care time, `link` the first address in the body."""

    channel: Literal["push", "sms", "email", "team"]
    to: str
    body: str
    at: datetime
    title: str | None = None
    link: str | None = None


def first_link(text: str) -> str | None:
    """The first address in a text, or None."""
    found = ADDRESS.search(text)
    return found.group() if found else None


class Inbox:
    """The newest messages in memory and, with a file, on disk: one JSON document a line."""

    def __init__(self, file: Path | None = None, newest: int = NEWEST) -> None:
        self._file = file
        self._messages: deque[Delivered] = deque(maxlen=newest)
        self._lines = 0
        if file is not None:
            self._load(file)

    def add(self, message: Delivered) -> None:
        """Keep a message; on disk before the sender hears that it was accepted."""
        self._messages.append(message)
        if self._file is None:
            return
        with self._file.open("ab") as file:
            file.write(msgspec.json.encode(message) + b"\n")
        self._lines += 1
        if self._lines >= 2 * NEWEST:
            self._rewrite(self._file)

    def latest(self, limit: int = NEWEST) -> list[Delivered]:
        """The newest `limit`, newest first, and of each address a tenth of that: a night of pages must not push the
        patients' messages out of sight."""
        of_each: Counter[str] = Counter()
        kept = []
        for place, message in enumerate(reversed(self._messages)):
            of_each[message.to] += 1
            if place < limit or of_each[message.to] <= limit // 10:
                kept.append(message)
        return kept

    def _load(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists():
            for line in file.read_bytes().splitlines():
                # A kill in the middle of a write leaves half a line.
                try:
                    self._messages.append(msgspec.json.decode(line, type=Delivered))
                except msgspec.DecodeError:
                    continue
        self._rewrite(file)

    def _rewrite(self, file: Path) -> None:
        fresh = file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_bytes(b"".join(msgspec.json.encode(message) + b"\n" for message in self._messages))
        fresh.replace(file)
        self._lines = len(self._messages)
