"""The command line: `python -m server`, installed as `afterglow`. Each command imports only what it needs."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from server.settings import Settings, from_env

Handler = Callable[[argparse.Namespace], int]
Flags = TypeVar("Flags", bound=msgspec.Struct)

DESCRIPTION = "Looks after people in the hours and weeks after a ketamine session."
SETTINGS = (
    "Settings come from the environment: PORT, HOST, AFTERGLOW_URL, AFTERGLOW_DATA, AFTERGLOW_KEY_FILE, DATABASE_URL, "
    "SMS_..., SMTP_..., PUSH_... and more; the README lists them. NAME_FILE names a file that holds the value of NAME."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Expected failures are told in plain words on stderr."""
    options = make_parser().parse_args(arguments)
    handler: Handler = options.handler
    try:
        return handler(options)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        words = _plain_words(error)
        if words is None:
            raise
        print(f"afterglow: {words}", file=sys.stderr)
        return 1


def make_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser("afterglow", description=DESCRIPTION, epilog=SETTINGS)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, handler: Handler, words: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words, epilog=SETTINGS)
        command.set_defaults(handler=handler)
        return command

    up = add("up", _up, "run everything on this machine: database, web and worker, under one supervisor")
    up.add_argument("--demo", action="store_true", help="with a made-up clinic and simulated phones, on loopback only")
    add("web", _web, "run a web process: the API and both web apps; start as many as you like")
    add("worker", _worker, "run a worker process: prompts, pages, escalation; start as many as you like")
    add("watch", _watch, "prove again and again that a page arrives; run it apart from web and worker")
    add("create-watcher", _create_watcher, "make what the watcher signs in with; up does it by itself")
    add("migrate", _migrate, "bring the database up to date; run it before a new version of web and worker")
    _add_clinic_flags(add("create-clinic", _create_clinic, "make a clinic and its lead; asks for what is not given"))
    _add_staff_flags(add("create-staff", _create_staff, "make a colleague; asks for what is not given"))
    sessions = add("import-sessions", _import_sessions, "import a CSV file of treatment sessions: all rows or none")
    sessions.add_argument("file", type=Path, help="UTF-8, the columns as in the README")
    sessions.add_argument("--clinic", help="name or id; needed only when there are several")
    brought = add("questionnaires", _questionnaires, "bring a questionnaire of the clinic's own: a FHIR R4 file")
    brought.add_argument("action", choices=["import"], help="take the file whole, or say what cannot be taken")
    brought.add_argument("file", type=Path, help="a FHIR R4 Questionnaire in JSON")
    brought.add_argument("--clinic", help="name or id; needed only when there are several")
    brought.add_argument("--instrument", help="what it is, where its LOINC code does not say; none for none of them")
    backup = add("backup", _backup, "write the whole database into one file, while everything runs; not the key file")
    backup.add_argument("file", type=Path, help="a new file; one that is there is never overwritten")
    restore = add("restore", _restore, "bring a backup back, then hold sending until an admin has looked")
    restore.add_argument("file", type=Path, help="what backup has written")
    restore.add_argument("--force", action="store_true", help="throw away what is in the database")
    for name, handler, words in (
        ("hold", _hold, "hold sending: no prompt and no page leaves"),
        ("release", _release, "let messages leave again, as Start sending on the team page does"),
    ):
        add(name, handler, words).add_argument("--clinic", help="name or id; without it all clinics")
    add("rotate-push-keys", _rotate_push_keys, "make new signing keys for notifications; the last ones stay good")
    audit = add("audit", _audit, "check the audit log's chain of seals")
    audit.add_argument("action", choices=["verify"], help="walk every clinic's chain and say whether it is unbroken")
    made_up = add("simulate", _simulate, "weeks of a made-up clinic through the real flow, in a database of its own")
    made_up.add_argument("--patients", type=int, default=100, help="how many (100)")
    made_up.add_argument("--weeks", type=int, default=8, help="how long (8)")
    made_up.add_argument("--seed", type=int, default=1, help="the same seed, the same patients (1)")
    made_up.add_argument("--step", type=int, default=5, help="minutes of care time between two looks (5)")
    add("simulators", _simulators, "demo only: the SMS provider and the mail server that `up --demo` starts")
    add("seed", _seed, "demo only: make the demo clinic unless it is there")
    return parser


def _add_clinic_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", help="name of the clinic")
    parser.add_argument("--zone", help="its time zone, such as Europe/Berlin")
    parser.add_argument("--country", help="two letters, such as DE: for phone numbers and help lines")
    parser.add_argument("--language", help="en or es")
    parser.add_argument("--hours", help="working hours, such as 'Mon-Fri 08:00-18:00'")
    parser.add_argument("--phone", help="the number that patients call")
    parser.add_argument("--lead-name", help="the lead: first admin, first on the call list")
    parser.add_argument("--lead-email", help="what the lead signs in with")
    parser.add_argument("--lead-phone", help="where the lead is paged")
    _add_password_file(parser)


def _add_staff_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--clinic", help="name or id; needed only when there are several")
    parser.add_argument("--name")
    parser.add_argument("--email", help="what they sign in with")
    parser.add_argument("--phone", help="where they are paged")
    parser.add_argument("--role", help="admin, clinician, nurse or viewer")
    _add_password_file(parser)


def _add_password_file(parser: argparse.ArgumentParser) -> None:
    words = "a file that holds the password; else it is asked for, or made and shown once"
    parser.add_argument("--password-file", type=Path, help=words)


def _up(options: argparse.Namespace) -> int:
    from server import up

    return up.main(os.environ, options.demo)


def _web(_: argparse.Namespace) -> int:
    from server import app

    app.main(_settings())
    return 0


def _worker(_: argparse.Namespace) -> int:
    from server import worker

    worker.main(_settings())
    return 0


def _watch(_: argparse.Namespace) -> int:
    from server.watch import process

    return process.main(_settings())


def _create_watcher(_: argparse.Namespace) -> int:
    from server import commands
    from server.watch import credentials

    return commands.run(credentials.run_create_watcher(_settings()))


def _simulators(_: argparse.Namespace) -> int:
    from server.demo import simulators

    simulators.main(_settings())
    return 0


def _simulate(options: argparse.Namespace) -> int:
    from server import commands
    from server.demo.simulate import command

    return commands.run(command.simulate(options.patients, options.weeks, options.seed, os.environ, options.step))


def _seed(_: argparse.Namespace) -> int:
    from server.demo import seed

    seed.main(_settings())
    return 0


def _migrate(_: argparse.Namespace) -> int:
    from server import commands

    return commands.run(commands.run_migrate(_settings()))


def _rotate_push_keys(_: argparse.Namespace) -> int:
    from server import commands

    return commands.run(commands.run_rotate_push_keys(_settings()))


def _create_clinic(options: argparse.Namespace) -> int:
    from server import commands

    return commands.run(commands.run_create_clinic(_settings(), _flags(options, commands.ClinicFlags)))


def _create_staff(options: argparse.Namespace) -> int:
    from server import commands

    return commands.run(commands.run_create_staff(_settings(), _flags(options, commands.StaffFlags)))


def _import_sessions(options: argparse.Namespace) -> int:
    from server import commands

    return commands.run(commands.run_import_sessions(_settings(), options.file, options.clinic))


def _questionnaires(options: argparse.Namespace) -> int:
    from server import commands, questionnaire_files

    return commands.run(questionnaire_files.run_import(_settings(), options.file, options.clinic, options.instrument))


def _backup(options: argparse.Namespace) -> int:
    from server import backups, commands

    return commands.run(backups.run_backup(_settings(), options.file))


def _restore(options: argparse.Namespace) -> int:
    from server import backups, commands

    return commands.run(backups.run_restore(_settings(), options.file, options.force))


def _hold(options: argparse.Namespace) -> int:
    from server import commands, holding

    return commands.run(holding.run_hold(_settings(), options.clinic))


def _release(options: argparse.Namespace) -> int:
    from server import commands, holding

    return commands.run(holding.run_release(_settings(), options.clinic))


def _audit(_: argparse.Namespace) -> int:
    from server import commands

    return commands.run(commands.run_audit_verify(_settings()))


def _settings() -> Settings:
    return from_env(os.environ)


def _flags(options: argparse.Namespace, kind: type[Flags]) -> Flags:
    given = {name: value for name, value in vars(options).items() if name in kind.__struct_fields__}
    return kind(**given)


def _plain_words(error: Exception) -> str | None:
    """The message of an expected failure; None for a defect, which keeps its traceback."""
    import asyncpg

    from server.access.setup import SetupError
    from server.ask import AnswerError
    from server.commands import CommandError
    from server.kit.crypto import KeyFileError
    from server.kit.db import AWAY, UnboundRole
    from server.kit.dumps import DumpError
    from server.kit.embedded import EmbeddedError
    from server.kit.errors import Problem
    from server.kit.migrate import MigrationError
    from server.settings import SettingsError
    from server.up import UpError

    told = (
        SettingsError,
        DumpError,
        EmbeddedError,
        MigrationError,
        KeyFileError,
        UnboundRole,
        AnswerError,
        CommandError,
        SetupError,
    )
    if isinstance(error, (*told, UpError)):
        return str(error)
    if isinstance(error, Problem):
        return error.title
    if isinstance(error, (*AWAY, asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)):
        return f"The database cannot be used: {str(error) or type(error).__name__}"
    return None


if __name__ == "__main__":
    sys.exit(main())
