"""What a transaction may rely on, with connections of its own and with those of a pooler."""

import pytest

from server.kit.actor import Actor
from server.kit.db import Database
from tests.api.instance import KEY
from tests.flow.story import Story

SETTINGS = """
select current_setting('statement_timeout') as statements, current_setting('lock_timeout') as locks,
    current_setting('enable_seqscan') as whole_tables, current_setting('jit') as compiled, current_user::text as role
"""
LEFT_BEHIND = "select current_setting('statement_timeout') as statements, session_user::text as role"


@pytest.mark.parametrize("pooled", [False, True])
async def test_every_transaction_has_its_limits_and_its_role(story: Story, pooled: bool) -> None:
    url, clinic = story.instance.urls.superuser_url, story.instance.ids.harbor
    db = await Database.open(url, "afterglow_engine", KEY, pooled=pooled, size=1, statement_s=7)
    try:
        async with db.begin(Actor("engine", clinic)) as tx:
            row = await tx.one(SETTINGS)
        assert dict(row or {}) == {
            "statements": "7s", "locks": "3s", "whole_tables": "off", "compiled": "off", "role": "afterglow_engine",
        }  # fmt: skip
        if pooled:
            left = await db.pool.fetchrow(LEFT_BEHIND)
            assert dict(left) == {"statements": "0", "role": "postgres"}
            assert await db.pool.fetchval("select current_user::text") == "postgres"
    finally:
        await db.close()
