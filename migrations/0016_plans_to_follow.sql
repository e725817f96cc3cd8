-- A file of sessions only adds rows. What was planned before for the same patients follows within seconds, by the worker,
-- one patient at a time: nobody's answer waits for the file, and nothing is forgotten when a process ends in between.
create table plans_to_follow (
    clinic_id uuid not null,
    patient_id uuid not null,
    due_at timestamptz not null,
    primary key (clinic_id, patient_id),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id)
);
create index plans_to_follow_due on plans_to_follow (due_at);
call keep_rows_apart('plans_to_follow', true, true);
create policy engine_ends on plans_to_follow for delete to afterglow_engine using (clinic_id = app_clinic());
grant select, insert on plans_to_follow to afterglow_web;
grant select, update (due_at), delete on plans_to_follow to afterglow_engine;
grant update (number, risk_reasons) on treatment_sessions to afterglow_engine;

-- Two files at once waited for each other in it: an ANALYZE holds its table until the transaction ends. An import makes
-- its plans anew instead.
drop function refresh_statistics();
