"""No clinic sees another's rows, and the engine reads no answer: proved in SQL, whatever the routes do."""

from typing import Any

import asyncpg
import msgspec
import pytest

from tests.api.calls import something_happens
from tests.flow.story import Story, stamp

TENANT_TABLES = """
select c.relname::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attname = 'clinic_id' and not a.attisdropped
order by 1
"""
UPDATABLE = """
select attname::text as name from pg_attribute
where attrelid = $1::regclass and attnum > 0 and not attisdropped and has_column_privilege($1, attname, 'update')
  and has_column_privilege($1, attname, 'select') and has_column_privilege($1, 'clinic_id', 'select')
"""
PRIVATE = {
    "responses": ("answers_enc", "reply_enc", "body_hash", "scores"),
    "signals": ("value_enc", "reply_enc"),
    "flags": ("explanation_enc", "inputs_enc"),
    "alert_events": ("note_enc",),
    "treatment_sessions": ("note_enc", "staying_with_enc", "cancel_reason_enc"),
    "patients": ("date_of_birth_enc", "address_enc", "companion_name_enc"),
    "staff": ("password_hash",),
}


@pytest.fixture
async def both(story: Story) -> Story:
    """Something has happened at Harbor, and a patient with a session is next door."""
    there = await something_happens(story)
    await story.done("nora", there.alert, "acknowledge")
    zoe = story.staff("zoe")
    await zoe.post("/api/protocols/clinic/1/sign-off", {})
    patient = (await zoe.post("/api/patients", {
        "name": "Finn Byrne", "date_of_birth": "1990-01-01", "phone": "+353861111111", "time_zone": "Europe/Dublin",
        "language": "en", "consent": True})).json()  # fmt: skip
    at = stamp(await story.now())
    session = {"drug": "ketamine", "route": "iv", "dose_mg": 40, "indication": "depression"}
    recorded = await zoe.post(f"/api/patients/{patient['id']}/sessions", session | {"started_at": at, "ended_at": at})
    assert recorded.status_code == 201, recorded.text
    return story


async def as_role(url: str, clinic: Any = None) -> Any:
    """A connection in this role, for this clinic."""
    conn = await asyncpg.connect(url)
    if clinic is not None:
        await conn.execute("select set_config('app.clinic_id', $1, false)", str(clinic))
    return conn


async def tables(story: Story) -> list[str]:
    found = [row["name"] for row in await story.rows(TENANT_TABLES)]
    assert len(found) > 15
    return found


async def readable(conn: Any, table: str) -> bool:
    return bool(await conn.fetchval("select has_table_privilege($1, 'select')", table))


async def test_the_web_sees_nothing_before_a_clinic_is_set(both: Story) -> None:
    conn = await as_role(both.instance.urls.web_url)
    for table in await tables(both):
        if await readable(conn, table):
            assert await conn.fetchval(f"select count(*) from {table}") == 0, table
    await conn.close()


async def test_each_clinic_sees_exactly_its_own(both: Story) -> None:
    ids, seen = both.world.ids, 0
    for clinic in (ids.harbor, ids.elsewhere):
        conn = await as_role(both.instance.urls.web_url, clinic)
        for table in await tables(both):
            (own,) = await both.rows(f"select count(*) as rows from {table} where clinic_id = $1", clinic)
            if await readable(conn, table):
                assert await conn.fetchval(f"select count(*) from {table}") == own["rows"], table
                seen += own["rows"] > 0
        await conn.close()
    assert seen > 25, "most tables hold rows of both clinics"


@pytest.mark.parametrize("role", ["web", "engine"])
async def test_a_clinic_can_neither_write_nor_take_anothers_rows(both: Story, role: str) -> None:
    ids = both.world.ids
    urls = both.instance.urls
    conn = await as_role(urls.web_url if role == "web" else urls.engine_url, ids.elsewhere)
    tried = 0
    for table in await tables(both):
        row = await both.instance.owner.fetchval(
            f"select to_jsonb(t)::text from {table} t where clinic_id = $1", ids.harbor
        )
        if row is None:
            continue
        if await conn.fetchval("select has_table_privilege($1, 'insert')", table):
            tried += 1
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(
                    f"insert into {table} select * from jsonb_populate_record(null::{table}, $1::jsonb)", row
                )
        for column in await updatable(conn, table):
            tried += 1
            touched = await conn.execute(f"update {table} set {column} = {column} where clinic_id = $1", ids.harbor)
            assert touched == "UPDATE 0", (table, column)
        if await conn.fetchval("select has_table_privilege($1, 'delete')", table):
            assert await conn.execute(f"delete from {table} where clinic_id = $1", ids.harbor) == "DELETE 0"
    assert tried > 10
    await conn.close()


async def updatable(conn: Any, table: str) -> list[str]:
    """Columns this role may both read and write."""
    rows = await conn.fetch(UPDATABLE, table)
    return [row["name"] for row in rows]


async def test_a_row_cannot_be_moved_to_another_clinic(both: Story) -> None:
    ids = both.world.ids
    conn = await as_role(both.instance.urls.web_url, ids.harbor)
    for table in ("patients", "alerts", "check_ins", "treatment_sessions", "notifications"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute(f"update {table} set clinic_id = $1", ids.elsewhere)
    await conn.close()


async def test_a_row_cannot_point_at_another_clinics_patient(both: Story) -> None:
    """Foreign keys do not look at policies, so every one leads with the clinic."""
    ids = both.world.ids
    (row,) = await both.rows(
        "select to_jsonb(t)::text as row from treatment_sessions t where clinic_id = $1", ids.elsewhere
    )
    document = msgspec.json.decode(row["row"])
    document |= {"id": "01890000-0000-7000-8000-000000000001", "patient_id": str(both.ana)}
    conn = await as_role(both.instance.urls.web_url, ids.elsewhere)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await conn.execute(
            "insert into treatment_sessions select * from jsonb_populate_record(null::treatment_sessions, $1::jsonb)",
            msgspec.json.encode(document).decode(),
        )
    await conn.close()


async def test_the_engine_reads_no_answer_note_or_birth_date(both: Story) -> None:
    conn = await as_role(both.instance.urls.engine_url, both.world.ids.harbor)
    for table, columns in PRIVATE.items():
        for column in columns:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.fetch(f"select {column} from {table}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.fetch(f"select * from {table}")
    await conn.close()


async def test_the_engine_claims_across_clinics_on_scheduling_tables_only(both: Story) -> None:
    conn = await as_role(both.instance.urls.engine_url)
    wide = {"check_ins", "alerts", "notifications", "signals", "audit_log", "clinics", "credential_lookup"}
    for table in await tables(both):
        if await conn.fetchval("select has_column_privilege($1, 'clinic_id', 'select')", table):
            clinics = await conn.fetchval(f"select count(distinct clinic_id) from {table}")
            assert clinics == 0 or table in wide, table
    assert await conn.fetchval("select count(distinct clinic_id) from check_ins") == 2
    # Where pages' links led is forgotten in all clinics at once.
    assert {row["kind"] for row in await conn.fetch("select kind from credential_lookup")} <= {"page"}
    await conn.close()


async def test_no_role_of_ours_goes_round_the_policies(both: Story) -> None:
    roles = await both.rows(
        "select rolname from pg_roles where rolname like 'afterglow_%' and (rolsuper or rolbypassrls or rolcreaterole)"
    )
    assert roles == []
    loose = await both.rows(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        " and oid in (select attrelid from pg_attribute where attname = 'clinic_id')"
        " and not (relrowsecurity and relforcerowsecurity)"
    )
    assert loose == []


async def test_what_is_stored_of_people_is_ciphertext(both: Story) -> None:
    """A dump without the key holds no name, number, answer or sentence, in clear or as bytes."""
    await both.staff("nora").call("PATCH", f"/api/patients/{both.ana}", {"address": "Calle Mayor 3"})
    for table in await tables(both):
        if table in ("protocol_versions", "protocol_drafts"):
            continue
        for words in ("Ruiz", "Byrne", "600111222", "Calle Mayor", "1984-03-09", "Threw up 3 times", "a_sick"):
            hexed = words.encode().hex()
            holds = f"select count(*) as rows from {table} t where strpos(t::text, $1) + strpos(t::text, $2) > 0"
            (found,) = await both.rows(holds, words, hexed)
            assert found["rows"] == 0, (table, words)
