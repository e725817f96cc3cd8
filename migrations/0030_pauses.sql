-- A patient is not asked for a while (admitted, on holiday: with an end, at most two weeks ahead, renewed by a person) or never again
-- (withdrawn, deceased: no end). Prompts rest, and silence means nothing; what is answered or reported all the same is judged as ever.
create table pauses (
    clinic_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    reason text not null check (reason in ('admitted', 'on_holiday', 'withdrawn', 'deceased')),
    starts_at timestamptz not null,
    ends_at timestamptz,
    started_by uuid not null,
    ended_at timestamptz,
    ended_by uuid,
    primary key (clinic_id, id),
    check ((reason in ('admitted', 'on_holiday')) = (ends_at is not null)),
    check (starts_at < ends_at),
    check ((ended_at is null) = (ended_by is null)),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, started_by) references staff (clinic_id, id),
    foreign key (clinic_id, ended_by) references staff (clinic_id, id)
);
create index pauses_patient on pauses (clinic_id, patient_id, starts_at);
create index pauses_started_by on pauses (clinic_id, started_by);
create index pauses_ended_by on pauses (clinic_id, ended_by) where ended_by is not null;
call keep_rows_apart('pauses', true, false);
grant select, insert, update on pauses to afterglow_web;
grant select on pauses to afterglow_engine;
