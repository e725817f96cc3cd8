-- What was given, under which protocol version, and what will be asked when. Every expected check-in is a row.
create table protocol_versions (
    clinic_id uuid not null references clinics (clinic_id),
    key text not null,
    version integer not null,
    document jsonb not null,
    published_at timestamptz not null,
    signed_by uuid,
    signed_at timestamptz,
    primary key (clinic_id, key, version),
    check ((signed_by is null) = (signed_at is null)),
    foreign key (clinic_id, signed_by) references staff (clinic_id, id)
);
create index protocol_versions_signed_by on protocol_versions (clinic_id, signed_by);
call keep_rows_apart('protocol_versions', true, false);

create table treatment_sessions (
    clinic_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    protocol_key text not null,
    protocol_version integer not null,
    drug text not null,
    route text not null,
    setting text not null,
    dose_mg numeric(8, 2) not null check (dose_mg > 0),
    indication text not null,
    other_indications text[] not null default '{}',
    number integer not null,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    discharged_at timestamptz,
    risk text[] not null default '{}',
    risk_reasons text[] not null default '{}',
    staying_with_enc bytea,
    note_enc bytea,
    recorded_at timestamptz not null,
    recorded_by uuid not null,
    cancelled_at timestamptz,
    cancel_reason_enc bytea,
    primary key (clinic_id, id),
    check (ended_at >= started_at),
    check (discharged_at is null or discharged_at >= ended_at),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, recorded_by) references staff (clinic_id, id),
    foreign key (clinic_id, protocol_key, protocol_version) references protocol_versions (clinic_id, key, version)
);
create index treatment_sessions_patient on treatment_sessions (clinic_id, patient_id, ended_at);
-- The same session sent twice is one session.
create unique index treatment_sessions_once on treatment_sessions (clinic_id, patient_id, started_at) where cancelled_at is null;
create index treatment_sessions_recorded_by on treatment_sessions (clinic_id, recorded_by);
create index treatment_sessions_protocol on treatment_sessions (clinic_id, protocol_key, protocol_version);
call keep_rows_apart('treatment_sessions', true, false);

create table check_ins (
    clinic_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    session_id uuid not null,
    key text not null,
    questionnaire text not null,
    state text not null check (state in ('planned', 'open', 'answered', 'missed', 'cancelled', 'paused')),
    reason text,
    opens_at timestamptz not null,
    due_at timestamptz not null,
    closes_at timestamptz not null,
    actions_done integer not null default 0,
    next_action_at timestamptz,
    answered_at timestamptz,
    primary key (clinic_id, id),
    unique (clinic_id, session_id, key),
    check (opens_at <= due_at and due_at < closes_at),
    check ((state in ('planned', 'open')) = (next_action_at is not null)),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, session_id) references treatment_sessions (clinic_id, id)
);
create index check_ins_patient on check_ins (clinic_id, patient_id, due_at);
create index check_ins_due on check_ins (next_action_at) where next_action_at is not null;
call keep_rows_apart('check_ins', true, true);

grant select on protocol_versions to afterglow_web, afterglow_engine;
grant insert on protocol_versions to afterglow_web;
grant update (signed_by, signed_at) on protocol_versions to afterglow_web;
grant select, insert, update on treatment_sessions, check_ins to afterglow_web;
grant select (clinic_id, id, patient_id, protocol_key, protocol_version, drug, route, setting, dose_mg, indication, number,
              started_at, ended_at, discharged_at, risk, risk_reasons, cancelled_at) on treatment_sessions to afterglow_engine;
grant select, update on check_ins to afterglow_engine;
