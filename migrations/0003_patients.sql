-- Patients, consent, invitations and the phones they are bound to.
create table patients (
    clinic_id uuid not null references clinics (clinic_id),
    id uuid not null,
    name_enc bytea not null,
    date_of_birth_enc bytea not null,
    phone_enc bytea not null,
    phone_hmac bytea not null,
    email_enc bytea,
    email_hmac bytea,
    address_enc bytea,
    companion_name_enc bytea,
    companion_phone_enc bytea,
    companion_blocked boolean not null default false,
    time_zone text not null,
    language text not null,
    quiet_from time,
    quiet_to time,
    created_at timestamptz not null,
    texting_stopped_at timestamptz,
    primary key (clinic_id, id),
    check ((quiet_from is null) = (quiet_to is null))
);
create index patients_phone on patients (clinic_id, phone_hmac);
call keep_rows_apart('patients', true, false);

create table consents (
    clinic_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    text_version text not null,
    given_at timestamptz not null,
    recorded_by uuid not null,
    withdrawn_at timestamptz,
    primary key (clinic_id, id),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, recorded_by) references staff (clinic_id, id)
);
create index consents_patient on consents (clinic_id, patient_id);
create index consents_recorded_by on consents (clinic_id, recorded_by);
call keep_rows_apart('consents', false, false);

create table invitations (
    clinic_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    revoked_at timestamptz,
    created_by uuid not null,
    primary key (clinic_id, id),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id),
    foreign key (clinic_id, created_by) references staff (clinic_id, id)
);
create index invitations_patient on invitations (clinic_id, patient_id);
create index invitations_created_by on invitations (clinic_id, created_by);
call keep_rows_apart('invitations', false, false);

create table devices (
    clinic_id uuid not null,
    id uuid not null,
    patient_id uuid not null,
    label text not null,
    bound_at timestamptz not null,
    last_seen_at timestamptz not null,
    revoked_at timestamptz,
    primary key (clinic_id, id),
    foreign key (clinic_id, patient_id) references patients (clinic_id, id)
);
create index devices_patient on devices (clinic_id, patient_id);
call keep_rows_apart('devices', false, false);

grant select, insert, update on patients, consents, invitations, devices to afterglow_web;
grant select (clinic_id, id, phone_enc, email_enc, time_zone, language, quiet_from, quiet_to, texting_stopped_at) on patients to afterglow_engine;
