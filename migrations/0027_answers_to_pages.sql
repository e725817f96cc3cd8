-- Numbers whose owner has asked for no more texts (STOP): a colleague's is an incident, a patient's goes on by other channels.
create table stopped_texts (
    clinic_id uuid not null,
    phone_hmac bytea not null,
    at timestamptz not null,
    primary key (clinic_id, phone_hmac)
);
call keep_rows_apart('stopped_texts', true, false);
grant select, insert, delete on stopped_texts to afterglow_web;
grant select, insert on stopped_texts to afterglow_engine;
grant select (phone_hmac) on patients to afterglow_engine;

-- Texts sent to us. A provider may hand one over twice: the second gets the same reply and changes nothing.
create table texts_received (
    provider_ref text primary key,
    at timestamptz not null,
    reply text
);
grant select, insert, update on texts_received to afterglow_web;
grant select, delete on texts_received to afterglow_engine;

-- Where a text from a number may belong: no clinic is known yet.
create function list_clinic_ids() returns setof uuid language sql stable security definer set search_path = public, pg_temp as
    $$ select clinic_id from clinics where not watch order by clinic_id $$;
revoke all on function list_clinic_ids() from public;
grant execute on function list_clinic_ids() to afterglow_web;
