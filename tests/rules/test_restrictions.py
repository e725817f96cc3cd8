"""Until when what is not allowed after a session: "the later of the clinic's hours and next morning" (decision 21)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.checkins.model import SessionFacts
from server.checkins.restrictions import ends_at, in_force
from server.protocols.builtin import load_builtin
from server.protocols.model import Restriction

WORDS = {"en": "x", "es": "x"}
ZONE = "America/New_York"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def local(text: str, zone: str = ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def lasting(hours: float, morning: str | None = None) -> Restriction:
    return Restriction(id="r", text=WORDS, hours=hours, morning=morning, source="after")


@pytest.mark.parametrize(
    ("restriction", "t0", "ends"),
    [
        (lasting(24), "2026-06-01T15:00", "2026-06-02T15:00"),
        (lasting(24, "08:00"), "2026-06-01T15:00", "2026-06-02T15:00"),
        (lasting(4, "08:00"), "2026-06-01T15:00", "2026-06-02T08:00"),
        (lasting(0, "08:00"), "2026-06-01T00:30", "2026-06-02T08:00"),
        (lasting(12, "08:00"), "2026-06-01T23:00", "2026-06-02T11:00"),
        # Clocks go forward: the morning is a wall time, the hours are real ones.
        (lasting(0, "08:00"), "2026-03-07T15:00", "2026-03-08T08:00"),
        (lasting(24), "2026-03-07T15:00", "2026-03-08T16:00"),
    ],
)
def test_the_end(restriction: Restriction, t0: str, ends: str) -> None:
    assert ends_at(restriction, local(t0), ZONE) == local(ends)


def test_a_dose_at_home_counts_from_the_dose() -> None:
    dose = local("2026-06-01T10:00")
    session = SessionFacts(
        drug="ketamine", route="sublingual", setting="home", started_at=dose, ended_at=dose + timedelta(hours=1)
    )
    assert in_force([lasting(24)], session, ZONE, dose)[0].ends_at == dose + timedelta(hours=24)


def test_what_has_ended_is_gone_and_the_longest_stands_first() -> None:
    t0 = local("2026-06-01T15:00")
    session = SessionFacts(drug="ketamine", route="iv", setting="clinic", ended_at=t0)
    three = [lasting(2), lasting(30), lasting(24)]
    held = in_force(three, session, ZONE, t0 + timedelta(hours=2))
    assert [one.restriction.hours for one in held] == [30, 24]
    assert in_force(three, session, ZONE, t0 + timedelta(hours=30)) == ()


@given(
    st.integers(0, 366 * 24 * 60).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes)),
    st.sampled_from(["America/New_York", "Europe/London", "Australia/Lord_Howe", "Pacific/Apia"]),
)
def test_nobody_drives_on_the_day_of_the_session_anywhere(t0: datetime, zone: str) -> None:
    for version in load_builtin():
        driving = next(one for one in version.restrictions if one.id == "driving")
        ends = ends_at(driving, t0, zone)
        assert driving.after_sleep
        assert ends >= t0 + timedelta(hours=24)
        assert ends.astimezone(ZoneInfo(zone)).date() > t0.astimezone(ZoneInfo(zone)).date()
