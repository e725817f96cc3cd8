"""The unprivileged account that PostgreSQL runs under when we are root (it refuses to run as root itself)."""

import contextlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec

NAME = "afterglow-pg"
LAST_RESORT = "nobody"
ADD_USER = (
    ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", NAME),
    ("adduser", "-S", "-D", "-H", NAME),
)


class Account(msgspec.Struct, frozen=True):
    """Numeric user and group."""

    uid: int
    gid: int

    def options(self) -> dict[str, Any]:
        """Keyword arguments that make subprocess run a program as this account and in no other group."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def choose_account(cluster: Path) -> Account | None:
    """None unless we are root; then the owner of an existing cluster, else our own account, made if need be."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(FileNotFoundError):
        owner = cluster.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    return _look_up(NAME) or _make_account() or _look_up(LAST_RESORT)


def can_run(account: Account, program: Path) -> bool:
    """Whether the account can reach and execute a program, whatever modes, lists and mounts say."""
    return subprocess.run(["/usr/bin/test", "-x", str(program)], check=False, **account.options()).returncode == 0


def let_everybody_read(folder: Path) -> None:
    """Open a tree of programs to every account, however tight the umask was when they were installed."""
    for place, _, files in os.walk(folder):
        Path(place).chmod(0o755)
        for file in files:
            path = Path(place, file)
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _look_up(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _make_account() -> Account | None:
    for command in ADD_USER:
        program = shutil.which(command[0], path="/usr/sbin:/sbin:/usr/bin:/bin")
        if program is not None:
            subprocess.run([program, *command[1:]], check=False, capture_output=True)
            if account := _look_up(NAME):
                return account
    return None
