"""The operator's commands: what they make, what they ask, what they say when something is wrong."""

from pathlib import Path

import asyncpg
import msgspec
import pytest

from server import ask
from server.__main__ import main, make_parser
from server.commands import (
    ClinicFlags,
    CommandError,
    StaffFlags,
    run_audit_verify,
    run_create_clinic,
    run_create_staff,
    run_migrate,
    run_rotate_push_keys,
)
from server.holding import run_hold, run_release
from server.kit.crypto import make_key_file
from server.settings import Settings, from_env
from tests.conftest import ClonedDatabase

CLINIC = ClinicFlags(
    name="Blue Clinic",
    zone="Europe/Berlin",
    country="de",
    hours="Mon-Fri 09:00-17:00",
    phone="030 1234567",
    lead_name="Lea",
    lead_email="lea@clinic.example",
    lead_phone="+49 151 23456789",
)
NURSE = StaffFlags(name="Nora", email="nora@clinic.example", role="nurse", phone="0151 23456780")


@pytest.fixture
def settings(database: ClonedDatabase, tmp_path: Path) -> Settings:
    return from_env({"AFTERGLOW_DATA": str(tmp_path), "DATABASE_OWNER_URL": database.owner_url})


async def test_a_clinic_is_made_with_its_lead_who_gets_a_password_shown_once(
    settings: Settings, database: ClonedDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run_create_clinic(settings, CLINIC) == 0
    said = capsys.readouterr().out
    assert "Lea is its admin" in said
    assert "shown this once" in said
    conn = await asyncpg.connect(database.owner_url)
    row = await conn.fetchrow("select name, time_zone, country from clinics")
    stored = await conn.fetch("select * from staff")
    await conn.close()
    assert row is not None
    assert tuple(row) == ("Blue Clinic", "Europe/Berlin", "DE")
    assert "Lea" not in str(stored)
    assert settings.key_file.stat().st_mode & 0o777 == 0o600


async def test_a_colleague_is_made_with_a_password_from_a_file(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await run_create_clinic(settings, CLINIC)
    capsys.readouterr()
    file = tmp_path / "password"
    file.write_text("a long enough password\n")
    flags = msgspec.structs.replace(NURSE, clinic="Blue Clinic", password_file=file)
    assert await run_create_staff(settings, flags) == 0
    said = capsys.readouterr().out
    assert "Nora can sign in as nurse." in said
    assert "password" not in said.lower()


async def test_without_a_clinic_no_colleague_can_be_made(settings: Settings) -> None:
    with pytest.raises(CommandError, match="create-clinic"):
        await run_create_staff(settings, NURSE)


async def test_with_two_clinics_the_operator_has_to_say_which(settings: Settings) -> None:
    await run_create_clinic(settings, CLINIC)
    await run_create_clinic(settings, msgspec.structs.replace(CLINIC, name="Red", lead_email="r@clinic.example"))
    with pytest.raises(CommandError, match=r"--clinic: Blue Clinic .*, Red"):
        await run_create_staff(settings, NURSE)


async def test_a_missing_answer_without_a_terminal_names_its_flag(settings: Settings) -> None:
    with pytest.raises(ask.AnswerError, match="--zone is missing"):
        await run_create_clinic(settings, ClinicFlags(name="Blue"))


async def test_the_audit_log_is_verified_clinic_by_clinic(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await run_create_clinic(settings, CLINIC)
    capsys.readouterr()
    assert await run_audit_verify(settings) == 0
    assert "unbroken" in capsys.readouterr().out


async def test_verifying_what_is_not_there_makes_nothing(settings: Settings, tmp_path: Path) -> None:
    nowhere = msgspec.structs.replace(
        settings, data=tmp_path, key_file=tmp_path / "afterglow.key", database_url=None, database_owner_url=None,
        database_engine_url=None,
    )  # fmt: skip
    with pytest.raises(CommandError, match="There is no Afterglow"):
        await run_audit_verify(nowhere)
    assert list(tmp_path.iterdir()) == []


async def test_migrating_an_up_to_date_database_says_so(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run_migrate(settings) == 0
    assert "Nothing to do" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "days"),
    [
        ("Mon-Fri 08:00-18:00", [1, 2, 3, 4, 5]),
        ("sat 09:00-12:00", [6]),
        ("Sat-Tue 09:00-12:00", [1, 2, 6, 7]),
    ],
)
def test_working_hours_are_read(answer: str, days: list[int]) -> None:
    assert ask.read_hours(answer).days == tuple(days)


@pytest.mark.parametrize("answer", ["", "always", "Mon-Fri", "Mon-Fri 18:00-08:00", "Mon-Xyz 08:00-09:00", "Mon 8-9"])
def test_wrong_working_hours_are_explained(answer: str) -> None:
    with pytest.raises(ask.AnswerError):
        ask.read_hours(answer)


@pytest.mark.parametrize(
    ("read", "answer"),
    [
        (ask.read_zone, "Europe/Nowhere"),
        (ask.read_country, "Germany"),
        (ask.read_email, "nobody"),
        (ask.read_phone("DE"), "12"),
        (ask.read_role, "doctor"),
        (ask.read_language, "fr"),
        (ask.read_text, " "),
        (ask.read_password, "short"),
    ],
)
def test_wrong_answers_are_explained(read: object, answer: str) -> None:
    assert callable(read)
    with pytest.raises(ask.AnswerError):
        read(answer)


def test_a_wrong_setting_is_told_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "many")
    assert main(["web"]) == 1
    assert capsys.readouterr().err == "afterglow: PORT must be a whole number from 1 to 65535.\n"


def test_help_explains_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(["--help"])
    said = capsys.readouterr().out
    for command in ("up", "web", "worker", "migrate", "create-clinic", "create-staff", "audit"):
        assert command in said


async def test_keys_for_notifications_are_made_with_the_key_file_and_rotated(
    settings: Settings, database: ClonedDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run_migrate(settings) == 0
    assert "Nothing to do" in capsys.readouterr().out
    make_key_file(settings.key_file)
    assert await run_migrate(settings) == 0
    assert "Made the keys for notifications." in capsys.readouterr().out
    for _ in range(3):
        assert await run_rotate_push_keys(settings) == 0
    assert "Made new keys" in capsys.readouterr().out
    conn = await asyncpg.connect(database.owner_url)
    counted = await conn.fetchrow(
        "select count(*) as all, count(*) filter (where retired_at is null) as good from push_keys"
    )
    await conn.close()
    assert counted is not None
    assert tuple(counted) == (4, 2)


async def test_the_operator_holds_sending_and_lets_it_go(
    settings: Settings, database: ClonedDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    await run_create_clinic(settings, CLINIC)
    await run_create_clinic(settings, msgspec.structs.replace(CLINIC, name="Red", lead_email="r@clinic.example"))
    assert await run_hold(settings, "Red") == 0
    capsys.readouterr()
    assert await run_hold(settings, None) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Blue Clinic: sending is held: no prompt and no page leaves.",
        "Red: sending was held already.",
    ]
    conn = await asyncpg.connect(database.owner_url)
    assert await conn.fetchval("select count(*) from sending_holds") == 2
    assert await run_release(settings, "Blue Clinic") == 0
    assert await conn.fetchval("select count(*) from sending_holds") == 1
    assert await run_release(settings, None) == 0
    assert await conn.fetchval("select count(*) from sending_holds") == 0
    actions = "select count(*) from audit_log where action = $1"
    assert [await conn.fetchval(actions, action) for action in ("sending.held", "sending.started")] == [2, 2]
    await conn.close()
    with pytest.raises(CommandError, match="which clinic"):
        await run_hold(settings, "Green")
