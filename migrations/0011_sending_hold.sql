-- After a restore nothing leaves until an admin of the clinic has seen what is in flight: the claims skip a held clinic.
create table sending_holds (
    clinic_id uuid primary key references clinics (clinic_id),
    held_at timestamptz not null
);
call keep_rows_apart('sending_holds', true, true);
grant select, delete on sending_holds to afterglow_web;
grant select on sending_holds to afterglow_engine;

-- How many clinics are held, for /health/engine: written by the worker, which alone looks across clinics.
alter table engine_cycle add held integer not null default 0;

-- Foreign keys are checked by plans that were made when a table was small; a long import makes it large in one
-- transaction, before any autovacuum, and each check would read all of it. Analyzing is the owner's right.
create function refresh_statistics() returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    analyze treatment_sessions, check_ins;
end $$;
revoke all on function refresh_statistics() from public;
grant execute on function refresh_statistics() to afterglow_web;
