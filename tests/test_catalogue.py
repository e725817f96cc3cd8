"""What the migrated database must look like, asked of its own catalogue."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.conftest import ClonedDatabase

WITHOUT_CLINIC = {
    "app_clock",
    "database_system",
    "engine_cycle",
    "failed_attempts",
    "texts_received",
    "proven_page",
    "push_keys",
    "schema_migrations",
}
# A secret is looked up before its clinic is known.
KEYS_WITHOUT_CLINIC = {"credential_lookup_kind_hash_key"}
DEFINER_FUNCTIONS = {"find_credential", "hold_when_restored", "list_clinic_ids"}

TENANT_TABLES = """
    select c.oid, c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p')
      and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'clinic_id')
"""

FOREIGN_KEYS_WITHOUT_INDEX = """
    select f.conrelid::regclass || ' ' || f.conname
    from pg_constraint f
    where f.contype = 'f' and not exists (
        select from pg_index i
        where i.indrelid = f.conrelid
          and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) in (
              select format('(%I IS NOT NULL)', a.attname) from pg_attribute a
              where a.attrelid = f.conrelid and a.attnum = any(f.conkey)))
          and (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey
    )
"""

FOREIGN_KEYS_ACROSS_CLINICS = """
    select f.conrelid::regclass || ' ' || f.conname
    from pg_constraint f
    join pg_attribute own on own.attrelid = f.conrelid and own.attname = 'clinic_id'
    join pg_attribute far on far.attrelid = f.confrelid and far.attname = 'clinic_id'
    cross join lateral (select array_position(f.conkey, own.attnum) as here,
                               array_position(f.confkey, far.attnum) as there) p
    where f.contype = 'f' and (p.here is null or p.here is distinct from p.there)
"""

UNIQUE_KEYS_NOT_LED_BY_CLINIC = """
    select c.relname
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_attribute a on a.attrelid = i.indrelid and a.attname = 'clinic_id'
    where i.indisunique and i.indkey[0] <> a.attnum and c.relnamespace = 'public'::regnamespace
"""

VIEWS_OF_THEIR_OWNER = """
    select relname from pg_class
    where relkind = 'v' and relnamespace = 'public'::regnamespace
      and not coalesce(reloptions, '{}') && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1']
"""

DEFINERS = """
    select proname as name, coalesce(proconfig, '{}') as settings,
           has_function_privilege('public', oid, 'execute') as open
    from pg_proc where prosecdef and pronamespace = 'public'::regnamespace
"""

POWERFUL_ROLES = """
    select rolname from pg_roles
    where rolname in ('afterglow_owner', 'afterglow_web', 'afterglow_engine')
      and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
"""

CLOCK_DEFAULTS = """
    select adrelid::regclass::text from pg_attrdef
    where pg_get_expr(adbin, adrelid) ~* '(\\mnow\\(|current_|clock_timestamp|localtime)'
"""

AUDIT_GRANTS = """
    select grantee || ' ' || privilege_type
    from information_schema.role_table_grants
    where table_name = 'audit_log' and grantee in ('afterglow_web', 'afterglow_engine')
      and privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')
"""


@pytest.fixture
async def owner(whole_run_database: ClonedDatabase) -> AsyncIterator[asyncpg.Connection]:
    conn = await asyncpg.connect(whole_run_database.owner_url)
    yield conn
    await conn.close()


async def names(conn: asyncpg.Connection, sql: str) -> set[str]:
    return {row[0] for row in await conn.fetch(sql)}


async def test_every_table_of_a_clinic_forces_row_level_security(owner: asyncpg.Connection) -> None:
    tables = await owner.fetch(TENANT_TABLES)
    assert len(tables) > 10
    assert [t["name"] for t in tables if not (t["enabled"] and t["forced"])] == []


async def test_every_table_of_a_clinic_has_a_policy(owner: asyncpg.Connection) -> None:
    with_policy = await names(owner, "select distinct polrelid::regclass::text from pg_policy")
    assert {t["name"] for t in await owner.fetch(TENANT_TABLES)} - with_policy == set()


async def test_every_other_table_is_known(owner: asyncpg.Connection) -> None:
    tables = await names(owner, "select tablename::text from pg_tables where schemaname = 'public'")
    assert tables - {t["name"] for t in await owner.fetch(TENANT_TABLES)} == WITHOUT_CLINIC


async def test_every_foreign_key_has_an_index(owner: asyncpg.Connection) -> None:
    assert await names(owner, FOREIGN_KEYS_WITHOUT_INDEX) == set()


async def test_foreign_keys_stay_inside_the_clinic(owner: asyncpg.Connection) -> None:
    assert await names(owner, FOREIGN_KEYS_ACROSS_CLINICS) == set()


async def test_every_unique_key_begins_with_the_clinic(owner: asyncpg.Connection) -> None:
    assert await names(owner, UNIQUE_KEYS_NOT_LED_BY_CLINIC) == KEYS_WITHOUT_CLINIC


async def test_views_see_with_the_eyes_of_who_asks(owner: asyncpg.Connection) -> None:
    assert await names(owner, VIEWS_OF_THEIR_OWNER) == set()


async def test_functions_with_the_owners_rights_are_known_closed_and_have_a_fixed_path(
    owner: asyncpg.Connection,
) -> None:
    definers = await owner.fetch(DEFINERS)
    assert {f["name"] for f in definers} == DEFINER_FUNCTIONS
    for function in definers:
        assert any(setting.startswith("search_path=") for setting in function["settings"]), function["name"]
        assert not function["open"], function["name"]


async def test_no_role_of_ours_is_powerful(owner: asyncpg.Connection) -> None:
    assert await names(owner, POWERFUL_ROLES) == set()


async def test_no_column_reads_the_clock(owner: asyncpg.Connection) -> None:
    assert await names(owner, CLOCK_DEFAULTS) == set()


async def test_nobody_may_change_or_delete_a_row_of_the_audit_log(owner: asyncpg.Connection) -> None:
    """The engine may fill in the seal, column by column; a policy allows that once."""
    assert await names(owner, AUDIT_GRANTS) == set()


async def test_no_role_but_the_owner_may_make_tables(owner: asyncpg.Connection) -> None:
    for role in ("afterglow_web", "afterglow_engine"):
        assert not await owner.fetchval("select has_schema_privilege($1, 'public', 'create')", role)
