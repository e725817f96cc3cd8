"""What makes a session believable."""

from datetime import UTC, datetime, timedelta

import pytest

from server.sessions.model import NewSession, Route, Setting
from server.sessions.rules import risk_errors, setting_of, time_errors

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def refused(started: timedelta, ended: timedelta, discharged: timedelta | None = None) -> list[str]:
    """The fields that are refused, for times relative to now."""
    left = None if discharged is None else NOW + discharged
    return [field for field, _ in time_errors(NOW + started, NOW + ended, left, NOW)]


@pytest.mark.parametrize(
    ("started", "ended", "discharged"),
    [
        (minutes(-40), minutes(0), None),
        (minutes(-40), minutes(0), minutes(0)),
        (minutes(0), minutes(0), None),
        (minutes(2), minutes(2), minutes(2)),
        (timedelta(hours=-25), timedelta(hours=-1), timedelta(0)),
        (timedelta(days=-365), timedelta(days=-365, hours=2), None),
    ],
)
def test_a_believable_session(started: timedelta, ended: timedelta, discharged: timedelta | None) -> None:
    assert refused(started, ended, discharged) == []


@pytest.mark.parametrize(
    ("started", "ended", "discharged", "fields"),
    [
        (minutes(3), minutes(3), None, ["started_at", "ended_at"]),
        (minutes(-5), minutes(3), None, ["ended_at"]),
        (minutes(-5), minutes(-6), None, ["ended_at"]),
        (timedelta(hours=-26), timedelta(hours=-1), None, ["ended_at"]),
        (minutes(-60), minutes(-20), minutes(-21), ["discharged_at"]),
        (minutes(-60), minutes(-20), minutes(3), ["discharged_at"]),
        (timedelta(days=-366), timedelta(days=-366), None, ["started_at"]),
    ],
)
def test_a_session_that_cannot_be(
    started: timedelta, ended: timedelta, discharged: timedelta | None, fields: list[str]
) -> None:
    assert refused(started, ended, discharged) == fields


def test_a_risk_is_a_name_and_may_be_the_clinics_own() -> None:
    assert risk_errors(["sedative", "blood_thinner"]) == []
    assert risk_errors(["sedative", "lives_upstairs"]) == []
    assert risk_errors(["sedative", "Has a heart condition!"]) == [("risk[1]", "Must be a name such as alone_tonight.")]


@pytest.mark.parametrize(
    ("route", "given", "setting"),
    [
        ("iv", None, "clinic"),
        ("intranasal", None, "clinic"),
        ("oral", None, "home"),
        ("sublingual", None, "home"),
        ("sublingual", "clinic", "clinic"),
        ("iv", "home", "home"),
    ],
)
def test_the_setting_follows_from_the_route_unless_said(route: Route, given: Setting | None, setting: Setting) -> None:
    session = NewSession(
        drug="ketamine", route=route, dose_mg=40, indication="depression", started_at=NOW, ended_at=NOW, setting=given
    )
    assert setting_of(session) == setting
