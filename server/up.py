"""Everything on one machine under one supervisor: database, migrations, web, worker; in the demo also simulators."""

import asyncio
import contextlib
import os
import secrets
import shlex
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import asyncpg
import msgspec

from server.flow.clinics import bring_up_to_date
from server.kit.crypto import load_key, make_key_file
from server.kit.embedded import EmbeddedPostgres
from server.kit.migrate import migrate
from server.kit.supervise import Child, Supervisor, python_options
from server.notifications.push_setup import ensure_push_key
from server.settings import Settings, from_env
from server.watch.credentials import ensure_watcher, file_of

STOP_ORDER = ["web", "worker", "watch", "simulators", "postgres"]
HAS_CLINIC = "select exists (select from clinics where not watch)"
HAS_DATA = "select exists (select from clinics)"
READY_PATIENCE_S = 60.0
OWN_DATABASE = ("DATABASE_URL", "DATABASE_ENGINE_URL", "DATABASE_OWNER_URL", "DATABASE_LISTEN_URL", "DATABASE_POOLED")


class UpError(Exception):
    """Afterglow cannot start; the message says why and what to do."""


class Plan(msgspec.Struct, frozen=True):
    """What to start: settings, the environment children get, and the embedded database unless one was given."""

    settings: Settings
    env: Mapping[str, str]
    database: EmbeddedPostgres | None


def main(env: Mapping[str, str], demo: bool) -> int:
    """Run until Ctrl-C, SIGTERM or SIGHUP; the exit code."""
    plan = make_plan(env, demo)
    check_port(plan.settings)
    with contextlib.ExitStack() as held:
        if plan.database is not None:
            held.enter_context(plan.database.lock())
        return asyncio.run(_run(plan))


def make_plan(env: Mapping[str, str], demo: bool) -> Plan:
    """Settle every setting and path; SettingsError when one is wrong."""
    given = _demo_env(env) if demo else dict(env)
    settings = from_env(given)
    data = settings.data.resolve()
    given |= {"AFTERGLOW_DATA": str(data), "AFTERGLOW_KEY_FILE": str(settings.key_file.resolve())}
    given = _watch_env(given, settings) | given
    given |= {"PYTHONUNBUFFERED": "1", "PYTHONPATH": _with_package(env.get("PYTHONPATH"))}
    return Plan(from_env(given), given, None if settings.database_url else EmbeddedPostgres(data))


def check_port(settings: Settings) -> None:
    """UpError when the web process could not listen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise UpError(f"HOST={settings.host} is no address of this machine.") from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError as error:
            raise UpError(
                f"Port {settings.port} needs administrator rights: choose one above 1023 with PORT=."
            ) from error
        except OSError as error:
            raise UpError(
                f"Port {settings.port} is taken by another program (or by an Afterglow that still runs). "
                f"Choose another one: PORT={settings.port + 1 if settings.port < 65535 else 8000}"
            ) from error


async def _run(plan: Plan) -> int:
    supervisor = Supervisor(_say)
    stop = _stop_on_signals(supervisor)
    starting = asyncio.create_task(_start(plan, supervisor))
    waiting = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            await waiting
        return 0
    finally:
        starting.cancel()
        _say("Stopping ...")
        await asyncio.wait({starting})
        await supervisor.stop(STOP_ORDER)
        _say("Stopped.")


async def _start(plan: Plan, supervisor: Supervisor) -> None:
    if plan.database is not None:
        await asyncio.to_thread(plan.database.prepare)
        await supervisor.start(_postgres_child(plan.database))
        await plan.database.wait_ready()
    owner_url = _owner_url(plan)
    await migrate(owner_url)
    has_clinic = await _has(owner_url, HAS_CLINIC)
    _settle_key(plan.settings, await _has(owner_url, HAS_DATA))
    await _complete_clinics(owner_url, plan.settings)
    if plan.settings.demo:
        await supervisor.start(_python_child("simulators", _child_env(plan), patience_s=1))
    await supervisor.start(_python_child("web", _child_env(plan, owner=plan.settings.demo), patience_s=6))
    if plan.settings.demo:
        # The simulated phones tell the web process what they have shown.
        await _wait_for_web(plan.settings)
        await _seed(plan, has_clinic)
    await supervisor.start(_python_child("worker", _child_env(plan), patience_s=10))
    await _wait_for_web(plan.settings)
    await supervisor.start(_python_child("watch", _child_env(plan), patience_s=1))
    _say(_welcome(plan.settings, has_clinic))


def _demo_env(env: Mapping[str, str]) -> dict[str, str]:
    """The demo has data, key, database and message providers of its own, whatever is set for real use."""
    data = Path(env.get("AFTERGLOW_DATA") or from_env({}).data) / "demo"
    (sms_port, mail_port), push_port = _free_ports(), _kept_port(data / "push_port")
    rooms_port = _kept_port(data / "rooms_port")
    simulator = f"http://127.0.0.1:{sms_port}"
    own = {
        **dict.fromkeys(OWN_DATABASE, ""),
        "AFTERGLOW_DEMO": "1",
        "AFTERGLOW_DATA": str(data),
        "AFTERGLOW_KEY_FILE": str(data / "afterglow.key"),
        "AFTERGLOW_SIMULATOR_URL": simulator,
        "SMS_API_URL": simulator,
        "SMS_ACCOUNT": "ACdemo",
        "SMS_TOKEN": secrets.token_urlsafe(24),
        "SMS_FROM": "+12025550100",
        "SMS_REPLIES": "1",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(mail_port),
        "SMTP_TLS": "none",
        "SMTP_USER": "",
        "SMTP_PASSWORD": "",
        "EMAIL_FROM": "afterglow@demo.example",
        "PUSH_CONTACT": "mailto:afterglow@demo.example",
        "PUSH_HOSTS": f"127.0.0.1:{push_port}",
        "AFTERGLOW_SIMULATOR_ROOMS": f"http://127.0.0.1:{rooms_port}",
        "TEAM_CHANNELS_PRIVATE": "1",
    }
    return _without(env, own) | own


def _watch_env(given: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """Where pages to the watcher arrive, and the web process as this machine reaches it."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "localhost") else settings.host
    wanted = {"WATCH_URL": f"http://{host}:{settings.port}"}
    if settings.watch_sink is None:
        wanted["WATCH_SINK"] = f"127.0.0.1:{_free_ports()[0]}"
    return {name: value for name, value in wanted.items() if not given.get(name) and not given.get(f"{name}_FILE")}


def _child_env(plan: Plan, *, owner: bool = False) -> dict[str, str]:
    """The environment of a child; only who needs it gets to know the owner of the tables."""
    env = dict(plan.env)
    if plan.database is not None:
        env |= {"DATABASE_URL": plan.database.web_url, "DATABASE_ENGINE_URL": plan.database.engine_url}
    own = {"DATABASE_OWNER_URL": _owner_url(plan) if owner else ""}
    return _without(env, own) | own


def _without(env: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """NAME_FILE goes too where NAME is settled here: both at once are refused."""
    return {name: value for name, value in env.items() if name not in own and name.removesuffix("_FILE") not in own}


def _with_package(path: str | None) -> str:
    here = str(Path(__file__).resolve().parents[1])
    return f"{here}{os.pathsep}{path}" if path else here


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _kept_port(file: Path) -> int:
    """The same port at every start while it is free: phones keep the address of their push service."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{_free_ports()[0]}\n")
    try:
        port = int(file.read_text())
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except (OSError, ValueError):
        return _free_ports()[0]
    return port


def _owner_url(plan: Plan) -> str:
    if plan.database is not None:
        return plan.database.owner_url
    return plan.settings.database_owner_url or plan.settings.database_url or ""


def _python_child(name: str, env: Mapping[str, str], patience_s: float) -> Child:
    return Child(name, [sys.executable, "-m", "server", name], patience_s, python_options(env))


def _postgres_child(database: EmbeddedPostgres) -> Child:
    return Child(
        "postgres",
        database.command(),
        patience_s=2.5,
        options=database.spawn_options,
        stop_signal=signal.SIGINT,
        open_log=database.open_log,
        prepare=database.clear_leftovers,
    )


async def _seed(plan: Plan, has_clinic: bool) -> None:
    """Make the demo clinic once; one that was interrupted is gone on with."""
    done = plan.settings.data / "seeded"
    if has_clinic and done.exists():
        return
    env = _child_env(plan, owner=True)
    seeding = await asyncio.create_subprocess_exec(sys.executable, "-m", "server", "seed", **python_options(env)())
    try:
        code = await seeding.wait()
    except asyncio.CancelledError:
        seeding.kill()
        await seeding.wait()
        raise
    if code != 0:
        raise UpError("The demo clinic could not be made.")
    done.touch()


async def _has(owner_url: str, question: str) -> bool:
    conn = await asyncpg.connect(owner_url, timeout=10)
    try:
        return bool(await conn.fetchval(question))
    finally:
        await conn.close()


async def _complete_clinics(owner_url: str, settings: Settings) -> None:
    conn = await asyncpg.connect(owner_url, timeout=10)
    try:
        key = load_key(settings.key_file)
        await bring_up_to_date(conn, key)
        await ensure_push_key(conn, key)
        await ensure_watcher(conn, key, file_of(settings))
    finally:
        await conn.close()


def _settle_key(settings: Settings, has_data: bool) -> None:
    path = settings.key_file
    if path.exists():
        return
    if has_data:
        raise UpError(f"The key file {path} is missing. Without it nobody can read the patient data: restore it.")
    make_key_file(path)
    if not settings.demo:
        _say(
            f"Made the key file {path}. It opens all patient data: if it is lost, names, answers and notes cannot be "
            "read again by anybody. Keep a copy in a safe place, apart from the backups of the database."
        )


async def _wait_for_web(settings: Settings) -> None:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "localhost") else settings.host
    patience = asyncio.get_running_loop().call_later(READY_PATIENCE_S, _say, "web does not answer yet. Still waiting.")
    while not await _is_live(host, settings.port):
        await asyncio.sleep(0.05)
    patience.cancel()


async def _is_live(host: str, port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(f"GET /health/live HTTP/1.0\r\nHost: localhost:{port}\r\n\r\n".encode())
        status = await asyncio.wait_for(reader.readline(), 5)
        writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in status


def _stop_on_signals(supervisor: Supervisor) -> asyncio.Event:
    """The first signal stops in order, a second one at once."""
    stop = asyncio.Event()

    def on_signal() -> None:
        if stop.is_set():
            supervisor.kill()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    return stop


def _welcome(settings: Settings, has_clinic: bool) -> str:
    lines = [f"Afterglow is ready: {settings.url}", f"  Team page  {settings.url}/team"]
    if settings.demo:
        lines += [
            "             sign in as nora@demo.example (nurse), omar@demo.example (clinician) or",
            "             lena@demo.example (admin), password afterglow-demo",
            f"  Phones     {settings.url}/demo  the messages of the simulated phones, and the clock",
            "  Everybody in the demo is made up, and nothing leaves this machine.",
        ]
    else:
        lines += [f"  Patients   {settings.url}"]
        lines += [] if has_clinic else [f"  There is no clinic yet. In another terminal: {_first_command()}"]
        lines += (
            [] if settings.sms or settings.email else ["  No message can be sent yet: set SMS_API_URL or SMTP_HOST."]
        )
    return "\n".join([*lines, f"  Data in {settings.data}. Stop with Ctrl-C."])


def _first_command() -> str:
    given = [f"{name}={shlex.quote(os.environ[name])} " for name in ("AFTERGLOW_DATA", "PORT") if os.environ.get(name)]
    return f"{''.join(given)}{shlex.quote(sys.executable)} -m server create-clinic"


def _say(text: str) -> None:
    print(text, flush=True)
