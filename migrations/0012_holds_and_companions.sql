-- "Pregnant: hold the next session" (H18) lasts until a colleague decides that treatment may go on. The alert that told of it may be
-- closed long before that, as "next session held" among others: so the flag itself holds, and its end is a row with a name and a reason.
alter table flags add column holds boolean not null default false;
update flags set holds = true where rule in ('month_new.pregnant', 'month_new.breastfeeding');
create index flags_holding on flags (clinic_id, patient_id, rule, id) where holds;

create table hold_ends (
    clinic_id uuid not null,
    flag_id uuid not null,
    patient_id uuid not null,
    ended_at timestamptz not null,
    ended_by uuid not null,
    reason_enc bytea not null,
    primary key (clinic_id, flag_id),
    foreign key (clinic_id, flag_id) references flags (clinic_id, id),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, ended_by) references staff (clinic_id, id)
);
create index hold_ends_patient on hold_ends (clinic_id, patient_id);
create index hold_ends_staff on hold_ends (clinic_id, ended_by);
call keep_rows_apart('hold_ends', false, false);
grant select, insert on hold_ends to afterglow_web;

-- Whose phone the companion's questions were sent to, as the clinic's blind index of the number: the link of a companion
-- who has been replaced since then must not speak for the patient any more.
alter table check_ins add column companion_phone_hmac bytea;
