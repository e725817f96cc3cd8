"""Some three hundred sessions through the real flow, the clock leaping: nothing lost, nothing doubled, all found."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.access.setup import SetupError
from server.demo.simulate.command import lived
from server.demo.simulate.place import place
from server.demo.simulate.telling import told
from tests.api.instance import seed
from tests.conftest import ClonedDatabase

pytestmark = pytest.mark.slow


def test_weeks_of_a_clinic_lose_nothing_and_double_nothing() -> None:
    counts = asyncio.run(lived(80, 2, 1, None, 30))
    words = "\n".join(told(counts))
    assert counts.whole, words
    assert counts.sessions >= 290, words
    assert counts.leaps >= 2, words
    assert sum(counts.states.values()) > 4 * counts.sessions, words
    assert counts.answers > 2 * counts.sessions, words
    assert counts.companions > 20, words
    assert counts.again > 0, words
    assert counts.share < 0.15, words


async def test_a_database_with_a_clinic_in_it_is_refused(database: ClonedDatabase, tmp_path: Path) -> None:
    await seed(database.owner_url)
    begins = datetime(2026, 3, 2, 5, tzinfo=UTC)
    with pytest.raises(SetupError, match="has clinics in it"):
        async with place(tmp_path, database.owner_url, begins):
            pass
