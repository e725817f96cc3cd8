-- The outbox. Sending is claimed with a lease and a token in machine time; what to say is a template id and ids only.
create table notifications (
    clinic_id uuid not null,
    id uuid not null,
    kind text not null check (kind in ('prompt', 'page', 'notice')),
    template text not null,
    params jsonb not null default '{}',
    priority integer not null,
    to_kind text not null check (to_kind in ('patient', 'staff')),
    patient_id uuid,
    staff_id uuid,
    check_in_id uuid,
    alert_id uuid,
    dedupe_key text not null,
    channels text[] not null,
    channel_index integer not null default 0,
    state text not null check (state in ('queued', 'sent', 'delivered', 'failed', 'cancelled', 'expired', 'parked')),
    attempts integer not null default 0,
    crashes integer not null default 0,
    next_attempt_at timestamptz,
    lease_until timestamptz,
    lease_token uuid,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    provider_ref text,
    last_error text,
    attempted_at timestamptz,
    sent_at timestamptz,
    delivered_at timestamptz,
    shown_at timestamptz,
    opened_at timestamptz,
    primary key (clinic_id, id),
    unique (clinic_id, dedupe_key),
    check ((state = 'queued') = (next_attempt_at is not null)),
    check ((to_kind = 'patient') = (staff_id is null)),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, staff_id) references staff (clinic_id, id),
    foreign key (clinic_id, check_in_id) references check_ins (clinic_id, id),
    foreign key (clinic_id, alert_id) references alerts (clinic_id, id)
);
create index notifications_due on notifications (priority, next_attempt_at) where state = 'queued';
create index notifications_patient on notifications (clinic_id, patient_id, created_at);
create index notifications_staff on notifications (clinic_id, staff_id);
create index notifications_check_in on notifications (clinic_id, check_in_id);
create index notifications_alert on notifications (clinic_id, alert_id);
call keep_rows_apart('notifications', true, true);

create table attempts (
    clinic_id uuid not null,
    id uuid not null,
    notification_id uuid not null,
    channel text not null,
    at timestamptz not null,
    result text not null,
    error text,
    provider_ref text,
    primary key (clinic_id, id),
    foreign key (clinic_id, notification_id) references notifications (clinic_id, id)
);
create index attempts_notification on attempts (clinic_id, notification_id, at);
call keep_rows_apart('attempts', true, false);

-- A wake-up hint for the worker, for pages only: every notifying commit takes a database-wide lock.
create function tell_page_queued() returns trigger language plpgsql as $$
begin
    perform pg_notify('afterglow_page', '');
    return null;
end $$;
create trigger notifications_tell after insert on notifications for each row when (new.kind = 'page') execute function tell_page_queued();

grant select, insert, update on notifications to afterglow_web, afterglow_engine;
grant select, insert on attempts to afterglow_web, afterglow_engine;
