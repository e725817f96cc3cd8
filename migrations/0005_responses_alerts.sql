-- Answers as they came (never updated), what the rules made of them, and the alerts that climb until somebody answers.
create table responses (
    clinic_id uuid not null,
    id uuid not null,
    response_id uuid not null,
    patient_id uuid not null,
    session_id uuid,
    check_in_id uuid,
    questionnaire text not null,
    body_hash bytea not null,
    answers_enc bytea not null,
    reply_enc bytea not null,
    answered_by text not null check (answered_by in ('patient', 'companion')),
    via text not null check (via in ('phone', 'token', 'link')),
    started_at timestamptz not null,
    completed_at timestamptz not null,
    answered_at timestamptz not null,
    received_at timestamptz not null,
    hours_since_end double precision,
    late boolean not null,
    unexpected boolean not null,
    tier text not null,
    clear boolean not null,
    scores jsonb not null default '{}',
    primary key (clinic_id, id),
    unique (clinic_id, patient_id, response_id),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, session_id) references treatment_sessions (clinic_id, id),
    foreign key (clinic_id, check_in_id) references check_ins (clinic_id, id)
);
create index responses_patient on responses (clinic_id, patient_id, answered_at);
create index responses_session on responses (clinic_id, session_id, answered_at);
create index responses_check_in on responses (clinic_id, check_in_id);
call keep_rows_apart('responses', true, false);

-- A dangerous answer sent on tap. follow_up_at: when the rest of the form counts as stopped midway; null once it came or was judged.
create table signals (
    clinic_id uuid not null,
    id uuid not null,
    response_id uuid not null,
    patient_id uuid not null,
    session_id uuid not null,
    check_in_id uuid not null,
    item text not null,
    value_hash bytea not null,
    value_enc bytea not null,
    reply_enc bytea not null,
    tier text not null,
    safety boolean not null,
    answered_by text not null check (answered_by in ('patient', 'companion')),
    answered_at timestamptz not null,
    received_at timestamptz not null,
    follow_up_at timestamptz,
    primary key (clinic_id, id),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, session_id) references treatment_sessions (clinic_id, id),
    foreign key (clinic_id, check_in_id) references check_ins (clinic_id, id)
);
create unique index signals_once on signals (clinic_id, patient_id, response_id, item, value_hash);
create index signals_due on signals (follow_up_at) where follow_up_at is not null;
create index signals_check_in on signals (clinic_id, check_in_id);
create index signals_session on signals (clinic_id, session_id);
call keep_rows_apart('signals', true, true);

create table alerts (
    clinic_id uuid not null,
    id uuid not null,
    reference text not null,
    patient_id uuid not null,
    session_id uuid,
    tier text not null check (tier in ('same_day', 'urgent', 'emergency')),
    topics text[] not null default '{}',
    state text not null check (state in ('open', 'acknowledged', 'in_follow_up', 'closed')),
    version integer not null,
    plan jsonb not null,
    step integer not null,
    exhausted boolean not null default false,
    opened_at timestamptz not null,
    triggered_at timestamptz not null,
    next_action_at timestamptz,
    acknowledged_by uuid,
    acknowledged_at timestamptz,
    reached_at timestamptz,
    review_at timestamptz,
    closed_at timestamptz,
    closed_by uuid,
    outcome text,
    harm text,
    useful text,
    primary key (clinic_id, id),
    unique (clinic_id, reference),
    constraint an_alert_never_goes_silent check ((state = 'closed') = (next_action_at is null)),
    check ((state = 'closed') = (closed_at is not null)),
    check (state <> 'acknowledged' or acknowledged_by is not null),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, session_id) references treatment_sessions (clinic_id, id),
    foreign key (clinic_id, acknowledged_by) references staff (clinic_id, id),
    foreign key (clinic_id, closed_by) references staff (clinic_id, id)
);
-- One alert that is not closed per patient and episode.
create unique index alerts_one_per_episode on alerts (clinic_id, patient_id, coalesce(session_id, '00000000-0000-0000-0000-000000000000')) where state <> 'closed';
create index alerts_due on alerts (next_action_at) where state <> 'closed';
create index alerts_not_closed on alerts (clinic_id, opened_at) where state <> 'closed';
create index alerts_patient on alerts (clinic_id, patient_id, opened_at);
create index alerts_session on alerts (clinic_id, session_id);
create index alerts_acknowledged_by on alerts (clinic_id, acknowledged_by);
create index alerts_closed_by on alerts (clinic_id, closed_by);
call keep_rows_apart('alerts', true, true);

create table flags (
    clinic_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    session_id uuid,
    check_in_id uuid,
    response_id uuid,
    alert_id uuid,
    rule text not null,
    tier text not null check (tier in ('routine', 'same_day', 'urgent', 'emergency')),
    topic text not null,
    explanation_enc bytea not null,
    inputs_enc bytea not null,
    at timestamptz not null,
    primary key (clinic_id, id),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, session_id) references treatment_sessions (clinic_id, id),
    foreign key (clinic_id, check_in_id) references check_ins (clinic_id, id),
    foreign key (clinic_id, alert_id) references alerts (clinic_id, id)
);
create index flags_alert on flags (clinic_id, alert_id, at);
create index flags_patient on flags (clinic_id, patient_id, at);
create index flags_session on flags (clinic_id, session_id);
create index flags_check_in on flags (clinic_id, check_in_id);
call keep_rows_apart('flags', true, false);

-- The story of one alert, append-only: raised, stepped, acknowledged, reached, undone, handed back, closed.
create table alert_events (
    clinic_id uuid not null,
    id uuid not null,
    alert_id uuid not null,
    kind text not null,
    at timestamptz not null,
    staff_id uuid,
    detail jsonb not null default '{}',
    note_enc bytea,
    primary key (clinic_id, id),
    foreign key (clinic_id, alert_id) references alerts (clinic_id, id),
    foreign key (clinic_id, staff_id) references staff (clinic_id, id)
);
create index alert_events_alert on alert_events (clinic_id, alert_id, at);
create index alert_events_staff on alert_events (clinic_id, staff_id);
call keep_rows_apart('alert_events', true, false);

-- The team's screens: one NOTIFY per changed alert, whichever process changed it.
create function tell_alert_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('afterglow_alert', new.clinic_id::text || ' ' || new.id::text);
    return null;
end $$;
create trigger alerts_tell after insert or update on alerts for each row execute function tell_alert_changed();

grant select, insert on responses, flags, alert_events to afterglow_web;
grant select, insert on signals to afterglow_web;
grant update (follow_up_at) on signals to afterglow_web;
grant select, insert, update on alerts to afterglow_web;
grant select (clinic_id, id, response_id, patient_id, session_id, check_in_id, questionnaire, answered_at, hours_since_end, tier, clear, answered_by) on responses to afterglow_engine;
grant select (clinic_id, id, response_id, patient_id, session_id, check_in_id, item, tier, safety, answered_at, follow_up_at),
    update (follow_up_at) on signals to afterglow_engine;
grant select, insert, update on alerts to afterglow_engine;
grant select (clinic_id, id, patient_id, session_id, check_in_id, response_id, alert_id, rule, tier, topic, at), insert on flags to afterglow_engine;
grant select (clinic_id, id, alert_id, kind, at, staff_id, detail), insert on alert_events to afterglow_engine;
