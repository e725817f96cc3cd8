-- A visit is a session while it happens: a draft with timed steps that becomes the treatment session once the dose has been given. What is
-- planned from it is planned from the session, so nothing but the visit itself can wait for a step that never comes.
create table visits (
    clinic_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    drug text not null,
    route text not null,
    setting text not null,
    dose_mg numeric(8, 2) not null check (dose_mg > 0),
    indication text not null,
    other_indications text[] not null default '{}',
    session_id uuid,
    opened_at timestamptz not null,
    opened_by uuid not null,
    closed_at timestamptz,
    closed_by uuid,
    primary key (clinic_id, id),
    check ((closed_at is null) = (closed_by is null)),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, session_id) references treatment_sessions (clinic_id, id),
    foreign key (clinic_id, opened_by) references staff (clinic_id, id),
    foreign key (clinic_id, closed_by) references staff (clinic_id, id)
);
create index visits_patient on visits (clinic_id, patient_id, opened_at);
-- Nobody is in two visits at once.
create unique index visits_going_on on visits (clinic_id, patient_id) where closed_at is null;
create unique index visits_session on visits (clinic_id, session_id) where session_id is not null;
create index visits_opened_by on visits (clinic_id, opened_by);
create index visits_closed_by on visits (clinic_id, closed_by) where closed_by is not null;
call keep_rows_apart('visits', false, false);
grant select, insert on visits to afterglow_web;
grant update (session_id, closed_at, closed_by) on visits to afterglow_web;

-- What was done and seen, and when. Rows are only added: a correction names the row it takes the place of, which stays readable. Step and
-- times are clear, as those of check-ins are. Everything measured, observed or said is one sealed document, as a patient's answers are: a
-- blood pressure or a pregnancy has no use in SQL, and nobody who reads the disk has one for it either.
create table visit_steps (
    clinic_id uuid not null,
    id uuid not null,
    visit_id uuid not null,
    patient_id uuid not null,
    kind text not null,
    at timestamptz not null,
    corrects uuid,
    struck boolean not null default false,
    details_enc bytea not null,
    recorded_at timestamptz not null,
    recorded_by uuid not null,
    primary key (clinic_id, id),
    check (not struck or corrects is not null),
    foreign key (clinic_id, visit_id) references visits (clinic_id, id),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, corrects) references visit_steps (clinic_id, id),
    foreign key (clinic_id, recorded_by) references staff (clinic_id, id)
);
create index visit_steps_visit on visit_steps (clinic_id, visit_id, at);
create index visit_steps_patient on visit_steps (clinic_id, patient_id, at);
-- One correction for each row: who corrects again corrects the correction.
create unique index visit_steps_corrects on visit_steps (clinic_id, corrects) where corrects is not null;
create index visit_steps_recorded_by on visit_steps (clinic_id, recorded_by);
call keep_rows_apart('visit_steps', false, false);
grant select, insert on visit_steps to afterglow_web;

-- "Last session badly tolerated" (safety, decision 3) is a reason to worry about the session after this one.
alter table treatment_sessions add column badly_tolerated boolean not null default false;
grant select (badly_tolerated) on treatment_sessions to afterglow_engine;
