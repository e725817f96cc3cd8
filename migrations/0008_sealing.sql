-- The key pair to which phones seal answers that wait to be sent: a lost or shared phone then holds nothing readable.
-- The private half is wrapped with the clinic's data key; old pairs stay, because phones may have sealed to them.
create table clinic_sealing_keys (
    clinic_id uuid not null references clinics (clinic_id),
    key_id integer not null,
    public_key bytea not null check (octet_length(public_key) = 65),
    private_enc bytea not null,
    created_at timestamptz not null,
    primary key (clinic_id, key_id)
);
call keep_rows_apart('clinic_sealing_keys', false, false);

grant select on clinic_sealing_keys to afterglow_web;
