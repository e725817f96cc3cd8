-- Which clinic it works for, the engine's policies asked for every row that it read, changed and checked, and read a uuid
-- from text each time. As a scalar subquery it is asked once for a statement. The web's statements touch few rows each.
do $$
declare
    p record;
begin
    for p in
        select polname as name, polrelid::regclass as target, pg_get_expr(polqual, polrelid) as sees,
               pg_get_expr(polwithcheck, polrelid) as writes
        from pg_policy where polroles = array['afterglow_engine'::regrole::oid]
    loop
        execute format('alter policy %I on %s', p.name, p.target)
            || coalesce(' using (' || replace(p.sees, 'app_clinic()', '(select app_clinic())') || ')', '')
            || coalesce(' with check (' || replace(p.writes, 'app_clinic()', '(select app_clinic())') || ')', '');
    end loop;
end $$;

-- One key of attempts instead of two: by message.
alter table attempts drop constraint attempts_pkey, add primary key (clinic_id, notification_id, id);
drop index attempts_notification;
