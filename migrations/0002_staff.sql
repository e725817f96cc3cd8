-- Staff, their sign-ins, and whom to page in which order. Contacts and names are ciphertext.
create table staff (
    clinic_id uuid not null references clinics (clinic_id),
    id uuid not null,
    role text not null check (role in ('admin', 'clinician', 'nurse', 'viewer')),
    language text not null default 'en',
    name_enc bytea not null,
    email_enc bytea not null,
    phone_enc bytea,
    password_hash text not null,
    created_at timestamptz not null,
    disabled_at timestamptz,
    primary key (clinic_id, id)
);
call keep_rows_apart('staff', true, false);

create table staff_sign_ins (
    clinic_id uuid not null,
    id uuid not null,
    staff_id uuid not null,
    token_hash bytea not null,
    started_at timestamptz not null,
    last_seen_at timestamptz not null,
    ended_at timestamptz,
    primary key (clinic_id, id),
    foreign key (clinic_id, staff_id) references staff (clinic_id, id)
);
create index staff_sign_ins_staff on staff_sign_ins (clinic_id, staff_id) where ended_at is null;
create index staff_sign_ins_staff_fk on staff_sign_ins (clinic_id, staff_id);
call keep_rows_apart('staff_sign_ins', false, false);

create table call_list (
    clinic_id uuid not null,
    position integer not null,
    staff_id uuid not null,
    primary key (clinic_id, position),
    unique (clinic_id, staff_id),
    foreign key (clinic_id, staff_id) references staff (clinic_id, id)
);
call keep_rows_apart('call_list', true, false);

grant select, insert, update on staff, staff_sign_ins to afterglow_web;
grant select, insert, update, delete on call_list to afterglow_web;
grant select (clinic_id, id, role, language, name_enc, email_enc, phone_enc, disabled_at) on staff to afterglow_engine;
grant select on call_list to afterglow_engine;
