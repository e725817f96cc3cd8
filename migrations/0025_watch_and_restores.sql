-- Which database system the rows were written in. Rows that wake up in another one were restored there: what was waiting
-- when the copy was made may be settled by now, so sending is held as after our own restore. A standby that takes over
-- keeps the identifier (its timeline changes): nothing is held then.
create table database_system (
    one boolean primary key default true check (one),
    identifier bigint not null
);
create function hold_when_restored() returns integer language plpgsql security definer
    set search_path = public, pg_temp as $$
declare
    here bigint := (select system_identifier from pg_control_system());
    held integer := 0;
begin
    insert into database_system (identifier) values (here) on conflict do nothing;
    update database_system set identifier = here where identifier <> here;
    if found then
        insert into sending_holds (clinic_id, held_at) select clinic_id, wall_now() from clinics where not watch
        on conflict (clinic_id) do update set held_at = excluded.held_at;
        get diagnostics held = row_count;
    end if;
    return held;
end $$;
revoke all on function hold_when_restored() from public;
grant execute on function hold_when_restored() to afterglow_engine;

-- The clinic in which the watcher plays patient and colleague, and when it last saw a page arrive (machine time).
alter table clinics add watch boolean not null default false;
create table proven_page (
    one boolean primary key default true check (one),
    watched_since timestamptz not null,
    proven_at timestamptz
);
grant select, update (proven_at) on proven_page to afterglow_web;

-- What waits, for /metrics: counted by the worker, which alone looks across clinics. Lag: how late the oldest of them is.
alter table engine_cycle add messages_due integer not null default 0;
alter table engine_cycle add messages_lag_s double precision not null default 0;
alter table engine_cycle add check_ins_due integer not null default 0;
alter table engine_cycle add check_ins_lag_s double precision not null default 0;
alter table engine_cycle add alerts_due integer not null default 0;
alter table engine_cycle add alerts_lag_s double precision not null default 0;
