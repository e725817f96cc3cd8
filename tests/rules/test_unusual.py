"""What in a file of sessions is kept, and ought to be looked at."""

from datetime import UTC, datetime, timedelta

import pytest

from server.interop.model import SessionRow, Who
from server.interop.unusual import unusual
from server.sessions.model import NewSession, Route, Setting

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def row(number: int = 2, route: Route = "iv", setting: Setting | None = None, *risk: str) -> SessionRow:
    session = NewSession(
        drug="ketamine", route=route, setting=setting, dose_mg=40, indication="depression", started_at=T0,
        ended_at=T0 + timedelta(minutes=40), risk=list(risk),
    )  # fmt: skip
    return SessionRow(number, Who(), session)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (row(), []),
        (row(2, "im", "home"), []),
        (row(2, "iv", None, "sedative", "blood_thinner"), []),
        (row(7, "iv", "home"), ["Row 7, route: a vein at home is unusual. Look whether route and setting are right."]),
        (row(9, "iv", None, "sedative", "tonigt"),
         ["Row 9, risk: has a word that is not known here. It is kept and changes nothing."]),
    ],
)  # fmt: skip
def test_what_is_unusual(one: SessionRow, told: list[str]) -> None:
    assert unusual([one]) == told


def test_not_more_than_somebody_reads() -> None:
    told = unusual([row(number, "iv", None, "odd") for number in range(2, 102)])
    assert (len(told), told[-1]) == (21, "80 more cells are unusual.")
