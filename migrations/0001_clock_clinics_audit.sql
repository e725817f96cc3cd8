-- The ground: two clocks, the clinic as tenant, wrapped keys, the audit log, and how rows are kept apart.
-- Row policies: afterglow_web sees the clinic set in app.clinic_id; the owner (who runs this) sees all rows,
-- because FORCE ROW LEVEL SECURITY binds the owner too and dumps must be whole.

create table app_clock (
    one boolean primary key default true check (one),
    care_offset interval not null default interval '0',
    wall_offset interval not null default interval '0'
);
insert into app_clock default values;

-- Machine time: leases, back-off, sign-ins, tokens.
create function wall_now() returns timestamptz language sql volatile as
    $$ select clock_timestamp() + wall_offset from app_clock $$;
-- Care time: planning, windows, escalation. Moved only by the demo and by tests.
create function app_now() returns timestamptz language sql volatile as
    $$ select clock_timestamp() + wall_offset + care_offset from app_clock $$;

create function app_clinic() returns uuid language sql stable as
    $$ select nullif(current_setting('app.clinic_id', true), '')::uuid $$;

-- Locks a tenant table to its clinic. engine_wide: the worker may claim across clinics while no clinic is set.
create procedure keep_rows_apart(target regclass, engine boolean, engine_wide boolean) language plpgsql as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy owner_rows on %s to current_user using (true) with check (true)', target);
    execute format('create policy web_rows on %s to afterglow_web using (clinic_id = app_clinic()) with check (clinic_id = app_clinic())', target);
    if engine_wide then
        execute format('create policy engine_sees on %s for select to afterglow_engine using (app_clinic() is null or clinic_id = app_clinic())', target);
        execute format('create policy engine_claims on %s for update to afterglow_engine using (app_clinic() is null or clinic_id = app_clinic()) with check (app_clinic() is null or clinic_id = app_clinic())', target);
        execute format('create policy engine_adds on %s for insert to afterglow_engine with check (clinic_id = app_clinic())', target);
    elsif engine then
        execute format('create policy engine_rows on %s to afterglow_engine using (clinic_id = app_clinic()) with check (clinic_id = app_clinic())', target);
    end if;
end $$;

create table clinics (
    clinic_id uuid primary key,
    name text not null,
    time_zone text not null,
    country text not null check (country ~ '^[A-Z]{2}$'),
    language text not null default 'en',
    phone text,
    hours jsonb not null,
    demo boolean not null default false,
    created_at timestamptz not null
);
call keep_rows_apart('clinics', true, true);

create table clinic_keys (
    clinic_id uuid not null references clinics (clinic_id),
    key_id integer not null,
    wrapped bytea not null,
    created_at timestamptz not null,
    primary key (clinic_id, key_id)
);
call keep_rows_apart('clinic_keys', true, false);

-- Where a secret leads before any clinic is known: sign-in e-mail, cookies, invitations, message links, provider references.
create table credential_lookup (
    clinic_id uuid not null references clinics (clinic_id),
    kind text not null,
    hash bytea not null,
    subject_id uuid not null,
    unique (kind, hash)
);
create index credential_lookup_clinic on credential_lookup (clinic_id, kind, subject_id);
call keep_rows_apart('credential_lookup', true, false);

create function find_credential(wanted_kind text, wanted_hash bytea)
    returns table (clinic_id uuid, subject_id uuid)
    language sql volatile security definer set search_path = public, pg_temp as
    $$ select c.clinic_id, c.subject_id from credential_lookup c where c.kind = wanted_kind and c.hash = wanted_hash $$;
revoke all on function find_credential(text, bytea) from public;

-- Failures only, by account, invitation or address; hashed, because an address is personal data.
create table failed_attempts (
    kind text not null,
    subject bytea not null,
    at timestamptz not null
);
create index failed_attempts_subject on failed_attempts (kind, subject, at);
create index failed_attempts_at on failed_attempts (at);

-- Append-only. The worker seals rows into one hash chain per clinic: the order is assigned at sealing.
create table audit_log (
    clinic_id uuid not null references clinics (clinic_id),
    id uuid not null,
    at timestamptz not null,
    actor_kind text not null,
    actor_id uuid,
    action text not null,
    object_kind text not null,
    object_id uuid,
    patient_id uuid,
    request_id uuid,
    detail jsonb not null default '{}',
    seal_seq bigint,
    seal_hash bytea,
    primary key (clinic_id, id),
    check ((seal_seq is null) = (seal_hash is null))
);
create unique index audit_log_seal on audit_log (clinic_id, seal_seq) where seal_seq is not null;
create index audit_log_unsealed on audit_log (clinic_id, at, id) where seal_seq is null;
create index audit_log_patient on audit_log (clinic_id, patient_id, at);
alter table audit_log enable row level security;
alter table audit_log force row level security;
create policy owner_rows on audit_log to current_user using (true) with check (true);
create policy web_append on audit_log for insert to afterglow_web with check (clinic_id = app_clinic() and seal_seq is null);
create policy engine_append on audit_log for insert to afterglow_engine with check (clinic_id = app_clinic() and seal_seq is null);
create policy engine_read on audit_log for select to afterglow_engine using (app_clinic() is null or clinic_id = app_clinic());
create policy engine_seal on audit_log for update to afterglow_engine
    using (clinic_id = app_clinic() and seal_seq is null) with check (clinic_id = app_clinic() and seal_seq is not null);

-- The last finished cycle of any worker, in machine time: what /health/engine reports.
create table engine_cycle (
    one boolean primary key default true check (one),
    finished_at timestamptz not null
);

grant usage on schema public to afterglow_web, afterglow_engine;
grant execute on function find_credential(text, bytea) to afterglow_web;
grant select on app_clock to afterglow_web, afterglow_engine;
grant select on clinics, clinic_keys to afterglow_web, afterglow_engine;
grant update (name, time_zone, language, phone, hours) on clinics to afterglow_web;
grant select, insert, delete on credential_lookup to afterglow_web;
grant select, insert on credential_lookup to afterglow_engine;
grant select, insert, delete on failed_attempts to afterglow_web;
grant select, delete on failed_attempts to afterglow_engine;
grant insert on audit_log to afterglow_web;
grant select, insert, update (seal_seq, seal_hash) on audit_log to afterglow_engine;
grant select on engine_cycle to afterglow_web;
grant select, insert, update on engine_cycle to afterglow_engine;
