"""Stories begin on Monday morning at Harbor Clinic."""

from collections.abc import AsyncIterator

import pytest

from server.kit.embedded import EmbeddedPostgres
from tests.flow.story import Story, World
from tests.flow.world import make_world, story_of


@pytest.fixture(scope="session")
async def world(postgres: EmbeddedPostgres, template: str) -> World:
    """What every story begins with."""
    return await make_world(postgres, template)


@pytest.fixture
async def story(postgres: EmbeddedPostgres, world: World) -> AsyncIterator[Story]:
    """A story of the test's own."""
    async with story_of(postgres, world) as story:
        yield story
