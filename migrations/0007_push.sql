-- Web push: the instance's own signing keys, where each bound phone is reached, and prompts that no phone has shown.

-- One pair for the whole instance, because phones subscribe to it before any clinic is known to a push service.
-- While keys are rotated two are valid: phones keep the one they subscribed with until their app is opened again.
create table push_keys (
    id uuid primary key,
    public_key text not null,
    private_enc bytea not null,
    created_at timestamptz not null,
    retired_at timestamptz
);

-- Times are machine time. `unshown`: pushes in a row that the service took and the phone never showed.
create table push_subscriptions (
    clinic_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    device_id uuid not null,
    push_key_id uuid not null references push_keys (id),
    endpoint_hmac bytea not null,
    endpoint_enc bytea not null,
    p256dh_enc bytea not null,
    auth_enc bytea not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    unshown integer not null default 0,
    retired_at timestamptz,
    retired_for text check (retired_for in ('gone', 'unseen', 'replaced', 'switched_off', 'revoked', 'signed_out', 'key_rotated')),
    primary key (clinic_id, id),
    check ((retired_at is null) = (retired_for is null)),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, device_id) references devices (clinic_id, id)
);
create unique index push_subscriptions_live on push_subscriptions (clinic_id, device_id) where retired_at is null;
create index push_subscriptions_device on push_subscriptions (clinic_id, device_id, created_at);
create index push_subscriptions_patient on push_subscriptions (clinic_id, patient_id);
create index push_subscriptions_endpoint on push_subscriptions (clinic_id, endpoint_hmac) where retired_at is null;
create index push_subscriptions_key on push_subscriptions (push_key_id);
call keep_rows_apart('push_subscriptions', true, false);

-- Care time: a prompt that a push service took, and that no phone has shown by then, goes on to its next channel.
alter table notifications add column fallback_at timestamptz;
create index notifications_unshown on notifications (fallback_at)
    where fallback_at is not null and state = 'sent' and shown_at is null;

grant select (id, public_key, created_at, retired_at) on push_keys to afterglow_web;
grant select on push_keys to afterglow_engine;
grant select, insert, update on push_subscriptions to afterglow_web;
grant select, update (retired_at, retired_for, unshown) on push_subscriptions to afterglow_engine;
