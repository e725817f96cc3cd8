"""Each fault in short. `make chaos` plays them at length and publishes what it measured."""

import secrets

import pytest

from tests.chaos.scenarios import SCENARIOS

pytestmark = pytest.mark.slow
SEED = secrets.randbelow(1_000_000)


SHORT = [name for name, scenario in SCENARIOS.items() if scenario.short is not None]


@pytest.mark.parametrize("name", SHORT)
async def test_nothing_is_lost_and_nothing_goes_silent(name: str) -> None:
    scenario = SCENARIOS[name]
    if not scenario.can_be_played():
        pytest.skip(f"needs {scenario.needs or 'an administrator'}")
    print(f"seed {SEED}")
    assert scenario.short is not None
    result = await scenario.short(SEED)
    assert not result.lost
    assert result.cases > 0
